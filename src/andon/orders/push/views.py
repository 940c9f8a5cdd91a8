"""Who takes pushes, how an endpoint fares, and a supplier's pushes with every try that was made."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field
from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out, coded
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.push.rules import KINDS, PUSHED, TAKEN_AWAY, is_moot
from andon.orders.shipping.views import supplied_among
from andon.platform.calling.rules import BreakerState
from andon.platform.calling.views import TryOut, add_tries
from andon.platform.policies.rules import Policy

GRANTED = (
    "f.state, exists (select from grants g where g.supplier_id = p.supplier_id "
    "and g.shop_id = p.shop_id and g.ended_at is null) as granted"
)
JOINED = "join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id"
"""What of a push `p` says whether it may be sent, and where that stands."""


def would_send(row: Row[Any]) -> bool:
    """Whether the station would send this push, read with what GRANTED says of it."""
    told_before = row.delivered_at is not None or row.kind in TAKEN_AWAY
    return not is_moot(row.state, told_before, row.granted)


def waiting_for(tx: Tx[Policy], shop_id: int, supplier_id: int) -> int:
    """How many pushes of the shop the station would send to that supplier's endpoint. Source: EXIT-3."""
    rows = tx.rows(
        f"select p.*, {GRANTED} from pushes p {JOINED} "
        "where p.supplier_id = :supplier and p.shop_id = :shop and p.due_at is not null",
        supplier=supplier_id,
        shop=shop_id,
    )
    return sum(would_send(row) for row in rows)


class PushOut(Out):
    """A message to a supplier's endpoint. `due_at` is its next try, null when it was taken or is not needed any more."""

    id: int
    shop_id: int
    fulfilment_id: int
    kind: Annotated[str, coded(KINDS)]
    message_id: str
    created_at: Instant
    due_at: Instant | None
    delivered_at: Instant | None
    tries: list[TryOut] = Field(default_factory=list)


class EndpointStateOut(Out):
    """An endpoint and how it fares.

    `breaker` says whether it is called: `closed` as ever, `open` not before `open_until` (machine time), `half_open`
    by a single push. While a secret rotates, the old one signs beside the new until `old_secret_until`.
    """

    url: str
    ordered: bool
    enabled: bool
    set_at: Instant
    old_secret_until: Instant | None
    breaker: Literal["closed", "half_open", "open"]
    open_until: Instant | None
    waiting: int
    oldest_waiting_at: Instant | None


def endpoint_state(tx: Tx[Policy], supplier_id: int) -> EndpointStateOut:
    """How a supplier's endpoint fares; NotFound `endpoint.not_found` where none was ever set."""
    endpoint = tx.one(
        "select url, ordered, enabled, set_at, old_secret_until, breaker, open_until from endpoints "
        "where supplier_id = :supplier",
        supplier=supplier_id,
    )
    if endpoint is None:
        raise NotFound("endpoint.not_found")
    waiting = tx.one(
        "select count(*) as waiting, min(created_at) as oldest_waiting_at from pushes "
        "where supplier_id = :supplier and due_at is not null",
        supplier=supplier_id,
    )
    assert waiting is not None, "a count has a row"
    return EndpointStateOut.model_validate(
        endpoint._asdict() | waiting._asdict() | {"breaker": BreakerState(endpoint.breaker).word}
    )


def endpoint_suppliers(tx: Tx[Policy], supplier_ids: Collection[int]) -> set[int]:
    """Those of these suppliers that take pushes; all others pull."""
    found = tx.rows(
        "select supplier_id from endpoints where supplier_id = any(:suppliers) and enabled",
        suppliers=list(supplier_ids),
    )
    return {row.supplier_id for row in found}


def list_pushes(
    tx: Tx[Policy], supplier_id: int, *, before: int | None = None, limit: int
) -> Sequence[PushOut]:
    """A supplier's pushes on the shops it may reach, the newest first, from the one before `before`."""
    pushes = [
        PushOut(
            id=row.push_id,
            shop_id=row.shop_id,
            fulfilment_id=row.fulfilment_id,
            kind=row.kind,
            message_id=row.message_id,
            created_at=row.created_at,
            due_at=row.due_at,
            delivered_at=row.delivered_at,
        )
        for row in tx.rows(
            "select push_id, shop_id, fulfilment_id, kind, message_id, created_at, due_at, delivered_at "
            "from pushes where supplier_id = :supplier and (cast(:before as bigint) is null or push_id < :before) "
            "order by push_id desc limit :limit",
            supplier=supplier_id,
            before=before,
            limit=limit,
        )
    ]
    add_tries(tx, "push_tries", "push_id", pushes)
    return pushes


def push_of(tx: Tx[Policy], supplier_id: int, push_id: int) -> PushOut:
    """One push of a supplier; NotFound `push.not_found`."""
    found = list_pushes(tx, supplier_id, before=push_id + 1, limit=1)
    if not found or found[0].id != push_id:
        raise NotFound("push.not_found")
    return found[0]


class Told(Protocol):
    """A push whose words are asked for."""

    @property
    def shop_id(self) -> int: ...
    @property
    def push_id(self) -> int: ...
    @property
    def fulfilment_id(self) -> int: ...
    @property
    def kind(self) -> str: ...


def bodies_of(tx: Tx[Policy], pushes: Sequence[Told]) -> dict[int, bytes]:
    """What each push says, by its number: its kind as `type`, and the whole fulfilment as the pull queue shows it."""
    fulfilments = supplied_among(
        tx, {push.shop_id for push in pushes}, {push.fulfilment_id for push in pushes}
    )
    told = {each.id: each for each in fulfilments}
    bodies = {}
    for push in pushes:
        fulfilment = told[push.fulfilment_id]
        if push.kind == PUSHED and fulfilment.state == FulfilmentState.RESERVED.word:
            # Whoever reads this has it: it is pushed with the answer to this very message.
            fulfilment = fulfilment.model_copy(update={"state": FulfilmentState.PUSHED.word})
        bodies[push.push_id] = (
            b'{"type":"%s",' % push.kind.encode() + fulfilment.model_dump_json()[1:].encode()
        )
    return bodies
