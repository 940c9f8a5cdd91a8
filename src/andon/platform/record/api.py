"""The record over HTTP: handed out with its proof, and the key that proves it."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from andon.kernel.errors import NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, Out, PublicKeysOut
from andon.kernel.http.pages import Page, PageAsked, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.edge import Caller, InTransaction, Router, Visit, allow
from andon.platform.keyring.views import keys_of, published
from andon.platform.policies.rules import Policy
from andon.platform.record.service import PURPOSE
from andon.platform.record.views import Sought, part_of_record, record_of, recorded

router = Router(tags=["record"])

NDJSON = "application/x-ndjson"
_LINES: dict[int | str, dict[str, Any]] = {200: {"content": {NDJSON: {"schema": {"type": "string"}}}}}


class RecordedOut(Out):
    """An event: who did what to which subject, and the number of its seal, null until it is sealed."""

    event_id: int
    kind: str
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


@router.get("/record/keys")
def keys(request: Request) -> PublicKeysOut:
    """The public keys under which seals are and were signed, as a JWK set, the newest first; no key of ours is needed."""
    edge = request.app.state.edge
    return published(edge.database, edge.secret, PURPOSE)


@router.get(
    "/shops/{shop_id}/record",
    dependencies=[allow("audits.read", "shop")],
    responses=_LINES | problems(NotFound),
    response_class=Response,
)
def record(shop_id: int, caller: Caller) -> Response:
    """A shop's sealed events with their seals, a line each; `tools/verify_record.py` proves them without us."""
    return _streamed(caller, shop_id)


@router.get(
    "/record",
    dependencies=[allow("audits.read", "operator")],
    responses=_LINES,
    response_class=Response,
)
def record_of_platform(caller: Caller) -> Response:
    """The platform's own sealed events, those that concern no shop."""
    return _streamed(caller, PLATFORM)


@router.get(
    "/shops/{shop_id}/record/events",
    dependencies=[allow("audits.read", "shop")],
    responses=problems(NotFound),
)
def events(shop_id: int, sought: SoughtQuery, query: PageQuery, tx: InTransaction) -> Page[RecordedOut]:
    """What a shop's record has, the newest first."""
    return _found(tx, shop_id, sought, query)


@router.get("/record/events", dependencies=[allow("audits.read", "operator")])
def events_of_platform(sought: SoughtQuery, query: PageQuery, tx: InTransaction) -> Page[RecordedOut]:
    """What the platform's own record has, the newest first."""
    return _found(tx, PLATFORM, sought, query)


@router.get(
    "/shops/{shop_id}/record/seals/{seal_no}",
    dependencies=[allow("audits.read", "shop")],
    responses=_LINES | problems(NotFound),
    response_class=Response,
)
def seal(shop_id: int, seal_no: int, caller: Caller) -> Response:
    """One seal with its events, in the form of a whole record, as the proof of them."""
    return _streamed(caller, shop_id, seal_no)


@router.get(
    "/record/seals/{seal_no}",
    dependencies=[allow("audits.read", "operator")],
    responses=_LINES | problems(NotFound),
    response_class=Response,
)
def seal_of_platform(seal_no: int, caller: Caller) -> Response:
    """One seal of the platform's own record with its events."""
    return _streamed(caller, PLATFORM, seal_no)


def _found(tx: Tx[Policy], shop_id: int, sought: Sought, query: PageAsked) -> Page[RecordedOut]:
    rows = recorded(tx, shop_id, sought, before=query.after[0] if query.after else None, limit=query.fetch)
    return page_of(
        rows,
        query,
        key=lambda row: [row.event_id],
        shape=lambda row: RecordedOut.model_validate(row._asdict() | {"facts": orjson.loads(row.body)}),
    )


def _streamed(caller: Visit, shop_id: int, seal_no: int | None = None) -> Response:
    keys = [key.jwk for key in caller.ask(lambda tx: keys_of(tx.connection, caller.edge.secret, PURPOSE))]
    if seal_no is None:
        lines = record_of(caller.ask, shop_id, keys)
    else:
        lines = part_of_record(caller.ask, shop_id, keys, seal_no)
    return StreamingResponse(lines, media_type=NDJSON)
