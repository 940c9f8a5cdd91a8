"""The record over HTTP: handed out with its proof, and the key that proves it."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from andon.kernel.errors import NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.http.models import PublicKeysOut
from andon.kernel.http.problems import problems
from andon.platform.accounts.edge import Caller, Router, Visit, allow
from andon.platform.keyring.views import keys_of, published
from andon.platform.record.service import PURPOSE
from andon.platform.record.views import part_of_record, record_of

router = Router(tags=["record"])

NDJSON = "application/x-ndjson"
_LINES: dict[int | str, dict[str, Any]] = {200: {"content": {NDJSON: {"schema": {"type": "string"}}}}}


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


def _streamed(caller: Visit, shop_id: int, seal_no: int | None = None) -> Response:
    keys = [key.jwk for key in caller.ask(lambda tx: keys_of(tx.connection, caller.edge.secret, PURPOSE))]
    if seal_no is None:
        lines = record_of(caller.ask, shop_id, keys)
    else:
        lines = part_of_record(caller.ask, shop_id, keys, seal_no)
    return StreamingResponse(lines, media_type=NDJSON)
