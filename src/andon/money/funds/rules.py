"""What of a shop's funds is held while it leaves by force, and what it may withdraw.

The exposure is what is still open: each order, each charge and each dispute that the shop may have to pay is a part of it,
and goes as it clears. A disputed charge whose amount is set aside is none of it. Source: EXIT-7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from andon.kernel.errors import codes
from andon.kernel.money import Money
from andon.money.charges.rules import Unsettled
from andon.platform.policies.values import Freeze

CODES = codes(
    {
        "funds.held": (
            "The funds are frozen until what is open has cleared",
            "资金账户已冻结，待未结事项清结后解冻",
        ),
        "funds.insufficient": ("More than may be withdrawn", "超出可提现金额"),
    }
)

WHOLE_ACCOUNT: Freeze = "whole_account"
EXPOSURE: Freeze = "exposure"


class PartKind(IntEnum):
    """What a part of an exposure is. An order is one until its JIT fulfilments have ended and their charges stand."""

    OPEN_ORDER = 1
    UNSETTLED_CHARGE = 2
    OPEN_DISPUTE = 3

    @property
    def word(self) -> str:
        """The kind's name on the wire."""
        return self.name.lower()


ENDING, CHARGING, DECIDING = "end", "charging", "decision"
CLEARED_BY: Mapping[Unsettled, str] = {
    Unsettled.NO_DELIVERY_EVIDENCE: "delivery",
    Unsettled.NOT_YET_DUE: "settlement",
    Unsettled.NOT_ENOUGH_FUNDS: "deposit",
    Unsettled.IN_DISPUTE: "deposit",
    Unsettled.NO_RATE: "rate",
}
"""What clears a charge, by why it is unsettled; an order is cleared by its end, and then by its charging."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an exposure: an order, a charge or a dispute by its `number`, what it comes to, and since when it stands.

    `expected_at` is when what clears it is known to come.
    """

    kind: PartKind
    number: int
    order_id: int | None
    amount: Money
    since: datetime
    cleared_by: str
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """A funds account in one currency: what is there, what of it is spoken for already, and what a freeze holds."""

    available: Money
    needed: Money
    held: Money

    @property
    def withdrawable(self) -> Money:
        """What may be taken out: neither what is spoken for nor what is held, which may be the same money."""
        kept = max(self.needed.minor, self.held.minor)
        return Money.from_minor(max(self.available.minor - kept, 0), self.available.currency)

    def holds_back(self, amount: Money) -> bool:
        """Whether it is the freeze alone that stands in the way of a withdrawal. Source: EXIT-7."""
        return self.withdrawable < amount and amount.minor <= self.available.minor - self.needed.minor


@dataclass(frozen=True, slots=True)
class Exposed:
    """How many parts of one kind are open in one currency, and what they come to."""

    kind: PartKind
    parts: int
    amount: Money


def held_of(
    freeze: Freeze | None, exposure: Mapping[str, Money], available: Mapping[str, Money]
) -> dict[str, Money]:
    """What a freeze holds of each currency that is available; nothing where there is none.

    The whole account; or the exposure alone, each currency for its own. What one currency cannot cover no other is
    measured against, as there is no rate: then all of them are held. Source: EXIT-7.
    """
    covered = all(
        amount.minor <= available[currency].minor if currency in available else amount.minor == 0
        for currency, amount in exposure.items()
    )
    if freeze == WHOLE_ACCOUNT or (freeze == EXPOSURE and not covered):
        return dict(available)
    return {
        currency: exposure[currency] if freeze and currency in exposure else Money.from_minor(0, currency)
        for currency in available
    }
