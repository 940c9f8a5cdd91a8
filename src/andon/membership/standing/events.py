"""What happens to a shop's standing. No free text stands here: notes, pleas and answers are in their rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderRated(Event):
    """A buyer rated an order, in hundredths of a star on each axis; `corrected` where it was rated before. BACK-2."""

    kind: ClassVar[str] = "order.rated"
    about: ClassVar[str] = "order_id"

    described: int
    communication: int
    shipping: int
    rated_at: datetime
    corrected: bool


@dataclass(frozen=True, kw_only=True)
class ViolationEvent(Event):
    """Something happened to a violation."""

    about: ClassVar[str] = "violation_id"

    violation_id: int


@dataclass(frozen=True, kw_only=True)
class ViolationRecorded(ViolationEvent):
    """A violation is recorded: what it is, whose fault, and how it came out. BACK-3, STOCK-1."""

    kind: ClassVar[str] = "violation.recorded"

    violation: str
    fault: str
    cause: str
    fulfilment_id: int | None = None
    supplier_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ViolationAppealed(ViolationEvent):
    """The shop appeals against it; it is to be answered by `due_at`."""

    kind: ClassVar[str] = "violation.appealed"

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ViolationEscalated(ViolationEvent):
    """Nobody has answered its appeal in time."""

    kind: ClassVar[str] = "violation.escalated"


@dataclass(frozen=True, kw_only=True)
class ViolationDecided(ViolationEvent):
    """It is decided: upheld or withdrawn, it counts no more; rejected, it stays."""

    kind: ClassVar[str] = "violation.decided"

    decision: str
