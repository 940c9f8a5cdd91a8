"""When a supplier's clocks run: its working days, its cut-off hours, and the exempted times."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "calendar.not_found": (
            "The supplier has no calendar: it works round the clock",
            "供应商未设置工作日历",
        ),
        "calendar.week": ("A week has a working day", "每周至少有一个工作日"),
        "calendar.hours": ("A day opens before its cut-off", "开始营业须早于截单时间"),
        "calendar.zone": ("Not a time zone of the IANA database", "时区无效"),
        "calendar.day": (
            "A day of its own is a date, said once, not far from today",
            "自定日期无效、重复或超出范围",
        ),
        "exemption.not_found": ("No such exemption", "豁免不存在"),
        "exemption.scope": (
            "An exemption is for a region or for suppliers that there are",
            "豁免的地区或供应商无效",
        ),
        "exemption.time": (
            "An exemption ends after it began, and lasts no longer than allowed",
            "豁免的起止时间无效",
        ),
        "supplier.place": ("A place is a country's code or a part's of ISO 3166-2", "所在地代码无效"),
    }
)

_DAY = timedelta(days=1)
MOST_DAYS = 400
FAR = timedelta(days=3 * 366)
"""How far from today a day of a calendar, and a time that is exempted, may lie."""
LONGEST = timedelta(days=92)
"""How long one exemption may last."""
LONGEST_NOTE = 2_000


class Reason(StrEnum):
    """Why a time is exempted."""

    FESTIVAL = "festival"
    STORM = "storm"
    STRIKE = "strike"
    OTHER = "other"


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


def calendar_of(
    zone: str,
    week: Mapping[int, tuple[str, str]],
    days: Iterable[tuple[date, tuple[str, str] | None]],
    off: frozenset[date] = frozenset(),
    worked: frozenset[date] = frozenset(),
) -> Calendar:
    """The calendar of a week, of public holidays (`off`, and `worked` to make up for them), and of days of its own.

    Hours are texts, `09:00` and `17:00`; a day ends at `24:00`. What is said of a day itself goes before what a
    government says. A day worked to make up has its weekday's hours, or else the week's first. Refuses with Invalid.
    """
    if zone not in available_timezones():
        raise Invalid("calendar.zone", zone[:80])
    if not week:
        raise Invalid("calendar.week")
    hours = {number: _hours(*said) for number, said in sorted(week.items())}
    own = {day: said and _hours(*said) for day, said in days}
    usual = next(iter(hours.values()))
    made_up = {day: hours.get(day.weekday(), usual) for day in worked if day not in own}
    opened = made_up | {day: said for day, said in own.items() if said}
    return Calendar(ZoneInfo(zone), hours, off | {day for day, said in own.items() if not said}, opened)


def _hours(opens: str, cut_off: str) -> Hours:
    if opens >= cut_off:
        raise Invalid("calendar.hours", f"{opens} to {cut_off}")
    return Hours(time.fromisoformat(opens), time.max if cut_off == "24:00" else time.fromisoformat(cut_off))


def own_days(said: Iterable[str], today: date) -> list[date]:
    """Days as dates; Invalid `calendar.day` for one that is none, comes twice, or lies far from today."""
    days: list[date] = []
    for text in said:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise Invalid("calendar.day", text) from None
        if day in days or abs(day - today) > FAR:
            raise Invalid("calendar.day", text)
        days.append(day)
    return days


def check_time(since: datetime, until: datetime, now: datetime) -> None:
    """Refuse with Invalid `exemption.time` a time that cannot be exempted."""
    if not since < until <= since + LONGEST:
        raise Invalid("exemption.time", f"it lasts at most {LONGEST.days} days")
    if abs(since - now) > FAR:
        raise Invalid("exemption.time", f"it begins more than {FAR.days} days from now")


@dataclass(frozen=True)
class Exempted:
    """A time in which no clock runs, from `since` up to, not including, `until`."""

    since: datetime
    until: datetime
    reason: str = Reason.OTHER.value


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


@dataclass(frozen=True)
class Clock:
    """What a supplier's deadlines run by: its calendar, if it has one, and the times exempted for it."""

    calendar: Calendar | None = None
    exempted: tuple[Exempted, ...] = ()
    _known: dict[Any, datetime] = field(default_factory=dict, init=False, repr=False, compare=False)
    reasons_known: dict[Any, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def due(self, start: datetime, duration: timedelta, stood: tuple[Exempted, ...] = ()) -> datetime:
        """When something of that `start` is due, which stood for other reasons as well."""
        asked = (start, duration, stood)
        if asked not in self._known:  # of a thousand orders in one call most start together
            self._known[asked] = working_until(start, duration, self.calendar, (*self.exempted, *stood))
        return self._known[asked]


@dataclass(frozen=True)
class Stop:
    """A time in which a clock did not run: `why` is day_off, after_hours or exemption, with its reason."""

    since: datetime
    until: datetime
    why: str
    reason: str | None = None


def stops_of(clock: Clock, start: datetime, end: datetime) -> list[Stop]:
    """What stops a clock between `start` and `end`, in order; an exemption on a day off is told beside it."""
    stops = [
        Stop(max(each.since, start), min(each.until, end), "exemption", each.reason)
        for each in clock.exempted
        if each.since < end and start < each.until
    ]
    if clock.calendar is not None:
        begins = min(counted_from(start, clock.calendar), end)
        if begins > start:
            day = start.astimezone(clock.calendar.zone).date()
            stops.append(Stop(start, begins, "after_hours" if clock.calendar.hours_of(day) else "day_off"))
        stops += _days_off(clock.calendar, begins, end)
    return sorted(stops, key=lambda stop: (stop.since, stop.until))


def reasons_of(clock: Clock, start: datetime, end: datetime) -> list[str]:
    """Why a clock stood between `start` and `end`, each reason once: those of exemptions, and `calendar`."""
    asked = (start, end)
    if asked not in clock.reasons_known:
        stops = stops_of(clock, start, end)
        clock.reasons_known[asked] = sorted({stop.reason or "calendar" for stop in stops})
    return clock.reasons_known[asked]


def _days_off(calendar: Calendar, begins: datetime, end: datetime) -> Iterator[Stop]:
    """The gaps between the stretches in which the calendar lets a clock run."""
    if begins >= end:
        return
    ran = begins
    for since, until in _running(begins, calendar):
        if since > ran:
            yield Stop(ran, min(since, end), "day_off")
        if until >= end or since >= end:
            return
        ran = until
