"""The station that pushes: claims endpoints and their due pushes, calls, records; and those that look after it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.line import Called, OutsideStation, Station
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.push.rules import BATCH
from andon.orders.push.service import ENDPOINTS, Due, Tried, forget_tries, record_tries
from andon.orders.push.views import GRANTED, JOINED, bodies_of, would_send
from andon.platform.calling.rules import without_query
from andon.platform.calling.service import (
    PATIENCE_SECONDS,
    Leased,
    Turn,
    leased_of,
    signing_secrets,
)
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Message, Pusher, Reply

ENDPOINTS_A_CLAIM = 64


@dataclass(frozen=True, slots=True)
class Errand:
    """A push with the message that it is."""

    due: Due
    message: Message


def push_station(
    pusher: Pusher, key: bytes, batch: int = BATCH, saw: Callable[[datetime, datetime], None] | None = None
) -> OutsideStation:
    """The station, calling by `pusher`; `key` opens the endpoints' secrets.

    `saw` is told of the first try of each push when it was queued, in business time, and sent, in machine time.
    """

    def claim(tx: Tx[Policy], limit: int) -> Sequence[Errand]:
        """Send what is due to each endpoint as a signed message, and record every try."""
        pushes, endpoints = _claim_endpoints(tx, limit)
        secrets = {
            number: tuple(signing_secrets(endpoint, key, tx.wall())) for number, endpoint in endpoints.items()
        }
        bodies = bodies_of(tx, pushes)
        return [
            Errand(
                due,
                Message(
                    endpoints[due.supplier_id].url,
                    secrets[due.supplier_id],
                    due.message_id,
                    bodies[due.push_id],
                    due.leased.ordered,
                ),
            )
            for due in pushes
        ]

    def call(errands: Sequence[Errand]) -> Called:
        delivery = pusher.deliver([errand.message for errand in errands], PATIENCE_SECONDS)
        return delivery.called(lambda place, reply: tried(errands[place], reply))

    def tried(errand: Errand, reply: Reply | None) -> Tried:
        if saw and errand.due.tries == 0 and reply is not None and reply.sent_at is not None:
            saw(errand.due.queued_at, reply.sent_at)
        return _tried(errand, reply)

    return OutsideStation("push", due=ENDPOINTS.due, claim=claim, call=call, record=record_tries, batch=batch)


def _tried(errand: Errand, reply: Reply | None) -> Tried:
    message = errand.message
    return Tried(
        errand.due,
        reply,
        without_query(message.url),
        hashlib.sha256(message.body).hexdigest() if reply else "",
    )


def _claim_endpoints(tx: Tx[Policy], batch: int) -> tuple[list[Due], dict[int, Row[Any]]]:
    """Lease the endpoints whose turn it is; their due pushes, about `batch` in all, and the endpoints by supplier.

    What is not to be sent any more is put away here.
    """
    claimed = ENDPOINTS.lease(tx, ENDPOINTS_A_CLAIM)
    if not claimed:
        return [], {}
    leased = {number: leased_of(row) for number, row in claimed.items()}
    rows = ENDPOINTS.what_waits(tx, leased, batch, GRANTED, JOINED)
    due = [_due(row, leased[row.supplier_id]) for row in rows if would_send(row)]
    moot = [{"s": row.shop_id, "p": row.push_id} for row in rows if not would_send(row)]
    if moot:
        tx.put(
            "update pushes p set due_at = null from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, p bigint) where p.shop_id = r.s and p.push_id = r.p",
            rows=as_json(moot),
        )
    wanted = {each.supplier_id for each in due}
    ENDPOINTS.line_up(
        tx, {number: Turn(each, each.breaker) for number, each in leased.items() if number not in wanted}
    )
    return due, claimed


def _due(row: Row[Any], leased: Leased) -> Due:
    return Due(
        row.shop_id,
        row.push_id,
        row.supplier_id,
        row.fulfilment_id,
        row.kind,
        row.message_id,
        row.tries,
        row.created_at,
        leased,
    )


PROBE = ENDPOINTS.probing("probe", "push")

FORGET_TRIES = Station(
    "forget_tries", due="select min(forget_at) from push_tries", step=forget_tries, batch=5_000
)
"""The station that lets go of tries whose time is over."""
