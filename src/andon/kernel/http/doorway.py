"""The doorway: what holds of every request, whichever route answers it.

Each has an id, which is answered and stands on every line that it logs; each is logged in one line and counted;
and none ends without a response.
"""

import re
import secrets
import time
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from andon.kernel.http.failures import CLIENT_GONE, answer_to
from andon.kernel.http.limits import check_head, limited, settle_target
from andon.kernel.http.metrics import Metrics
from andon.kernel.http.safety import safe

log = structlog.get_logger("edge")

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
UNKNOWN_ROUTE = "none"


class Doorway:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, and see it out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request.state.request_id = _id_of(request)
        answered = _Answered(send, scope, request.state.request_id)
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request.state.request_id):
            try:
                check_head(scope)
                settle_target(scope)
                await self.app(scope, limited(scope, receive), answered)
            except Exception as error:
                response = answer_to(request, error)
                if answered.status is not None:
                    raise
                response.headers["connection"] = (
                    "close"  # what is not understood may be followed by more of it
                )
                await response(scope, receive, answered)
            finally:
                self._note(scope, answered, time.perf_counter() - began)

    def _note(self, scope: Scope, answered: "_Answered", seconds: float) -> None:
        route = scope.get("andon.route", UNKNOWN_ROUTE)
        status = answered.status or CLIENT_GONE
        self.metrics.answered(scope["method"], route, status, seconds)
        facts: dict[str, Any] = scope.get("andon.facts", {})
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            bytes=answered.bytes,
            **facts,
        )


class _Answered:
    """`send`, which notes the status and adds what every answer carries."""

    def __init__(self, send: Send, scope: Scope, request_id: str) -> None:
        self.send = send
        self.scope = scope
        self.request_id = request_id
        self.status: int | None = None
        self.bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = safe(message.get("headers", ()), secure=self.scope["scheme"] == "https")
            headers.append((b"x-request-id", self.request_id.encode()))
            if rate := self.scope.get("andon.rate"):
                name, limit, left = rate
                headers.append((b"ratelimit-policy", b'"%b";q=%d;w=1' % (name, limit)))
                headers.append((b"ratelimit", b'"%b";r=%d;t=1' % (name, left)))
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self.send(message)


def _id_of(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else secrets.token_hex(12)
