"""What happens to a shop's move off JIT."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MoveEvent(Event):
    """Something happened to one move."""

    about: ClassVar[str] = "move_id"

    move_id: int


@dataclass(frozen=True, kw_only=True)
class MoveStarted(MoveEvent):
    """JIT orders drain from now on, and new ones take the smart line first until `until`. Source: MOVE-1.

    So many products move; in an exit, which is named, the shop's whole JIT intake is closed.
    """

    kind: ClassVar[str] = "move.started"

    exit_id: int | None
    until: datetime
    products: int


@dataclass(frozen=True, kw_only=True)
class MoveDone(MoveEvent):
    """Its time is over: the plan's own precedence holds again, and so many products went to standard shipping. Source: MOVE-1."""

    kind: ClassVar[str] = "move.done"

    products: int


@dataclass(frozen=True, kw_only=True)
class MoveCancelled(MoveEvent):
    """It was taken back: new orders go as the products' modes say. Source: MOVE-1."""

    kind: ClassVar[str] = "move.cancelled"
