"""What is found in a record, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

MOST_LOOKED_AT = 100_000
"""As many events one search goes through; an order's are found by their index, however many there are."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for in a record: `kind` also by its first half (`exit` finds `exit.started`); None is any."""

    kind: str | None = None
    subject: str | None = None
    order_id: int | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Events, the newest first, each with the number of its seal, null while it has none.

    `looked_back_to` is the event at which the search stopped before it had as many as were asked for; null where
    nothing older is left.
    """

    events: Sequence[Row[Any]]
    looked_back_to: int | None


_SOUGHT = {
    "kind": "(e.kind = :kind or starts_with(e.kind, :kind || '.'))",
    "subject": "e.subject = :subject",
    "order_id": "e.order_id = :order_id",
    "actor": "e.actor = :actor",
    "since": "e.at >= :since",
    "until": "e.at < :until",
}


def search_record(
    tx: Tx[Policy],
    shop_id: int,
    sought: Sought,
    *,
    before: int | None,
    limit: int,
    most: int = MOST_LOOKED_AT,
) -> Found:
    """Up to `limit` events of a record among the `most` before `before` (None: the newest)."""
    asked = {name: value for name in _SOUGHT if (value := getattr(sought, name)) is not None}
    back = {} if before is None else {"before": before}
    older = "e.shop_id = :shop" + (" and e.event_id < :before" if back else "")
    bounded = sought.order_id is None
    looked_at = f"select * from events e where {older} order by e.event_id desc limit :most"
    source = f"({looked_at}) e where true" if bounded else f"events e where {older}"
    events = tx.rows(
        "select e.event_id, e.kind, e.subject, e.order_id, e.at, e.actor, e.address, e.policy, e.body, s.seal_no "
        f"from (select * from {source}{''.join(f' and {_SOUGHT[name]}' for name in asked)} "
        "order by e.event_id desc limit :limit) e "
        "left join lateral (select seal_no, last_event from seals where seals.shop_id = :shop "
        "and first_event <= e.event_id order by seal_no desc limit 1) s on s.last_event >= e.event_id "
        "order by e.event_id desc",
        shop=shop_id,
        limit=limit,
        **asked,
        **back,
        **({"most": most} if bounded else {}),
    )
    if not bounded or len(events) == limit:
        return Found(events, None)
    last = tx.one(
        f"select e.event_id from events e where {older} order by e.event_id desc offset :skipped limit 1",
        shop=shop_id,
        skipped=most - 1,
        **back,
    )
    return Found(events, last and last.event_id)
