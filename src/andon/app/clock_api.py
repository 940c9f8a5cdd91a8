"""The clock over HTTP: anyone reads it, an operator moves one that stands."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field

from andon.kernel.clock import Clock, read_clock
from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.durations import duration_of
from andon.kernel.http.models import LATEST, Instant, Out, Strict
from andon.kernel.http.problems import problems
from andon.kernel.line import Line
from andon.kernel.weather import reached
from andon.platform.accounts.edge import Router, allow

router = Router(tags=["clock"])

LAST = LATEST - timedelta(days=3660)
"""How far the clock may be moved: what falls due after it must still be an instant that is kept."""


class ClockOut(Out):
    """Business time: where it stands, by which kind of clock, and how many seconds of it pass in one."""

    now: Instant
    kind: Literal["real", "scaled", "manual", "virtual"]
    rate: float


class Advance(Strict):
    """By how much: an ISO 8601 duration of weeks, or days, hours, minutes and seconds."""

    by: Annotated[str, Field(max_length=64, examples=["PT24H", "P3D"])]


@router.get("/clock")
def clock(request: Request) -> ClockOut:
    """What time it is for the business."""
    database: Database = request.app.state.database

    def look() -> ClockOut:
        with database.app.connect() as connection:
            present = read_clock(connection)
            return shown(present, present.now(connection))

    return reached(look)


@router.post(
    "/clock/advance",
    dependencies=[allow("clock.write", "operator")],
    responses=problems(NotFound, Invalid),
)
def advance(body: Advance, request: Request) -> ClockOut:
    """Move a manual clock forward, from due instant to due instant; what falls due is done before this answers.

    On any other clock there is no such call.
    """
    line: Line | None = request.app.state.line
    if line is None or line.clock.kind != "manual":
        raise NotFound(detail="only a manual clock is moved by hand")
    by = duration_of(body.by)
    if line.now() + by > LAST:
        raise Invalid("duration.out_of_range", f"the clock goes no further than {LAST.date()}")
    return shown(line.clock, line.advance_by(by))


def shown(present: Clock, now: datetime) -> ClockOut:
    """The clock as it is answered."""
    return ClockOut.model_validate({"now": now, "kind": present.kind, "rate": present.rate})
