"""The clocks: one row that all processes read, and time that does not go back."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.clock import (
    ManualClock,
    RealClock,
    ScaledClock,
    VirtualClock,
    read_clock,
    set_clock,
    wall,
)
from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from tests.worlds import NOON
from tests.worlds_line import HOUR, with_things


@pytest.fixture
def things(database: Database) -> Database:
    return with_things(database)


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
