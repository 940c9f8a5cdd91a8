"""Every try is recorded, and its endpoint given back with its next turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.push.rules import BATCH, PUSHED
from andon.orders.push.service.queueing import ENDPOINTS, tell_suppliers
from andon.partners.suppliers.events import EndpointBroken, EndpointRemoved, EndpointRestored
from andon.platform.calling.rules import is_taken
from andon.platform.calling.service import Leased, Turn, breaker_heard, next_try, turn_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Reply


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
    queued_at: datetime
    leased: Leased


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one: the endpoint's reply, or None if it was left for another time; and what was sent where."""

    due: Due
    reply: Reply | None
    url: str
    body_sha256: str


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
        supplier_id: breaker_heard(tx, of[0].due.leased, [each.reply for each in of], BATCH)
        for supplier_id, of in by_supplier.items()
    }
    made = [(each, each.reply) for each in tried if each.reply is not None]
    retries = {
        each.due.push_id: next_try(tx, each.due.leased, each.due.tries, breakers[each.due.supplier_id])
        for each, reply in made
        if not is_taken(reply.status)
    }
    turns = {
        supplier_id: turn_of(
            of[0].due.leased,
            breakers[supplier_id],
            [(each.reply, retries.get(each.due.push_id)) for each in of],
        )
        for supplier_id, of in by_supplier.items()
    }
    turned = ENDPOINTS.still_ours(tx, {number: turn for number, turn in turns.items() if turn.is_told})
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
    ENDPOINTS.line_up(tx, turns)


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
