"""What a page, a claim and the open-orders gate take in a shop of 10,000 orders, of 1,000,000, and after as many moves."""

import contextlib
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from sqlalchemy import text

from andon.app.bench.load import Past, write_orders
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Target
from andon.app.bench.world import furnish
from andon.app.line import LINE as STATIONS
from andon.kernel.clock import RealClock, wall
from andon.kernel.line import Claim, Line
from andon.kernel.secrets import secret_key
from andon.kernel.tx import Actor, Tx
from andon.money.charges.station import ENDED, SHIPPED
from andon.orders.order.rules import Flag, FulfilmentState, Group
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.order.station import (
    ANSWER_CLAIM,
    COMPLETE_CLAIM,
    STALE_CLAIM,
    STUCK_CLAIM,
    UNPUSHED_CLAIM,
)
from andon.orders.order.views import OrderFilter, list_orders, open_jit_of
from andon.orders.push.station import push_station
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Delivery, Message

UNDER_WAY = 2_000
"""So many of the newest orders are under way, in a small shop as in a large one."""
GRAIN_MS = 1.0
"""What takes less is taken as this long: how that grows nobody notices, and a clock tells badly."""
A_PAGE = 51
A_CLAIM = 100
A_CALL = 1_000
WAY = (
    FulfilmentState.ACCEPTED,
    FulfilmentState.PICKED,
    FulfilmentState.LABELLED,
    FulfilmentState.SHIPPED,
    FulfilmentState.DELIVERED,
    FulfilmentState.COMPLETED,
)
CLAIMS: Mapping[str, Claim] = {
    "unpushed": UNPUSHED_CLAIM,
    "answer": ANSWER_CLAIM,
    "stuck": STUCK_CLAIM,
    "stale": STALE_CLAIM,
    "complete": COMPLETE_CLAIM,
    "accrue": SHIPPED,
    "charge": ENDED,
}

Timed = dict[str, float]
"""Milliseconds by what was done."""


