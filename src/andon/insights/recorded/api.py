"""The record over HTTP, searched; to take it out with its proof there is `platform/record`."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Query

from andon.insights.recorded.views import Sought, search_record
from andon.insights.story.rules import told
from andon.insights.story.views import supplier_names
from andon.kernel.errors import NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, Out
from andon.kernel.http.pages import Page, PageAsked, PageQuery
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["record"])


class RecordedOut(Out):
    """An event: who did what to which subject, and the number of its seal, null until it is sealed."""

    event_id: int
    kind: str
    text: dict[str, str]
    subject: str
    order_id: int | None
    at: Instant
    actor: str
    address: str | None
    policy: str
    facts: dict[str, Any]
    seal_no: int | None


async def _sought(
    kind: Annotated[str | None, Query(description="A kind, or its first half: `exit`")] = None,
    subject: Annotated[str | None, Query(description="Such as `exit:7`")] = None,
    order_id: int | None = None,
    actor: str | None = None,
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Instant | None = None,
) -> Sought:
    return Sought(kind=kind, subject=subject, order_id=order_id, actor=actor, since=since, until=until)


SoughtQuery = Annotated[Sought, Depends(_sought)]


@router.get(
    "/shops/{shop_id}/record/events",
    dependencies=[allow("audits.read", "shop")],
    responses=problems(NotFound),
)
def events(shop_id: int, sought: SoughtQuery, query: PageQuery, tx: InTransaction) -> Page[RecordedOut]:
    """What a shop's record has, the newest first. Each page looks through 100,000 events, so one may hold few or none and go on."""
    return _found(tx, shop_id, sought, query)


@router.get("/record/events", dependencies=[allow("audits.read", "operator")])
def events_of_platform(sought: SoughtQuery, query: PageQuery, tx: InTransaction) -> Page[RecordedOut]:
    """What the platform's own record has, in the same way."""
    return _found(tx, PLATFORM, sought, query)


def _found(tx: Tx[Policy], shop_id: int, sought: Sought, query: PageAsked) -> Page[RecordedOut]:
    before = query.after[0] if query.after else None
    found = search_record(tx, shop_id, sought, before=before, limit=query.fetch)
    kept = found.events[: query.limit]
    more = kept[-1].event_id if len(found.events) > query.limit else found.looked_back_to
    suppliers = supplier_names(tx) if kept else {}
    items = []
    for row in kept:
        facts = orjson.loads(row.body)
        items.append(
            RecordedOut.model_validate(
                row._asdict() | {"facts": facts, "text": told(row.kind, facts, suppliers, tx.policy.zone)}
            )
        )
    return Page[Any].model_construct(items=items, next_cursor=None if more is None else query.cursor([more]))
