"""When the platform is audited, and what is kept of an audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found: how many checks were asked, how long it took, and those that do not hold, as JSON has them."""

    checks: int
    took_ms: int
    broken: Sequence[dict[str, Any]] = ()

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return not self.broken


def next_night(now: datetime, zone: str, at: time) -> datetime:
    """The first instant after `now` at which it is `at` in that zone.

    Where a change of clocks skips it, the first instant after the change.
    """
    there = ZoneInfo(zone)
    day = now.astimezone(there).date()
    tonight = datetime.combine(day, at, there).astimezone(UTC)
    if tonight > now:
        return tonight
    return datetime.combine(day + timedelta(days=1), at, there).astimezone(UTC)
