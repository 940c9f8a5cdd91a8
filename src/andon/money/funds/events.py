"""What happens to a shop's funds beside settlement."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class FundsWithdrawn(Event):
    """Money left the shop's funds account, by that journal."""

    kind: ClassVar[str] = "funds.withdrawn"
    about: ClassVar[str] = "journal_id"

    journal_id: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class HoldEvent(Event):
    """The freeze of the funds that an exit brought changed."""

    about: ClassVar[str] = "exit_id"

    exit_id: int
    hold_id: int


@dataclass(frozen=True, kw_only=True)
class FundsFrozen(HoldEvent):
    """The shop leaves by force with something open: `freeze` of its funds is held until that has cleared. EXIT-7."""

    kind: ClassVar[str] = "funds.frozen"

    freeze: str


@dataclass(frozen=True, kw_only=True)
class FundsFreed(HoldEvent):
    """The freeze is over: `cause` is cleared, or exit_withdrawn. EXIT-7."""

    kind: ClassVar[str] = "funds.freed"

    cause: str
