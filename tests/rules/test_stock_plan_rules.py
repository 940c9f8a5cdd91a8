"""How many units last for some days: exact against drawing lots, and never less for more."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.stock_plan.rules import (
    DAYS,
    HALF_LIFE_DAYS,
    LOTS,
    Pace,
    Sold,
    pace_of,
    quantity_for,
    units_a_day,
    usual_pace,
)

SOMETIMES = Pace(1, 10)
LEVELS = st.floats(0.5, 0.999)
PASTS = st.dictionaries(st.integers(1, DAYS), st.integers(1, 30), min_size=1, max_size=40).map(Sold)


def steadily(units: int = 1, days: int = DAYS, every: int = 1) -> Sold:
    """So many units on every so-manieth day."""
    return Sold(dict.fromkeys(range(1, days + 1, every), units))


def test_the_day_of_the_first_sale_tells_that_a_product_is_on_sale_and_no_pace():
    once = Sold({60: 5})
    assert pace_of(once, SOMETIMES).sales == 0.5
    assert pace_of(once, SOMETIMES).a_day < SOMETIMES.a_day
    yesterday = Sold({1: 5})
    assert pace_of(yesterday, SOMETIMES).a_day == pytest.approx(SOMETIMES.a_day)


def test_a_day_counts_for_half_of_one_a_half_life_later():
    early, late = Sold({150: 1, 1 + HALF_LIFE_DAYS: 1}), Sold({150: 1, 1: 1})
    assert pace_of(late, SOMETIMES).sales - 0.5 == pytest.approx(2 * (pace_of(early, SOMETIMES).sales - 0.5))


def test_what_has_not_sold_for_long_is_hardly_stocked_and_what_began_to_sell_is():
    stopped = Sold(dict.fromkeys(range(120, 150), 2))
    began = Sold(dict.fromkeys(range(1, 31), 2))
    usual = usual_pace([stopped, began])
    assert quantity_for(stopped, usual, 7, 0.95) <= 6
    assert 14 <= quantity_for(began, usual, 7, 0.95) <= 30


def test_a_shop_that_has_sold_next_to_nothing_has_a_usual_pace_all_the_same():
    assert usual_pace([]) == Pace(0.5, HALF_LIFE_DAYS)
    assert usual_pace([Sold({1: 3})]).a_day == pytest.approx(0.5 / HALF_LIFE_DAYS)
    assert usual_pace([steadily(every=2)] * 1_000).a_day == pytest.approx(0.5, rel=0.01)


@pytest.mark.clause("MOVE-3")
@pytest.mark.parametrize(
    "sold",
    [steadily(), steadily(every=9, units=2), Sold({100: 1, 40: 12, 3: 1}), Sold({9: 4})],
    ids=["every day", "now and then", "lumpy", "new"],
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_quantity_suffices_as_often_as_it_says(sold: Sold, level: float):
    """Drawn as the model says, one thing at a time: a rate, as many selling days, and on each what one sold."""
    usual, horizon, tries, chance = usual_pace([sold]), 7, 20_000, Random(7)
    pace, sizes = pace_of(sold, usual), list(sold.units.values())
    totals = []
    for _ in range(tries):
        left, days = chance.gammavariate(pace.sales, horizon / pace.days), 0
        while (left := left - chance.expovariate(1)) > 0:
            days += 1
        totals.append(sum(chance.choice(sizes) for _ in range(days)))
    quantity = quantity_for(sold, usual, horizon, level)
    covered = sum(total <= quantity for total in totals) / tries
    one_less = sum(total < quantity for total in totals) / tries
    assert one_less - 0.01 < level < covered + 0.01


@given(sold=PASTS, horizon=st.integers(1, 60), levels=st.tuples(LEVELS, LEVELS))
def test_more_days_or_a_higher_level_never_ask_for_less(
    sold: Sold, horizon: int, levels: tuple[float, float]
):
    usual, (low, high) = usual_pace([sold]), sorted(levels)
    quantity = quantity_for(sold, usual, horizon, low)
    assert quantity <= quantity_for(sold, usual, horizon, high)
    assert quantity <= quantity_for(sold, usual, horizon + 1, low)


@given(sold=PASTS, horizon=st.integers(1, 60))
def test_at_a_high_level_there_is_at_least_what_is_expected(sold: Sold, horizon: int):
    usual = usual_pace([sold])
    assert quantity_for(sold, usual, horizon, 0.99) >= int(units_a_day(sold, usual) * horizon)


@pytest.mark.parametrize("kinds", [(2_000,), (100, 2_000, 7_000)], ids=["alike", "unlike"])
def test_many_units_are_counted_in_lots_that_hardly_add_any(kinds: tuple[int, ...]):
    usual = Pace(9, 10)
    fine = Sold({ago: kinds[ago % len(kinds)] // 100 for ago in range(1, DAYS + 1)})
    coarse = Sold({ago: 100 * units for ago, units in fine.units.items()})
    assert units_a_day(coarse, usual) * 28 > 100 * LOTS
    exact, lots = 100 * quantity_for(fine, usual, 28, 0.95), quantity_for(coarse, usual, 28, 0.95)
    assert lots == pytest.approx(exact, rel=0.02)
