"""A shop with very many orders, written by set-based statements: most of them over, the newest under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from andon.app.bench.measures import Bench
from andon.app.bench.world import CHANNEL, Market
from andon.orders.order.rules import Flag, Mode

SPACING = timedelta(seconds=30)
"""From one order to the next: a million of them take most of a year."""
BLOCK = 50_000

_PLACED = "cast(:now as timestamptz) - (cast(:newest as bigint) - n) * cast(:spacing as interval)"
_EACH = f"(select n, {_PLACED} as placed from generate_series(cast(:first as bigint), cast(:until as bigint)) as n)"

ORDERS = f"""
insert into orders (shop_id, order_id, channel, channel_order_no, fingerprint, placed_at, received_at, currency,
  goods_minor, freight_minor, policy)
select :shop, n, :channel, 'load-' || n, decode(md5(n::text), 'hex'), placed, placed, 'CNY', 4990, 0, :policy
from {_EACH} o
"""
RECIPIENTS = f"""
insert into recipients (shop_id, order_id, ship_to, country, salt, commitment)
select :shop, n, '{{"name": "Lucía Fernández", "line1": "Calle de Alcalá 42", "city": "Madrid", "country": "ES"}}',
  'ES', '\\x00', '\\x00' from {_EACH} o
"""
LINES = f"""
insert into order_lines (shop_id, order_id, line_no, sku, quantity, unit_price_minor, freight_minor)
select :shop, n, 1, :sku, 1, 4990, 0 from {_EACH} o
"""
FULFILMENT_LINES = f"""
insert into fulfilment_lines (shop_id, fulfilment_id, line_no, sku, quantity, location, item, owner, units)
select :shop, n, 1, :sku, 1, :supplier, :sku, 1, 1 from {_EACH} o
"""
PUSHES = f"""
insert into pushes (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, due_at, tries,
  delivered_at)
select :shop, n, :supplier, n, 'fulfilment.pushed', 'msg_' || n, placed, case when waits then placed end, case when waits then 0 else 1 end,
  case when waits then null else placed end
from (select n, placed, n > cast(:over as bigint) and n <= cast(:fresh as bigint) and n % 8 = 0 as waits from {_EACH} o) p
"""
FULFILMENTS = f"""
insert into fulfilments (shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, line, policy,
  placed_at, reserved_at, pushed_at, accepted_at, picked_at, labelled_at, shipped_at, delivered_at, completed_at, ended_at,
  due_at, stuck_at, stale_at, accrued_at, charged_at, reason)
select :shop, n, n, :supplier, {Mode.JIT.value}, state,
  case when n > cast(:over as bigint) and n <= cast(:fresh as bigint) and n % 20 = 0 then {Flag.STUCK.value} else 0 end, 'cainiao_jit', :policy, placed, placed,
  case when state >= 20 then placed end, case when state >= 30 then placed end, case when state >= 40 then placed end,
  case when state >= 50 then placed end, case when state >= 60 and state <> 91 then placed end,
  case when state in (80, 81) then placed end, case when state = 81 then placed end,
  case when state >= 80 then placed end,
  case when state in (10, 20, 80) then due end, case when state in (20, 30, 40, 50) then due end,
  case when state = 60 then due end,
  case when state >= 60 and state <> 91 and (n <= cast(:over as bigint) or n % 8 <> 7) then placed end,
  case when state >= 80 and n <= cast(:over as bigint) then placed end,
  case when state = 91 then 'buyer' end
from (select n, placed,
    cast(:now as timestamptz) + case when n / 8 % 2 = 0 and n <= cast(:fresh as bigint) then interval '-1 hour' else interval '9 days' end as due,
    -- A fresh one has just been pushed. One under way stands in one of eight places, each of which some station looks at; half of them are due.
    case when n > cast(:fresh as bigint) then 20 when n > cast(:over as bigint) then (array[10, 20, 30, 40, 50, 60, 80, 60])[1 + n % 8]
         when n % 50 = 0 then 91 when n % 100 = 1 then 92 when n % 200 = 2 then 93 else 81 end as state
  from {_EACH} o) s
"""


@dataclass(frozen=True)
class Past:
    """The orders of a shop, numbered by age: number `newest` has just been placed.

    Above `over` they are under way, above `fresh` just pushed; all others are over.
    """

    market: Market
    newest: int
    over: int
    fresh: int
    now: datetime

    def placed_at(self, number: int) -> datetime:
        """When that order was placed."""
        return self.now - SPACING * (self.newest - number)


def write_orders(bench: Bench, past: Past, first: int, until: int) -> None:
    """Write the orders of these numbers with all that belongs to them but parcels and events."""
    values: dict[str, Any] = {
        "shop": past.market.shop_id,
        "supplier": past.market.suppliers[0],
        "sku": past.market.skus[0],
        "channel": CHANNEL,
        "policy": bench.policies.versions[-1].version,
        "now": past.now,
        "newest": past.newest,
        "over": past.over,
        "fresh": past.fresh,
        "spacing": SPACING,
    }
    for start in range(first, until + 1, BLOCK):
        with bench.database.owner.begin() as connection:
            for statement in (ORDERS, RECIPIENTS, LINES, FULFILMENTS, FULFILMENT_LINES, PUSHES):
                connection.execute(
                    text(statement), {**values, "first": start, "until": min(start + BLOCK - 1, until)}
                )
