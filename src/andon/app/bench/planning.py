"""What a stock plan takes in a busy shop, and a what-if over 20,000 of its orders."""

from sqlalchemy import text

from andon.app.bench.load import Past, write_orders
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Stopwatch, Target
from andon.app.bench.world import furnish
from andon.kernel.clock import wall
from andon.kernel.tx import Actor
from andon.membership.stock_plan.views import stock_plan_of
from andon.simulator.what_if.rules import replay_ways
from andon.simulator.what_if.views import past_of

SKUS = 500
DEALT = f"update order_lines set sku = 'SKU-' || lpad((order_id * order_id % {SKUS})::text, 5, '0')"
"""Some products sell more often than others."""
DAYS, MOST, REPEATS = 30, 20_000, 20
A_PAGE = 201
ROUNDS = 5


def take_planning(bench: Bench) -> Figures:
    """Milliseconds of a page of the stock plan, and seconds of a what-if, reading included."""
    orders = bench.size(150_000, 1_000)
    market = furnish(bench, SKUS)
    write_orders(bench, Past(market, orders, orders, orders, wall()), 1, orders)
    with bench.database.owner.begin() as connection:
        connection.execute(text(DEALT))
    bench.analyze()
    shop_id = market.shop_id
    planned, replayed = Stopwatch(), Stopwatch()
    for _ in range(ROUNDS):
        with planned.round(), bench.acting(Actor("shop", shop_id), [shop_id]) as tx:
            stock_plan_of(tx, shop_id, 7, 0.95, after="", limit=A_PAGE)
    with bench.profiled("what_if"), replayed.round():
        with bench.acting(Actor("shop", shop_id), [shop_id]) as tx:
            found = past_of(tx, shop_id, DAYS, MOST)
        replay_ways(found.past, seed=1, repeats=REPEATS)
    return {"stock_plan_ms": planned.median * 1000, "what_if_seconds": replayed.median}


PLANNING = Measure("planning", {"stock_plan_ms": TOLD, "what_if_seconds": Target(at_most=30)}, take_planning)
