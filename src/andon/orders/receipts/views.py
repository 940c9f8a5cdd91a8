"""What can be shown of a push's delivery, to one who does not take our word for it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


class TriedOut(Out):
    """One try: when (business and machine time), to which host, the hash of what was sent, and what came back.

    `status` is null when nothing answered; `latency_ms` is in milliseconds; `excerpt` the head of the answer.
    """

    at: Instant
    sent_at: Instant | None
    endpoint: str | None
    body_sha256: str | None
    status: int | None
    latency_ms: int
    excerpt: str


class FactsOut(Out):
    """A push and every try of it that is still kept; `issued_at` is machine time."""

    issued_at: Instant
    push_id: int
    message_id: str
    kind: str
    shop_id: int
    order_id: int
    fulfilment_id: int
    supplier_id: int
    created_at: Instant
    delivered_at: Instant | None
    tries: list[TriedOut] = Field(default_factory=list)


_FACTS = (
    "select p.push_id, p.message_id, p.kind, p.shop_id, f.order_id, p.fulfilment_id, p.supplier_id, p.created_at, "
    "p.delivered_at from pushes p join fulfilments f "
    "on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id "
)


def facts_of_push(tx: Tx[Policy], supplier_id: int, push_id: int) -> FactsOut:
    """The facts of one push of a supplier; NotFound `push.not_found`."""
    found = _with_tries(
        tx, "where p.supplier_id = :supplier and p.push_id = :push", supplier=supplier_id, push=push_id
    )
    if not found:
        raise NotFound("push.not_found")
    return found[0]


def facts_of_fulfilment(
    tx: Tx[Policy], shop_id: int, fulfilment_id: int, *, after: int, limit: int
) -> Sequence[FactsOut]:
    """The facts of a fulfilment's pushes by number, from the one after `after`; NotFound `fulfilment.not_found`."""
    there = tx.one(
        "select from fulfilments where shop_id = :shop and fulfilment_id = :fulfilment",
        shop=shop_id,
        fulfilment=fulfilment_id,
    )
    if there is None:
        raise NotFound("fulfilment.not_found")
    return _with_tries(
        tx,
        "where p.shop_id = :shop and p.fulfilment_id = :fulfilment and p.push_id > :after order by p.push_id limit :limit",
        shop=shop_id,
        fulfilment=fulfilment_id,
        after=after,
        limit=limit,
    )


def _with_tries(tx: Tx[Policy], where: str, **params: Any) -> list[FactsOut]:
    issued_at = tx.wall()
    found = [
        FactsOut.model_validate(row._asdict() | {"issued_at": issued_at})
        for row in tx.rows(_FACTS + where, **params)
    ]
    by_push = {facts.push_id: facts for facts in found}
    if not by_push:
        return []
    for row in tx.rows(
        "select push_id, at, sent_at, url, encode(body_sha256, 'hex') as body_sha256, status, latency_ms, excerpt "
        "from push_tries where shop_id = any(:shops) and push_id = any(:pushes) order by try_id",
        shops=sorted({facts.shop_id for facts in found}),
        pushes=sorted(by_push),
    ):
        tried = TriedOut.model_validate(row._asdict() | {"endpoint": _host_of(row.url)})
        by_push[row.push_id].tries.append(tried)
    return found


def _host_of(url: str | None) -> str | None:
    """The host alone: the rest of a supplier's address is no one else's business."""
    return None if url is None else urlsplit(url)._replace(path="", query="", fragment="").geturl()
