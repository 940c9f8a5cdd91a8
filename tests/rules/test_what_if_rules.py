"""A past replayed under each way: nobody is lost, the same seed tells the same, and what goes in comes out."""

from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.stock_plan.rules import Sold, quantity_for, usual_pace
from andon.simulator.what_if.rules import (
    GUIDE_SHIP_DAYS,
    Basis,
    Leg,
    Outcome,
    Past,
    Placed,
    Spread,
    Way,
    filled_locally,
    own_spread,
    promised_spread,
    replay_ways,
    spread_about,
)
from andon.simulator.what_if.rules.spreads import LEAST

JIT, SMART, STANDARD = (
    Leg("jit", "ES", 3_000, 10),
    Leg("smart", "ES", 3_400, 7),
    Leg("standard", "ES", 2_500, 15),
)
LINES = (JIT, SMART, STANDARD)
HORIZON, LEVEL = 7, 0.95


def placed(day: int, sku: str = "S", units: int = 1, *, legs: tuple[Leg | None, ...] = LINES) -> Placed:
    jit, smart, standard = legs
    return Placed(day, ((sku, units),), jit, smart, standard)


def steadily(sku: str = "S", a_day: int = 10, days: int = 60) -> dict[str, dict[int, int]]:
    """So many units on every day before the first replayed one."""
    return {sku: {-ago: a_day for ago in range(1, days + 1)}}


def past(*orders: Placed, short_share: float = 0.0, before: dict[str, dict[int, int]] | None = None) -> Past:
    """A past of which nothing is known but the orders: the guide's means, the lines' promises."""
    return Past(
        orders,
        steadily() if before is None else before,
        {by: spread_about(mean) for by, mean in GUIDE_SHIP_DAYS.items()},
        {(leg.line, leg.country): promised_spread(leg.promise_days) for leg in LINES},
        short_share,
        HORIZON,
        LEVEL,
    )


def outcomes(replayed: Past, seed: int = 1, repeats: int = 20) -> dict[Way, Outcome]:
    return {each.way: each for each in replay_ways(replayed, seed=seed, repeats=repeats)}


def days_of(outcome: Outcome) -> tuple[float, float]:
    """The mean days to ship and to deliver."""
    assert outcome.ship
    assert outcome.deliver
    return outcome.ship.mean.value, outcome.deliver.mean.value


