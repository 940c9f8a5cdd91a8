"""The daily digest: what needs someone, once a day at each reader's own hour."""

from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_columns
from andon.kernel.tx import Tx
from andon.orders.today.rules import URGENCIES, Desk
from andon.orders.today.views import Today, today_of
from andon.platform.outbox.rules import DIGEST, next_digest
from andon.platform.outbox.service import Draft, write_messages
from andon.platform.policies.rules import Policy

LISTED = 20
"""How many things a digest names; it counts them all."""


def write_digests(tx: Tx[Policy], batch: int) -> int:
    """Write to each contact whose hour it is how much needs them, and what is overdue; where there is nothing, nothing."""
    readers = tx.rows(
        "select * from contacts where digest_due_at is not null and digest_due_at <= :now "
        "order by digest_due_at, contact_id limit :batch for no key update",
        now=tx.now,
        batch=batch,
    )
    if not readers:
        return 0
    desks = {row.contact_id: _desk(row) for row in readers}
    found = {desk: today_of(tx, desk, limit=LISTED) for desk in set(desks.values())}
    write_messages(
        tx,
        [
            Draft(row, DIGEST, _facts(found[desks[row.contact_id]]), tx.now)
            for row in readers
            if found[desks[row.contact_id]].counts
        ],
    )
    tx.put(
        "update contacts c set digest_due_at = r.d from unnest(cast(:s as bigint[]), cast(:n as bigint[]), "
        "cast(:d as timestamptz[])) as r(s, n, d) where c.shop_id = r.s and c.contact_id = r.n",
        **as_columns(
            ("s", "n", "d"),
            [(row.shop_id, row.contact_id, next_digest(tx.now, row.zone, row.digest_at)) for row in readers],
        ),
    )
    return len(readers)


def _desk(row: Row[Any]) -> Desk:
    return Desk(
        row.audience,
        shop_id=row.shop_id if row.audience == "seller" else None,
        supplier_id=row.supplier_id,
        role=row.role,
    )


def _facts(today: Today) -> dict[str, Any]:
    sums = {name: sum(getattr(each, name) for each in today.counts) for name in URGENCIES}
    overdue = [task for task, _ in today.tasks if task.urgency == "overdue"]
    return sums | {
        "counts": {each.kind: each.overdue + each.due_soon + each.later for each in today.counts},
        "list": [
            f"{task.kind} #{task.order_id or task.supplier_id or ''} {task.since:%Y-%m-%d %H:%M}Z {task.call}"
            for task in overdue
        ],
    }
