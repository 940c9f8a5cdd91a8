"""Notices as their audience reads them."""

from contextlib import nullcontext
from typing import Any

from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, JsonObject, Out
from andon.kernel.tx import Tx
from andon.platform.notices.rules import Audience
from andon.platform.outbox.rules import titles_of
from andon.platform.policies.rules import Policy


class NoticeOut(Out):
    """Something that somebody should know of: `title` says it in both languages. `shop_id` is null where it concerns no shop."""

    id: int
    shop_id: int | None
    kind: str
    title: dict[str, str]
    order_id: int | None
    fulfilment_id: int | None
    at: Instant
    facts: JsonObject
    read_at: Instant | None


def list_notices(
    tx: Tx[Policy],
    audience: Audience,
    *,
    shop_id: int | None = None,
    supplier_id: int | None = None,
    unread: bool = False,
    before: int | None = None,
    limit: int,
) -> list[NoticeOut]:
    """The notices of an audience, the newest first, from the one before `before`."""
    conditions = [f"audience = '{audience}'"]
    params: dict[str, Any] = {}
    for condition, name, value in (
        ("shop_id = :shop", "shop", shop_id),
        ("supplier_id = :supplier", "supplier", supplier_id),
        ("notice_id < :before", "before", before),
    ):
        if value is not None:
            conditions.append(condition)
            params[name] = value
    if unread:
        conditions.append("read_at is null")
    with tx.reaching({PLATFORM}) if shop_id is None else nullcontext():
        rows = tx.rows(
            f"select notice_id as id, nullif(shop_id, {PLATFORM}) as shop_id, kind, order_id, fulfilment_id, at, facts, "
            f"read_at from notices where {' and '.join(conditions)} order by notice_id desc limit :limit",
            limit=limit,
            **params,
        )
    return [NoticeOut.model_validate(row._asdict() | {"title": titles_of(row.kind)}) for row in rows]
