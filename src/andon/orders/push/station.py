"""The station that pushes: claims endpoints and their due pushes, calls, records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from andon.kernel.line import OutsideStation
from andon.kernel.tx import Tx, as_json
from andon.orders.push.rules import TAKEN_AWAY, is_moot
from andon.orders.push.service import Due, Tried, line_up, record_tries
from andon.orders.push.views import bodies_of
from andon.partners.suppliers.tables import Endpoint
from andon.partners.suppliers.views import signing_secrets
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Message, Pusher

BATCH = 400

DUE = "select min(next_at) from endpoints where next_at is not null and enabled"
"""A lease is machine time and stands in no due instant: a station that finds all endpoints leased did nothing."""

LEASE = timedelta(seconds=60)
"""How long a worker has an endpoint, in machine time: longer than its calls take, so that only a dead one's ends."""

ENDPOINTS_A_CLAIM = 64
FEWEST_EACH = 4


@dataclass(frozen=True, slots=True)
class Errand:
    """A push with the message that it is."""

    due: Due
    message: Message


def push_station(pusher: Pusher, key: bytes, batch: int = BATCH) -> OutsideStation:
    """The station, calling by `pusher`; `key` opens the endpoints' secrets."""

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
                ),
            )
            for due in pushes
        ]

    def call(errands: Sequence[Errand]) -> Sequence[Tried]:
        replies = pusher.deliver([errand.message for errand in errands])
        return [Tried(errand.due, reply) for errand, reply in zip(errands, replies, strict=True)]

    return OutsideStation("push", due=DUE, claim=claim, call=call, record=record_tries, batch=batch)


def _claim_endpoints(tx: Tx[Policy], batch: int) -> tuple[list[Due], dict[int, Endpoint]]:
    """Lease the endpoints whose turn it is; their due pushes, about `batch` in all, and the endpoints by supplier.

    Each endpoint gives its share, so that one with a long queue takes no other's turn. What is not to be sent any
    more is put away here.
    """
    lease = tx.wall() + LEASE
    claimed = tx.rows(
        "update endpoints e set leased_until = :lease from (select supplier_id from endpoints "
        "where next_at is not null and enabled and next_at <= :now "
        "and (leased_until is null or leased_until < :wall) "
        "order by next_at limit :endpoints for no key update skip locked) d "
        "where e.supplier_id = d.supplier_id returning e.supplier_id",
        lease=lease,
        now=tx.now,
        wall=tx.wall(),
        endpoints=ENDPOINTS_A_CLAIM,
    )
    if not claimed:
        return [], {}
    rows = _waiting(tx, [row.supplier_id for row in claimed], max(batch // len(claimed), FEWEST_EACH))
    due = [_due(row, lease) for row in rows if not _is_moot(row)]
    moot = [{"s": row.shop_id, "p": row.push_id} for row in rows if _is_moot(row)]
    if moot:
        tx.put(
            "update pushes p set due_at = null from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, p bigint) where p.shop_id = r.s and p.push_id = r.p",
            rows=as_json(moot),
        )
    wanted = {each.supplier_id for each in due}
    line_up(tx, {row.supplier_id: lease for row in claimed if row.supplier_id not in wanted})
    return due, {
        endpoint.supplier_id: endpoint
        for endpoint in tx.session.scalars(
            select(Endpoint).where(Endpoint.supplier_id.in_(wanted)),
            execution_options={"populate_existing": True},
        )
    }


def _is_moot(row: Row[Any]) -> bool:
    told_before = row.delivered_at is not None or row.kind in TAKEN_AWAY
    return is_moot(row.state, told_before, row.granted)


def _due(row: Row[Any], lease: datetime) -> Due:
    return Due(
        row.shop_id,
        row.push_id,
        row.supplier_id,
        row.fulfilment_id,
        row.kind,
        row.message_id,
        row.tries,
        lease,
    )


def _waiting(tx: Tx[Policy], supplier_ids: Sequence[int], each: int) -> Sequence[Row[Any]]:
    """The pushes due at these endpoints, at most `each` a supplier, those that wait longest first."""
    return tx.rows(
        "select p.shop_id, p.push_id, p.supplier_id, p.fulfilment_id, p.kind, p.message_id, p.tries, "
        "p.delivered_at, f.state, exists (select from grants g where g.supplier_id = p.supplier_id "
        "and g.shop_id = p.shop_id and g.ended_at is null) as granted "
        "from unnest(cast(:suppliers as bigint[])) as s(supplier_id) cross join lateral "
        "(select * from pushes w where w.supplier_id = s.supplier_id and w.due_at is not null "
        "and w.due_at <= :now order by w.due_at, w.push_id limit :each) p "
        "join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id "
        "order by p.due_at, p.push_id",
        suppliers=list(supplier_ids),
        now=tx.now,
        each=each,
    )
