"""A buyer asks to send something back, and it comes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ReturnRequested(Event):
    """A buyer asked at `requested_at` to send back so many units of these SKUs. `reason` is a code."""

    kind: ClassVar[str] = "return.requested"
    about: ClassVar[str] = "return_id"

    return_id: int
    requested_at: datetime
    reason: str
    lines: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ReturnReceived(Event):
    """What was to come back has come, in that condition, where it was told."""

    kind: ClassVar[str] = "return.received"
    about: ClassVar[str] = "return_id"

    return_id: int
    received_at: datetime
    condition: str | None
