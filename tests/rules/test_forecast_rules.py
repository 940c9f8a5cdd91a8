"""When an exit is done: curves from what is past, and the last of many."""

from datetime import UTC, datetime, timedelta
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.forecast.rules import (
    LEAST,
    Basis,
    Curve,
    Past,
    Stage,
    UnderWay,
    curve_of,
    curves_beyond,
    curves_of,
    forecast_from,
    hours_until_last,
    promised,
    waits_of,
)
from andon.platform.policies.files import load_policies
from tests.worlds import NOON

POLICY = load_policies().at(NOON)
DAY = 24.0


def past(shipped: float | None, watched: float, *, ended: bool = True, country: str = "ES") -> Past:
    return Past("cainiao_jit", country, shipped, watched, ended)


def open_ones(
    stage: Stage = Stage.SHIPPED, age: float = 0.0, count: int = 1, country: str = "ES"
) -> UnderWay:
    return UnderWay(7, "cainiao_jit", country, stage, age, count)


def steps(*hours: float) -> Curve:
    """A curve that rises by the same at each of these hours."""
    n = len(hours)
    return Curve(tuple(sorted(hours)), tuple((place + 1) / n for place in range(n)), Basis.SHOP, n)


def forecast(curves: dict[UnderWay, Curve], **facts: object):
    known: dict = {"now": NOON, "fees": 0, "fees_due_at": None, "fees_ended_at": None, "off_at": None}
    return forecast_from(curves, **(known | facts), policy=POLICY)


def test_only_those_that_were_no_further_at_the_same_age_are_compared() -> None:
    pasts = [past(10, 100), past(30, 90), past(50, 200, ended=False), past(None, 40)]
    assert waits_of(pasts, Stage.UNSHIPPED, 24) == [(66, True), (176, False), (16, True)]
    assert waits_of(pasts, Stage.SHIPPED, 70) == [(20, True), (80, False)]


def test_a_thin_sample_makes_no_curve_and_open_ones_do_not_fill_it() -> None:
    waits = [(float(n), True) for n in range(LEAST - 1)]
    assert curve_of([*waits, *[(5.0, False)] * 100], Basis.SHOP) is None
    assert curve_of([*waits, (3.0, True)], Basis.SHOP) is not None


def test_without_open_ones_the_curve_is_what_was_seen() -> None:
    curve = curve_of([(float(n), True) for n in range(1, 101)], Basis.SHOP)
    assert curve is not None
    assert [round(curve.by(hours), 9) for hours in (0.5, 1, 50, 99.9, 100)] == [0, 0.01, 0.5, 0.99, 1]


def test_slow_ones_that_are_still_open_make_the_curve_slower() -> None:
    over = [(10.0, True)] * 50 + [(100.0, True)] * 50
    plain, fuller = curve_of(over, Basis.SHOP), curve_of([*over, *[(50.0, False)] * 50], Basis.SHOP)
    assert plain is not None
    assert fuller is not None
    assert (plain.by(60), round(fuller.by(60), 9)) == (0.5, round(1 / 3, 9))


def test_what_is_open_far_beyond_those_that_ended_says_nothing_of_the_others() -> None:
    over = [(float(n), True) for n in range(1, 101)]
    curve = curve_of([*over, *[(1000.0, False)] * 40], Basis.SHOP)
    assert curve == curve_of(over, Basis.SHOP)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.booleans()), min_size=LEAST, max_size=120))
def test_a_curve_rises_from_nothing_to_all(waits: list[tuple[float, bool]]) -> None:
    curve = curve_of(waits, Basis.SHOP)
    if curve is None:
        assert sum(over for _, over in waits) < LEAST
        return
    assert list(curve.shares) == sorted(curve.shares)
    assert (curve.by(-1), curve.by(curve.hours[-1])) == (0, 1)
    assert list(curve.hours) == sorted(set(curve.hours))


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 500), min_size=1, max_size=20), st.integers(1, 50)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([0.5, 0.9]),
)
def test_the_last_of_many_is_the_first_hour_at_which_the_product_reaches_the_share(
    given_: list[tuple[list[int], int]], share: float
) -> None:
    curves = [(steps(*map(float, hours)), count) for hours, count in given_]
    found = hours_until_last(curves, share)

    def likely(hours: int) -> float:
        return prod(curve.by(hours) ** count for curve, count in curves)

    assert likely(found) >= share - 1e-6
    assert found == 0 or likely(found - 1) < share + 1e-6


