"""Whatever falls due when, and however the clock is moved: each thing is done once, in order, at its instant."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.line import Claim, Line, Station
from andon.kernel.tx import Tx
from andon.platform.policies.files import load_policies
from tests.worlds import NOON

MINUTE = timedelta(minutes=1)
STATIONS = 3

works = st.lists(
    st.tuples(st.integers(0, 200), st.lists(st.integers(0, 60), max_size=STATIONS - 1)), max_size=12
)
"""Things: the minute at which each is due at the first station, and the minutes it then takes to the next ones."""
moves = st.lists(st.integers(1, 120), min_size=1, max_size=5)
"""How many minutes the clock is moved by, one move after another."""


@pytest.fixture
def things(database: Database) -> Database:
    """A table whose rows pass three stations."""
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "create table things (shop_id bigint, thing_id bigint, state smallint not null, "
            "due_at timestamptz, name text, primary key (shop_id, thing_id))"
        )
        connection.exec_driver_sql("grant all on things to public")
        connection.exec_driver_sql("insert into heads (shop_id) values (1), (2)")
    return database


def station(place: int, waits: dict[int, list[int]], seen: list[Any], batch: int) -> Station:
    claim = Claim("things", "thing_id", f"state = {place}", "due_at")

    def step(tx: Tx[Any], limit: int) -> int:
        taken = claim.take(tx, limit)
        for row in taken:
            seen.append((tx.now, row.thing_id, place))
            left = waits[row.thing_id]
            goes_on = place < len(left)
            tx.run(
                "update things set state = :state, due_at = :due where shop_id = :shop and thing_id = :thing",
                state=place + 1 if goes_on else 80,
                due=tx.now + left[place] * MINUTE if goes_on else None,
                shop=row.shop_id,
                thing=row.thing_id,
            )
        return len(taken)

    return Station(f"s{place}", claim.earliest_sql, step, batch)


def foreseen(work: list[tuple[int, list[int]]], until_minute: int) -> list[tuple[int, int, int]]:
    """What must have happened by then: minute, thing, station."""
    found = []
    for thing, (due, waits) in enumerate(work):
        minute = due
        for place in range(len(waits) + 1):
            if minute > until_minute:
                break
            found.append((minute, thing, place))
            if place < len(waits):
                minute += waits[place]
    return sorted(found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=works, by=moves, batch=st.integers(1, 4))
def test_each_thing_passes_each_station_once_at_its_instant(
    things: Database, work: list[tuple[int, list[int]]], by: list[int], batch: int
) -> None:
    with things.line.begin() as connection:
        connection.exec_driver_sql("delete from things")
        for thing, (due, _) in enumerate(work):
            connection.exec_driver_sql(
                "insert into things values (%s, %s, 0, %s, '')", (1 + thing % 2, thing, NOON + due * MINUTE)
            )
    seen: list[Any] = []
    waits = {thing: list(steps) for thing, (_, steps) in enumerate(work)}
    stations = [station(place, waits, seen, batch) for place in range(STATIONS)]
    with closing(Line(things, VirtualClock(NOON), stations, load_policies())) as line:
        for minutes in by:
            line.advance_by(minutes * MINUTE)
        assert line.now() == NOON + sum(by) * MINUTE
    assert [at for at, _, _ in seen] == sorted(at for at, _, _ in seen)
    happened = sorted((int((at - NOON) / MINUTE), thing, place) for at, thing, place in seen)
    assert happened == foreseen(work, sum(by))
