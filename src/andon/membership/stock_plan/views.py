"""A shop's own demand by product and day, and the local stock that it needs for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from andon.kernel.tx import Tx
from andon.membership.stock_plan.rules import DAYS, Sold, quantity_for, units_a_day, usual_pace
from andon.partners.catalog.rules import Mode
from andon.partners.shops.views import shop_of
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy

ORDERS = 100_000
"""Of a shop that had more orders in DAYS, it is the days of its latest ones that count."""

# Whatever was taken counts, also what was cancelled later: its units were promised. What was refused for want of the
# seller's own units was asked for as well.
_DEMAND = """
with recent as materialized (
  select order_id, placed_at from orders
  where shop_id = :shop and placed_at >= :since and placed_at < :until order by placed_at desc limit :most),
asked as (
  select l.sku, r.placed_at, l.quantity from recent r
  join order_lines l on l.shop_id = :shop and l.order_id = r.order_id
  union all
  select s.sku, s.placed_at, 1 from stock_outs s
  where s.shop_id = :shop and s.order_id is null and s.sku is not null
    and s.placed_at >= :since and s.placed_at < :until and not exists (
      select from orders o where o.shop_id = :shop and o.channel = s.channel and o.channel_order_no = s.channel_order_no))
select sku, (placed_at at time zone :zone)::date as day, sum(quantity)::bigint as units,
  case when (select count(*) from recent) < :most then null
    else (select min(placed_at at time zone :zone)::date from recent) end as cut_on
from asked group by 1, 2
"""

_PRODUCTS = f"""
select p.sku, p.title, p.mode, coalesce(sum(s.on_hand - s.reserved - s.held), 0)::bigint as available
from products p
left join stock s on s.shop_id = p.shop_id and s.location = {LOCAL} and s.item = p.sku
where p.shop_id = :shop and p.delisted_at is null and p.sku > :after
group by p.sku, p.title, p.mode order by p.sku limit :limit
"""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a shop sold by product, from `since` until `until`: whole days of its own zone, the last one excluded."""

    since: date
    until: date
    products: Mapping[str, Sold]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a product needs locally: `quantity` units, of which `available` can be sold there now.

    `demand_a_day` is in units, by expectation; `sold_days` are the days of the past on which it sold. One that did not
    sell is not stocked up.
    """

    sku: str
    title: str
    mode: str
    demand_a_day: float
    sold_days: int
    quantity: int
    available: int

    @property
    def missing(self) -> int:
        """The units to bring in."""
        return max(self.quantity - self.available, 0)


@dataclass(frozen=True, slots=True)
class StockPlan:
    """The plan of some products, and the days that it was made from."""

    since: date
    until: date
    products: Sequence[Planned]


def demand_of(tx: Tx[Policy], shop_id: int, until: date | None = None) -> Demand:
    """The shop's demand of the last DAYS before a day, today where none is named. NotFound where there is no such shop."""
    zone = ZoneInfo(shop_of(tx, shop_id).zone)
    end = until or tx.now.astimezone(zone).date()
    start = end - timedelta(days=DAYS)
    rows = tx.rows(
        _DEMAND,
        shop=shop_id,
        zone=zone.key,
        since=datetime.combine(start, datetime.min.time(), zone),
        until=datetime.combine(end, datetime.min.time(), zone),
        most=ORDERS,
    )
    if rows and rows[0].cut_on is not None:
        start = min(rows[0].cut_on + timedelta(days=1), end - timedelta(days=1))
    units: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        if row.day >= start:
            units[row.sku][(end - row.day).days] = row.units
    return Demand(start, end, {sku: Sold(days) for sku, days in units.items()})


def stock_plan_of(
    tx: Tx[Policy], shop_id: int, horizon_days: int, service_level: float, *, after: str, limit: int
) -> StockPlan:
    """What the products after a SKU, by SKU, need locally for so many days at that level. Source: MOVE-3."""
    demand = demand_of(tx, shop_id)
    usual = usual_pace(demand.products.values())
    planned = []
    for row in tx.rows(_PRODUCTS, shop=shop_id, after=after, limit=limit):
        sold = demand.products.get(row.sku)
        planned.append(
            Planned(
                row.sku,
                row.title,
                Mode(row.mode).word,
                round(units_a_day(sold, usual), 3) if sold else 0.0,
                len(sold.units) if sold else 0,
                quantity_for(sold, usual, horizon_days, service_level) if sold else 0,
                row.available,
            )
        )
    return StockPlan(demand.since, demand.until, planned)
