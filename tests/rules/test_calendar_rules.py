"""Clocks run on working days, outside exempted times."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.partners.calendars.holidays import PUBLIC_HOLIDAYS
from andon.partners.calendars.rules import (
    Calendar,
    Clock,
    Exempted,
    Hours,
    calendar_of,
    reasons_of,
    stops_of,
    working_until,
)

NINE_TO_FIVE = Hours(time(9), time(17))
DAY = timedelta(days=1)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(days=6))
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]).map(ZoneInfo)
DATES = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(
    Calendar,
    zone=ZONES,
    week=st.sets(st.integers(0, 6), min_size=1).map(lambda days: dict.fromkeys(days, NINE_TO_FIVE)),
    closed=st.frozensets(DATES, max_size=5),
    opened=st.sets(DATES, max_size=5).map(lambda days: dict.fromkeys(days, NINE_TO_FIVE)),
)
EXEMPTED = st.lists(
    st.builds(lambda since, length: Exempted(since, since + length), INSTANTS, LENGTHS), max_size=5
)


def working_week(zone: str, *closed: date) -> Calendar:
    return Calendar(ZoneInfo(zone), dict.fromkeys(range(5), NINE_TO_FIVE), frozenset(closed), {})


@given(INSTANTS, LENGTHS)
def test_without_a_calendar_time_is_simply_added(start: datetime, length: timedelta) -> None:
    assert working_until(start, length, None, []) == start + length


@given(INSTANTS, INSTANTS, LENGTHS, CALENDARS, EXEMPTED)
def test_what_comes_later_is_never_due_earlier_and_nothing_before_plain_time(
    one: datetime, other: datetime, length: timedelta, calendar: Calendar, exempted: list[Exempted]
) -> None:
    first, second = (working_until(start, length, calendar, exempted) for start in sorted((one, other)))
    assert first <= second
    assert first >= min(one, other) + length


@given(INSTANTS, LENGTHS, CALENDARS, EXEMPTED)
def test_the_order_of_exemptions_does_not_matter(
    start: datetime, length: timedelta, calendar: Calendar, exempted: list[Exempted]
) -> None:
    assert working_until(start, length, calendar, exempted) == working_until(
        start, length, calendar, exempted[::-1]
    )


def test_a_weekend_stops_the_clock_and_the_cut_off_moves_the_start() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    friday = datetime(2026, 11, 27, 12, tzinfo=zone)
    assert working_until(friday, DAY, working_week("Asia/Shanghai"), []) == friday + 3 * DAY
    late = friday.replace(hour=17)
    assert working_until(late, DAY, working_week("Asia/Shanghai"), []) == datetime(
        2026, 12, 1, 9, tzinfo=zone
    )


def test_a_day_off_is_the_wall_clocks_day_when_summer_time_ends() -> None:
    zone = ZoneInfo("Europe/Berlin")
    friday = datetime(2026, 10, 23, 12, tzinfo=zone)
    due = working_until(friday, DAY, working_week("Europe/Berlin"), [])
    assert due == datetime(2026, 10, 26, 12, tzinfo=zone)


def test_an_exempted_storm_is_added_once_however_often_it_is_declared() -> None:
    start = datetime(2026, 11, 25, tzinfo=UTC)
    storm = Exempted(start + timedelta(hours=1), start + timedelta(hours=7))
    assert working_until(start, DAY, None, [storm, storm]) == start + timedelta(hours=30)


@given(INSTANTS, LENGTHS, CALENDARS, EXEMPTED)
def test_outside_what_stopped_it_a_clock_ran_for_just_as_long_as_was_given(
    start: datetime, length: timedelta, calendar: Calendar, exempted: list[Exempted]
) -> None:
    clock = Clock(calendar, tuple(exempted))
    due = clock.due(start, length)
    ran, at = timedelta(), start
    for stop in stops_of(clock, start, due):
        ran += max(stop.since - at, timedelta())
        at = max(at, stop.until)
        assert start <= stop.since < stop.until <= due
    assert ran + (due - at) == length


@given(INSTANTS, LENGTHS, CALENDARS, EXEMPTED)
def test_one_more_exempted_time_makes_nothing_due_earlier(
    start: datetime, length: timedelta, calendar: Calendar, exempted: list[Exempted]
) -> None:
    dues = [working_until(start, length, calendar, exempted[:count]) for count in range(len(exempted) + 1)]
    assert dues == sorted(dues)


CN = PUBLIC_HOLIDAYS["CN"]
OFFICE = dict.fromkeys(range(5), ("09:00", "18:00"))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-14", True),  # a Saturday that makes up
        ("2026-02-15", False),
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # a Saturday that makes up
        ("2026-10-07", False),
        ("2026-10-10", True),  # a Saturday that makes up
        ("2025-10-06", False),
        ("2025-10-08", False),
        ("2025-10-11", True),  # a Saturday that makes up
        ("2026-11-28", False),
    ],
)
def test_chinas_holidays_and_the_days_that_make_up_for_them(day: str, worked: bool) -> None:
    calendar = calendar_of("Asia/Shanghai", OFFICE, [], CN.off, CN.worked)
    assert (calendar.hours_of(date.fromisoformat(day)) is not None) == worked


def test_what_is_said_of_a_day_itself_goes_before_what_a_government_says() -> None:
    saturday, holiday = date(2026, 2, 14), date(2026, 2, 17)
    own = [(saturday, None), (holiday, ("10:00", "12:00"))]
    calendar = calendar_of("Asia/Shanghai", OFFICE, own, CN.off, CN.worked)
    assert calendar.hours_of(saturday) is None
    assert calendar.hours_of(holiday) == Hours(time(10), time(12))
    assert calendar.hours_of(date(2026, 2, 28)) == Hours(time(9), time(18)), "as the week's first day"


def test_of_a_year_that_was_not_published_nothing_is_guessed() -> None:
    assert not {day for day in CN.off | CN.worked if day > CN.until}


def test_a_stop_is_told_once_and_an_exemption_beside_the_day_off() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    friday = datetime(2026, 11, 27, 18, tzinfo=zone)
    clock = Clock(working_week("Asia/Shanghai"), (Exempted(friday, friday + 6 * DAY, "storm"),))
    stops = stops_of(clock, friday, friday + 4 * DAY)
    assert [(stop.why, stop.reason) for stop in stops] == [("after_hours", None), ("exemption", "storm")]
    assert reasons_of(clock, friday, friday + 4 * DAY) == ["calendar", "storm"]
    assert stops_of(Clock(), friday, friday + DAY) == []