def test_more_open_ones_never_end_sooner() -> None:
    curve = steps(*(float(n) for n in range(1, 200)))
    hours = [hours_until_last([(curve, count)], 0.5) for count in (1, 10, 100, 1000)]
    assert hours == sorted(hours)
    assert hours[0] == 100
    assert hours[-1] == 199


def test_the_nearest_past_that_says_enough_is_the_basis() -> None:
    here = [past(10, 11 + n, country="ES") for n in range(LEAST)]
    there = [past(10, 11 + n, country="FR") for n in range(LEAST - 1)]
    spain, france, poland = (open_ones(country=each) for each in ("ES", "FR", "PL"))
    found = curves_of([*here, *there], [spain, france, poland])
    assert [found[each].basis for each in (spain, france, poland)] == [
        Basis.SHOP_LINE_COUNTRY,
        Basis.SHOP,
        Basis.SHOP,
    ]
    assert curves_of(there, [france]) == {}
    beyond = curves_beyond({7: here}, [france], POLICY)
    assert beyond[france].basis is Basis.SUPPLIER
    assert curves_beyond({}, [france], POLICY)[france].basis is Basis.POLICY


def test_the_promise_counts_from_the_first_scan_and_stale_is_its_end() -> None:
    days = POLICY.lines["cainiao_jit"].promise_days
    stuck, stale = (
        length.total_seconds() / 3600 for length in (POLICY.mode.stuck_after, POLICY.mode.stale_after)
    )
    shipped = promised(Stage.SHIPPED, 48, days, POLICY)
    assert (shipped.hours[0], shipped.hours[-1]) == (days * DAY - 48, days * DAY - 48 + stale)
    assert hours_until_last([(shipped, 1)], 0.5) == days * DAY - 48
    assert hours_until_last([(shipped, 1)], 0.9) == days * DAY - 48 + 0.8 * stale
    assert promised(Stage.UNSHIPPED, 0, days, POLICY).hours[0] == days * DAY + stuck
    overdue = promised(Stage.SHIPPED, 10_000, days, POLICY)
    assert (overdue.hours[0], overdue.hours[-1]) == (DAY, DAY + stale)


@pytest.mark.clause("EXIT-4")
def test_with_nothing_open_the_exit_is_done_when_the_switch_strikes() -> None:
    found = forecast({})
    assert found.p50 == found.p90 == NOON + POLICY.exit.switch_delay
    assert [part.what for part in found.parts] == ["switch"]


@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-4", "FEE-4")
def test_settlement_and_the_switch_follow_the_last_delivery() -> None:
    found = forecast({open_ones(count=2): steps(30.0, 54.0)})
    # Both have ended by 54 hours, 2026-03-04 18:00 in Shanghai; fees are due on the 7th at 00:00 there.
    due = datetime(2026, 3, 6, 16, tzinfo=UTC)
    assert [part.what for part in found.parts] == ["fulfilments", "settlement", "switch"]
    assert found.parts[0].p50 == NOON + timedelta(hours=54)
    assert found.parts[1].p50 == due
    assert found.p50 == due + POLICY.exit.switch_delay


@pytest.mark.clause("EXIT-2")
def test_fees_that_are_due_later_than_what_is_open_are_waited_for() -> None:
    later = NOON + timedelta(days=40)
    found = forecast({open_ones(): steps(1.0)}, fees=3, fees_due_at=later)
    assert found.p50 == found.p90 == later + POLICY.exit.switch_delay
    uncharged = forecast({}, fees=1, fees_ended_at=NOON)
    assert uncharged.p50 == datetime(2026, 3, 4, 16, tzinfo=UTC) + POLICY.exit.switch_delay


@pytest.mark.clause("EXIT-7")
def test_once_the_switch_is_thrown_nothing_but_it_and_what_is_open_counts() -> None:
    off_at = NOON + timedelta(hours=20)
    assert forecast({}, off_at=off_at, fees=2, fees_due_at=NOON + timedelta(days=9)).p90 == off_at
    assert forecast({open_ones(): steps(90.0)}, off_at=off_at).p50 == NOON + timedelta(hours=90)


def test_parts_tell_line_country_stage_and_basis_the_last_to_end_first() -> None:
    slow, fast = open_ones(country="FR", count=3), open_ones(Stage.UNSHIPPED, country="ES")
    found = forecast({fast: steps(5.0), slow: steps(50.0)})
    assert [(p.country, p.stage, p.count, p.sample) for p in found.parts[:2]] == [
        ("FR", "shipped", 3, 1),
        ("ES", "unshipped", 1, 1),
    ]