def take_scale(bench: Bench) -> Figures:
    """How many times longer each takes in the large shop, the worst of its kind; and the gate's milliseconds."""
    small, large, moves = bench.size(10_000, 200), bench.size(1_000_000, 1_000), bench.size(1_000_000, 60)
    under_way = min(UNDER_WAY, small // 2)
    market = furnish(bench, 1, ["http://127.0.0.1:9/"])
    past = Past(market, large, large - under_way, large, wall())
    write_orders(bench, past, large - small + 1, large)
    _line_up(bench, past)
    found = [_look(bench, past, large - small // 2)]
    write_orders(bench, past, 1, large - small)
    _line_up(bench, past)
    found.append(_look(bench, past, large // 2))
    past = _move(bench, past, moves)
    found.append(_look(bench, past, large // 2))
    _keep(bench, found)
    return {
        "list_flatness": _flatness(found, "list"),
        "gate_flatness": _flatness(found, "gate"),
        "gate_ms": max(each["gate"] for each in found),
        "claim_flatness": _flatness(found, "claim"),
        "list_worst_ms": max(ms for each in found for name, ms in each.items() if name.startswith("list")),
        "claim_worst_ms": max(ms for each in found for name, ms in each.items() if name.startswith("claim")),
    }


def _flatness(found: Sequence[Timed], kind: str) -> float:
    """The most that one of that kind has grown, after the load or after the moves."""
    small, *later = found
    return max(
        max(large[name], GRAIN_MS) / max(small[name], GRAIN_MS)
        for large in later
        for name in small
        if name.startswith(kind)
    )


def _keep(bench: Bench, found: Sequence[Timed]) -> None:
    stages = dict(zip(("small", "large", "moved"), found, strict=True))
    bench.profiles.mkdir(parents=True, exist_ok=True)
    (bench.profiles / "scale.json").write_bytes(orjson.dumps(stages, option=orjson.OPT_INDENT_2))


def _line_up(bench: Bench, past: Past) -> None:
    """What the use cases would have kept in step: sequences and the endpoint's turn; and statistics."""
    with bench.database.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for sequence in ("order_ids", "fulfilment_ids", "push_ids"):
            connection.execute(text(f"select setval('{sequence}', :newest)"), {"newest": past.newest + 10**7})
        connection.execute(text("update endpoints set next_at = :now"), {"now": past.now})
        connection.execute(text("analyze"))


def _look(bench: Bench, past: Past, middle: int) -> Timed:
    """How long each page, claim and gate takes now."""
    timed: Timed = {}
    shop = past.market.shop_id

    def page(name: str, after: int | None = None, **wanted: Any) -> None:
        position = None if after is None else (past.placed_at(after), after)

        def ask() -> None:
            with bench.acting(Actor("shop", shop), [shop]) as tx:
                list_orders(tx, shop, OrderFilter(**wanted), after=position, limit=A_PAGE)

        timed[f"list {name}"] = _median_ms(bench, ask)

    page("first")
    page("deep", after=middle)
    for group in Group:
        page(group.word, group=group)
        page(f"{group.word} deep", after=middle, group=group)
    page("flag", flag=Flag.STUCK)
    page("supplier", supplier_id=past.market.suppliers[0])
    page("number", channel_order_no=f"load-{middle}")
    page("dates", placed_from=past.placed_at(middle - 500), placed_until=past.placed_at(middle))

    def gate() -> None:
        with bench.acting(Actor("shop", shop), [shop]) as tx:
            open_jit_of(tx, shop)

    timed["gate"] = _median_ms(bench, gate)
    _time_claims(bench, timed)
    return timed


def _time_claims(bench: Bench, timed: Timed) -> None:
    pushing = push_station(_Nobody(), secret_key(bench.settings))
    with contextlib.closing(Line(bench.database, RealClock(), STATIONS, bench.policies)) as line:

        def timing(take: Callable[[Tx[Policy]], Sequence[Any]]) -> float:
            def claim() -> None:
                with contextlib.suppress(_Undone), line.transaction() as tx:
                    assert take(tx), "something is due"
                    raise _Undone

            return _median_ms(bench, claim)

        timed["claim look"] = _median_ms(bench, line.earliest_due)
        for name, each in CLAIMS.items():
            timed[f"claim {name}"] = timing(partial(each.take, limit=A_CLAIM))
        timed["claim push"] = timing(lambda tx: pushing.claim(tx, A_CLAIM))


class _Undone(Exception):
    """What was claimed is let go."""


def _median_ms(bench: Bench, job: Callable[[], Any]) -> float:
    for _ in range(bench.size(6, 1)):  # statements are prepared, and their plans settled
        job()
    seconds = []
    for _ in range(bench.size(25, 1)):
        begun = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) * 1000


def _move(bench: Bench, past: Past, moves: int) -> Past:
    """New orders that go all the way, so many moves in all, by the use case that every wing moves them by."""
    shop, a_block = past.market.shop_id, bench.size(10_000, 10)
    newest = past.newest
    with contextlib.closing(Line(bench.database, RealClock(), (), bench.policies)) as line:
        for _ in range(-(-moves // (a_block * len(WAY)))):
            first, newest = newest + 1, newest + a_block
            write_orders(bench, replace(past, newest=newest), first, newest)
            for target in WAY:
                for start in range(first, newest + 1, A_CALL):
                    some = range(start, min(start + A_CALL, newest + 1))
                    with line.transaction() as tx:
                        moved = move_fulfilments(tx, [Move(shop, number, tx.now) for number in some], target)
                    assert len(moved) == len(some), f"{len(some) - len(moved)} did not move"
            with line.transaction() as tx:
                tx.run(_CHARGED, shop=shop, first=first, newest=newest)
    return past


_CHARGED = (
    "update fulfilments set accrued_at = shipped_at, charged_at = ended_at "
    "where shop_id = :shop and fulfilment_id between :first and :newest"
)
"""What charging writes on each, one move after the other."""


class _Nobody:
    """A pusher that nobody asks."""

    def deliver(self, messages: Sequence[Message], patience_seconds: float) -> Delivery:
        raise AssertionError("claims are taken here, not served")


SCALE = Measure(
    "scale",
    {
        "list_flatness": Target(at_most=2),
        "gate_flatness": Target(at_most=3),
        "gate_ms": Target(at_most=5),
        "claim_flatness": Target(at_most=2),
        "list_worst_ms": TOLD,
        "claim_worst_ms": TOLD,
    },
    take_scale,
)
