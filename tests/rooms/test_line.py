"""The line on real PostgreSQL: what is due is done, once, in order, whoever else works beside it."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.clock import (
    ManualClock,
    VirtualClock,
)
from andon.kernel.db import Database
from andon.kernel.errors import Unavailable
from andon.kernel.line import Called, OutsideStation, Station
from andon.kernel.tx import Tx
from tests.worlds import NOON, transaction
from tests.worlds_line import FIRST, HOUR, line_of, put, states, step_of, two_stations, with_things


@pytest.fixture
def things(database: Database) -> Database:
    return with_things(database)


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
