"""The line at work in a process: its thread, its figures, and what it does when a station fails."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from andon.app.line import CHORES
from andon.kernel.chores import Chore, do_chores
from andon.kernel.clock import Clock, ManualClock, wall
from andon.kernel.db import Database
from andon.kernel.http.metrics import Metrics
from andon.kernel.line import AnyStation, Line
from andon.kernel.tx import LINE_CHANNEL, PolicySource
from andon.kernel.weather import is_weather
from andon.platform.policies.rules import Policy

log = structlog.get_logger("line")


class WorkingLine(Line):
    """The line that counts what it does, and that one failing station does not stop."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policies: PolicySource[Policy],
        metrics: Metrics,
        stations: Sequence[AnyStation],
    ) -> None:
        super().__init__(database, clock, stations, policies)
        self.metrics = metrics

    def earliest_due(self) -> dict[int, datetime]:
        """The earliest due instant of each station that waits for one; noted for the figures."""
        found = super().earliest_due()
        names = {station.name: found.get(place) for place, station in enumerate(self.stations)}
        self.metrics.saw_due(self._age_now(), names)
        return found

    def _age_now(self) -> Callable[[datetime], float]:
        """How old an instant is, whenever it is asked; no scrape of the figures waits for the database."""
        if isinstance(self.clock, ManualClock):
            stands = self.now()
            return lambda at: (stands - at).total_seconds()
        clock = self.clock
        return lambda at: (wall() - (clock.wall_of(at) or wall())).total_seconds() * clock.rate

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


class Worker:
    """Runs a line, and the chores beside it, in threads of their own until it is stopped."""

    def __init__(self, line: Line, chores: Sequence[Chore] = CHORES) -> None:
        self.line = line
        self._stop = threading.Event()
        self._threads = (
            threading.Thread(target=line.work, args=(self._stop,), name="line", daemon=True),
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
        with suppress(SQLAlchemyError), self.line.database.line.begin() as connection:
            connection.execute(text("select pg_notify(:channel, 'stop')"), {"channel": LINE_CHANNEL})
        for thread in self._threads:
            thread.join(patience_seconds)
        self.line.close()
