"""When a supplier's clocks run: its working days, its cut-off hours, and the exempted times."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """A working day's hours; what comes at `cut_off` or later counts from the next working day's opening."""

    opens: time
    cut_off: time

    def __post_init__(self) -> None:
        if self.opens >= self.cut_off:
            raise ValueError("a day opens before its cut-off")


@dataclass(frozen=True)
class Calendar:
    """A supplier's week by weekday (Monday is 0), and the dates that differ from it.

    `closed` holds the days off, `opened` the days worked although the week says otherwise, with their hours; a day
    in both is open, as a make-up day is.
    """

    zone: ZoneInfo
    week: Mapping[int, Hours]
    closed: frozenset[date]
    opened: Mapping[date, Hours]

    def __post_init__(self) -> None:
        if not self.week:
            raise ValueError("a week has a working day")

    def hours_of(self, day: date) -> Hours | None:
        """The hours worked on that day; None where its clocks stand."""
        if day in self.opened:
            return self.opened[day]
        return None if day in self.closed else self.week.get(day.weekday())

    def instant_of(self, day: date, at: time) -> datetime:
        """The instant of a wall-clock time in the calendar's zone."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Exempted:
    """A time in which no clock runs, from `since` up to, not including, `until`."""

    since: datetime
    until: datetime


def counted_from(start: datetime, calendar: Calendar) -> datetime:
    """The instant from which the clocks of something that came at `start` are counted."""
    day = start.astimezone(calendar.zone).date()
    hours = calendar.hours_of(day)
    if hours and start < calendar.instant_of(day, hours.cut_off):
        return max(start, calendar.instant_of(day, hours.opens))
    while True:
        day += _DAY
        if hours := calendar.hours_of(day):
            return max(start, calendar.instant_of(day, hours.opens))


def working_until(
    start: datetime, duration: timedelta, calendar: Calendar | None, exempted: Iterable[Exempted]
) -> datetime:
    """`start` plus that much time in which the clock runs.

    Days off and exempted times stop the clock whole; a working day counts from midnight to midnight, so that 24 h
    from Friday noon end on Monday noon. Opening and cut-off move only the start. No calendar is round the clock.
    """
    at = start.astimezone(UTC) if calendar is None else counted_from(start.astimezone(UTC), calendar)
    stops = sorted((each.since, each.until) for each in exempted)
    left = duration
    for since, until in _running(at, calendar):
        here = since
        for stop, resumes in stops:
            if resumes <= here or stop >= until:
                continue
            if stop > here:
                if here + left <= stop:
                    return here + left
                left -= stop - here
            here = min(max(here, resumes.astimezone(UTC)), until)
        if here < until and here + left <= until:
            return here + left
        left -= until - here
    raise AssertionError("a week has a working day, and days off are finite")


def _running(at: datetime, calendar: Calendar | None) -> Iterator[tuple[datetime, datetime]]:
    """The stretches from `at` on in which the calendar lets the clock run, a day each; without one, all at once."""
    if calendar is None:
        yield at, datetime.max.replace(tzinfo=UTC)
        return
    day = at.astimezone(calendar.zone).date()
    while True:
        if calendar.hours_of(day):
            begins, ends = calendar.instant_of(day, time()), calendar.instant_of(day + _DAY, time())
            if ends > at:
                yield max(begins, at), ends
        day += _DAY
