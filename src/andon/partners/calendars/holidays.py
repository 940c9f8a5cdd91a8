"""The public holidays of a country, with the days that make up for them, as its government published them.

A library keeps them. A year that was not published yet has none here: nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chinese_calendar.constants import holidays, workdays


@dataclass(frozen=True)
class PublicHolidays:
    """Days off, and days worked instead; `until` is the last day of which they are known."""

    off: frozenset[date]
    worked: frozenset[date]
    until: date


PUBLIC_HOLIDAYS: Mapping[str, PublicHolidays] = {
    "CN": PublicHolidays(frozenset(holidays), frozenset(workdays), date(max(holidays).year, 12, 31)),
}
"""By the country's code. China's are whole stretches, weekends included, as its notices give them."""
