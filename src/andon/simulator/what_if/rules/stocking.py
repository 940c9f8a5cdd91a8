"""Which of a past's orders a shop's own warehouse could have filled, had it been stocked by the plan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from andon.membership.stock_plan.rules import DAYS, Sold, quantity_for, usual_pace
from andon.simulator.what_if.rules.ways import Placed

Sales = Mapping[str, Mapping[int, int]]
"""Units by SKU and day; days before the first replayed one are negative."""


def filled_locally(
    orders: Sequence[Placed], taken: Sequence[bool], before: Sales, horizon_days: int, service_level: float
) -> list[bool]:
    """Of each order, in order of days, whether the warehouse had all its units; only what is `taken` asks for any.

    It is stocked up to the plan's quantity every `horizon_days`, from what was sold until then and nothing later; what
    is left stays. An order is filled whole or not at all. Source: MOVE-3, STOCK-1.
    """
    sold: dict[str, dict[int, int]] = defaultdict(dict)
    for sku, days in before.items():
        sold[sku] = dict(days)
    stock: dict[str, int] = defaultdict(int)
    stocked_until = 0
    filled = []
    for order, wanted in zip(orders, taken, strict=True):
        while order.day >= stocked_until:
            _stock_up(stock, sold, stocked_until, horizon_days, service_level)
            stocked_until += horizon_days
        here = wanted and all(stock[sku] >= units for sku, units in order.units)
        for sku, units in order.units:
            sold[sku][order.day] = sold[sku].get(order.day, 0) + units
            if here:
                stock[sku] -= units
        filled.append(here)
    return filled


def _stock_up(stock: dict[str, int], sold: Sales, today: int, horizon_days: int, level: float) -> None:
    known = {}
    for sku, days in sold.items():
        if past := {today - day: units for day, units in days.items() if 0 < today - day <= DAYS}:
            known[sku] = Sold(past)
    usual = usual_pace(known.values())
    for sku, each in known.items():
        stock[sku] = max(stock[sku], quantity_for(each, usual, horizon_days, level))
