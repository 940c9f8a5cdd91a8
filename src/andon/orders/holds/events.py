"""An order is held, and let go."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderHeld(Event):
    """These fulfilments are not to go on; their clocks stand. `reason` is a code."""

    kind: ClassVar[str] = "order.held"
    about: ClassVar[str] = "order_id"

    reason: str
    fulfilments: list[int]


@dataclass(frozen=True, kw_only=True)
class OrderReleased(Event):
    """These fulfilments go on; their clocks too, from where they stood."""

    kind: ClassVar[str] = "order.released"
    about: ClassVar[str] = "order_id"

    fulfilments: list[int]
