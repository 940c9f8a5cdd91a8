"""What is owed to suppliers and carriers, and what may be paid out of it."""

from dataclasses import dataclass
from typing import Literal

from andon.kernel.errors import Conflict, codes
from andon.kernel.money import Money
from andon.money.ledger.rules import REVERSED, carrier_account, supplier_account
from andon.platform.accounts.rules import party_id_of

CODES = codes(
    {
        "payout.exceeds": ("More than is owed", "超出应付金额"),
        "payout.differs": ("Another payout has this reference", "该付款参考号已用于其他付款"),
    }
)

PAID_OUT = "payable.paid_out"
"""Why a payable goes down: it was paid."""

CAUSES = ("charge.settled", "charge.rounded", REVERSED, "dispute.decided", "dispute.reversed", PAID_OUT)
"""Why an entry stands on the account of what is owed to a party."""

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


def check_payout(amount: Money, owed: Money) -> None:
    """Refuse to pay out more than is owed over all shops: Conflict `payout.exceeds`."""
    if owed < amount:
        raise Conflict("payout.exceeds", f"{owed} is owed")
