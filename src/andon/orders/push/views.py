"""Who takes pushes, and a supplier's pushes with every try that was made."""

from collections.abc import Collection, Sequence
from typing import Protocol

from pydantic import Field

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.push.rules import PUSHED
from andon.orders.shipping.views import supplied_among
from andon.platform.policies.rules import Policy


class TryOut(Out):
    """One try: the endpoint's status (null when nothing answered), milliseconds, and the head of its answer."""

    at: Instant
    status: int | None
    latency_ms: int
    excerpt: str


class PushOut(Out):
    """A message to a supplier's endpoint. `due_at` is its next try, null when it was taken or is not needed any more."""

    id: int
    shop_id: int
    fulfilment_id: int
    kind: str
    message_id: str
    created_at: Instant
    due_at: Instant | None
    delivered_at: Instant | None
    tries: list[TryOut] = Field(default_factory=list)


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
    _add_tries(tx, pushes)
    return pushes


def push_of(tx: Tx[Policy], supplier_id: int, push_id: int) -> PushOut:
    """One push of a supplier; NotFound `push.not_found`."""
    found = list_pushes(tx, supplier_id, before=push_id + 1, limit=1)
    if not found or found[0].id != push_id:
        raise NotFound("push.not_found")
    return found[0]


def _add_tries(tx: Tx[Policy], pushes: Sequence[PushOut]) -> None:
    by_id = {push.id: push for push in pushes}
    if not by_id:
        return
    for row in tx.rows(
        "select push_id, at, status, latency_ms, excerpt from push_tries "
        "where shop_id = any(:shops) and push_id = any(:pushes) order by try_id",
        shops=sorted({push.shop_id for push in pushes}),
        pushes=sorted(by_id),
    ):
        by_id[row.push_id].tries.append(TryOut.model_validate(row))


class Told(Protocol):
    """A push whose words are asked for."""

    @property
    def push_id(self) -> int: ...
    @property
    def fulfilment_id(self) -> int: ...
    @property
    def kind(self) -> str: ...


def bodies_of(tx: Tx[Policy], pushes: Sequence[Told]) -> dict[int, bytes]:
    """What each push says, by its number: its kind as `type`, and the whole fulfilment as the pull queue shows it."""
    told = {each.id: each for each in supplied_among(tx, {push.fulfilment_id for push in pushes})}
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
