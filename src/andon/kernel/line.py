"""The line: stations that ask the database what is due, do their step to the batch, and commit.

The row is the queue. A `Claim` says which rows wait for a station and by which instant; `take` locks a batch of
them, shops' heads first, so that any number of workers may run the line. A runner goes from due instant to due
instant on a clock that stands, and wakes on NOTIFY and on the earliest due instant on one that runs.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import psycopg
import structlog
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from andon.kernel.clock import Clock, ManualClock, VirtualClock, move_manual_clock, steady
from andon.kernel.db import Database
from andon.kernel.errors import Unavailable
from andon.kernel.failpoints import reach
from andon.kernel.heads import UNLESS_AWAITED
from andon.kernel.told import LINE_CHANNEL
from andon.kernel.tx import LINE, Actor, PolicySource, Tx
from andon.kernel.weather import TRIES, is_weather, said_by, was_undone

log = structlog.get_logger("line")

T = TypeVar("T")

SOON_SECONDS = 0.01
PATIENCE_TRIES = 50
PATIENCE_SECONDS = 0.02
RECORD_SECONDS = 30.0
"""How long outcomes of calls are kept while the database is away: less than a lease."""
RECORD_PAUSE_SECONDS = 0.5
REST_SECONDS = 20.0
"""How long the end of a line waits for calls that are late."""


@dataclass(frozen=True)
class Claim:
    """Which rows of a table wait for a station.

    `where` is SQL with literals only, so that the partial index of the same predicate serves; `due` is the column
    that says when; `key` numbers the row within its shop. `columns` come with each claimed row.
    """

    table: str
    key: str
    where: str
    due: str
    columns: tuple[str, ...] = ()

    @property
    def earliest_sql(self) -> str:
        """A scalar query: the earliest instant at which a row of this claim is due."""
        return f"select {self.due} from {self.table} where {self.where} order by {self.due} limit 1"

    def take(self, tx: Tx[Any], limit: int) -> Sequence[Row[Any]]:
        """Lock up to `limit` due rows that no other worker has, earliest first, their shops' heads before them.

        A shop whose head somebody holds alone is passed over; its rows wait for the next round.
        """
        columns = ", ".join(f"t.{name}" for name in ("shop_id", self.key, self.due, *self.columns))
        found = tx.rows(
            f"with waiting as materialized (select shop_id, {self.key} as number from {self.table} "
            f"where {self.where} and {self.due} <= :now order by {self.due} limit :limit), "
            f"turns as materialized (select shop_id from (select distinct shop_id from waiting) w where {UNLESS_AWAITED}), "
            "open_heads as materialized (select shop_id from heads where shop_id in (select shop_id from turns) "
            "order by shop_id for key share skip locked) "
            f"select {columns} from open_heads join waiting using (shop_id) "
            f"join {self.table} t on t.shop_id = waiting.shop_id and t.{self.key} = waiting.number "
            # `is true` keeps the planner from the partial index, which it would scan anew for every waiting row
            # while the table is too young to have statistics.
            f"where ({self.where} and {self.due} <= :now) is true for no key update of t skip locked",
            now=tx.now,
            limit=limit,
        )
        tx.already_held({row.shop_id for row in found})
        return sorted(found, key=lambda row: tuple(row)[:2])


class Step(Protocol):
    """A station's step: takes what is due at `tx.now`, at most `batch`, and answers how many it did."""

    def __call__(self, tx: Tx[Any], batch: int) -> int: ...


@dataclass(frozen=True)
class Station:
    """A station of the line. `due` is a scalar query for the earliest due instant; `step` does one batch."""

    name: str
    due: str
    step: Step
    batch: int


@dataclass(frozen=True)
class Called:
    """What came of calls to the outside; what takes longer is missing, and `rest` waits for it."""

    outcomes: Sequence[Any]
    rest: Callable[[], Sequence[Any]] | None = None


@dataclass(frozen=True)
class OutsideStation:
    """A station that calls the outside, in three beats: claim with a lease, call with no transaction, record.

    `claim` answers the work it leased; `call` does it without a transaction; `record` writes the outcomes down. On a
    clock that runs, the line does not wait for the rest of a call: that is recorded when it comes.
    """

    name: str
    due: str
    claim: Callable[[Tx[Any], int], Sequence[Any]]
    call: Callable[[Sequence[Any]], Called]
    record: Callable[[Tx[Any], Sequence[Any]], None]
    batch: int


AnyStation = Station | OutsideStation


