"""What happened to a shop's parcels on hand-over notes: by their numbers, and no person's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class HandoverEvent(Event):
    """What every event of a note says. The parcels are those of the event's shop."""

    about: ClassVar[str] = "handover_id"

    handover_id: int
    number: str
    supplier_id: int
    carrier: str


@dataclass(frozen=True, kw_only=True)
class HandoverListed(HandoverEvent):
    """Parcels stand on a note for one collection."""

    kind: ClassVar[str] = "handover.listed"

    parcels: list[int]
    collect_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class HandoverScanned(HandoverEvent):
    """Parcels were scanned out."""

    kind: ClassVar[str] = "handover.scanned"

    parcels: list[int]


@dataclass(frozen=True, kw_only=True)
class HandoverSigned(HandoverEvent):
    """A side signed; with the driver's signature the note is closed, and its content has this SHA-256."""

    kind: ClassVar[str] = "handover.signed"

    role: str
    sha256: str | None = None
    parcels: list[int]
    missing: list[int]


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered(HandoverEvent):
    """The carrier says whether it collected, and how many parcels in all."""

    kind: ClassVar[str] = "handover.answered"

    collected: bool
    counted: int | None
