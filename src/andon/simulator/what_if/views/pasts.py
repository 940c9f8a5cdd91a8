"""What is replayed of a shop: its last orders, what it sold before, and how long its own parcels took."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.tx import Tx
from andon.membership.stock_plan.views import demand_of
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.routing.rules import STOCK_REASONS, Want
from andon.partners.goods.rules import Goods
from andon.partners.plans.views import plan_of
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policy
from andon.simulator.what_if.rules import (
    GUIDE_SHIP_DAYS,
    Box,
    Leg,
    Past,
    Placed,
    Spread,
    Tariff,
    lines_by_kind,
    own_spread,
    promised_spread,
    spread_about,
)

WINDOW = timedelta(days=180)
"""How far back it is looked how long things took; of busier shops it is the latest ORDERS."""
ORDERS = 10_000

_LINES = """
with recent as materialized (
  select order_id, placed_at from orders
  where shop_id = :shop and placed_at >= :since and placed_at < :until order by placed_at desc limit :most)
select r.order_id, (r.placed_at at time zone :zone)::date as day, c.country, l.sku, l.quantity, l.goods
from recent r
join recipients c on c.shop_id = :shop and c.order_id = r.order_id
join order_lines l on l.shop_id = :shop and l.order_id = r.order_id
order by r.placed_at, r.order_id, l.line_no
"""

_SIZES = """
select sku, weight_g, length_mm::bigint * width_mm * height_mm as volume_mm3, goods from products where shop_id = :shop
"""

_DAYS = "cast(extract(epoch from {}) / 86400 as double precision)"
_TIMES = f"""
with recent as materialized (
  select order_id from orders where shop_id = :shop and placed_at >= :since and placed_at < :until
  order by placed_at desc limit {ORDERS})
select f.mode = {Mode.JIT.value} as by_supplier, f.line, c.country, f.replaces is null as first,
  {_DAYS.format("f.shipped_at - f.placed_at")} as ship, {_DAYS.format("f.delivered_at - f.shipped_at")} as transit,
  f.state = {FulfilmentState.REJECTED.value} and f.reason = any(:short) as short
from recent r
join fulfilments f on f.shop_id = :shop and f.order_id = r.order_id
join recipients c on c.shop_id = :shop and c.order_id = r.order_id
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A past to replay, from `since` until `until`: whole days of the shop's own zone. Costs are in `currency`."""

    shop_id: int
    since: date
    until: date
    currency: str
    past: Past


def past_of(tx: Tx[Policy], shop_id: int, days: int, most: int) -> Replayed:
    """The shop's orders of the last so many days, the latest `most` of them. NotFound where there is no such shop."""
    zone = ZoneInfo(shop_of(tx, shop_id).zone)
    until = tx.now.astimezone(zone).date()
    since = until - timedelta(days=days)
    rows = tx.rows(
        _LINES,
        shop=shop_id,
        zone=zone.key,
        since=_midnight(since, zone),
        until=_midnight(until, zone),
        most=most,
    )
    times = tx.rows(
        _TIMES,
        shop=shop_id,
        since=tx.now - WINDOW,
        until=_midnight(until, zone),
        short=sorted(STOCK_REASONS),
    )
    orders = _orders(tx, shop_id, rows, since)
    if len(orders) == most:
        first = orders[0].day
        since += timedelta(days=first)
        orders = [order.since(first) for order in orders]
    before = demand_of(tx, shop_id, since).products
    past = Past(
        orders,
        {sku: {-ago: units for ago, units in sold.units.items()} for sku, sold in before.items()},
        {by: _ship(times, by_supplier=by) for by in (True, False)},
        _transits(tx, times, orders),
        _short_share(times),
        tx.policy.move.horizon_days,
        float(tx.policy.move.service_level),
    )
    return Replayed(shop_id, since, until, tx.policy.currency, past)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone)


def _orders(tx: Tx[Policy], shop_id: int, rows: Sequence[Any], since: date) -> list[Placed]:
    sizes = {row.sku: row for row in tx.rows(_SIZES, shop=shop_id)}
    tariff = Tariff(lines_by_kind(plan_of(tx, shop_id), tx.policy), tx.policy)
    orders = []
    for (_, day, country), group in groupby(rows, key=lambda row: (row.order_id, row.day, row.country)):
        lines = list(group)
        box = _box(lines, sizes)
        orders.append(
            Placed(
                (day - since).days,
                tuple((line.sku, line.quantity) for line in lines),
                *(tariff.leg(kind, country, box) for kind in ("jit", "smart", "standard")),
            )
        )
    return orders


def _box(lines: Sequence[Any], sizes: dict[str, Any]) -> Box:
    """All of an order in one parcel: weights and volumes add up."""
    wants, grams, volume_mm3 = [], 0, 0
    for line in lines:
        size = sizes[line.sku]
        goods = Goods.kept(line.goods or size.goods)
        wants.append(Want(0, line.sku, line.quantity, goods, size.weight_g))
        grams += size.weight_g * line.quantity
        volume_mm3 += size.volume_mm3 * line.quantity
    return Box(tuple(wants), grams, volume_mm3)


def _ship(times: Sequence[Any], *, by_supplier: bool) -> Spread:
    """From the order to the first scan, as the shop's own went, or about the guide's mean."""
    known = [max(row.ship, 0.0) for row in times if row.by_supplier is by_supplier and row.ship is not None]
    return own_spread(known) or spread_about(GUIDE_SHIP_DAYS[by_supplier])


def _transits(
    tx: Tx[Policy], times: Sequence[Any], orders: Iterable[Placed]
) -> dict[tuple[str, str], Spread]:
    """From the first scan to the delivery: the line's own to that country, to all of them, or by what it promises."""
    by_country: dict[tuple[str, str], list[float]] = defaultdict(list)
    by_line: dict[str, list[float]] = defaultdict(list)
    for row in times:
        if row.transit is not None and row.line is not None:
            by_country[row.line, row.country].append(max(row.transit, 0.0))
            by_line[row.line].append(max(row.transit, 0.0))
    legs: set[Leg] = {leg for order in orders for leg in (order.jit, order.smart, order.standard) if leg}
    wide = {
        line: own_spread(by_line[line]) or promised_spread(tx.policy.lines[line].promise_days)
        for line in sorted({leg.line for leg in legs})
    }
    return {
        (line, country): own_spread(by_country[line, country]) or wide[line]
        for line, country in sorted({(leg.line, leg.country) for leg in legs})
    }


def _short_share(times: Sequence[Any]) -> float:
    """How many of the shop's first JIT fulfilments turned out to be out of stock."""
    first = [row.short for row in times if row.by_supplier and row.first]
    return sum(map(bool, first)) / len(first) if first else 0.0
