"""Deliveries are tried, every try is recorded, and their subscriptions given back with their next turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.calling.rules import Breaker, is_taken
from andon.platform.calling.service import Doors, Leased, Turn, breaker_heard, next_try, turn_of
from andon.platform.notices.rules import Audience
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.events import WebhookBroken, WebhookDisabled, WebhookRestored
from andon.platform.subscriptions.rules import BATCH, DeliveryState
from andon.ports.pushing import Reply

DOORS = Doors("webhooks", "webhook_id", "deliveries", "delivery_id")
"""Subscriptions, and the deliveries that wait for them."""


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is to be sent now. `tries` is how many its schedule has counted."""

    shop_id: int
    delivery_id: int
    webhook_id: int
    supplier_id: int | None
    tries: int
    leased: Leased


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one: the reply, or None if it was left for another time; and what was sent where."""

    due: Due
    reply: Reply | None
    url: str
    body_sha256: str


def record_deliveries(tx: Tx[Policy], tried: Sequence[Tried]) -> None:
    """Write down what came of deliveries: taken ones are over, others wait for a retry by the schedule of pushes.

    After the last of its delays one is given up, and can be replayed. A subscription whose address says that it is gone (410)
    is disabled, and keeps what waits.
    """
    by_webhook: dict[int, list[Tried]] = {}
    for each in tried:
        by_webhook.setdefault(each.due.webhook_id, []).append(each)
    turns: dict[int, Turn] = {}
    rows: list[dict[str, Any]] = []
    for webhook_id, of in by_webhook.items():
        leased = of[0].due.leased
        breaker = breaker_heard(tx, leased, [each.reply for each in of], BATCH)
        tries = [(each, each.reply, _retry(tx, each, leased, breaker)) for each in of]
        turns[webhook_id] = turn_of(leased, breaker, [(reply, at) for _, reply, at in tries])
        rows += [_row(tx, each, reply, at) for each, reply, at in tries if reply is not None]
    turned = DOORS.still_ours(tx, {number: turn for number, turn in turns.items() if turn.is_told})
    if turned:
        _tell(tx, turned)
    if rows:
        _write(tx, rows)
    DOORS.line_up(tx, turns)


def _retry(tx: Tx[Policy], tried: Tried, leased: Leased, breaker: Breaker) -> datetime | None:
    if tried.reply is None or is_taken(tried.reply.status):
        return None
    return next_try(tx, leased, tried.due.tries, breaker)


def _row(tx: Tx[Policy], tried: Tried, reply: Reply, retry_at: datetime | None) -> dict[str, Any]:
    taken = is_taken(reply.status)
    last = retry_at is not None and tried.due.tries >= len(tx.policy.push.retry_delays)
    state = DeliveryState.DELIVERED if taken else DeliveryState.GIVEN_UP if last else DeliveryState.WAITING
    return {
        "s": tried.due.shop_id,
        "n": tried.due.delivery_id,
        "u": tried.due.supplier_id,
        "c": reply.status,
        "l": reply.latency_ms,
        "e": reply.excerpt,
        "w": reply.sent_at,
        "a": tried.url,
        "h": tried.body_sha256,
        "z": state.value,
        "d": None if last else retry_at,
        "k": taken or retry_at is not None,
    }


def _write(tx: Tx[Policy], rows: Sequence[Mapping[str, Any]]) -> None:
    listed = (
        "json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint, u bigint, c int, l int, e text, "
        "w timestamptz, a text, h text, z smallint, d timestamptz, k boolean)"
    )
    given = as_json(rows)
    tx.put(
        "insert into delivery_tries (shop_id, try_id, delivery_id, supplier_id, at, status, latency_ms, excerpt, url, "
        "sent_at, body_sha256) select r.s, nextval('delivery_try_ids'), r.n, r.u, :now, r.c, r.l, r.e, r.a, r.w, "
        f"decode(r.h, 'hex') from {listed}",
        rows=given,
        now=tx.now,
    )
    over = DeliveryState.WAITING.value
    tx.put(
        # One that another worker delivered meanwhile (this one's lease had ended) does not wait again.
        f"update deliveries p set tries = p.tries + case when r.k then 1 else 0 end, "
        f"state = case when p.state = {over} then r.z else p.state end, "
        f"due_at = case when p.state <> {over} or r.z <> {over} then null else coalesce(r.d, p.due_at) end, "
        f"delivered_at = case when r.z = {DeliveryState.DELIVERED.value} then :now else p.delivered_at end "
        f"from {listed} where p.shop_id = r.s and p.delivery_id = r.n",
        rows=given,
        now=tx.now,
    )


def _tell(tx: Tx[Policy], turned: Mapping[int, Turn]) -> None:
    """Record what became of subscriptions, and tell each one's party."""
    owners: Sequence[Row[Any]] = tx.rows(
        "select webhook_id, party, party_id from webhooks where webhook_id = any(:numbers) order by webhook_id",
        numbers=sorted(turned),
    )
    shops = {row.webhook_id: row.party_id if row.party == "shop" else PLATFORM for row in owners}
    tx.hold(set(shops.values()))
    notices = []
    for row in owners:
        turn, shop_id = turned[row.webhook_id], shops[row.webhook_id]
        supplier_id = row.party_id if row.party == "supplier" else None
        event = WebhookDisabled if turn.gone else WebhookBroken if turn.breaker.broken else WebhookRestored
        tx.emit(event(shop_id=shop_id, webhook_id=row.webhook_id, supplier_id=supplier_id))
        facts = {"webhook_id": row.webhook_id}
        audience: Audience = "seller" if row.party == "shop" else "supplier"
        notices.append(Notice(shop_id, audience, event.kind, supplier_id=supplier_id, facts=facts))
    tell(tx, notices)


def forget_deliveries(tx: Tx[Policy], batch: int) -> int:
    """Delete deliveries that were kept as long as the policy said when they were made, with their tries; how many."""
    return tx.run(
        "with gone as (delete from deliveries d using (select shop_id, delivery_id from deliveries "
        "where forget_at <= :now order by forget_at limit :batch) f "
        "where d.shop_id = f.shop_id and d.delivery_id = f.delivery_id returning d.shop_id, d.delivery_id), "
        "tries as (delete from delivery_tries t using gone "
        "where t.shop_id = gone.shop_id and t.delivery_id = gone.delivery_id) select from gone",
        now=tx.now,
        batch=batch,
    )
