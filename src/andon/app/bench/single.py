"""One order a call by POST, beside a bare one-transaction insert behind the same HTTP server; and accepting."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from typing import Any

import orjson
from sqlalchemy import text

from andon.app.bench.bare import make_tables
from andon.app.bench.bare_server import serve_bare
from andon.app.bench.calls import CONNECTIONS, Connection, Round, call_at_once, request
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Target, quantile
from andon.app.bench.processes import process, served
from andon.app.bench.world import CHANNEL, Market, furnish, some_orders
from andon.kernel.tx import Actor
from andon.orders.intake.service import IncomingOrder, accept_orders


def take_single(bench: Bench) -> Figures:
    """The share of the bare server's speed at 8 connections, and how long the slowest of a hundred calls takes."""
    make_tables(bench)
    market = furnish(bench, bench.size(1_000, 20))
    chance = Random(11)  # noqa: S311
    calls, rounds = bench.size(1_200, 16), bench.size(7, 1)
    ours: list[Round] = []
    theirs: list[Round] = []
    with ExitStack() as stack:
        url = stack.enter_context(served(bench, "single"))
        pipe = stack.enter_context(
            process(serve_bare, bench.settings, bench.database.name, str(bench.profiles / "single_bare.txt"))
        )
        bare_url = pipe.recv()
        mine = [stack.enter_context(Connection(url)) for _ in range(CONNECTIONS)]
        bare = [stack.enter_context(Connection(bare_url)) for _ in range(CONNECTIONS)]
        for turn in range(rounds + 1):  # in the first, connections are made and statements prepared
            orders = some_orders(market.skus, calls if turn else calls // 2, chance)
            one = call_at_once(mine, [_our_request(market, order) for order in orders])
            other = call_at_once(bare, [_bare_request(order) for order in orders])
            if turn:
                ours.append(one)
                theirs.append(other)
    speed = statistics.median(each.per_second for each in ours)
    bare_speed = statistics.median(each.per_second for each in theirs)
    slowest = quantile([seconds for each in ours for seconds in each.seconds], 0.99)
    return {
        "intake_single_ratio": speed / bare_speed,
        "single_p99_ms": slowest * 1000,
        "single_per_second": speed,
    }


def _shown(order: IncomingOrder) -> dict[str, Any]:
    return {
        "channel": order.channel,
        "channel_order_no": order.channel_order_no,
        "placed_at": order.placed_at,
        "ship_to": order.ship_to,
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "unit_price": {"amount": str(line.unit_price.amount), "currency": line.unit_price.currency},
            }
            for line in order.lines
        ],
    }


def _our_request(market: Market, order: IncomingOrder) -> bytes:
    body = orjson.dumps({"orders": [_shown(order)]})
    return request(
        f"/v1/shops/{market.shop_id}/orders/bulk", body, {"authorization": f"Bearer {market.shop_key}"}
    )


def _bare_request(order: IncomingOrder) -> bytes:
    return request("/orders", orjson.dumps(_shown(order)))


def take_answers(bench: Bench) -> Figures:
    """How many fulfilments a supplier accepts in a second: one a call at 8 connections, and in calls of 1,000."""
    market = furnish(bench, bench.size(200, 20))
    rounds, calls = bench.size(5, 1), bench.size(1_000, 16)
    waiting = pushed_fulfilments(bench, market, (2 * rounds + 1) * calls)
    shares = [waiting[start : start + calls] for start in range(0, len(waiting), calls)]
    headers = {"authorization": f"Bearer {market.supplier_keys[0]}"}
    with ExitStack() as stack:
        url = stack.enter_context(served(bench, "accept"))
        lines = [stack.enter_context(Connection(url)) for _ in range(CONNECTIONS)]
        speeds = [
            call_at_once(
                lines,
                [request(f"/v1/supplier/fulfilments/{number}/accept", b"{}", headers) for number in some],
            ).per_second
            for some in shares[: rounds + 1]
        ]
        bulk = [
            call_at_once(lines[:1], [request("/v1/supplier/fulfilments/bulk", _acceptances(some), headers)])
            for some in shares[rounds + 1 :]
        ]
    return {
        "accept_per_second": statistics.median(speeds[1:]),
        "accept_bulk_per_second": calls * statistics.median(each.per_second for each in bulk),
    }


def _acceptances(numbers: Sequence[int]) -> bytes:
    return orjson.dumps([{"id": number, "action": "accept"} for number in numbers])


def pushed_fulfilments(bench: Bench, market: Market, count: int) -> Sequence[int]:
    """So many orders of one line, taken in calls of 1,000; the numbers of their fulfilments."""
    chance = Random(13)  # noqa: S311
    for start in range(0, count, 1_000):
        with bench.acting(Actor("channel", CHANNEL), [market.shop_id]) as tx:
            accept_orders(tx, market.shop_id, some_orders(market.skus, min(1_000, count - start), chance, 1))
    bench.analyze()
    with bench.database.line.connect() as connection:
        found = connection.execute(
            text("select fulfilment_id from fulfilments where shop_id = :shop order by fulfilment_id"),
            {"shop": market.shop_id},
        )
        return [row[0] for row in found]


SINGLE = Measure(
    "single",
    {
        "intake_single_ratio": Target(at_least=0.30),
        "single_p99_ms": Target(at_most=150),
        "single_per_second": TOLD,
    },
    take_single,
)
ANSWERS = Measure(
    "accept", {"accept_per_second": Target(at_least=800), "accept_bulk_per_second": TOLD}, take_answers
)