class Line:
    """The line over one database: runs the stations in their order, each step in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        stations: Sequence[AnyStation],
        policies: PolicySource[Any],
        *,
        seed: int | None = None,
        channel: str = LINE_CHANNEL,
    ) -> None:
        self.database = database
        self.clock = clock
        self.stations = tuple(stations)
        self.policies = policies
        self.channel = channel
        self._seed = seed
        self._turn = threading.RLock()
        self._late: set[threading.Thread] = set()
        self._eye: psycopg.Connection[Any] | None = None
        self._earliest = " union all ".join(
            f"select {place}, ({station.due})" for place, station in enumerate(self.stations)
        )

    def close(self) -> None:
        """Wait for calls that have not answered yet, and let go of the connection by which the line looks."""
        for late in list(self._late):
            late.join(REST_SECONDS)
        if self._eye is not None:
            self._eye.close()

    # --- transactions -----------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, actor: Actor = LINE, now: datetime | None = None) -> Iterator[Tx[Any]]:
        """A transaction under the line's login, committed at the end, undone if the body raises."""
        with self.database.line.begin() as connection:
            instant = now or self.clock.now(connection)
            tx: Tx[Any] = Tx(
                connection,
                now=instant,
                actor=actor,
                policies=self.policies,
                seed=self._seed,
                walls=None,  # its login sees every shop
            )
            try:
                yield tx
                tx.commit()
            except BaseException:
                tx.abandon()
                raise
            finally:
                tx.close()

    # --- what is due ------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The clock's present instant."""
        if isinstance(self.clock, VirtualClock):
            return self.clock.instant
        with self.database.line.connect() as connection:
            return self.clock.now(connection)

    def earliest_due(self) -> dict[int, datetime]:
        """The earliest due instant of each station that waits for one, by its place in the line."""
        if self._eye is None or self._eye.closed:
            self._eye = self.database.listen()
        return {place: at for place, at in self._eye.execute(self._earliest).fetchall() if at is not None}

    def run_due(self) -> int:
        """Run every station until nothing is due at the clock's present instant; answers the rows done."""
        with self._turn:
            return self._run_until(None)

    def advance(self, goal: datetime) -> None:
        """Move a manual or virtual clock to `goal`, from due instant to due instant, doing all that falls due."""
        with self._turn:
            self._run_until(goal)
            self._move(goal)

    def advance_by(self, length: timedelta) -> datetime:
        """Move a manual or virtual clock by `length`, as `advance` does; answers where it stands then."""
        with self._turn:
            goal = self.now() + length
            self.advance(goal)
            return goal

    def _run_until(self, goal: datetime | None) -> int:
        """Do what is due, then step on to the next due instant up to `goal`; None stands still.

        A station that finds nothing although something is due (another transaction has it) is left alone until one
        of the others has moved; before a manual clock moves on, it is given the time to let go.
        """
        done = 0
        idle: set[int] = set()
        now = self.now()
        patience = PATIENCE_TRIES if goal is not None and isinstance(self.clock, ManualClock) else 0
        while True:
            due = self.earliest_due()
            waiting = {place: at for place, at in due.items() if place not in idle}
            if not any(at <= now for at in waiting.values()):
                if idle and patience and any(at <= now for at in due.values()):
                    patience -= 1
                    idle.clear()
                    time.sleep(PATIENCE_SECONDS)
                    continue
                ahead = min(waiting.values(), default=None)
                if ahead is None or goal is None or ahead > goal:
                    return done
                self._move(ahead)
                now = ahead
            ready = sorted(place for place, at in waiting.items() if at <= now)
            moved = {place: self.run_station(self.stations[place]) for place in ready}
            done += sum(moved.values())
            idle = idle | set(ready) if not any(moved.values()) else set()
            if not isinstance(self.clock, ManualClock | VirtualClock):
                now = self.now()

    def run_station(self, station: AnyStation) -> int:
        """One batch of one station; answers how many rows it did."""
        try:
            if isinstance(station, Station):
                return self._again(station, "step", lambda tx: station.step(tx, station.batch))
            work = self._again(station, "claim", lambda tx: station.claim(tx, station.batch))
            if not work:
                return 0
            called = station.call(work)
            reach(station.name, "call", "done")
            if called.outcomes:
                self._record(station, called.outcomes)
            if called.rest is not None:
                self._await_rest(station, called.rest)
            return len(work)
        except Unavailable as weather:
            log.warning("station.unavailable", station=station.name, reason=str(weather))
            return 0

    def _await_rest(self, station: OutsideStation, rest: Callable[[], Sequence[Any]]) -> None:
        """Record the rest of a call when it comes: beside the line, but where time stands until all is done."""
        if isinstance(self.clock, ManualClock | VirtualClock):
            self._record(station, rest())
            return

        def record() -> None:
            try:
                self._record(station, rest())
            except Exception:
                log.exception("station.rest_failed", station=station.name)
            finally:
                self._late.discard(threading.current_thread())

        late = threading.Thread(target=record, name=f"{station.name} rest", daemon=True)
        self._late.add(late)
        late.start()

    def _record(self, station: OutsideStation, outcomes: Sequence[Any]) -> None:
        """Write down what came of calls. Weather is waited out: they were made, and would be made once more."""
        until = time.monotonic() + RECORD_SECONDS
        while True:
            try:
                self._again(station, "record", lambda tx: self._record_and_wake(tx, station, outcomes))
            except Exception as error:
                if not is_weather(error) or time.monotonic() > until:
                    raise
                log.warning("station.record_waits", station=station.name, reason=said_by(error))
                time.sleep(RECORD_PAUSE_SECONDS)
            else:
                return

    def _record_and_wake(self, tx: Tx[Any], station: OutsideStation, outcomes: Sequence[Any]) -> None:
        station.record(tx, outcomes)
        if threading.current_thread() in self._late:
            tx.wake(station.name)  # what waited for this is not looked for by the line otherwise

    def _again(self, station: AnyStation, beat: str, step: Callable[[Tx[Any]], T]) -> T:
        """Run a step in a transaction, and again where the database undid it for another's sake."""
        for attempt in range(1, TRIES + 1):
            try:
                with self.transaction() as tx:
                    reach(station.name, beat, "begun")
                    done = step(tx)
                    reach(station.name, beat, "done")
            except DBAPIError as error:
                if attempt == TRIES or not was_undone(error):
                    raise
            else:
                reach(station.name, beat, "committed")
                if (written := tx.event_ids) is not None:
                    log.debug("station.wrote", station=station.name, events=written)
                return done
        raise AssertionError("the last try returns or raises")

    def _move(self, instant: datetime) -> None:
        if isinstance(self.clock, VirtualClock):
            self.clock.move_to(instant)
            return
        assert isinstance(self.clock, ManualClock), "only a clock that stands can be moved"
        with self.database.line.begin() as connection:
            move_manual_clock(connection, instant)

    # --- on a clock that runs ---------------------------------------------------------------------------------

    def work(self, stop: threading.Event, *, look_every_seconds: float = 5.0) -> None:
        """Run the line until `stop` is set: at each NOTIFY, at the earliest due instant, and now and then.

        Weather (a database that went away) is logged and waited out.
        """
        while not stop.is_set():
            try:
                self._listen_and_run(stop, look_every_seconds)
            except Exception as error:
                if is_weather(error):
                    log.warning("line.interrupted", reason=said_by(error))
                else:
                    log.exception("line.interrupted")
                stop.wait(1.0)

    def _listen_and_run(self, stop: threading.Event, look_every_seconds: float) -> None:
        with self.database.listen() as ear:
            ear.execute(f"listen {self.channel}")
            fruitless = 0
            while not stop.is_set():
                fruitless = 0 if self.run_due() else fruitless + 1
                until = time.monotonic() + self._idle_seconds(look_every_seconds, fruitless)
                while not stop.is_set() and (rest := until - time.monotonic()) > 0:
                    # Closed at once: an unfinished one holds the connection's lock, also against its end.
                    with closing(ear.notifies(timeout=min(rest, 0.5), stop_after=1)) as heard:
                        if next(heard, None) is not None:
                            break

    def _idle_seconds(self, look_every_seconds: float, fruitless: int) -> float:
        """How long to wait for a NOTIFY: until the next due instant, at most until the next look.

        What is due already and yet was not done is held by somebody: it is tried again, each time a little later.
        """
        soonest = min(self.earliest_due().values(), default=None)
        if soonest is None:
            return look_every_seconds
        at = self.clock.wall_of(soonest)
        if at is not None:
            ahead = (at - steady()).total_seconds()
        else:
            ahead = 0.0 if soonest <= self.now() else look_every_seconds
        if ahead <= 0:
            ahead = SOON_SECONDS * 2 ** min(fruitless, 10)
        return min(ahead, look_every_seconds)
