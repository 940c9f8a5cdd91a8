"""What happens when a supplier gives notice."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DepartureEvent(Event):
    """Something happened to a supplier's departure from a shop."""

    about: ClassVar[str] = "departure_id"

    departure_id: int
    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class DepartureAnnounced(DepartureEvent):
    """The supplier leaves the shop at that instant; it has named that many alternatives."""

    kind: ClassVar[str] = "departure.announced"

    leaves_at: datetime
    alternatives: int


@dataclass(frozen=True, kw_only=True)
class DepartureWithdrawn(DepartureEvent):
    """The supplier stays after all."""

    kind: ClassVar[str] = "departure.withdrawn"


@dataclass(frozen=True, kw_only=True)
class DepartureRerouted(DepartureEvent):
    """So many fulfilments were taken from the supplier, and these have their place."""

    kind: ClassVar[str] = "departure.rerouted"

    fulfilments: int
    successors: list[int]


@dataclass(frozen=True, kw_only=True)
class DepartureBegun(DepartureEvent):
    """The day has come: the letter is drawn up, nothing new is pushed."""

    kind: ClassVar[str] = "departure.begun"

    letter_id: int | None


@dataclass(frozen=True, kw_only=True)
class DepartureEnded(DepartureEvent):
    """The supplier has left: its binding to the shop has ended."""

    kind: ClassVar[str] = "departure.ended"
