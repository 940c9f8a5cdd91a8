"""Pushes: queued with the fulfilment, claimed by endpoint, every try recorded.

An endpoint's row is its place in line: `next_at` says when the next push to it is due, `leased_until` that a worker
has it. It is locked last, after the fulfilments, and for a moment only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.http.ears import SUPPLIER_CHANNEL
from andon.kernel.tx import Tx, as_array, as_json
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.push.rules import GONE, PUSHED, is_taken, retry_at
from andon.orders.push.tables import PUSH_IDS
from andon.partners.suppliers.events import EndpointRemoved
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Reply


@dataclass(frozen=True, slots=True)
class Due:
    """A push that is to be sent now. `tries` is how many there were, `lease` what its endpoint was claimed under."""

    shop_id: int
    push_id: int
    supplier_id: int
    fulfilment_id: int
    kind: str
    message_id: str
    tries: int
    lease: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one: the endpoint's reply, or None if it was left for another time."""

    due: Due
    reply: Reply | None


def queue_pushes(tx: Tx[Policy], rows: Sequence[tuple[int, int, int]], kind: str = PUSHED) -> None:
    """Queue a message about each fulfilment (shop_id, fulfilment_id, supplier_id) to its supplier's endpoint.

    Suppliers without an endpoint are passed over: they pull. The line is woken. Source: MODE-2.
    """
    called = {
        row.supplier_id
        for row in tx.rows(
            "select supplier_id from endpoints where supplier_id = any(:suppliers)",
            suppliers=sorted({supplier_id for *_, supplier_id in rows}),
        )
    }
    wanted = [row for row in rows if row[2] in called]
    if not wanted:
        return
    put_pushes(tx, wanted, kind, tx.take_ids(PUSH_IDS.name, len(wanted)))


def put_pushes(
    tx: Tx[Policy], rows: Sequence[tuple[int, int, int]], kind: str, numbers: Sequence[int]
) -> None:
    """The same under these numbers, for suppliers that are known to have an endpoint."""
    chance = tx.random.randbytes(8 * len(numbers)).hex()
    tx.put(
        "insert into pushes (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, due_at, tries) "
        "select r.s, r.n, r.u, r.f, :kind, r.m, :now, :now, 0 from unnest(cast(:shops as bigint[]), "
        "cast(:numbers as bigint[]), cast(:suppliers as bigint[]), cast(:fulfilments as bigint[]), "
        "cast(:messages as text[])) as r(s, n, u, f, m)",
        kind=kind,
        now=tx.now,
        shops=as_array(shop_id for shop_id, _, _ in rows),
        numbers=as_array(numbers),
        suppliers=as_array(supplier_id for *_, supplier_id in rows),
        fulfilments=as_array(fulfilment_id for _, fulfilment_id, _ in rows),
        # The random part keeps a receiver from taking another Andon's message for a repeat of this one.
        messages=as_array(f"msg_{n}_{chance[16 * at : 16 * at + 16]}" for at, n in enumerate(numbers)),
    )
    _call_at_once(tx, {supplier_id for *_, supplier_id in rows})


def _call_at_once(tx: Tx[Policy], supplier_ids: Collection[int]) -> None:
    """Let these endpoints be called now; their rows stay locked until the commit.

    Locked even where they are due already: whoever has just found nothing waiting waits for this commit, and looks
    again.
    """
    tx.put(
        "update endpoints e set next_at = least(e.next_at, :now) from (select supplier_id from endpoints "
        "where supplier_id = any(:suppliers) order by supplier_id for no key update) held "
        "where e.supplier_id = held.supplier_id",
        now=tx.now,
        suppliers=sorted(supplier_ids),
    )
    tx.wake("push")


def record_tries(tx: Tx[Policy], tried: Sequence[Tried]) -> None:
    """Write down what came of pushes: delivered ones are over and their fulfilments pushed, others wait for a retry.

    An endpoint that did not answer at all has the rest of its queue wait for that retry; one that says it is gone
    (410) is disabled, and keeps what waits for it. Source: MODE-2.
    """
    made = [(each.due, each.reply) for each in tried if each.reply is not None]
    gone = {due.supplier_id for due, reply in made if reply.status == GONE}
    tx.hold({due.shop_id for due, _ in made} | ({PLATFORM} if gone else set()))
    tx.emit(*(EndpointRemoved(shop_id=PLATFORM, supplier_id=supplier_id) for supplier_id in sorted(gone)))
    retries = {due.push_id: _retry(tx, due) for due, reply in made if not is_taken(reply.status)}
    if made:
        _write_tries(tx, made, retries)
    taken = [due for due, reply in made if is_taken(reply.status) and due.kind == PUSHED]
    if taken:
        move_fulfilments(
            tx, [Move(due.shop_id, due.fulfilment_id, tx.now) for due in taken], FulfilmentState.PUSHED
        )
        tell_suppliers(tx, {due.supplier_id for due in taken})
    silent: dict[int, datetime] = {}
    for due, reply in made:
        if reply.status is None:
            at = retries[due.push_id]
            silent[due.supplier_id] = min(at, silent.get(due.supplier_id, at))
    line_up(
        tx,
        {each.due.supplier_id: each.due.lease for each in tried},
        silent,
        gone,
    )


