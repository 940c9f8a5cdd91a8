"""The station that pushes: claims endpoints and their due pushes, calls, records; and those that look after it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text

from andon.kernel.chores import Chore
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.line import Called, OutsideStation, Station
from andon.kernel.rows import as_json
from andon.kernel.tx import LINE_CHANNEL, Tx
from andon.orders.push.rules import BATCH, TAKEN_AWAY, Breaker, is_moot, without_query
from andon.orders.push.service import Due, Leased, Tried, Turn, forget_tries, line_up, record_tries
from andon.orders.push.views import bodies_of
from andon.partners.suppliers.rules import BreakerState
from andon.partners.suppliers.views import signing_secrets
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Message, Pusher, Reply

# Literals, so that the partial index serves.
CALLABLE = f"next_at is not null and enabled and breaker <> {BreakerState.OPEN.value}"

DUE = f"select min(next_at) from endpoints where {CALLABLE}"
"""A lease is machine time and stands in no due instant: a station that finds all endpoints leased did nothing. Nor does
cooling off: an endpoint that is left alone is due for nothing until a chore lets it be probed.
"""

LEASE = timedelta(seconds=60)
"""How long a worker has an endpoint, in machine time: longer than its calls take, so that only a dead one's ends."""

PATIENCE_SECONDS = 0.1
"""How long the line waits for endpoints' answers before it goes on without the slower ones, which keep their lease."""

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
                    due.leased.ordered,
                ),
            )
            for due in pushes
        ]

    def call(errands: Sequence[Errand]) -> Called:
        delivery = pusher.deliver([errand.message for errand in errands], PATIENCE_SECONDS)
        return delivery.called(lambda place, reply: _tried(errands[place], reply))

    return OutsideStation("push", due=DUE, claim=claim, call=call, record=record_tries, batch=batch)


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

    Each endpoint gives its share, so that one with a long queue takes no other's turn; one that comes back gives less.
    What is not to be sent any more is put away here.
    """
    lease = tx.wall() + LEASE
    claimed = tx.rows(
        "update endpoints e set leased_until = :lease from (select supplier_id from endpoints "
        f"where {CALLABLE} and next_at <= :now "
        # A lease that ends later than any that is given was given before the machine's clock was put back.
        "and (leased_until is null or leased_until < :wall or leased_until > :senseless) "
        "order by next_at limit :endpoints for no key update skip locked) d "
        "where e.supplier_id = d.supplier_id returning e.*",
        lease=lease,
        now=tx.now,
        wall=tx.wall(),
        senseless=lease + LEASE,
        endpoints=ENDPOINTS_A_CLAIM,
    )
    if not claimed:
        return [], {}
    leased = {row.supplier_id: Leased(lease, row.ordered, _breaker(row)) for row in claimed}
    rows = _waiting(tx, leased, max(batch // len(claimed), FEWEST_EACH))
    due = [_due(row, leased[row.supplier_id]) for row in rows if not _is_moot(row)]
    moot = [{"s": row.shop_id, "p": row.push_id} for row in rows if _is_moot(row)]
    if moot:
        tx.put(
            "update pushes p set due_at = null from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, p bigint) where p.shop_id = r.s and p.push_id = r.p",
            rows=as_json(moot),
        )
    wanted = {each.supplier_id for each in due}
    line_up(tx, {number: Turn(each, each.breaker) for number, each in leased.items() if number not in wanted})
    return due, {row.supplier_id: row for row in claimed}


def _breaker(row: Row[Any]) -> Breaker:
    return Breaker(
        BreakerState(row.breaker),
        row.counted_from,
        row.tries,
        row.failed,
        row.open_until,
        row.trips,
        row.share,
    )


def _is_moot(row: Row[Any]) -> bool:
    told_before = row.delivered_at is not None or row.kind in TAKEN_AWAY
    return is_moot(row.state, told_before, row.granted)


def _due(row: Row[Any], leased: Leased) -> Due:
    return Due(
        row.shop_id,
        row.push_id,
        row.supplier_id,
        row.fulfilment_id,
        row.kind,
        row.message_id,
        row.tries,
        leased,
    )


def _waiting(tx: Tx[Policy], leased: Mapping[int, Leased], each: int) -> Sequence[Row[Any]]:
    """The pushes due at these endpoints, at most `each` a supplier, those that wait longest first.

    Where order is kept: those that wait, by number, up to the first that is not due yet.
    """
    limited = "where w.supplier_id = s.u and w.due_at is not null"
    rows = tx.rows(
        "select p.shop_id, p.push_id, p.supplier_id, p.fulfilment_id, p.kind, p.message_id, p.tries, p.due_at, "
        "p.delivered_at, f.state, exists (select from grants g where g.supplier_id = p.supplier_id "
        "and g.shop_id = p.shop_id and g.ended_at is null) as granted "
        "from json_to_recordset(cast(:leased as json)) as s(u bigint, n int, o boolean) cross join lateral "
        f"((select * from pushes w {limited} and not s.o and w.due_at <= :now order by w.due_at, w.push_id limit s.n) "
        f"union all (select * from pushes w {limited} and s.o order by w.push_id limit s.n)) p "
        "join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id "
        "order by p.due_at, p.push_id",
        leased=as_json(
            {"u": number, "n": min(lease.breaker.share or each, each), "o": lease.ordered}
            for number, lease in leased.items()
        ),
        now=tx.now,
    )
    in_order = sorted((row for row in rows if leased[row.supplier_id].ordered), key=lambda row: row.push_id)
    early = {row.supplier_id: row.push_id for row in reversed(in_order) if row.due_at > tx.now}
    return [row for row in rows if not leased[row.supplier_id].ordered] + [
        row for row in in_order if row.push_id < early.get(row.supplier_id, row.push_id + 1)
    ]


def _let_probe(database: Database) -> int:
    """Let endpoints that have cooled off be probed by one push each."""
    with database.line.begin() as connection:
        found = connection.execute(_COOLED, {"wall": wall(), "senseless": wall() + SENSELESS}).rowcount
        if found:
            connection.execute(text("select pg_notify(:channel, 'push')"), {"channel": LINE_CHANNEL})
    return found


SENSELESS = timedelta(hours=2)
"""No endpoint is left alone for so long: where one is, the machine's clock was put back."""

_COOLED = text(
    f"update endpoints set breaker = {BreakerState.HALF_OPEN.value} where open_until is not null "
    f"and breaker = {BreakerState.OPEN.value} and (open_until <= :wall or open_until > :senseless)"
)

PROBE = Chore("probe", every=timedelta(seconds=1), do=_let_probe)

FORGET_TRIES = Station(
    "forget_tries", due="select min(forget_at) from push_tries", step=forget_tries, batch=5_000
)
"""The station that lets go of tries whose time is over."""
