"""A transaction that somebody leaves open beside the line: the work is done all the same, it is seen, and ours are ended."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from andon.kernel.db import Database
from andon.kernel.watching import OLD_SECONDS, Watch
from tests.faults.running import Town, opened_to, soon
from tests.worlds_audit import assert_all_well
from tests.worlds_due import EACH, what_stands
from tests.worlds_supply import a_sink


def test_the_line_does_its_work_beside_a_transaction_that_sees_the_past_and_shows_how_old_it_is(
    all_due: str, copies: Callable[[str], Database], town_of: Callable[[Database], Town]
) -> None:
    town = town_of(copies(all_due))
    with town.database.owner.connect().execution_options(isolation_level="REPEATABLE READ") as forgotten:
        seen = forgotten.scalar(text("select count(*) from events"))
        with a_sink() as sink:
            opened_to(sink.url, town.database)
            _, client = town.serve()
            town.until_nothing_is_due()
            assert len({headers["webhook-id"] for headers, _ in sink.heard}) == len(sink.heard) == EACH
        assert len(what_stands(town.database)["events"]) > int(seen or 0)
        with town.database.line.connect() as connection:
            watch = Watch()
            _, first = watch.look(connection)
            time.sleep(0.2)
            age, found = watch.look(connection)
        assert found is not None
        assert found == first
        assert found.login == f"{town.database.prefix}_owner"
        assert age >= 0.2
        soon(lambda: figure(client.get("/metrics").raw.decode()) > 0, 40)
        assert forgotten.scalar(text("select count(*) from events")) == seen
    assert_all_well(town.database)
    assert not town.errors()


def figure(metrics: str) -> float:
    """How old the oldest transaction is, in seconds."""
    name = "andon_database_oldest_transaction_seconds "
    return float(next(line for line in metrics.splitlines() if line.startswith(name)).removeprefix(name))


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("login", "idle_seconds"), [("app", 30), ("line", 60)])
def test_a_transaction_that_one_of_our_logins_forgets_is_ended_by_the_server(
    login: str, idle_seconds: int, database: Database
) -> None:
    engine = getattr(database, login)
    with engine.connect() as idle, engine.connect() as busy:
        idle.execute(text("select count(*) from shops"))
        assert idle_seconds < OLD_SECONDS
        if login == "app":
            with pytest.raises(DBAPIError, match="transaction timeout"):
                keep_busy(busy)
        else:
            time.sleep(idle_seconds + 2)
        with pytest.raises(DBAPIError):
            idle.execute(text("select 1"))


def keep_busy(connection: Connection) -> None:
    """A transaction that always does something, for longer than one may take."""
    for _ in range(20):
        connection.execute(text("select pg_sleep(5)"))