def _retry(tx: Tx[Policy], due: Due) -> datetime:
    push = tx.policy.push
    return retry_at(tx.now, due.tries + 1, push.retry_delays, push.jitter_share, tx.random.random())


def _write_tries(tx: Tx[Policy], made: Sequence[tuple[Due, Reply]], retries: dict[int, datetime]) -> None:
    rows = as_json(
        {
            "s": due.shop_id,
            "p": due.push_id,
            "u": due.supplier_id,
            "c": reply.status,
            "l": reply.latency_ms,
            "e": reply.excerpt,
            "d": retries.get(due.push_id),
        }
        for due, reply in made
    )
    listed = (
        "json_to_recordset(cast(:rows as json)) "
        "as r(s bigint, p bigint, u bigint, c int, l int, e text, d timestamptz)"
    )
    tx.put(
        "insert into push_tries (shop_id, try_id, push_id, supplier_id, at, status, latency_ms, excerpt) "
        f"select r.s, nextval('try_ids'), r.p, r.u, :now, r.c, r.l, r.e from {listed}",
        rows=rows,
        now=tx.now,
    )
    tx.put(
        "update pushes p set tries = p.tries + 1, due_at = r.d, "
        "delivered_at = case when r.d is null then :now else p.delivered_at end "
        f"from {listed} where p.shop_id = r.s and p.push_id = r.p",
        rows=rows,
        now=tx.now,
    )


def line_up(
    tx: Tx[Policy],
    leases: dict[int, datetime],
    silent: dict[int, datetime] | None = None,
    gone: Collection[int] = (),
) -> None:
    """Give leased endpoints back, each with its next turn: its earliest waiting push, or when silence ends.

    They are locked first and looked at in a statement of its own, so that a push queued meanwhile is seen.
    """
    if not leases:
        return
    tx.rows(
        "select from endpoints where supplier_id = any(:suppliers) order by supplier_id for no key update",
        suppliers=sorted(leases),
    )
    tx.put(
        "update endpoints e set leased_until = case when e.leased_until = r.l then null else e.leased_until end, "
        "enabled = e.enabled and not r.g, next_at = greatest(r.q, (select min(p.due_at) from pushes p "
        "where p.supplier_id = e.supplier_id and p.due_at is not null)) "
        "from json_to_recordset(cast(:rows as json)) as r(u bigint, l timestamptz, q timestamptz, g boolean) "
        "where e.supplier_id = r.u",
        rows=as_json(
            {"u": supplier_id, "l": lease, "q": (silent or {}).get(supplier_id), "g": supplier_id in gone}
            for supplier_id, lease in sorted(leases.items())
        ),
    )


def tell_suppliers(tx: Tx[Policy], supplier_ids: Collection[int]) -> None:
    """Let requests of these suppliers that wait look again, once this is committed: there is something new."""
    if supplier_ids:
        tx.put(
            "select pg_notify(:channel, s::text) from unnest(cast(:suppliers as bigint[])) as s",
            channel=SUPPLIER_CHANNEL,
            suppliers=sorted(set(supplier_ids)),
        )


def replay_push(tx: Tx[Policy], supplier_id: int, push_id: int) -> None:
    """Let a push be sent again now, under its message id, whatever became of it before.

    Raises NotFound (`push.not_found`), or Conflict (`push.no_endpoint`) where the supplier pulls.
    """
    found = tx.one(
        "select shop_id from pushes where supplier_id = :supplier and push_id = :push",
        supplier=supplier_id,
        push=push_id,
    )
    if found is None:
        raise NotFound("push.not_found")
    if not tx.rows("select from endpoints where supplier_id = :supplier and enabled", supplier=supplier_id):
        raise Conflict("push.no_endpoint")
    tx.put(
        "update pushes set due_at = :now where shop_id = :shop and push_id = :push",
        now=tx.now,
        shop=found.shop_id,
        push=push_id,
    )
    _call_at_once(tx, {supplier_id})
