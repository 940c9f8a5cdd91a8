"""What is owed to suppliers and carriers, and what may be paid out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.errors import Conflict, Invalid, codes
from andon.kernel.money import Money
from andon.money.ledger.rules import REVERSED, carrier_account, supplier_account
from andon.platform.accounts.rules import party_id_of

CODES = codes(
    {
        "payout.exceeds": ("More than is owed", "超出应付金额"),
        "payables.period": (
            "A period of no time, or of more than 366 days",
            "账期无效，或超过366天",
        ),
        "payables.lines": (
            "More entries than fit: choose a shorter period, or page through the list",
            "明细过多，请缩短账期，或分页读取",
        ),
        "payout.differs": ("Another payout has this reference", "该付款参考号已用于其他付款"),
    }
)

PAID_OUT = "payable.paid_out"
"""Why a payable goes down: it was paid."""

CAUSE_WORDS: Mapping[str, tuple[str, str]] = {
    "charge.settled": ("Fee", "服务费"),
    "charge.rounded": ("Rounding", "尾差"),
    REVERSED: ("Fee taken back", "服务费冲回"),
    "dispute.decided": ("Deducted for a dispute", "纠纷扣款"),
    "dispute.reversed": ("Given back for a dispute", "纠纷扣款退回"),
    PAID_OUT: ("Paid out", "付款"),
}
"""Why an entry stands on the account of what is owed to a party, and what that is called on paper."""
LONGEST_PERIOD = timedelta(days=366)

Party = Literal["supplier", "carrier"]


def account_of(party: Party, number: int | str) -> str:
    """The account of what is owed to a party; Invalid `key.party` for what can be no number of a supplier's."""
    known = party_id_of(party, str(number))
    return supplier_account(known) if isinstance(known, int) else carrier_account(str(known))


@dataclass(frozen=True, slots=True)
class Payable:
    """What one shop's books say of a party in one currency: `charged` for it, `paid_out` to it, `taken_back` from it."""

    shop_id: int
    charged: Money
    paid_out: Money
    taken_back: Money

    @property
    def balance(self) -> Money:
        """What is owed now; below nothing where it owes."""
        return self.charged - self.paid_out - self.taken_back


@dataclass(frozen=True, slots=True)
class Account:
    """What one shop's books say of a party over a period, in one currency: `closing` is the balance at its end."""

    shop_id: int
    charged: Money
    paid_out: Money
    taken_back: Money
    closing: Money

    @property
    def opening(self) -> Money:
        """The balance at the period's beginning."""
        return self.closing - self.charged + self.paid_out + self.taken_back


def check_period(since: datetime, until: datetime) -> None:
    """Refuse a period that no paper is of: Invalid `payables.period`."""
    if not since < until <= since + LONGEST_PERIOD:
        raise Invalid("payables.period")


def check_payout(amount: Money, owed: Money) -> None:
    """Refuse to pay out more than is owed over all shops: Conflict `payout.exceeds`."""
    if owed < amount:
        raise Conflict("payout.exceeds", f"{owed} is owed")
