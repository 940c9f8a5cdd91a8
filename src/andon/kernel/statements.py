"""Statements as texts with named parameters, given to the driver as they are.

On the way through SQLAlchemy one of them costs four times the processor time, and a use case is some ten of them.
What the driver raises is raised in SQLAlchemy's words all the same, so that who catches need not know of this.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import psycopg
from psycopg.generators import send
from psycopg.pq import PipelineStatus
from sqlalchemy import Connection, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

_NAMED = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""`:name`, but not `::type`: the same as in SQLAlchemy's `text`."""
_CURSORS = "andon.cursors"
_LAST_WORDS = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown)
KEPT_PREPARED = 1000
"""How many statements a connection keeps prepared: all that there are, in each form their parameters come in."""

Numbered = tuple[str, tuple[str, ...]]
_NUMBERED: dict[str, Numbered] = {}
_SHAPES: dict[str, SimpleResultMetaData] = {}


def numbered(sql: str) -> Numbered:
    """The statement with `$1` for its first name and so on, and the names in that order."""
    known = _NUMBERED.get(sql)
    if known is None:
        names: dict[str, int] = {}
        text = _NAMED.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", sql)
        known = _NUMBERED[sql] = text, tuple(names)
    return known


class Statements:
    """The statements of one transaction, on its connection.

    Piped, a statement of which nothing is asked goes along with the next one, and the last ones with the commit: on two
    cores what a small transaction costs is its trips to the server. What such a statement raises is raised by the
    next that is waited for.
    """

    def __init__(self, connection: Connection, *, piped: bool = False) -> None:
        self._connection = connection
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection), "statements are for psycopg"
        info = connection.info  # it lasts as long as the driver's connection
        if _CURSORS not in info:
            driver.prepared_max = KEPT_PREPARED
            info[_CURSORS] = psycopg.RawCursor(driver), psycopg.RawCursor(driver)
        self._driver = driver
        self._cursor: psycopg.RawCursor[Any]
        self._silent: psycopg.RawCursor[Any]  # its results are looked at for errors alone
        self._cursor, self._silent = info[_CURSORS]
        self._piped = piped
        self._pipe: AbstractContextManager[psycopg.Pipeline] | None = None
        self._pipeline: psycopg.Pipeline | None = None

    def run(self, sql: str, params: Mapping[str, Any]) -> int:
        """Run one statement and answer how many rows it touched. Raises DBAPIError."""
        self._execute(self._cursor, sql, params)
        if self._pipeline is not None:
            self._catch_up(sql)
        return self._cursor.rowcount

    def put(self, sql: str, params: Mapping[str, Any]) -> None:
        """Run one statement of which nothing is asked. Raises DBAPIError, at the latest at the end."""
        self._execute(self._silent, sql, params)

    def put_text(self, sql: str) -> None:
        """The same for a text that is not kept, as there is another for every party."""
        with self._in_its_words(sql):
            self._enter()
            self._silent.execute(sql, prepare=False)

    def rows(self, sql: str, params: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """All rows of one statement. Raises DBAPIError."""
        self._execute(self._cursor, sql, params)
        return self._found(self._cursor, sql)

    def ask(self, sql: str, params: Mapping[str, Any]) -> Callable[[], Sequence[Row[Any]]]:
        """Run one statement whose rows are looked at later, also after the end. Raises DBAPIError."""
        cursor: psycopg.RawCursor[Any] = psycopg.RawCursor(self._driver)
        self._execute(cursor, sql, params)
        return lambda: self._found(cursor, sql)

    def count(self, sql: str, params: Mapping[str, Any]) -> Callable[[], int]:
        """Run one statement; how many rows it touched is asked later, before the end. Raises DBAPIError."""
        cursor: psycopg.RawCursor[Any] = psycopg.RawCursor(self._driver)
        self._execute(cursor, sql, params)

        def touched() -> int:
            if self._pipeline is not None and cursor.pgresult is None:
                self._catch_up(sql)
            return cursor.rowcount

        return touched

    def surface(self) -> None:
        """Wait for all that is under way; from here on each statement is waited for. Raises DBAPIError."""
        self._piped = False
        pipe, self._pipe, self._pipeline = self._pipe, None, None
        if pipe is not None:
            with self._in_its_words("what was under way"):
                pipe.__exit__(None, None, None)

    def commit(self) -> None:
        """End the transaction, in one trip with what is under way; nothing where nothing is. Raises DBAPIError."""
        if self._pipe is not None:
            self.put_text("commit")
        self.surface()

    def abandon(self) -> None:
        """Let go of what is under way in a transaction that will be undone.

        A pipe that cannot be closed has lost its server: its connection is of no use, and is not asked to undo.
        """
        with suppress(DBAPIError):
            self.surface()
        if self._driver.pgconn.pipeline_status != PipelineStatus.OFF:
            self._connection.invalidate()

    def _enter(self) -> None:
        if self._piped and self._pipe is None:
            self._pipe = self._driver.pipeline()
            self._pipeline = self._pipe.__enter__()

    def _catch_up(self, sql: str) -> None:
        """Wait until all that is under way is done.

        What is not sent yet goes first: the driver's own `sync` then only reads, and of more than the socket holds
        each side would wait for the other.
        """
        assert self._pipeline is not None, "piped"
        with self._in_its_words(sql):
            self._driver.wait(send(self._driver.pgconn))
            self._pipeline.sync()

    def _execute(self, cursor: psycopg.RawCursor[Any], sql: str, params: Mapping[str, Any]) -> None:
        text, names = numbered(sql)
        with self._in_its_words(text):
            self._enter()
            cursor.execute(text, [params[name] for name in names])

    def _found(self, cursor: psycopg.RawCursor[Any], sql: str) -> Sequence[Row[Any]]:
        with self._in_its_words(sql):
            found = cursor.fetchall()
        if not found:
            return []
        shape = _SHAPES.get(sql)
        if shape is None:
            # A statement names its columns, so that they are always the same.
            names = [column.name for column in cursor.description or ()]
            shape = _SHAPES[sql] = SimpleResultMetaData(names)
        keys = shape._key_to_index  # noqa: SLF001 - a row is made of these, and made nowhere else
        return [Row(shape, None, keys, values) for values in found]

    @contextmanager
    def _in_its_words(self, sql: str) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._told(sql, error) from error

    def _told(self, text: str, error: psycopg.Error) -> BaseException:
        """The error as SQLAlchemy tells it; a connection that is gone is given up, with its whole pool."""
        # A server that shuts down says so, and the driver sees the end of the connection only when it looks again.
        gone = bool(self._cursor.connection.closed) or isinstance(error, _LAST_WORDS)
        if gone:
            self._connection.invalidate(error)
            self._connection.engine.dispose(close=False)
        return DBAPIError.instance(
            text,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=self._connection.dialect,
        )
