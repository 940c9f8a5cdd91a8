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
from andon.platform.record.views import record_of

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


def _streamed(caller: Visit, shop_id: int) -> Response:
    keys = caller.ask(lambda tx: keys_of(tx.connection, caller.edge.secret, PURPOSE))
    lines = record_of(caller.ask, shop_id, [key.jwk for key in keys])
    return StreamingResponse(lines, media_type=NDJSON)