def test_fed_the_guides_means_it_shows_its_32_against_50_days() -> None:
    found = outcomes(past(*(placed(n // 10) for n in range(600))))
    for way, days in ((Way.JIT, 3.2), (Way.STANDARD, 5.0), (Way.SMART, 5.0)):
        ship = found[way].ship
        assert ship
        assert ship.mean.low <= days <= ship.mean.high
        assert ship.mean.value == pytest.approx(days, abs=0.1)
        # Log-normal about its mean: half are there before it, and one in ten takes much longer.
        assert ship.p50.value < days < ship.p90.value


def test_a_delivery_is_the_shipment_and_the_trip_and_a_promise_holds_as_often_as_the_line_keeps_it() -> None:
    replayed = past(*(placed(n // 10) for n in range(600)))
    found = outcomes(replayed)
    for way, leg in ((Way.JIT, JIT), (Way.SMART, SMART), (Way.STANDARD, STANDARD)):
        to_ship, to_deliver = days_of(found[way])
        assert to_deliver - to_ship == pytest.approx(replayed.transit[leg.line, leg.country].mean, abs=0.1)
        kept, cost = found[way].promise_kept, found[way].cost
        assert kept
        assert cost
        assert kept.value == pytest.approx(0.9, abs=0.02)
        assert (cost.value, cost.low, cost.high) == (leg.cost, leg.cost, leg.cost)


LEGS = st.tuples(*(st.sampled_from((None, leg)) for leg in LINES))
ORDERS = st.lists(
    st.builds(
        placed,
        st.integers(0, 30),
        st.sampled_from(("S", "T")),
        st.integers(1, 9),
        legs=LEGS,
    ),
    max_size=60,
).map(lambda orders: sorted(orders, key=lambda order: order.day))


@given(orders=ORDERS, short_share=st.floats(0, 1), seed=st.integers(0, 2**31))
def test_every_order_is_shipped_or_out_of_stock_or_not_reached_and_the_same_seed_tells_the_same(
    orders: list[Placed], short_share: float, seed: int
):
    replayed = past(*orders, short_share=short_share)
    found = replay_ways(replayed, seed=seed, repeats=3)
    assert found == replay_ways(replayed, seed=seed, repeats=3)
    for each in found:
        assert each.shipped.value + each.stock_outs.value + each.unserved == pytest.approx(len(orders))
    jit, smart, standard, mixed = found
    assert jit.unserved == sum(order.jit is None for order in orders)
    assert smart.unserved == sum(order.own is None for order in orders)
    assert standard.unserved == sum(order.standard is None for order in orders)
    assert mixed.unserved <= min(jit.unserved, smart.unserved)


def test_another_seed_tells_something_else_within_the_interval() -> None:
    replayed = past(*(placed(n // 10) for n in range(300)))
    one, other = outcomes(replayed, seed=1)[Way.JIT], outcomes(replayed, seed=2)[Way.JIT]
    assert one.ship
    assert other.ship
    assert one.ship != other.ship
    assert one.ship.mean.low <= other.ship.mean.value <= one.ship.mean.high


def test_intervals_narrow_as_orders_become_more() -> None:
    few, many = (outcomes(past(*(placed(n % 20) for n in range(count))))[Way.JIT] for count in (50, 5_000))
    assert few.deliver
    assert many.deliver
    assert few.deliver.mean.high - few.deliver.mean.low > 3 * (many.deliver.mean.high - many.deliver.mean.low)


def test_every_way_meets_the_same_luck() -> None:
    """Where two ways differ by the names of their lines alone, their figures do not."""
    replayed = past(*(placed(n // 10, legs=(None, SMART, STANDARD)) for n in range(100)))
    alike = replace(replayed, transit=dict.fromkeys(replayed.transit, spread_about(9)))
    found = outcomes(alike)
    assert found[Way.SMART].deliver == found[Way.STANDARD].deliver


def test_suppliers_are_short_as_often_as_they_were_and_a_mixed_shop_falls_back_on_them() -> None:
    orders = [placed(n // 40) for n in range(400)]
    found = outcomes(past(*orders, short_share=0.2, before={}))
    assert found[Way.JIT].stock_outs.value == pytest.approx(80, abs=6)
    # Nothing was sold before: in the first week there is nothing, and then less than it takes.
    smart, mixed = found[Way.SMART], found[Way.MIXED]
    assert smart.stock_outs.value >= 280
    assert mixed.stock_outs.value == pytest.approx(0.2 * smart.stock_outs.value, rel=0.1)
    assert mixed.shipped.value > smart.shipped.value


@pytest.mark.clause("MOVE-2")
def test_the_smart_line_goes_first_where_it_reaches_and_elsewhere_a_standard_one() -> None:
    beyond = placed(0, legs=(JIT, None, STANDARD))
    assert (beyond.own, placed(0).own) == (STANDARD, SMART)
    found = outcomes(past(*[beyond] * 3, *[placed(0)] * 3))
    cost = found[Way.SMART].cost
    assert cost
    assert cost.value == fmean((STANDARD.cost, SMART.cost))


@pytest.mark.clause("MOVE-3")
def test_the_warehouse_is_stocked_by_the_plan_of_what_was_known_then() -> None:
    before = steadily(a_day=3)
    sold = Sold({-day: units for day, units in before["S"].items()})
    quantity = quantity_for(sold, usual_pace([sold]), HORIZON, LEVEL)
    rush = [placed(3)] * (quantity + 5)
    filled = filled_locally(rush, [True] * len(rush), before, HORIZON, LEVEL)
    assert filled == [True] * quantity + [False] * 5
    # A week later the rush is known, and the warehouse is ready for another.
    again = [*rush, *[placed(7)] * 40]
    assert all(filled_locally(again, [True] * len(again), before, HORIZON, LEVEL)[len(rush) :])


def test_an_order_is_filled_whole_or_not_at_all_and_what_is_not_taken_takes_nothing() -> None:
    before = steadily("S", 1) | steadily("T", 1)
    both = Placed(0, (("S", 1), ("T", 1_000)), *LINES)
    alone, elsewhere = placed(0), placed(0, units=1_000)
    taken = [True, False, True]
    assert filled_locally([both, elsewhere, alone], taken, before, HORIZON, LEVEL) == [False, False, True]


def test_too_few_of_a_shops_own_make_no_spread() -> None:
    assert own_spread([1.0] * (LEAST - 1)) is None
    assert own_spread([2.0, 1.0] * LEAST) == Spread((1.0,) * LEAST + (2.0,) * LEAST, Basis.SHOP, 2 * LEAST)


@given(mean=st.floats(0.1, 60), promise=st.integers(1, 60))
def test_a_spread_has_its_mean_and_a_promise_is_kept_nine_times_in_ten(mean: float, promise: int):
    assert spread_about(mean).mean == pytest.approx(mean)
    days = promised_spread(promise).days
    assert sum(each <= promise for each in days) / len(days) == pytest.approx(0.9)
    assert list(days) == sorted(days)
