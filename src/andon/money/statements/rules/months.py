"""The months of statements, in the platform's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from andon.kernel.errors import Invalid, NotFound, codes

CODES = codes(
    {
        "statement.not_found": (
            "No such statement: the month has not begun, or is before the shop's time",
            "账单不存在：该月尚未开始，或早于店铺开通",
        ),
        "statement.period": ("The period ends before it begins", "账单期间的结束早于开始"),
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> "Month":
        """The month of its text, `2026-11`."""
        year, _, month = text.partition("-")
        return cls(int(year), int(month))

    @classmethod
    def numbered(cls, number: int) -> "Month":
        """The month of its number, 202611."""
        return cls(*divmod(number, 100))

    @classmethod
    def at(cls, instant: datetime, zone: str) -> "Month":
        """The month that an instant falls into there."""
        there = instant.astimezone(ZoneInfo(zone))
        return cls(there.year, there.month)

    @property
    def number(self) -> int:
        """The month as a number, 202611."""
        return self.year * 100 + self.month

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def begins_at(self, zone: str) -> datetime:
        """Its first instant there."""
        return day_starts(self.first_day, zone)

    def ends_at(self, zone: str) -> datetime:
        """The first instant after it there: from then on its statement can be issued."""
        return self.following.begins_at(zone)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def day_starts(day: date, zone: str) -> datetime:
    """The first instant of a day in that zone."""
    return datetime.combine(day, time_of_day(), ZoneInfo(zone)).astimezone(UTC)


def statement_number(shop_id: int, month: Month) -> str:
    """The number that stands on a month's statement, for example `JIT-ST-202611-000017`."""
    return f"JIT-ST-{month.number}-{shop_id:06d}"


def check_begun(month: Month, created_at: datetime, now: datetime, zone: str) -> None:
    """Refuse, with NotFound `statement.not_found`, a month that has not begun, or that was over before the shop was."""
    if not Month.at(created_at, zone) <= month <= Month.at(now, zone):
        raise NotFound("statement.not_found", str(month))


def days_of_period(since: date | None, until: date | None, now: datetime, zone: str) -> tuple[date, date]:
    """The first day of a period and the one after its last: up to today, from the first of the last day's month.

    Invalid `statement.period` for one that ends before it begins.
    """
    end = until or now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    begin = since or (end - timedelta(days=1)).replace(day=1)
    if end <= begin:
        raise Invalid("statement.period", f"{begin} to {end}")
    return begin, end
