"""Statements that go along with others: what is large gets there all the same, and a pipe that broke is left."""

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from andon.kernel.clock import RealClock
from andon.kernel.conversation import conversation
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.platform.policies.files import load_policies

LARGE = "x" * 5_000_000
"""More than a socket holds at once, in both directions."""


@pytest.mark.timeout(20)
def test_a_statement_larger_than_the_socket_is_waited_for_and_ends(database: Database):
    line = Line(database, RealClock(), (), load_policies())
    with line.transaction() as tx:
        tx.put("select length(cast(:text as text))", text=LARGE)
        assert tx.run("select length(cast(:text as text)) as length", text=LARGE) == 1
        counted = tx.count("select length(cast(:text as text)) as length", text=LARGE)
        asked = tx.ask("select cast(:text as text) as text", text=LARGE)
        assert counted() == 1
        assert asked()[0].text == LARGE


def test_a_connection_whose_pipe_cannot_be_closed_is_given_up_and_another_taken(database: Database):
    with conversation(database.app, RealClock()) as talk:
        talk.statements.put("select 1", {})
        driver = talk.connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        # An answer that the pipe does not wait for.
        driver.pgconn.send_query_params(b"select pg_sleep(2)", None)
        talk.rollback()
        assert talk.statements.rows("select 2 as two", {})[0].two == 2
        assert driver.closed
        assert talk.connection.connection.driver_connection is not driver


def test_of_several_failures_under_way_the_first_is_told_and_the_savepoint_goes_on(database: Database):
    with conversation(database.app, RealClock()) as talk:
        statements = talk.statements
        statements.put("savepoint before", {})
        statements.put("select 1 / cast(:zero as integer)", {"zero": 0})
        asked = statements.ask("select 7 as seven", {})
        with pytest.raises(DBAPIError, match="division by zero"):
            statements.rows("select nothing from nowhere", {})
        with pytest.raises(DBAPIError, match="division by zero"):
            asked()
        statements.put("rollback to savepoint before", {})
        # What could not be made ready because of another's failure is made ready now.
        assert statements.rows("select 7 as seven", {})[0].seven == 7
        with pytest.raises(DBAPIError, match="nowhere"):
            statements.rows("select nothing from nowhere", {})


def test_what_was_asked_is_there_after_the_end_and_what_failed_is_told_then_too(database: Database):
    with conversation(database.app, RealClock()) as talk:
        statements = talk.statements
        asked = statements.ask("select cast(:n as integer) as n", {"n": 5})
        talk.commit()
        assert asked()[0].n == 5

        statements = talk.statements
        late = statements.ask("select 1 / cast(:zero as integer)", {"zero": 0})
        with pytest.raises(DBAPIError, match="division by zero"):
            talk.commit()
        talk.rollback()
        with pytest.raises(DBAPIError, match="division by zero"):
            late()


def test_each_kind_of_parameter_goes_over_as_it_is_and_a_statement_stays_prepared(database: Database):
    rows = [None, 1, 70_000, 5_000_000_000, "x", True, datetime(2026, 3, 1, tzinfo=UTC), b"\x00\xff", [1, 2]]
    with conversation(database.app, RealClock()) as talk:
        for value in rows:
            answer = talk.statements.rows("select :value as value", {"value": value})[0].value
            assert answer == value
        names = talk.statements.rows("select count(*) as n from pg_prepared_statements", {})[0].n
        talk.rollback()
        assert talk.statements.rows("select :value as value", {"value": 2})[0].value == 2
        again = talk.statements.rows("select count(*) as n from pg_prepared_statements", {})[0].n
        assert again == names, "an undone transaction keeps them, and makes none anew"


def test_plans_are_made_once_until_the_transaction_ends(database: Database):
    asked = "select current_setting('plan_cache_mode') as mode"
    line = Line(database, RealClock(), (), load_policies())
    with line.transaction() as tx:
        tx.plan_once()
        assert tx.rows(asked)[0].mode == "force_generic_plan"
    with line.transaction() as tx:
        assert tx.rows(asked)[0].mode == "auto"
