"""What insights take of a shop with a million orders, over a year of them, and how fast orders are counted."""

from contextlib import closing
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from andon.app.bench.load import BLOCK, ORDERS
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Stopwatch, Target
from andon.app.bench.scoring import SEALS
from andon.app.bench.world import CHANNEL, furnish
from andon.insights.figures.rules import Window
from andon.insights.figures.views import insights_of
from andon.kernel.clock import RealClock, wall
from andon.kernel.line import Line
from andon.kernel.tx import Actor
from andon.orders.days.station import COUNT_ORDERS
from andon.orders.order.rules import Mode
from andon.platform.record.service import MOST_EVENTS

YEAR = timedelta(days=365)
ROUNDS = 50

FULFILMENTS = f"""
insert into fulfilments (shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, line, policy,
  placed_at, reserved_at, pushed_at, accepted_at, shipped_at, delivered_at, completed_at, ended_at, accrued_at, charged_at)
select shop_id, order_id, order_id, :supplier, case when order_id % 3 = 0 then {Mode.STANDARD:d} else {Mode.JIT:d} end,
  case when delivered_at < :now then 81 when shipped_at < :now then 60 else 30 end, 0, 'cainiao_jit', policy, placed_at,
  placed_at, placed_at, placed_at, case when shipped_at < :now then shipped_at end,
  case when delivered_at < :now then delivered_at end, case when delivered_at < :now then delivered_at end,
  case when delivered_at < :now then delivered_at end, placed_at, placed_at
from (select *, shipped_at + (100 + mod(n / 7, 200)) * interval '1 hour' as delivered_at
  from (select *, placed_at + (1 + mod(n, 120)) * interval '1 hour' as shipped_at
    from (select *, abs(hashint8(order_id)) as n from orders where shop_id = :shop
      and order_id between :first and :until) o) o) o
"""
EVENTS = """
insert into events (shop_id, event_id, kind, subject, order_id, at, recorded_at, actor, policy, body)
select shop_id, nextval('event_ids'), 'order.accepted', 'order:' || order_id, order_id, placed_at, placed_at, 'line', policy, '{}'
from orders where shop_id = :shop and order_id between :first and :until order by order_id
"""
DAYS = """
insert into shop_supplier_days (shop_id, supplier_id, day, facts, fulfilments)
select shop_id, supplier_id, cast(pushed_at as date), facts, count(*) from fulfilments, unnest(array[5, 21, 37]) as facts
where fulfilment_id % 16 = facts % 16 group by 1, 2, 3, 4
"""


def take_insights(bench: Bench) -> Figures:
    """Milliseconds of a year's insights, and orders counted a second."""
    orders = bench.size(1_000_000, 1_000)
    market = furnish(bench, 1)
    now = wall()
    _write(
        bench,
        orders,
        {
            "shop": market.shop_id,
            "supplier": market.suppliers[0],
            "channel": CHANNEL,
            "policy": bench.policies.versions[-1].version,
            "now": now,
            "newest": orders,
            "spacing": YEAR / orders,
        },
    )
    watch = Stopwatch()
    counting = closing(Line(bench.database, RealClock(), (COUNT_ORDERS,), bench.policies))
    with counting as line, bench.profiled("days"), watch.round():
        line.run_due()
    bench.analyze()
    today = bench.policies.versions[-1].day_of(now)
    window = Window(today - YEAR, today + timedelta(days=1))
    asked, placed = Stopwatch(), set()
    for _ in range(ROUNDS):
        with asked.round(), bench.acting(Actor("shop"), [market.shop_id]) as tx:
            placed.add(sum(day.placed for day in insights_of(tx, market.shop_id, window).days))
    assert placed == {orders}, f"{orders} orders were placed, {placed} are counted"
    return {"insights_ms": asked.median * 1000, "orders_counted_per_second": orders / watch.median}


def _write(bench: Bench, orders: int, values: dict[str, Any]) -> None:
    for first in range(1, orders + 1, BLOCK):
        block = values | {"first": first, "until": min(first + BLOCK - 1, orders)}
        with bench.database.owner.begin() as connection:
            for statement in (ORDERS, FULFILMENTS, EVENTS):
                connection.execute(text(statement), block)
    with bench.database.owner.begin() as connection:
        connection.execute(text(SEALS), values | {"most": MOST_EVENTS})
        connection.execute(text(DAYS))
    bench.analyze()


INSIGHTS = Measure(
    "insights", {"insights_ms": Target(at_most=300), "orders_counted_per_second": TOLD}, take_insights
)
