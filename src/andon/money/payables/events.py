"""What happens to what suppliers and carriers are owed."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class PayablePaidOut(Event):
    """Of what the shop's books owe on that account this was paid out, by that journal."""

    kind: ClassVar[str] = "payable.paid_out"
    about: ClassVar[str] = "journal_id"

    journal_id: int
    account: str
    amount: Money
