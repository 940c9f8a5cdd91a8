"""A line that works by a running clock: what wakes it, and what it outlives."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.clock import (
    RealClock,
    set_clock,
    wall,
)
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.kernel.told import LINE_CHANNEL
from andon.platform.policies.files import load_policies
from tests.worlds import NOON, transaction
from tests.worlds_line import HOUR, line_of, put, two_stations, with_things

LOOK_SECONDS = 60.0
"""How often the line looks by itself, where a test says nothing else."""
SOON_SECONDS = LOOK_SECONDS / 3
"""What comes within this did not wait for that look; on a machine that does much else at once nothing comes sooner for sure."""


@pytest.fixture
def things(database: Database) -> Database:
    return with_things(database)


@contextmanager
def working(line: Line, look_every_seconds: float = LOOK_SECONDS) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=line.work, args=(stop,), kwargs={"look_every_seconds": look_every_seconds}
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(SOON_SECONDS)
        assert not thread.is_alive()


def await_(true: Callable[[], bool], seconds: float = SOON_SECONDS) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it never came"
        time.sleep(0.005)


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
            await_(lambda count=number + 1: len(seen) == count)


def test_the_line_wakes_by_itself_when_something_falls_due(things: Database) -> None:
    seen: list[Any] = []
    due_at = wall() + timedelta(seconds=0.7)
    put(things, (1, 1, due_at), state=2)
    with line_of(things, RealClock(), *two_stations(seen)) as line, working(line):
        await_(lambda: bool(seen))
    assert wall() - due_at < timedelta(seconds=SOON_SECONDS)
    assert seen[0][2] >= due_at


def test_a_scaled_clock_falls_due_sooner(things: Database) -> None:
    seen: list[Any] = []
    with things.owner.begin() as connection:
        clock = set_clock(connection, "scaled", 3600.0, NOON)
    put(things, (1, 1, NOON + HOUR / 2))
    with line_of(things, clock, *two_stations(seen)) as line, working(line):
        await_(lambda: len(seen) == 2)
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
        await_(lambda: bool(seen))


def test_a_wake_up_while_the_line_stops_does_not_hang_it(things: Database) -> None:
    for _ in range(5):
        with line_of(things, RealClock(), *two_stations([])) as line, working(line):
            time.sleep(0.1)
            with things.line.begin() as connection:
                connection.exec_driver_sql(f"notify {LINE_CHANNEL}, 'x'")
