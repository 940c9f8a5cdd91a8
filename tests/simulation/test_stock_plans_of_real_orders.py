"""Stock plans of real orders, made from what was known at the time, against what was then sold, and against simpler rules."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import ceil, exp

import pytest

from andon.adapters.olist import OlistFolder
from andon.membership.stock_plan.rules import DAYS, Sold, quantity_for, usual_pace
from andon.ports.history import HistoricLine, History
from tests.places import real_data

UNTIL = date(2018, 1, 15)
WEEKS = 12
"""So many last weeks are held back: each is planned for from what was sold before it began."""
BLACK_FRIDAY = date(2017, 11, 24)
LEVELS = (0.8, 0.95)
HORIZONS = (7, 28)
SAMPLE = 4
"""Of single products, of which there are thousands, every so-manieth is planned for: by its place in the order of names."""

Sales = Mapping[str, Mapping[date, int]]


@pytest.fixture(scope="module")
def history() -> History:
    return OlistFolder(real_data("olist")).read()


def sales_by(history: History, name: Callable[[HistoricLine], str | None]) -> Sales:
    """Units by name and day, as they were bought; what has no name is left out."""
    sales: dict[str, Counter[date]] = defaultdict(Counter)
    for order in history.orders:
        for line in order.lines:
            if named := name(line):
                sales[named][order.placed_at.date()] += line.quantity
    return sales


@dataclass
class Tally:
    """What a rule would have had in stock, and what was asked for."""

    plans: int = 0
    sufficed: int = 0
    stocked: int = 0
    asked: int = 0
    sold: int = 0

    def note(self, quantity: int, asked: int) -> None:
        """One plan, and what then was asked for."""
        self.plans += 1
        self.sufficed += quantity >= asked
        self.stocked += quantity
        self.asked += asked
        self.sold += min(quantity, asked)

    @property
    def service(self) -> float:
        """The share of plans that sufficed."""
        return self.sufficed / self.plans

    @property
    def filled(self) -> float:
        """The share of all units asked for that were there."""
        return self.sold / self.asked


def naive(sold: Sold, horizon: int) -> int:
    """What people do by hand: the mean of the last four weeks, for so many days."""
    return ceil(sum(units for ago, units in sold.units.items() if ago <= 28) / 28 * horizon)


def by_sba(sold: Sold, horizon: int, level: float, alpha: float = 0.1) -> int:
    """Croston's rate with the correction of Syntetos and Boylan, and Poisson's quantile about it."""
    size = gap = 0.0
    last = sold.first + 1
    for ago in sorted(sold.units, reverse=True):
        share = alpha if size else 1.0
        size += share * (sold.units[ago] - size)
        gap += share * (last - ago - gap)
        last = ago
    expected = (1 - alpha / 2) * size / gap * horizon
    chance = reached = exp(-expected)
    quantity = 0
    while reached < level - 1e-9:
        quantity += 1
        chance *= expected / quantity
        reached += chance
    return quantity


def known(days: Mapping[date, int], today: date) -> Sold | None:
    """What was known of a name's past on a day; None where it had not sold."""
    past = {(today - day).days: units for day, units in days.items() if 0 < (today - day).days <= DAYS}
    return Sold(past) if past else None


Found = Mapping[tuple[int, float, bool], Mapping[str, Tally]]
"""By horizon, level, and whether Black Friday lies in the days ahead: what each rule came to."""


def compared(sales: Sales, every: int = 1) -> Found:
    """Every name, or every so-manieth, planned for on each Monday held back, by each rule."""
    found: dict[tuple[int, float, bool], dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for horizon, weeks in product(HORIZONS, range(1, WEEKS + 1)):
        today = UNTIL - timedelta(weeks=weeks)
        ahead = [today + timedelta(days=n) for n in range(horizon)]
        if ahead[-1] >= UNTIL:
            continue
        pasts = {name: past for name, days in sales.items() if (past := known(days, today))}
        usual = usual_pace(pasts.values())
        for name, level in product(sorted(pasts)[::every], LEVELS):
            sold, asked = pasts[name], sum(sales[name].get(day, 0) for day in ahead)
            tally = found[horizon, level, BLACK_FRIDAY in ahead]
            tally["ours"].note(quantity_for(sold, usual, horizon, level), asked)
            tally["naive"].note(naive(sold, horizon), asked)
            tally["sba"].note(by_sba(sold, horizon, level), asked)
    return found


def told(found: Found) -> str:
    """The table of docs/decisions/0058."""
    return json.dumps(
        {
            f"{horizon} d, {level}{', Black Friday' if rush else ''}": {
                rule: [each.plans, round(each.service, 3), round(each.filled, 3), each.stocked, each.asked]
                for rule, each in rules.items()
            }
            for (horizon, level, rush), rules in sorted(found.items())
        }
    )


@pytest.mark.clause("MOVE-3")
@pytest.mark.timeout(300)
def test_plans_for_what_sells_often_suffice_as_often_as_they_say_but_not_on_black_friday(
    history: History, record_property: Callable[[str, object], None]
) -> None:
    """A category stands for a product that sells often: 70 of them, from a unit in months to a dozen a day."""
    kinds = {code: each.title for code, each in history.products.items() if each.title != code}
    found = compared(sales_by(history, lambda line: kinds.get(line.product)))
    record_property("categories", told(found))
    for horizon, level in product(HORIZONS, LEVELS):
        rules = found[horizon, level, False]
        assert abs(rules["ours"].service - level) < 0.04, (horizon, level)
        assert rules["naive"].service < rules["ours"].service, (horizon, level)
    ordinary = found[7, 0.95, False]
    assert ordinary["naive"].service < 0.8
    assert ordinary["ours"].filled > ordinary["naive"].filled + 0.1
    # A past without a rush does not tell of one.
    rush = found[28, 0.95, True]
    assert rush["naive"].service < rush["ours"].service < 0.8


@pytest.mark.timeout(300)
def test_plans_for_what_hardly_sells_have_no_more_than_by_hand_and_fill_more(
    history: History, record_property: Callable[[str, object], None]
) -> None:
    products = compared(sales_by(history, lambda line: line.product), SAMPLE)
    sellers = compared(sales_by(history, lambda line: line.supplier))
    record_property("products", told(products))
    record_property("sellers", told(sellers))
    thin = products[7, 0.95, False]
    assert thin["ours"].stocked <= thin["naive"].stocked
    assert thin["ours"].filled > thin["naive"].filled
    # Croston's rate stands still between two sales: what once sold is stocked for ever.
    assert thin["sba"].stocked > 20 * thin["ours"].stocked
    for horizon in HORIZONS:
        rules = sellers[horizon, 0.95, False]
        assert 0.95 <= rules["ours"].service <= 0.985
        assert rules["ours"].filled > rules["naive"].filled + 0.15
