"""Deliveries are sent again because somebody asked, each under its message id; and pings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.rules import MOST_REPLAYED, PING, REPLAYABLE, DeliveryState
from andon.platform.subscriptions.service.delivering import DOORS
from andon.platform.subscriptions.tables import DELIVERY_IDS
from andon.platform.subscriptions.views import WebhookOut, reaching_own, webhook_of

_OVER = ", ".join(str(state.value) for state in REPLAYABLE)


def replay_deliveries(
    tx: Tx[Policy],
    webhook_id: int,
    *,
    deliveries: Collection[int] | None = None,
    since: datetime | None = None,
) -> int:
    """Let deliveries that were taken or given up be sent again now, under their ids: those named, or all made `since`.

    How many. Those that wait anyway are not counted. Raises NotFound (`webhook.not_found`, `webhook.delivery_not_found`),
    Invalid (`webhook.replay`, `webhook.replay_too_many`), or Conflict (`webhook.disabled`).
    """
    webhook = _enabled(tx, webhook_id)
    if (deliveries is None) == (since is None):
        raise Invalid("webhook.replay")
    with reaching_own(tx):
        found = _found(tx, webhook_id, deliveries, since)
        if deliveries is not None and (missing := set(deliveries) - {row.delivery_id for row in found}):
            raise NotFound("webhook.delivery_not_found", f"no delivery {min(missing)}")
        again = [row for row in found if row.state in {state.value for state in REPLAYABLE}]
        if again:
            tx.put(
                f"update deliveries p set due_at = :now, state = {DeliveryState.WAITING.value}, tries = 0 from "
                "(select w.shop_id, w.delivery_id from deliveries w join json_to_recordset(cast(:rows as json)) "
                "as r(s bigint, n bigint) on w.shop_id = r.s and w.delivery_id = r.n "
                "order by w.shop_id, w.delivery_id for no key update of w) held "
                f"where p.shop_id = held.shop_id and p.delivery_id = held.delivery_id and p.state in ({_OVER})",
                now=tx.now,
                rows=as_json({"s": row.shop_id, "n": row.delivery_id} for row in again),
            )
            DOORS.call_at_once(tx, {webhook.id}, out_of_turn=True)
            tx.wake("deliver")
    return len(again)


def ping(tx: Tx[Policy], webhook_id: int) -> int:
    """Send a message that tells of nothing, to see whether it arrives; its delivery's number.

    Raises NotFound (`webhook.not_found`), or Conflict (`webhook.disabled`).
    """
    _enabled(tx, webhook_id)
    assert isinstance(tx.actor.id, int), "a shop and a supplier are known by their numbers"
    supplier_id = tx.actor.id if tx.actor.kind == "supplier" else None
    [number] = tx.take_ids(DELIVERY_IDS.name, 1)
    with reaching_own(tx):
        tx.put(
            "insert into deliveries (shop_id, delivery_id, webhook_id, supplier_id, kind, message_id, created_at, state, "
            f"due_at, tries, forget_at) values (:shop, :number, :webhook, cast(:supplier as bigint), '{PING}', :message, "
            f":now, {DeliveryState.WAITING.value}, :now, 0, :forget_at)",
            shop=PLATFORM if supplier_id else tx.actor.id,
            number=number,
            webhook=webhook_id,
            supplier=supplier_id,
            message=f"ping_{number}_{tx.random.randbytes(8).hex()}",
            now=tx.now,
            forget_at=tx.now + tx.policy.retention.deliveries,
        )
    DOORS.call_at_once(tx, {webhook_id})
    tx.wake("deliver")
    return number


def _enabled(tx: Tx[Policy], webhook_id: int) -> WebhookOut:
    webhook = webhook_of(tx, webhook_id)
    if not webhook.enabled:
        raise Conflict("webhook.disabled")
    return webhook


def _found(
    tx: Tx[Policy], webhook_id: int, deliveries: Collection[int] | None, since: datetime | None
) -> Sequence[Row[Any]]:
    if deliveries is not None:
        return tx.rows(
            "select shop_id, delivery_id, state from deliveries where webhook_id = :webhook "
            "and delivery_id = any(:numbers)",
            webhook=webhook_id,
            numbers=sorted(set(deliveries)),
        )
    found = tx.rows(
        "select shop_id, delivery_id, state from deliveries where webhook_id = :webhook and created_at >= :since "
        f"and state in ({_OVER}) order by delivery_id limit :most",
        webhook=webhook_id,
        since=since,
        most=MOST_REPLAYED + 1,
    )
    if len(found) > MOST_REPLAYED:
        raise Invalid("webhook.replay_too_many", f"at most {MOST_REPLAYED:,} a call", most=MOST_REPLAYED)
    return found
