"""Things that wait for two stations: what a line can be tried on."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

from andon.kernel.clock import (
    Clock,
    set_clock,
)
from andon.kernel.db import Database
from andon.kernel.line import Claim, Line, Station
from andon.kernel.tx import Tx
from andon.platform.policies.files import load_policies
from tests.worlds import NOON

HOUR = timedelta(hours=1)
FIRST = Claim("things", "thing_id", "state = 1", "due_at", columns=("name",))
SECOND = Claim("things", "thing_id", "state = 2", "due_at")


def with_things(database: Database) -> Database:
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
