"""Pushes are sent again because somebody asked, each under its message id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.push.events import PushReplayed
from andon.orders.push.rules import MOST_REPLAYED
from andon.orders.push.service.queueing import call_at_once
from andon.platform.policies.rules import Policy


def replay_push(tx: Tx[Policy], supplier_id: int, push_id: int) -> None:
    """Let a push be sent again now, under its message id, whatever became of it before.

    Raises NotFound (`push.not_found`), or Conflict (`push.no_endpoint`) where the supplier pulls.
    """
    found = _found(tx, "supplier_id = :supplier and push_id = :push", supplier=supplier_id, push=push_id)
    if not found:
        raise NotFound("push.not_found")
    _replay(tx, supplier_id, found)


def replay_pushes(tx: Tx[Policy], supplier_id: int, since: datetime, until: datetime) -> int:
    """Let all pushes that a supplier took from `since` until `until` be sent again; how many there are.

    For one that has lost what it was sent. Those that wait anyway are not counted. Raises Invalid (`push.window`, or
    `push.too_many`, with nothing sent: a shorter window does it), or Conflict (`push.no_endpoint`).
    """
    if until < since:
        raise Invalid("push.window")
    found = _found(
        tx,
        "supplier_id = :supplier and due_at is null and delivered_at >= :since and delivered_at < :until "
        "order by push_id limit :most",
        supplier=supplier_id,
        since=since,
        until=until,
        most=MOST_REPLAYED + 1,
    )
    if len(found) > MOST_REPLAYED:
        raise Invalid(
            "push.too_many", f"at most {MOST_REPLAYED:,} a call: name a shorter window", most=MOST_REPLAYED
        )
    _replay(tx, supplier_id, found)
    return len(found)


def _found(tx: Tx[Policy], where: str, **params: Any) -> Sequence[Row[Any]]:
    return tx.rows(f"select shop_id, push_id, fulfilment_id from pushes where {where}", **params)


def _replay(tx: Tx[Policy], supplier_id: int, found: Sequence[Row[Any]]) -> None:
    if not tx.rows("select from endpoints where supplier_id = :supplier and enabled", supplier=supplier_id):
        raise Conflict("push.no_endpoint")
    if not found:
        return
    tx.hold({row.shop_id for row in found})
    tx.put(
        "update pushes p set due_at = :now from (select w.shop_id, w.push_id from pushes w "
        "join json_to_recordset(cast(:rows as json)) as r(s bigint, p bigint) on w.shop_id = r.s and w.push_id = r.p "
        "order by w.shop_id, w.push_id for no key update of w) held "
        "where p.shop_id = held.shop_id and p.push_id = held.push_id",
        rows=as_json({"s": row.shop_id, "p": row.push_id} for row in found),
        now=tx.now,
    )
    call_at_once(tx, {supplier_id}, out_of_turn=True)
    tx.emit(
        *(
            PushReplayed(
                shop_id=row.shop_id,
                push_id=row.push_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=supplier_id,
            )
            for row in found
        )
    )
