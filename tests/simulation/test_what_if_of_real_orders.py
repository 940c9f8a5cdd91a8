"""A what-if of real orders: four weeks as they went, told from what was known before them."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import NamedTuple

import pytest

from andon.adapters.olist import OlistFolder
from andon.simulator.what_if.rules import Leg, Outcome, Past, Placed, own_spread, replay_ways
from tests.places import real_data

DAY, WINDOW, AHEAD = timedelta(days=1), timedelta(days=180), timedelta(days=28)
FROM, RUSH = datetime(2017, 5, 1, tzinfo=UTC), datetime(2017, 11, 13, tzinfo=UTC)
LEG = Leg("olist", "BR", 0, 30)


class Went(NamedTuple):
    """When a real order was placed, collected and delivered."""

    placed_at: datetime
    collected_at: datetime
    delivered_at: datetime

    @property
    def ship(self) -> float:
        """The days until its first scan; an order that was collected before it was placed took none."""
        return max((self.collected_at - self.placed_at) / DAY, 0)

    @property
    def deliver(self) -> float:
        """The days until it was there."""
        return (self.delivered_at - self.placed_at) / DAY


@pytest.fixture(scope="module")
def orders() -> list[Went]:
    found = []
    for order in OlistFolder(real_data("olist")).read().orders:
        at = {fact.kind: fact.at for fact in order.facts}
        if {"collected", "delivered"} <= at.keys():
            found.append(Went(order.placed_at, at["collected"], at["delivered"]))
    return found


def replayed(orders: Sequence[Went], start: datetime) -> tuple[Outcome, list[Went]]:
    """Four weeks' orders told from how those of the half year before had gone by then; and as they went."""
    before = [order for order in orders if start - WINDOW <= order.placed_at < start]
    ahead = [order for order in orders if start <= order.placed_at < start + AHEAD]
    ship = own_spread(order.ship for order in before if order.collected_at < start)
    transit = own_spread(max(order.deliver - order.ship, 0) for order in before if order.delivered_at < start)
    assert ship
    assert transit
    placed = [Placed((order.placed_at - start).days, (), LEG, None, None) for order in ahead]
    past = Past(placed, {}, dict.fromkeys((True, False), ship), {("olist", "BR"): transit}, 0.0, 7, 0.95)
    return replay_ways(past, seed=1, repeats=10)[0], ahead


def figures(outcome: Outcome, ahead: Sequence[Went]) -> dict[str, tuple[float, float]]:
    """What was told, and what came."""
    assert outcome.ship
    assert outcome.deliver
    ship, deliver = sorted(each.ship for each in ahead), sorted(each.deliver for each in ahead)
    ninth = int(0.9 * (len(ahead) - 1))
    return {
        "ship": (outcome.ship.mean.value, fmean(ship)),
        "ship p90": (outcome.ship.p90.value, ship[ninth]),
        "deliver": (outcome.deliver.mean.value, fmean(deliver)),
        "deliver p90": (outcome.deliver.p90.value, deliver[ninth]),
    }


def test_four_weeks_of_real_orders_go_as_they_are_told_but_for_a_rush(
    orders: list[Went], record_property: Callable[[str, object], None]
) -> None:
    start = FROM
    while start < RUSH:
        found = figures(*replayed(orders, start))
        record_property(f"{start:%Y-%m-%d}", json.dumps(found))
        for name, (told, came) in found.items():
            assert told == pytest.approx(came, rel=0.15), (start, name)
        start += AHEAD
    told, came = figures(*replayed(orders, RUSH))["deliver"]
    record_property("rush", json.dumps([told, came]))
    # What a past has not seen it does not tell: after Black Friday parcels took four days longer.
    assert told < 0.8 * came
