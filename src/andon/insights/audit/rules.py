"""What a check of the live database is, and what it finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: `sql` answers the rows that break it, and none while it holds."""

    name: str
    title: Mapping[str, str]
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: how many rows break it, and some of them.

    `count` is None where the check did not end in time; then nothing is known, and that is not well.
    """

    name: str
    title: Mapping[str, str]
    count: int | None
    sample: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether what must hold holds."""
        return self.count == 0


def all_well(findings: Iterable[Finding]) -> bool:
    """Whether every check holds."""
    return all(finding.ok for finding in findings)
