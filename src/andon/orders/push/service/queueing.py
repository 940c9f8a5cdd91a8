"""Pushes are queued with the fulfilment that they tell of, and their endpoints given a turn."""

from collections.abc import Collection, Sequence

from andon.kernel.http.ears import SUPPLIER_CHANNEL
from andon.kernel.rows import as_array
from andon.kernel.tx import Tx
from andon.orders.push.rules import PUSHED
from andon.orders.push.tables import PUSH_IDS
from andon.platform.calling.service import Doors
from andon.platform.policies.rules import Policy

ENDPOINTS = Doors("endpoints", "supplier_id", "pushes", "push_id")
"""Suppliers' endpoints, and the pushes that wait for them."""


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
    call_at_once(tx, {supplier_id for *_, supplier_id in rows})


def call_at_once(tx: Tx[Policy], supplier_ids: Collection[int], *, out_of_turn: bool = False) -> None:
    """Let these suppliers' endpoints be called now, as `Doors.call_at_once` does, and wake the line."""
    ENDPOINTS.call_at_once(tx, supplier_ids, out_of_turn=out_of_turn)
    tx.wake("push")


def tell_suppliers(tx: Tx[Policy], supplier_ids: Collection[int]) -> None:
    """Let requests of these suppliers that wait look again, once this is committed: there is something new."""
    if supplier_ids:
        tx.put(
            "select pg_notify(:channel, s::text) from unnest(cast(:suppliers as bigint[])) as s",
            channel=SUPPLIER_CHANNEL,
            suppliers=sorted(set(supplier_ids)),
        )
