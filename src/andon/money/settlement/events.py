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
