"""The line on real PostgreSQL: what is due is done, once, in order, whoever else works beside it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from andon.kernel.clock import (
    Clock,
    ManualClock,
    RealClock,
    ScaledClock,
    VirtualClock,
    read_clock,
    set_clock,
    wall,
)
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Unavailable
from andon.kernel.line import Called, Claim, Line, OutsideStation, Station
from andon.kernel.tx import LINE_CHANNEL, Tx
from andon.platform.policies.files import load_policies
from tests.worlds import NOON, transaction

HOUR = timedelta(hours=1)
FIRST = Claim("things", "thing_id", "state = 1", "due_at", columns=("name",))
SECOND = Claim("things", "thing_id", "state = 2", "due_at")


@pytest.fixture
def things(database: Database) -> Database:
    """A table whose rows wait for two stations, and the heads of two shops."""
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "create table things (shop_id bigint, thing_id bigint, state smallint not null, "
            "due_at timestamptz, name text, primary key (shop_id, thing_id))"
        )
        connection.exec_driver_sql("grant all on things to public")
        connection.exec_driver_sql("insert into heads (shop_id) values (1), (2)")
        set_clock(connection, "manual", 0, NOON)
    return database


def put(database: Database, *rows: tuple[int, int, datetime], state: int = 1) -> None:
    with database.line.begin() as connection:
        for shop_id, thing_id, due_at in rows:
            connection.exec_driver_sql(
                "insert into things values (%s, %s, %s, %s, 'x')", (shop_id, thing_id, state, due_at)
            )


def states(database: Database) -> dict[int, int]:
    with database.line.connect() as connection:
        return dict(
            tuple(row) for row in connection.exec_driver_sql("select thing_id, state from things").all()
        )


def step_of(claim: Claim, target: int, seen: list[Any], later: timedelta | None = None) -> Callable[..., int]:
    """A step that moves what it claims to `target`, due again after `later`, and notes when it saw what."""

    def step(tx: Tx[Any], batch: int) -> int:
        taken = claim.take(tx, batch)
        for row in taken:
            seen.append((target, row.thing_id, tx.now))
            tx.run(
                "update things set state = :state, due_at = :due where shop_id = :shop and thing_id = :thing",
                state=target,
                due=tx.now + later if later else None,
                shop=row.shop_id,
                thing=row.thing_id,
            )
        return len(taken)

    return step


@contextmanager
def line_of(database: Database, clock: Clock, *stations: Any) -> Iterator[Line]:
    with closing(Line(database, clock, stations, load_policies())) as line:
        yield line


def two_stations(seen: list[Any], batch: int = 10) -> tuple[Station, Station]:
    return (
        Station("first", FIRST.earliest_sql, step_of(FIRST, 2, seen, HOUR), batch),
        Station("second", SECOND.earliest_sql, step_of(SECOND, 80, seen), batch),
    )


# --- a clock that stands -----------------------------------------------------------------------------------------


def test_the_clock_goes_from_due_instant_to_due_instant(things: Database) -> None:
    seen: list[Any] = []
    put(things, (1, 1, NOON + HOUR), (2, 2, NOON + 3 * HOUR), (1, 3, NOON + 30 * HOUR))
    with line_of(things, ManualClock(), *two_stations(seen)) as line:
        line.advance(NOON + 24 * HOUR)
        assert line.now() == NOON + 24 * HOUR
    assert seen == [
        (2, 1, NOON + HOUR),
        (80, 1, NOON + 2 * HOUR),
        (2, 2, NOON + 3 * HOUR),
        (80, 2, NOON + 4 * HOUR),
    ]
    assert states(things) == {1: 80, 2: 80, 3: 1}


def test_a_standing_clock_does_what_is_due_now_and_no_more(things: Database) -> None:
    seen: list[Any] = []
    put(things, (1, 1, NOON - 5 * HOUR), (1, 2, NOON), (1, 3, NOON + timedelta(microseconds=1)))
    with line_of(things, ManualClock(), *two_stations(seen)) as line:
        assert line.run_due() == 2
        assert line.run_due() == 0
        assert line.now() == NOON
    assert [number for _, number, _ in seen] == [1, 2]


def test_what_is_due_exactly_at_the_goal_is_done(things: Database) -> None:
    seen: list[Any] = []
    put(things, (1, 1, NOON + HOUR))
    with line_of(things, ManualClock(), *two_stations(seen)) as line:
        assert line.advance_by(2 * HOUR) == NOON + 2 * HOUR
    assert states(things) == {1: 80}


def test_a_backlog_larger_than_a_batch_is_done_before_time_moves(things: Database) -> None:
    seen: list[Any] = []
    put(things, *((1 + n % 2, n, NOON + HOUR) for n in range(25)), (1, 99, NOON + 2 * HOUR))
    with line_of(things, VirtualClock(NOON), *two_stations(seen, batch=4)) as line:
        line.advance(NOON + 90 * timedelta(minutes=1))
    assert sorted(number for _, number, _ in seen) == list(range(25))
    assert {at for _, _, at in seen} == {NOON + HOUR}


def test_a_clock_without_work_just_moves(things: Database) -> None:
    for clock in (ManualClock(), VirtualClock(NOON)):
        with line_of(things, clock, *two_stations([])) as line:
            line.advance(NOON + HOUR)
            assert line.now() == NOON + HOUR


def test_moving_the_clock_waits_for_whoever_holds_what_is_due(things: Database) -> None:
    seen: list[Any] = []
    put(things, (1, 1, NOON + HOUR))
    with line_of(things, ManualClock(), *two_stations(seen)) as line:
        with things.line.begin() as other:
            other.exec_driver_sql("select 1 from heads where shop_id = 1 for update")
            mover = threading.Thread(target=line.advance, args=(NOON + 90 * timedelta(minutes=1),))
            mover.start()
            time.sleep(0.2)
        mover.join()
    assert seen == [(2, 1, NOON + HOUR)]


def test_what_is_held_for_long_does_not_hold_up_time(things: Database) -> None:
    seen: list[Any] = []
    put(things, (1, 1, NOON), (2, 2, NOON))
    with line_of(things, ManualClock(), *two_stations(seen)) as line:
        with things.line.begin() as other:
            other.exec_driver_sql("select 1 from heads where shop_id = 1 for update")
            line.advance(NOON + HOUR)
            assert [number for _, number, _ in seen] == [2, 2]
        line.advance(NOON + 2 * HOUR)
    assert states(things) == {1: 80, 2: 80}


# --- claims ------------------------------------------------------------------------------------------------------


def test_a_claim_takes_the_earliest_first_and_shares_the_heads(things: Database) -> None:
    put(things, (2, 1, NOON - HOUR), (1, 2, NOON - 3 * HOUR), (1, 3, NOON - 2 * HOUR), (1, 4, NOON + HOUR))
    with transaction(things) as tx:
        taken = FIRST.take(tx, 2)
        assert [(row.shop_id, row.thing_id, row.name) for row in taken] == [(1, 2, "x"), (1, 3, "x")]
        with things.line.begin() as other:
            other.exec_driver_sql("set local lock_timeout = '50ms'")
            with pytest.raises(Exception, match="lock timeout"):
                other.exec_driver_sql("select 1 from heads where shop_id = 1 for update")


def test_two_claims_at_once_share_nothing(things: Database) -> None:
    put(things, *((1 + n % 2, n, NOON - HOUR) for n in range(10)))
    with transaction(things) as one, transaction(things) as other:
        first = {row.thing_id for row in FIRST.take(one, 5)}
        second = {row.thing_id for row in FIRST.take(other, 20)}
    assert len(first) == 5
    assert not first & second


def test_a_shop_whose_head_is_taken_is_passed_over(things: Database) -> None:
    put(things, (1, 1, NOON), (2, 2, NOON))
    with transaction(things) as gate, transaction(things) as tx:
        gate.close_head(1)
        assert [row.thing_id for row in FIRST.take(tx, 10)] == [2]


def test_many_workers_do_each_thing_once(things: Database) -> None:
    put(things, *((1 + n % 2, n, NOON) for n in range(200)))
    seen: list[Any] = []

    def work() -> None:
        with line_of(things, ManualClock(), *two_stations(seen, batch=7)) as line:
            while line.run_due():
                pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(number for _, number, _ in seen) == list(range(200))


# --- failures ----------------------------------------------------------------------------------------------------


def test_a_step_that_fails_leaves_nothing_behind(things: Database) -> None:
    put(things, (1, 1, NOON))

    def break_off(tx: Tx[Any], batch: int) -> int:
        step_of(FIRST, 2, [])(tx, batch)
        raise ZeroDivisionError

    with line_of(things, ManualClock(), Station("first", FIRST.earliest_sql, break_off, 10)) as line:
        with pytest.raises(ZeroDivisionError):
            line.run_due()
        assert states(things) == {1: 1}


def test_weather_at_one_station_leaves_the_others_to_work(things: Database) -> None:
    seen: list[Any] = []
    put(things, (1, 1, NOON))
    put(things, (1, 2, NOON), state=2)

    def away(tx: Tx[Any], batch: int) -> int:
        raise Unavailable("not now")

    first = Station("first", FIRST.earliest_sql, away, 10)
    with line_of(things, ManualClock(), first, two_stations(seen)[1]) as line:
        assert line.run_due() == 1
    assert states(things) == {1: 1, 2: 80}


def test_a_deadlocked_step_is_run_again(things: Database) -> None:
    put(things, (1, 1, NOON))
    tries: list[int] = []

    def unlucky(tx: Tx[Any], batch: int) -> int:
        done = step_of(FIRST, 80, [])(tx, batch)
        tries.append(done)
        if len(tries) == 1:
            tx.run("do $$ begin raise exception 'locked' using errcode = '40P01'; end $$")
        return done

    with line_of(things, ManualClock(), Station("first", FIRST.earliest_sql, unlucky, 10)) as line:
        assert line.run_due() == 1
    assert tries == [1, 1]
    assert states(things) == {1: 80}


# --- outside calls -----------------------------------------------------------------------------------------------


def test_the_outside_is_called_between_two_transactions(things: Database) -> None:
    put(things, (1, 1, NOON))
    told: list[str] = []

    def open_transactions() -> int:
        with things.owner.connect() as connection:
            return connection.exec_driver_sql(
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and usename like '%%_line' and state = 'idle in transaction'"
            ).scalar_one()

    def lease(tx: Tx[Any], batch: int) -> Sequence[Any]:
        told.append("claim")
        taken = FIRST.take(tx, batch)
        tx.run("update things set due_at = :until where state = 1", until=tx.now + HOUR)
        return taken

    def call(work: Sequence[Any]) -> Called:
        told.append(f"call {[row.thing_id for row in work]} {open_transactions()}")
        return Called([row.thing_id for row in work])

    def record(tx: Tx[Any], outcomes: Sequence[Any]) -> None:
        told.append(f"record {list(outcomes)}")
        tx.run(
            "update things set state = 80, due_at = null where thing_id = any(:things)", things=list(outcomes)
        )

    with line_of(
        things, ManualClock(), OutsideStation("out", FIRST.earliest_sql, lease, call, record, 10)
    ) as line:
        assert line.run_due() == 1
    assert told == ["claim", "call [1] 0", "record [1]"]
    assert states(things) == {1: 80}


def test_a_crash_while_calling_leaves_the_lease_and_then_calls_again(things: Database) -> None:
    put(things, (1, 1, NOON))
    calls: list[Any] = []

    def lease(tx: Tx[Any], batch: int) -> Sequence[Any]:
        taken = FIRST.take(tx, batch)
        tx.run("update things set due_at = :until where state = 1", until=tx.now + HOUR)
        return taken

    def call(work: Sequence[Any]) -> Called:
        calls.append(len(work))
        if len(calls) == 1:
            raise KeyboardInterrupt
        return Called(work)

    def record(tx: Tx[Any], outcomes: Sequence[Any]) -> None:
        tx.run("update things set state = 80, due_at = null")

    with line_of(
        things, ManualClock(), OutsideStation("out", FIRST.earliest_sql, lease, call, record, 10)
    ) as line:
        with pytest.raises(KeyboardInterrupt):
            line.run_due()
        assert line.run_due() == 0
        line.advance(NOON + HOUR)
    assert calls == [1, 1]
    assert states(things) == {1: 80}


def test_what_came_of_calls_is_recorded_when_the_database_is_back_and_not_called_again(
    things: Database,
) -> None:
    put(things, (1, 1, NOON))
    told: list[str] = []

    def call(work: Sequence[Any]) -> Called:
        told.append("call")
        return Called(work)

    def record(tx: Tx[Any], outcomes: Sequence[Any]) -> None:
        told.append("record")
        tx.run("update things set state = 80, due_at = null")
        if told.count("record") < 3:
            tx.run("do $$ begin raise exception 'away' using errcode = '57P01'; end $$")

    out = OutsideStation("out", FIRST.earliest_sql, FIRST.take, call, record, 10)
    with line_of(things, ManualClock(), out) as line:
        assert line.run_due() == 1
    assert told == ["call", "record", "record", "record"]
    assert states(things) == {1: 80}


# --- a clock that runs -------------------------------------------------------------------------------------------


@contextmanager
def working(line: Line, look_every_seconds: float = 30.0) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=line.work, args=(stop,), kwargs={"look_every_seconds": look_every_seconds}
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def await_(true: Callable[[], bool], seconds: float = 5.0) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it never came"
        time.sleep(0.005)
    return time.monotonic() - began


def test_a_commit_that_says_so_wakes_the_line_at_once(things: Database) -> None:
    seen: list[Any] = []
    with line_of(things, RealClock(), *two_stations(seen)) as line, working(line):
        time.sleep(0.5)
        for number in range(3):
            with transaction(things) as tx:
                tx.run(
                    "insert into things values (1, :number, 2, :due, 'x')", number=number, due=wall() - HOUR
                )
                tx.wake("second")
            assert await_(lambda count=number + 1: len(seen) == count) < 1


def test_the_line_wakes_by_itself_when_something_falls_due(things: Database) -> None:
    seen: list[Any] = []
    due_at = wall() + timedelta(seconds=0.7)
    put(things, (1, 1, due_at), state=2)
    with line_of(things, RealClock(), *two_stations(seen)) as line, working(line):
        await_(lambda: bool(seen))
    assert timedelta(0) <= wall() - due_at < timedelta(seconds=1.5)
    assert seen[0][2] >= due_at


def test_a_scaled_clock_falls_due_sooner(things: Database) -> None:
    seen: list[Any] = []
    with things.owner.begin() as connection:
        clock = set_clock(connection, "scaled", 3600.0, NOON)
    put(things, (1, 1, NOON + HOUR / 2))
    with line_of(things, clock, *two_stations(seen)) as line, working(line):
        assert await_(lambda: len(seen) == 2) < 4
    assert [target for target, _, _ in seen] == [2, 80]
    assert NOON + HOUR / 2 <= seen[0][2] < seen[1][2]


def test_what_somebody_holds_is_tried_again_without_a_spin(things: Database) -> None:
    seen: list[Any] = []
    looks: list[float] = []

    class Watched(Line):
        def run_due(self) -> int:
            looks.append(time.monotonic())
            return super().run_due()

    put(things, (1, 1, wall() - HOUR), state=2)
    line = Watched(things, RealClock(), two_stations(seen), load_policies())
    with closing(line), things.line.begin() as other:
        other.exec_driver_sql("select 1 from heads where shop_id = 1 for update")
        with working(line):
            time.sleep(1.2)
            assert len(looks) < 15
            other.rollback()
            await_(lambda: bool(seen))


def test_the_line_outlives_a_lost_connection(things: Database) -> None:
    seen: list[Any] = []
    with line_of(things, RealClock(), *two_stations(seen)) as line, working(line):
        time.sleep(0.3)
        with things.line.connect() as connection:
            connection.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
            )
        time.sleep(0.2)
        # The first of these finds its own pooled connection closed.
        things.line.dispose()
        put(things, (1, 1, wall() - HOUR), state=2)
        await_(lambda: bool(seen), 8)


def test_a_wake_up_while_the_line_stops_does_not_hang_it(things: Database) -> None:
    for _ in range(5):
        with line_of(things, RealClock(), *two_stations([])) as line, working(line):
            time.sleep(0.1)
            with things.line.begin() as connection:
                connection.exec_driver_sql(f"notify {LINE_CHANNEL}, 'x'")


# --- clocks ------------------------------------------------------------------------------------------------------


def test_the_kind_of_clock_is_a_row_that_all_processes_read(things: Database) -> None:
    with things.owner.begin() as connection:
        connection.exec_driver_sql("delete from clock")
        assert read_clock(connection) == RealClock()
        assert set_clock(connection, "real", 1.0, wall()) == RealClock()
        far = wall() + timedelta(days=10)
        assert set_clock(connection, "manual", 0, far) == ManualClock()
        assert read_clock(connection).now(connection) == far
        scaled = set_clock(connection, "scaled", 60.0, far)
        assert isinstance(scaled, ScaledClock)
        assert far <= scaled.now(connection) < far + timedelta(minutes=10)


def test_business_time_does_not_go_back(things: Database) -> None:
    with things.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON + HOUR)
        with pytest.raises(Conflict, match=r"clock\.backwards"):
            set_clock(connection, "manual", 0, NOON)
        assert read_clock(connection).now(connection) == NOON + HOUR
    virtual = VirtualClock(NOON)
    with pytest.raises(AssertionError):
        virtual.move_to(NOON - HOUR)


def test_a_scaled_clock_tells_when_an_instant_comes() -> None:
    origin = datetime(2026, 1, 1, tzinfo=UTC)
    clock = ScaledClock(3600.0, wall_origin=origin, business_origin=NOON)
    assert clock.wall_of(NOON + HOUR) == origin + timedelta(seconds=1)
    assert ManualClock().wall_of(NOON) is None
    assert VirtualClock(NOON).wall_of(NOON) is None
    assert RealClock().wall_of(NOON) == NOON


def test_a_process_that_begins_after_the_machines_clock_was_put_back_begins_where_business_stood(
    things: Database,
) -> None:
    ahead = wall() + HOUR
    with things.owner.begin() as connection:
        connection.exec_driver_sql("delete from clock")
        set_clock(connection, "real", 1.0, ahead)
        told = read_clock(connection).now(connection)
        assert ahead <= told < ahead + timedelta(seconds=10)
        time.sleep(0.4)
        later = read_clock(connection).now(connection)
    # At half the speed, until the machine has caught up.
    assert timedelta(seconds=0.1) < later - told < timedelta(seconds=5)
