"""Every try is recorded, and its endpoint given back with its next turn.

An endpoint's row is its place in line: `next_at` says when the next push to it is due, `leased_until` that a worker
has it. It is locked last, after the fulfilments, and for a moment only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.push.rules import (
    ASKS_FOR_TIME,
    BATCH,
    GONE,
    PUSHED,
    Breaker,
    Heard,
    breaker_after,
    is_taken,
    keeps_its_place,
    retry_at,
    speaks_against,
)
from andon.orders.push.service.queueing import tell_suppliers
from andon.partners.suppliers.events import EndpointBroken, EndpointRemoved, EndpointRestored
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Reply


@dataclass(frozen=True, slots=True)
class Leased:
    """An endpoint as it was claimed: under which lease, whether it keeps order, and its breaker then."""

    lease: datetime
    ordered: bool
    breaker: Breaker


@dataclass(frozen=True, slots=True)
class Due:
    """A push that is to be sent now. `tries` is how many its schedule has counted."""

    shop_id: int
    push_id: int
    supplier_id: int
    fulfilment_id: int
    kind: str
    message_id: str
    tries: int
    leased: Leased


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one: the endpoint's reply, or None if it was left for another time; and what was sent where."""

    due: Due
    reply: Reply | None
    url: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Turn:
    """How an endpoint is given back: its breaker; not before `hold_until`, if that is set; and whether it is gone."""

    leased: Leased
    breaker: Breaker
    hold_until: datetime | None = None
    gone: bool = False


def record_tries(tx: Tx[Policy], tried: Sequence[Tried]) -> None:
    """Write down what came of pushes: delivered ones are over and their fulfilments pushed, others wait for a retry.

    An endpoint of which too many failed is left alone for a while, and what failed there keeps its place. One that did
    not answer at all has the rest of its queue wait for the first retry; one that says it is gone (410) is disabled,
    and keeps what waits for it. Source: MODE-2.
    """
    by_supplier: dict[int, list[Tried]] = {}
    for each in tried:
        by_supplier.setdefault(each.due.supplier_id, []).append(each)
    breakers = {
        supplier_id: breaker_after(of[0].due.leased.breaker, _heard(of), tx.wall(), tx.policy.breaker, BATCH)
        for supplier_id, of in by_supplier.items()
    }
    made = [(each, each.reply) for each in tried if each.reply is not None]
    retries = {
        each.due.push_id: _retry(tx, each.due, breakers[each.due.supplier_id])
        for each, reply in made
        if not is_taken(reply.status)
    }
    turns = {
        supplier_id: _turn(of, breakers[supplier_id], retries) for supplier_id, of in by_supplier.items()
    }
    turned = _still_ours(tx, {number: turn for number, turn in turns.items() if _is_told(turn)})
    tx.hold({each.due.shop_id for each, _ in made} | ({PLATFORM} if turned else set()))
    _tell(tx, turned)
    if made:
        _write_tries(tx, made, retries)
    taken = [each.due for each, reply in made if is_taken(reply.status) and each.due.kind == PUSHED]
    if taken:
        move_fulfilments(
            tx, [Move(due.shop_id, due.fulfilment_id, tx.now) for due in taken], FulfilmentState.PUSHED
        )
        tell_suppliers(tx, {due.supplier_id for due in taken})
    line_up(tx, turns)


def _heard(tried: Iterable[Tried]) -> Heard:
    """What one endpoint's pushes met. Its silence speaks for those that it held up, too."""
    replies = [each.reply for each in tried]
    made = [reply for reply in replies if reply is not None]
    silent = any(reply.status is None for reply in made)
    held_up = len(replies) - len(made) if silent else 0
    return Heard(
        len(made) + held_up,
        sum(speaks_against(reply.status) for reply in made) + held_up,
        max((reply.retry_after for reply in made if reply.status in ASKS_FOR_TIME), default=timedelta(0)),
    )


def _retry(tx: Tx[Policy], due: Due, breaker: Breaker) -> datetime | None:
    """When a push that failed is tried again; None where it keeps its place."""
    if keeps_its_place(due.leased.breaker, breaker, ordered=due.leased.ordered):
        return None
    push = tx.policy.push
    return retry_at(tx.now, due.tries + 1, push.retry_delays, push.jitter_share, tx.random.random())


def _turn(tried: Sequence[Tried], breaker: Breaker, retries: Mapping[int, datetime | None]) -> Turn:
    silent = [
        at
        for each in tried
        if each.reply is not None
        and each.reply.status is None
        and (at := retries[each.due.push_id]) is not None
    ]
    gone = any(each.reply is not None and each.reply.status == GONE for each in tried)
    return Turn(tried[0].due.leased, breaker, min(silent, default=None), gone)


def _is_told(turn: Turn) -> bool:
    return turn.gone or turn.breaker.broken != turn.leased.breaker.broken


