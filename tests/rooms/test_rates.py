"""Calls are counted in one row of PostgreSQL, whoever asks, by the second."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.http.rates import FORGET_COUNTS, KEPT_SECONDS, lend

CALLER = b"somebody"
SECOND = 1_790_000_000


def rows(database: Database) -> list[tuple[bytes, int, int]]:
    with database.line.connect() as connection:
        found = connection.exec_driver_sql("select caller, second, taken from call_counts order by caller")
        return [tuple(row) for row in found]


def test_a_second_gives_what_it_has_and_no_more(database: Database) -> None:
    take = partial(lend, database.app, CALLER, SECOND)
    assert [take(4, 10) for _ in range(4)] == [4, 4, 2, 0]


def test_the_next_second_begins_anew(database: Database) -> None:
    take = partial(lend, database.app, CALLER)
    assert take(SECOND, 10, 10) == 10
    assert take(SECOND + 1, 10, 10) == 10
    assert rows(database) == [(CALLER, SECOND + 1, 10)]


def test_a_clock_that_is_a_little_behind_counts_to_the_newer_second(database: Database) -> None:
    take = partial(lend, database.app, CALLER)
    assert take(SECOND + 1, 6, 10) == 6
    assert take(SECOND, 6, 10) == 4
    assert take(SECOND + 1, 6, 10) == 0


def test_a_clock_that_was_far_ahead_holds_nobody_up(database: Database) -> None:
    take = partial(lend, database.app, CALLER)
    assert take(SECOND + 3_600, 10, 10) == 10
    assert take(SECOND, 10, 10) == 10


def test_many_at_once_have_the_limit_together(database: Database) -> None:
    with ThreadPoolExecutor(5) as pool:
        granted = list(pool.map(lambda _: lend(database.app, CALLER, SECOND, 7, 100), range(40)))
    assert sum(granted) == 100


def test_counts_are_forgotten_when_their_second_is_long_over(database: Database) -> None:
    now = int(wall().timestamp())
    lend(database.app, b"long ago", now - KEPT_SECONDS - 2, 1, 10)
    lend(database.app, b"just now", now, 1, 10)
    assert FORGET_COUNTS.do(database) == 1
    assert [row[0] for row in rows(database)] == [b"just now"]


def test_counts_are_not_logged(database: Database) -> None:
    with database.line.connect() as connection:
        found = connection.exec_driver_sql(
            "select relpersistence::text from pg_class where relname = 'call_counts'"
        )
        assert found.scalar_one() == "u"
