"""Failures: what a caller is told when a request could not be answered, by what went wrong.

A refusal is the problem that it says; weather is a 503 that says when to come back; all else is a bug, of which
the caller learns the request's id and nothing more.
"""

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from andon.kernel.errors import Invalid, Refused, Unknown, codes
from andon.kernel.http.bodies import field_errors
from andon.kernel.http.problems import problem, refusal
from andon.kernel.weather import FULL, advice_on, is_weather, said_by, sqlstate_of

log = structlog.get_logger("edge")

RETRY_AFTER_SECONDS = 2
FULL_RETRY_AFTER_SECONDS = 30
"""A person has to make room."""
CLIENT_GONE = 499
"""What the log says where nobody is left to be answered."""

CODES = codes(
    {
        "request.invalid": ("Invalid request", "请求无效"),
        "database.full": ("No room to keep anything more: try again later", "存储空间已满，请稍后重试"),
        "request.unstorable": ("A value that cannot be kept", "存在无法保存的值"),
    }
)

_UNSTORABLE = frozenset(("22001", "22003", "22007", "22008", "22021", "22P02", "22P05"))


def answer_to(request: Request, error: Exception) -> Response:
    """The response to whatever went wrong with a request."""
    if isinstance(error, Refused):
        return refused(request, error)
    if isinstance(error, RequestValidationError):
        errors = field_errors(error.errors())
        count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
        return refusal(request, Invalid(detail=count, errors=errors))
    if isinstance(error, ClientDisconnect):
        return Response(status_code=CLIENT_GONE)
    if isinstance(error, HTTPException):
        return _of_the_framework(request, error)
    if is_weather(error):
        return _come_back(request, error)
    if isinstance(error, DBAPIError) and sqlstate_of(error) in _UNSTORABLE:
        log.warning("request.unstorable", reason=said_by(error))
        return refusal(request, Invalid("request.unstorable"))
    log.error("bug", exc_info=error)
    return problem(request, status=500, code="bug")


def _come_back(request: Request, error: Exception) -> Response:
    if sqlstate_of(error) == FULL:
        log.error("database.full", reason=said_by(error), advice=advice_on(error))
        code, seconds = "database.full", FULL_RETRY_AFTER_SECONDS
    else:
        log.warning("request.unavailable", reason=said_by(error))
        code, seconds = "unavailable", RETRY_AFTER_SECONDS
    return problem(request, status=503, code=code, headers={"Retry-After": str(seconds)})


def refused(request: Request, error: Refused) -> Response:
    """The problem of a refusal, with the headers that its status asks for."""
    headers = {}
    if isinstance(error, Unknown):
        headers["WWW-Authenticate"] = "Bearer"
    if (seconds := error.facts.get("retry_after_seconds")) is not None:
        headers["Retry-After"] = str(seconds)
    return refusal(request, error, headers)


def _of_the_framework(request: Request, error: HTTPException) -> Response:
    code = {404: "not_found", 405: "method.not_allowed"}.get(error.status_code, "request.invalid")
    return problem(request, status=error.status_code, code=code, headers=dict(error.headers or {}))
