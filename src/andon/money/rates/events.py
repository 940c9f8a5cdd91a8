"""What happens to rates of exchange: the platform's own events."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RateSet(Event):
    """From `valid_on` on, until the next day whose rate is known, one unit of `base` is `rate` of `quote`.

    `instead` is the rate that this day had before, where this corrects it; what was converted at it stays so.
    """

    kind: ClassVar[str] = "rate.set"

    base: str
    quote: str
    valid_on: date
    rate: Decimal
    instead: Decimal | None

    @property
    def subject(self) -> str:
        """The pair and the day, for example `rate:CNY/EUR/2026-03-02`."""
        return f"rate:{self.base}/{self.quote}/{self.valid_on}"
