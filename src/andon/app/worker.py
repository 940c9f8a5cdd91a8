"""The line at work in a process: its thread, its figures, and what it does when a station fails."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from andon.adapters.anchor_file import AnchorFile
from andon.app.insider import Insider
from andon.app.line import CHORES, aside, whole_line
from andon.app.start import edge_of
from andon.insights.audit.rules import told
from andon.insights.audit.views import audit_database
from andon.kernel.chores import Chore, do_chores
from andon.kernel.clock import Clock, ManualClock, steady
from andon.kernel.db import Database
from andon.kernel.http.metrics import Metrics
from andon.kernel.line import AnyStation, Line
from andon.kernel.settings import Settings
from andon.kernel.told import LINE_CHANNEL
from andon.kernel.tx import PolicySource
from andon.kernel.weather import is_weather
from andon.platform.audits.rules import Report
from andon.platform.policies.rules import Policy

log = structlog.get_logger("line")


BESIDE_CHANNEL = "andon_beside"
"""Nobody calls on it: what runs beside the line wakes by the clock alone."""


NIGHT_SECONDS = 240
"""How long one check may take at night, when nobody waits for it; the login's transactions end at 300."""


class WorkingLine(Line):
    """The line that counts what it does, and that one failing station does not stop.

    `beside` is what takes long: a line of its own, worked in a thread of its own. It makes no clock stop: one that is
    moved by hand goes past what is due there, which is done once, where the clock has come to.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policies: PolicySource[Policy],
        metrics: Metrics,
        stations: Sequence[AnyStation],
        *,
        beside: "WorkingLine | None" = None,
        channel: str = LINE_CHANNEL,
    ) -> None:
        super().__init__(database, clock, stations, policies, channel=channel)
        self.metrics = metrics
        self.beside = beside
        self.stopping = threading.Event()

    def advance(self, goal: datetime) -> None:
        """Move a manual clock to `goal`, doing all that falls due."""
        super().advance(goal)
        if self.beside is not None:
            self.beside.run_due()

    def close(self) -> None:
        """Let go of the connections by which the line, and what runs beside it, look for what is due."""
        super().close()
        if self.beside is not None:
            self.beside.close()

    def earliest_due(self) -> dict[int, datetime]:
        """The earliest due instant of each station that waits for one; noted for the figures."""
        found = super().earliest_due()
        self.metrics.looked_at.labels(self.channel).set_to_current_time()
        names = {station.name: found.get(place) for place, station in enumerate(self.stations)}
        self.metrics.saw_due(self._age_now(), names)
        return found

    def _age_now(self) -> Callable[[datetime], float]:
        """How old an instant is, whenever it is asked; no scrape of the figures waits for the database."""
        if isinstance(self.clock, ManualClock):
            stands = self.now()
            return lambda at: (stands - at).total_seconds()
        clock = self.clock
        return lambda at: (steady() - (clock.wall_of(at) or steady())).total_seconds() * clock.rate

    def run_station(self, station: AnyStation) -> int:
        """One batch of one station; a bug is logged and counted, and tried again with the next round."""
        try:
            done = super().run_station(station)
        except Exception as error:
            if is_weather(error):
                raise
            self.metrics.failures.labels(station.name).inc()
            log.exception("station.failed", station=station.name)
            return 0
        self.metrics.steps.labels(station.name).inc()
        self.metrics.done.labels(station.name).inc(done)
        return done


def working_line(
    database: Database, clock: Clock, policies: PolicySource[Policy], metrics: Metrics, settings: Settings
) -> WorkingLine:
    """The whole line over a database, with what runs beside it."""
    edge = edge_of(database, clock, policies, settings)
    stations = aside(
        lambda: audit_report(database, metrics, beside.stopping.is_set),
        AnchorFile(settings.home, database.name),
        edge.secret,
        policies.at(steady()).record.sealed_after,
        edge.authority,
    )
    beside = WorkingLine(database, clock, policies, metrics, stations, channel=BESIDE_CHANNEL)

    def saw_push(queued_at: datetime, sent_at: datetime) -> None:
        began = clock.wall_of(queued_at)
        if began is not None:  # where time stands nobody can tell
            metrics.pushes.observe(max((sent_at - began).total_seconds(), 0.0))

    whole = whole_line(edge.secret, settings.smtp_url, edge.allowed, Insider(edge), saw_push)
    return WorkingLine(database, clock, policies, metrics, whole, beside=beside)


def audit_report(database: Database, metrics: Metrics, stopped: Callable[[], bool] = lambda: False) -> Report:
    """What the audit finds in a database, noted for the figures. Raises Unavailable, also once it is `stopped`."""
    began = time.monotonic()
    findings = audit_database(database, seconds=NIGHT_SECONDS, stopped=stopped)
    took = time.monotonic() - began
    broken = [told(finding) for finding in findings if not finding.ok]
    metrics.broken.set(len(broken))
    metrics.audited.set(took)
    return Report(checks=len(findings), took_ms=round(took * 1000), broken=broken)


class Worker:
    """Runs a line, what runs beside it, and the chores, in threads of their own until it is stopped."""

    def __init__(self, line: WorkingLine, chores: Sequence[Chore] = CHORES) -> None:
        self.line = line
        self._lines = [("line", line)] + ([("beside", line.beside)] if line.beside else [])
        self._stop = threading.Event()
        self._threads = (
            *(
                threading.Thread(target=each.work, args=(each.stopping,), name=name, daemon=True)
                for name, each in self._lines
            ),
            threading.Thread(
                target=do_chores, args=(line.database, chores, self._stop), name="chores", daemon=True
            ),
        )

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience_seconds: float = 30.0) -> None:
        """Finish the batch at hand and end."""
        self._stop.set()
        for _, each in self._lines:
            each.stopping.set()
        with suppress(SQLAlchemyError), self.line.database.line.begin() as connection:
            connection.execute(text("select pg_notify(:channel, 'stop')"), {"channel": LINE_CHANNEL})
        for thread in self._threads:
            thread.join(patience_seconds)
        self.line.close()
