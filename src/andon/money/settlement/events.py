"""What happens to a shop's funds."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class FundsDeposited(Event):
    """Money came into the shop's funds account, by that journal."""

    kind: ClassVar[str] = "funds.deposited"
    about: ClassVar[str] = "journal_id"

    journal_id: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class SettledEarly(Event):
    """The shop had so many charges settled before they were due, by that journal."""

    kind: ClassVar[str] = "settlement.early"
    about: ClassVar[str] = "journal_id"

    journal_id: int
    charges: int


@dataclass(frozen=True, kw_only=True)
class SubsidyPaid(Event):
    """The platform gave the shop this for an order, by that journal. MOVE-2."""

    kind: ClassVar[str] = "subsidy.paid"
    about: ClassVar[str] = "journal_id"

    journal_id: int
    amount: Money
