"""Bulk intake of 1,000 orders a call, beside a bare `unnest` insert of order, two lines and a push row."""

from random import Random

from andon.app.bench.bare import insert_orders, make_tables, own_connection
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Target, in_turns
from andon.app.bench.world import Market, furnish, some_orders
from andon.kernel.tx import Actor
from andon.orders.intake.service import IncomingOrder, accept_orders

HOT_SKUS = 50
NOWHERE = "http://127.0.0.1:9/"
"""The supplier's endpoint; no line runs here, so that nobody calls it."""


def take_bulk(bench: Bench) -> Figures:
    """The share of the bare insert's speed at 50 hot SKUs, and with 1,000 SKUs."""
    make_tables(bench)
    market = furnish(bench, bench.size(1_000, 20), [NOWHERE])
    hot, hot_speed = _ratio(bench, market, market.skus[:HOT_SKUS], "bulk_hot")
    wide, _ = _ratio(bench, market, market.skus, "bulk_wide")
    return {"intake_bulk_ratio": hot, "intake_wide_ratio": wide, "intake_bulk_per_second": hot_speed}


def _ratio(bench: Bench, market: Market, skus: tuple[str, ...], name: str) -> tuple[float, float]:
    chance = Random(7)  # noqa: S311
    size, rounds = bench.size(1_000, 20), bench.size(15, 2)

    def calls(number: int) -> list[list[IncomingOrder]]:
        return [some_orders(skus, size, chance) for _ in range(number)]

    def ours(orders: list[IncomingOrder]) -> None:
        with bench.acting(Actor("channel", "bench"), [market.shop_id]) as tx:
            outcomes = accept_orders(tx, market.shop_id, orders)
        assert all(each.status == "created" for each in outcomes), "every order is taken"

    with own_connection(bench) as bare:
        for orders in calls(6):  # connections are made, statements prepared, and the tables have statistics
            ours(orders)
            insert_orders(bare, orders)
        bench.analyze()
        mine, theirs = iter(calls(rounds)), iter(calls(rounds))
        with bench.profiled(name):
            watch, bare_watch = in_turns(
                rounds, lambda: ours(next(mine)), lambda: insert_orders(bare, next(theirs))
            )
    return bare_watch.median / watch.median, size / watch.median


BULK = Measure(
    "bulk",
    {
        "intake_bulk_ratio": Target(at_least=0.40),
        "intake_wide_ratio": Target(at_least=0.35),
        "intake_bulk_per_second": TOLD,
    },
    take_bulk,
)
