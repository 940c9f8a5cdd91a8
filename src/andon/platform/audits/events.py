"""What an audit comes to: the platform's own events."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AuditPassed(Event):
    """Every check of the night held."""

    kind: ClassVar[str] = "audit.passed"
    about: ClassVar[str] = "night"

    night: datetime
    checks: int


@dataclass(frozen=True, kw_only=True)
class AuditFailed(Event):
    """Some check of the night did not hold, or did not end in time; `broken` names those."""

    kind: ClassVar[str] = "audit.failed"
    about: ClassVar[str] = "night"

    night: datetime
    checks: int
    broken: list[str]
