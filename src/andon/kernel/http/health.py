"""Whether this process is up, whether it can serve, and its figures."""

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from andon.kernel.clock import read_clock
from andon.kernel.db import Database
from andon.kernel.errors import codes
from andon.kernel.http.metrics import CONTENT_TYPE
from andon.kernel.http.models import Out
from andon.kernel.http.problems import Problem, problem
from andon.kernel.http.routes import Route
from andon.kernel.migrations import run as migrations
from andon.kernel.weather import is_weather, reached, said_by

log = structlog.get_logger("edge")

CODES = codes({"not_ready": ("Not ready to serve", "服务尚未就绪")})

router = APIRouter(prefix="/v1", route_class=Route, tags=["health"])


class Health(Out):
    """How the process is."""

    status: str
    checks: dict[str, str] = {}


@router.get("/healthz")
async def healthz() -> Health:
    """The process is up."""
    return Health(status="ok")


@router.get("/readyz", response_model=Health, responses={503: {"model": Problem, "description": "Not ready"}})
def readyz(request: Request) -> Health | Response:
    """The database answers, its schema is this version's, and the clock can be read; else 503 says which is not."""
    checks = check_ready(request.app.state.database)
    if set(checks.values()) == {"ok"}:
        return Health(status="ok", checks=checks)
    return problem(request, status=503, code="not_ready", headers={"Retry-After": "2"}, checks=checks)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """The figures of this process, in Prometheus' text form."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)


def check_ready(database: Database) -> dict[str, str]:
    """Each check by its name: `ok`, or what is wrong."""
    checks = {"database": "unavailable", "schema": "unknown", "clock": "unknown"}

    def look() -> None:
        with database.app.connect() as connection:
            connection.execute(text("select 1"))
            checks["database"] = "ok"
            checks["schema"] = "ok" if migrations.current(connection) else "outdated"
        if checks["schema"] == "ok":
            with database.app.connect() as connection:
                read_clock(connection).now(connection)
                checks["clock"] = "ok"

    try:
        reached(look)
    except Exception as error:
        if not is_weather(error):
            raise
        log.warning("not_ready", reason=said_by(error))
    return checks
