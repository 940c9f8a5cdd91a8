"""How far the line is behind, over HTTP: what each station waits for, and what waits for somebody outside."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from andon.adapters.anchor_file import AnchorFile
from andon.app.line import aside, whole_line
from andon.insights.backlog.views import backlog_of
from andon.kernel.http.models import Instant, Out, coded
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.audits.rules import Report
from andon.platform.documents.authority import Authority

router = Router(tags=["health"])

LATE_AFTER = {"seal": timedelta(minutes=15), "audit": timedelta(hours=2), "erase": timedelta(days=1)}
"""What has been due for longer is late, as the alarms have it; at every other station after a minute."""


@cache
def stations() -> dict[str, str]:
    """Every station by its name, in the order of the line, with the query for its earliest due instant."""
    beside = aside(
        lambda: Report(checks=0, took_ms=0),
        AnchorFile(Path(), ""),
        b"",
        timedelta(),
        Authority.made_from(b""),
    )
    return {station.name: station.due for station in (*whole_line(b""), *beside)}


class StationOut(Out):
    """What a station of the line waits for: `due_at` is the instant of the oldest, null where nothing waits; `late` says that it should have been done."""

    name: Annotated[str, coded(stations())]
    due_at: Instant | None
    late: bool


class LineOut(Out):
    """The line at the instant `at`: its stations in order, messages that were tried in vain, endpoints that are left alone."""

    at: Instant
    stations: list[StationOut]
    failing_messages: int
    oldest_message_at: Instant | None
    broken_suppliers: int
    broken_subscribers: int


def is_late(station: str, due_at: datetime | None, now: datetime) -> bool:
    """Whether a station should have done by now what it has waited for since `due_at`."""
    return due_at is not None and due_at < now - LATE_AFTER.get(station, timedelta(minutes=1))


@router.get("/line", dependencies=[allow("audits.read", "operator")])
def line(tx: InTransaction) -> LineOut:
    """How far the line is behind: what each station waits for, and what waits for somebody outside."""
    named = stations()
    rows = tx.rows(
        " union all ".join(
            f"select {place} as place, ({due}) as at" for place, due in enumerate(named.values())
        )
    )
    due = {row.place: row.at for row in rows}
    waiting = backlog_of(tx.connection)
    return LineOut(
        at=tx.now,
        stations=[
            StationOut(name=name, due_at=due[place], late=is_late(name, due[place], tx.now))
            for place, name in enumerate(named)
        ],
        failing_messages=waiting.messages,
        oldest_message_at=waiting.oldest,
        broken_suppliers=waiting.broken["suppliers"],
        broken_subscribers=waiting.broken["subscribers"],
    )
