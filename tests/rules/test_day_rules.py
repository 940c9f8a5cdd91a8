"""What an order counts for by the day, and what insights make of counts: tables of examples, and properties."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.insights.figures.rules import HALF, MOST_DAYS, NINE_TENTHS, Times, Window, window_of
from andon.kernel.errors import Invalid
from andon.orders.days.rules import GROUPS, Count, Figure, Mark, Seen, Way, counts_of
from andon.orders.order.rules import Group

ZONE = ZoneInfo("Asia/Shanghai")
PLACED = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
"""A minute before midnight in Shanghai."""
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))
HOUR = timedelta(hours=1)


def seen(
    shipped: float | None = None,
    delivered: float | None = None,
    closed: float | None = None,
    outcome: Group | None = None,
    marks: int = 0,
) -> Seen:
    """An order that came there so many hours after it was placed."""
    at = [None if hours is None else PLACED + hours * HOUR for hours in (shipped, delivered, closed)]
    return Seen(Way.JIT, PLACED, at[0], at[1], at[2], outcome, marks)


def cells(of: Seen) -> dict[tuple[Figure, date, int], tuple[int, int]]:
    return {
        (count.figure, count.day, count.hours): (by, seconds) for count, by, seconds in counts_of(of, ZONE)
    }


def test_an_order_that_was_just_placed_awaits_shipment_on_its_day_in_shanghai():
    assert cells(seen()) == {(Figure.PLACED, MONDAY, 0): (1, 0), (Figure.AWAITING, MONDAY, 0): (1, 0)}


def test_a_completed_order_came_through_every_group_and_its_hours_are_begun_ones():
    found = cells(seen(1.5, 25.5, 25.6, Group.COMPLETED, Mark.STALE | Mark.RETURN_ASKED))
    assert found[Figure.TO_SHIP, TUESDAY, 2] == (1, 5400)
    assert found[Figure.IN_TRANSIT, WEDNESDAY, 24] == (1, 86400)
    assert found[Figure.TO_DELIVER, WEDNESDAY, 26] == (1, 91800)
    assert found[Figure.STALE, TUESDAY, 0] == found[Figure.RETURN_ASKED, WEDNESDAY, 0] == (1, 0)
    assert found[Figure.AWAITING, MONDAY, 0] == (1, 0)
    assert found[Figure.AWAITING, TUESDAY, 0] == (-1, 0)
    assert found[Figure.TRANSIT, TUESDAY, 0] == (1, 0)
    assert found[Figure.TRANSIT, WEDNESDAY, 0] == (-1, 0)
    assert found[Figure.COMPLETED, WEDNESDAY, 0] == (1, 0)


def test_a_cancelled_order_is_not_shipped_and_leaves_those_that_wait():
    found = cells(seen(closed=2, outcome=Group.CANCELLED))
    assert {figure for figure, _, _ in found} == {Figure.PLACED, Figure.AWAITING, Figure.CANCELLED}
    assert found[Figure.AWAITING, TUESDAY, 0] == (-1, 0)


times = st.one_of(st.none(), st.floats(0, 2000))


@given(times, times, times, st.sampled_from([*list(Group)[3:]]), st.integers(0, 3))
def test_an_order_stands_in_one_group_and_leaves_as_often_as_it_came(
    shipped, delivered, closed, outcome, marks
):
    order = seen(shipped, delivered, closed, outcome if closed is not None else None, marks)
    standing: Counter[Figure] = Counter()
    for count, by, seconds in counts_of(order, ZONE):
        standing[count.figure] += by
        assert count.hours * 3600 >= seconds > (count.hours - 1) * 3600
    assert sum(standing[figure] for figure in GROUPS) == 1
    assert all(standing[figure] in (0, 1) for figure in GROUPS)
    assert isinstance(next(counts_of(order, ZONE))[0], Count)


@given(
    st.dictionaries(st.integers(0, 500), st.integers(1, 50), min_size=1), st.sampled_from([HALF, NINE_TENTHS])
)
def test_within_its_hours_at_least_that_share_is_done_and_an_hour_earlier_less(hours, share):
    found = Times(hours, 0).within(share)
    assert found in hours
    total = sum(hours.values())
    assert sum(n for h, n in hours.items() if h <= found) >= share * total
    assert sum(n for h, n in hours.items() if h < found) < share * total


def test_a_mean_is_exact_to_two_places_and_there_is_none_of_nothing():
    assert Times({3: 2, 1: 1}, 2 * 9000 + 3599).mean_hours == Decimal("2.00")
    assert Times({1: 3}, 100).mean_hours == Decimal("0.01")
    assert Times({}, 0).mean_hours is None
    assert Times({}, 0).within(Fraction(1, 2)) is None


def test_thirty_days_are_looked_at_and_today_is_the_last():
    window = window_of(MONDAY, None, None)
    assert (window.days[0], window.days[-1], len(window.days)) == (date(2026, 2, 1), MONDAY, 30)
    assert window_of(MONDAY, TUESDAY, None) == Window(TUESDAY, WEDNESDAY)
    assert window_of(MONDAY, date(2025, 3, 2), MONDAY).days[0] == date(2025, 3, 2)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (MONDAY, MONDAY),
        (TUESDAY, MONDAY),
        (MONDAY - timedelta(days=MOST_DAYS), TUESDAY),
        (date(2000, 1, 1), None),
        (date.max, None),
        (None, date.min),
    ],
)
def test_what_ends_before_it_begins_is_too_long_or_out_of_time_is_refused(
    since: date | None, until: date | None
):
    with pytest.raises(Invalid) as refusal:
        window_of(TUESDAY, since, until)
    assert refusal.value.code == "insights.window"
