"""Pushes to suppliers' endpoints: how many in a second, and how long after the commit each one is there."""

import threading
import time
from random import Random

from sqlalchemy import text

from andon.adapters.connections import Connections
from andon.adapters.webhook_client import WebhookClient
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Stopwatch, Target, quantile
from andon.app.bench.processes import Receiver, receiving, working
from andon.app.bench.world import CHANNEL, Market, furnish, some_orders
from andon.kernel.clock import RealClock
from andon.kernel.line import Line
from andon.kernel.outside import LOOPBACK
from andon.kernel.secrets import secret_key
from andon.kernel.tx import Actor
from andon.orders.intake.service import accept_orders
from andon.orders.push.station import push_station

ENDPOINTS = 8
ORDERS_A_SECOND = 500
A_CALL = 100
PATIENCE_SECONDS = 60


def take_pushing(bench: Bench) -> Figures:
    """Fulfilments pushed in a second by one line, from the claim to the record, to a receiver in another process."""
    with receiving() as receiver:
        market = furnish(bench, bench.size(200, 16), [receiver.url] * ENDPOINTS)
        count = bench.size(6_000, 40)
        _place(bench, market, count, min(count, 1_000))
        station = push_station(WebhookClient(Connections(LOOPBACK)), secret_key(bench.settings))
        line = Line(bench.database, RealClock(), (station,), bench.policies)
        stop = threading.Event()
        working_line = threading.Thread(target=line.work, args=(stop,))
        watch = Stopwatch()
        with bench.profiled("push"), watch.round():
            working_line.start()
            _await_records(bench)
        stop.set()
        working_line.join()
        line.close()
        heard = len(receiver.heard())
        assert heard == count, f"{heard} of {count} were pushed"
    return {"push_per_second": count / watch.median}


def _await_records(bench: Bench) -> None:
    """Wait until every push is recorded as delivered."""
    until = time.monotonic() + PATIENCE_SECONDS
    left = 1
    with bench.database.line.connect() as connection:
        while left and time.monotonic() < until:
            time.sleep(0.02)
            left = connection.scalar(text("select count(*) from pushes where due_at is not null")) or 0
            connection.rollback()
    assert not left, f"{left} pushes are left after {PATIENCE_SECONDS} s"


def take_latency(bench: Bench) -> Figures:
    """How long after its commit a push is there: at a steady rate, in one large call, and beside a dead endpoint."""
    with receiving() as receiver:
        skus = bench.size(200, 16)
        market = furnish(bench, skus, [receiver.url] * ENDPOINTS)
        beside = furnish(bench, skus, [f"{receiver.url}/hang", *[receiver.url] * (ENDPOINTS - 1)])
        with working(bench, "push_latency"):
            _steady(bench, market, receiver, 2)
            steady = _steady(bench, market, receiver, bench.size(20, 1))
            large: list[float] = []
            for _ in range(bench.size(5, 1)):
                sent = _place(bench, market, bench.size(1_000, 40), 1_000)
                large += _delays(receiver, sent)
            hanging = _steady(bench, beside, receiver, bench.size(20, 1), deaf=1)
    return {
        "push_p99_ms": quantile(steady, 0.99) * 1000,
        "push_p50_ms": quantile(steady, 0.5) * 1000,
        "push_p99_1000_ms": quantile(large, 0.99) * 1000,
        "push_p99_hanging_ms": quantile(hanging, 0.99) * 1000,
    }


def _steady(bench: Bench, market: Market, receiver: Receiver, seconds: int, deaf: int = 0) -> list[float]:
    """500 orders a second in calls of 100; how long after its commit each push was there.

    The first `deaf` suppliers never answer, and are not waited for.
    """
    sent: dict[int, float] = {}
    pause = A_CALL / ORDERS_A_SECOND
    next_call = time.monotonic()
    for _ in range(int(seconds / pause)):
        time.sleep(max(next_call - time.monotonic(), 0))
        next_call += pause
        sent |= _place(bench, market, A_CALL, A_CALL, deaf=deaf)
    return _delays(receiver, sent)


def _place(bench: Bench, market: Market, count: int, a_call: int, deaf: int = 0) -> dict[int, float]:
    """Take so many orders of one line; when each was committed, of those whose supplier answers."""
    chance = Random(count)  # noqa: S311
    ends = len(market.suppliers)
    answering = {sku for n, sku in enumerate(market.skus) if n % ends >= deaf}
    sent: dict[int, float] = {}
    for start in range(0, count, a_call):
        orders = some_orders(market.skus, min(a_call, count - start), chance, 1)
        with bench.acting(Actor("channel", CHANNEL), [market.shop_id]) as tx:
            outcomes = accept_orders(tx, market.shop_id, orders)
        at = time.monotonic()
        for order, outcome in zip(orders, outcomes, strict=True):
            assert outcome.order_id is not None, outcome
            if order.lines[0].sku in answering:
                sent[outcome.order_id] = at
    return sent


def _delays(receiver: Receiver, sent: dict[int, float]) -> list[float]:
    """Seconds from the commit to the receiver, of all of these, once they have come."""
    came: dict[int, float] = {}
    until = time.monotonic() + PATIENCE_SECONDS
    while sent.keys() - came.keys() and time.monotonic() < until:
        time.sleep(0.2)
        came = receiver.heard() | came
    missing = len(sent.keys() - came.keys())
    assert not missing, f"{missing} of {len(sent)} pushes did not come in {PATIENCE_SECONDS} s"
    return [max(came[number] - at, 0.0) for number, at in sent.items()]


PUSHING = Measure("push", {"push_per_second": Target(at_least=1_500)}, take_pushing)
LATENCY = Measure(
    "push_latency",
    {
        "push_p99_ms": Target(at_most=250),
        "push_p50_ms": TOLD,
        "push_p99_1000_ms": Target(at_most=1_000),
        "push_p99_hanging_ms": Target(at_most=250),
    },
    take_latency,
)
