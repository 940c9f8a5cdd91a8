"""Statements that go along with others: what is large gets there all the same, and a pipe that broke is left."""

import psycopg
import pytest

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
