"""The stations that find who hears of an event, that deliver, and that let go of what is over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row

from andon.kernel.line import Called, OutsideStation, Station
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.calling.rules import without_query
from andon.platform.calling.service import PATIENCE_SECONDS, Turn, leased_of, signing_secrets
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.rules import BATCH, LAST_WORD, DeliveryState, body_of
from andon.platform.subscriptions.service import (
    DOORS,
    Due,
    Tried,
    forget_deliveries,
    record_deliveries,
    tell_events,
)
from andon.ports.pushing import Message, Pusher, Reply

WEBHOOKS_A_CLAIM = 32

_SAID = (
    "e.at, e.subject, e.order_id, e.body, (p.supplier_id is null or p.event_id is null "
    f"or p.kind = '{LAST_WORD}' or exists (select from grants g "
    "where g.supplier_id = p.supplier_id and g.shop_id = p.shop_id and g.ended_at is null)) as granted"
)
_JOINED = "left join events e on e.shop_id = p.shop_id and e.event_id = p.event_id"


@dataclass(frozen=True, slots=True)
class Errand:
    """A delivery with the message that it is."""

    due: Due
    message: Message


def delivery_station(pusher: Pusher, key: bytes, batch: int = BATCH) -> OutsideStation:
    """The station that delivers, calling by `pusher`; `key` opens the subscriptions' secrets."""

    def claim(tx: Tx[Policy], limit: int) -> Sequence[Errand]:
        """Send each subscription the events that are due to it, signed, and record every try."""
        return _claim(tx, limit, key)

    def call(errands: Sequence[Errand]) -> Called:
        delivery = pusher.deliver([errand.message for errand in errands], PATIENCE_SECONDS)
        return delivery.called(lambda place, reply: _tried(errands[place], reply))

    return OutsideStation(
        "deliver", due=DOORS.due, claim=claim, call=call, record=record_deliveries, batch=batch
    )


def _claim(tx: Tx[Policy], batch: int, key: bytes) -> list[Errand]:
    """Lease the subscriptions whose turn it is; what is due there. What may not be told any more is put away."""
    claimed = DOORS.lease(tx, WEBHOOKS_A_CLAIM)
    if not claimed:
        return []
    leased = {number: leased_of(row) for number, row in claimed.items()}
    rows = DOORS.what_waits(tx, leased, batch, _SAID, _JOINED)
    moot = [row for row in rows if not row.granted]
    if moot:
        tx.put(
            f"update deliveries p set due_at = null, state = {DeliveryState.WITHDRAWN.value} from "
            "json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint) "
            "where p.shop_id = r.s and p.delivery_id = r.n",
            rows=as_json({"s": row.shop_id, "n": row.delivery_id} for row in moot),
        )
    wanted = [row for row in rows if row.granted]
    busy = {row.webhook_id for row in wanted}
    DOORS.line_up(
        tx, {number: Turn(each, each.breaker) for number, each in leased.items() if number not in busy}
    )
    secrets = {number: tuple(signing_secrets(claimed[number], key, tx.wall())) for number in busy}
    return [
        Errand(
            Due(
                row.shop_id,
                row.delivery_id,
                row.webhook_id,
                row.supplier_id,
                row.tries,
                leased[row.webhook_id],
            ),
            Message(
                claimed[row.webhook_id].url,
                secrets[row.webhook_id],
                row.message_id,
                _body(row, claimed[row.webhook_id].party),
                leased[row.webhook_id].ordered,
            ),
        )
        for row in wanted
    ]


def _body(row: Row[Any], party: str) -> bytes:
    if row.event_id is None:
        return body_of(row.kind, row.created_at, {"webhook_id": row.webhook_id}, party)
    named = {
        "event_id": row.event_id,
        "shop_id": row.shop_id,
        "order_id": row.order_id,
        "subject": row.subject,
    }
    return body_of(row.kind, row.at, orjson.loads(row.body) | named, party)


def _tried(errand: Errand, reply: Reply | None) -> Tried:
    message = errand.message
    sent = hashlib.sha256(message.body).hexdigest()
    return Tried(errand.due, reply, without_query(message.url), sent)


TELL = Station("tell", due="select min(at) from untold", step=tell_events, batch=50)
FORGET_DELIVERIES = Station(
    "forget_deliveries",
    due="select min(forget_at) from deliveries",
    step=forget_deliveries,
    batch=5_000,
)
PROBE_WEBHOOKS = DOORS.probing("probe_webhooks", "deliver")