def _still_ours(tx: Tx[Policy], turns: Mapping[int, Turn]) -> dict[int, Turn]:
    """Those of these endpoints whose lease is still the one that they were claimed under."""
    if not turns:
        return {}
    leases = tx.rows(
        "select supplier_id, leased_until from endpoints where supplier_id = any(:suppliers)",
        suppliers=sorted(turns),
    )
    return {
        row.supplier_id: turns[row.supplier_id]
        for row in leases
        if row.leased_until == turns[row.supplier_id].leased.lease
    }


def _tell(tx: Tx[Policy], turned: Mapping[int, Turn]) -> None:
    """Record what became of endpoints, and tell the operator and each one's supplier."""
    notices: list[Notice] = []
    for supplier_id, turn in sorted(turned.items()):
        event = EndpointRemoved if turn.gone else EndpointBroken if turn.breaker.broken else EndpointRestored
        tx.emit(event(shop_id=PLATFORM, supplier_id=supplier_id))
        facts = {"supplier_id": supplier_id}
        notices.append(Notice(PLATFORM, "operator", event.kind, facts=facts))
        notices.append(Notice(PLATFORM, "supplier", event.kind, supplier_id=supplier_id, facts=facts))
    tell(tx, notices)


def _write_tries(
    tx: Tx[Policy], made: Sequence[tuple[Tried, Reply]], retries: Mapping[int, datetime | None]
) -> None:
    rows = as_json(
        {
            "s": each.due.shop_id,
            "p": each.due.push_id,
            "u": each.due.supplier_id,
            "c": reply.status,
            "l": reply.latency_ms,
            "e": reply.excerpt,
            "w": reply.sent_at,
            "a": each.url,
            "h": each.body_sha256,
            "t": is_taken(reply.status),
            "d": retries.get(each.due.push_id),
        }
        for each, reply in made
    )
    listed = (
        "json_to_recordset(cast(:rows as json)) as r(s bigint, p bigint, u bigint, c int, l int, e text, "
        "w timestamptz, a text, h text, t boolean, d timestamptz)"
    )
    tx.put(
        "insert into push_tries (shop_id, try_id, push_id, supplier_id, at, status, latency_ms, excerpt, "
        "url, sent_at, body_sha256, forget_at) "
        "select r.s, nextval('try_ids'), r.p, r.u, :now, r.c, r.l, r.e, r.a, r.w, decode(r.h, 'hex'), :forget_at "
        f"from {listed}",
        rows=rows,
        now=tx.now,
        forget_at=tx.now + tx.policy.retention.push_tries,
    )
    tx.put(
        # One that another worker delivered meanwhile (this one's lease had ended) does not wait again.
        "update pushes p set tries = p.tries + case when r.t or r.d is not null then 1 else 0 end, "
        "due_at = case when r.t or p.due_at is null then null else coalesce(r.d, p.due_at) end, "
        "delivered_at = case when r.t then :now else p.delivered_at end "
        f"from {listed} where p.shop_id = r.s and p.push_id = r.p",
        rows=rows,
        now=tx.now,
    )


def line_up(tx: Tx[Policy], turns: Mapping[int, Turn]) -> None:
    """Give leased endpoints back, each with its breaker and its next turn: when its earliest push is due, or its first
    where it keeps order; or when silence ends.

    They are locked first and looked at in a statement of its own, so that a push queued meanwhile is seen. One whose
    lease has ended and that another worker has, or that was set anew, is that one's.
    """
    if not turns:
        return
    tx.rows(
        "select from endpoints where supplier_id = any(:suppliers) order by supplier_id for no key update",
        suppliers=sorted(turns),
    )
    tx.put(
        "update endpoints e set leased_until = null, enabled = e.enabled and not r.g, "
        "next_at = greatest(r.q, case when e.ordered then (select p.due_at from pushes p "
        "where p.supplier_id = e.supplier_id and p.due_at is not null order by p.push_id limit 1) "
        "else (select min(p.due_at) from pushes p where p.supplier_id = e.supplier_id and p.due_at is not null) end), "
        "breaker = r.b, counted_from = r.c, tries = r.t, failed = r.f, open_until = r.o, trips = r.n, share = r.h "
        "from json_to_recordset(cast(:rows as json)) as r(u bigint, l timestamptz, q timestamptz, g boolean, "
        "b smallint, c timestamptz, t int, f int, o timestamptz, n int, h int) "
        "where e.supplier_id = r.u and e.leased_until = r.l",
        rows=as_json(
            {
                "u": supplier_id,
                "l": turn.leased.lease,
                "q": turn.hold_until,
                "g": turn.gone,
                "b": turn.breaker.state,
                "c": turn.breaker.counted_from,
                "t": turn.breaker.tries,
                "f": turn.breaker.failed,
                "o": turn.breaker.open_until,
                "n": turn.breaker.trips,
                "h": turn.breaker.share,
            }
            for supplier_id, turn in sorted(turns.items())
        ),
    )
