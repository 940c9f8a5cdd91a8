"""What a shop would not sell without its suppliers: its products in JIT mode that it has none of itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.tx import Tx
from andon.partners.catalog.rules import Mode
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy

DEMAND_WINDOW = timedelta(days=30)
"""How far back a shop's demand goes; of busier shops it is the latest DEMAND_ORDERS."""
DEMAND_ORDERS = 10_000

_WITHOUT_LOCAL_STOCK = f"""
with recent as (
  select order_id, placed_at from orders where shop_id = :shop and placed_at >= :since and placed_at <= :now
  order by placed_at desc limit :most),
asked as (
  select l.sku, count(distinct l.order_id) as orders from recent
  join order_lines l on l.shop_id = :shop and l.order_id = recent.order_id group by l.sku)
select p.sku, p.title, coalesce(a.orders, 0) as orders, t.choice,
  case when (select count(*) from recent) < :most then null else (select min(placed_at) from recent) end as from_
from products p left join asked a on a.sku = p.sku
left join tracks t on t.shop_id = p.shop_id and t.sku = p.sku
left join stock s on s.shop_id = p.shop_id and s.location = {LOCAL} and s.item = p.sku
where p.shop_id = :shop and p.mode = {Mode.JIT.value}
group by p.sku, p.title, a.orders, t.choice having coalesce(sum(s.on_hand - s.reserved - s.held), 0) <= 0
order by coalesce(a.orders, 0) desc, p.sku
"""


@dataclass(frozen=True, slots=True)
class Unsold:
    """A product in JIT mode of which no unit can be sold from the shop's own warehouse.

    `orders_a_day` is how many orders asked for it lately: so many would be refused. `choices` are MOVE-1's, `chosen` is the
    one that holds.
    """

    sku: str
    title: str
    orders_a_day: float
    choices: tuple[str, ...]
    chosen: str | None = None


def products_without_local_stock(tx: Tx[Policy], shop_id: int) -> list[Unsold]:
    """Each product in JIT mode that would go unsold without its suppliers, the most wanted first. Source: MOVE-1."""
    rows = tx.rows(
        _WITHOUT_LOCAL_STOCK, shop=shop_id, now=tx.now, since=tx.now - DEMAND_WINDOW, most=DEMAND_ORDERS
    )
    return [
        Unsold(row.sku, row.title, _a_day(row.orders, row.from_, tx.now), tx.policy.move.choices, row.choice)
        for row in rows
    ]


def _a_day(orders: int, since: datetime | None, now: datetime) -> float:
    length = DEMAND_WINDOW if since is None else max(now - since, timedelta(hours=1))
    return round(orders / (length / timedelta(days=1)), 2)
