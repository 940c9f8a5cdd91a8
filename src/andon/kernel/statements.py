"""Statements as texts with named parameters, given to the driver as they are.

On the way through SQLAlchemy one of them costs four times the processor time, and a use case is some ten of them.
What the driver raises is raised in SQLAlchemy's words all the same, so that who catches need not know of this.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.pq import PipelineStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

from andon.kernel.pipe import Kept, Pipe, Sent

_NAMED = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""`:name`, but not `::type`: the same as in SQLAlchemy's `text`."""
_KEPT = "andon.kept"
_LAST_WORDS = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown)

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
        if _KEPT not in info:
            info[_KEPT] = Kept(driver)
        self._kept: Kept = info[_KEPT]
        self._driver = driver
        self._piped = piped
        self._pipe: Pipe | None = None

    def run(self, sql: str, params: Mapping[str, Any]) -> int:
        """Run one statement and answer how many rows it touched. Raises DBAPIError."""
        return self.count(sql, params)()

    def put(self, sql: str, params: Mapping[str, Any]) -> None:
        """Run one statement of which nothing is asked. Raises DBAPIError, at the latest at the end."""
        self._send(sql, params)

    def put_text(self, sql: str) -> None:
        """The same for a text that is not kept, as there is another for every party."""
        try:
            self._lay().say(sql)
            self._unless_piped()
        except psycopg.Error as error:
            raise self._told(sql, error) from error

    def rows(self, sql: str, params: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """All rows of one statement. Raises DBAPIError."""
        return self.ask(sql, params)()

    def ask(self, sql: str, params: Mapping[str, Any]) -> Callable[[], Sequence[Row[Any]]]:
        """Run one statement whose rows are looked at later, also after the end. Raises DBAPIError."""
        sent = self._send(sql, params)
        return lambda: self._found(self._result(sql, sent), sql)

    def count(self, sql: str, params: Mapping[str, Any]) -> Callable[[], int]:
        """Run one statement; how many rows it touched is asked later. Raises DBAPIError."""
        sent = self._send(sql, params)
        return lambda: self._result(sql, sent).command_tuples or 0

    def surface(self) -> None:
        """Wait for all that is under way; from here on each statement is waited for. Raises DBAPIError."""
        self._piped = False
        try:
            self._unless_piped()
        except psycopg.Error as error:
            raise self._told("what was under way", error) from error

    def commit(self) -> None:
        """End the transaction, in one trip with what is under way; nothing where nothing is. Raises DBAPIError."""
        if self._pipe is not None:
            self.put("commit", {})
        self.surface()

    def abandon(self) -> None:
        """Let go of what is under way in a transaction that will be undone.

        A pipe that cannot be closed has lost its server: its connection is of no use, and is not asked to undo.
        """
        with suppress(DBAPIError):
            self.surface()
        if self._driver.pgconn.pipeline_status != PipelineStatus.OFF:
            self._connection.invalidate()

    def _send(self, sql: str, params: Mapping[str, Any]) -> Sent:
        text, names = numbered(sql)
        try:
            sent = self._lay().send(text, [params[name] for name in names])
            self._unless_piped()
        except psycopg.Error as error:
            raise self._told(text, error) from error
        return sent

    def _lay(self) -> Pipe:
        if self._pipe is None:
            self._pipe = Pipe(self._driver, self._kept)
        return self._pipe

    def _unless_piped(self) -> None:
        if not self._piped and self._pipe is not None:
            pipe, self._pipe = self._pipe, None
            pipe.close()

    def _result(self, sql: str, sent: Sent) -> PGresult:
        try:
            return sent.known() if self._pipe is None else self._pipe.result(sent)
        except psycopg.Error as error:
            raise self._told(sql, error) from error

    def _found(self, result: PGresult, sql: str) -> Sequence[Row[Any]]:
        found = self._kept.rows(result)
        if not found:
            return []
        shape = _SHAPES.get(sql)
        if shape is None:
            # A statement names its columns, so that they are always the same.
            names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
            shape = _SHAPES[sql] = SimpleResultMetaData(names)
        keys = shape._key_to_index  # noqa: SLF001 - a row is made of these, and made nowhere else
        return [Row(shape, None, keys, values) for values in found]

    def _told(self, text: str, error: psycopg.Error) -> BaseException:
        """The error as SQLAlchemy tells it; a connection that is gone is given up, with its whole pool."""
        # A server that shuts down says so, and the driver sees the end of the connection only when it looks again.
        gone = bool(self._driver.closed) or isinstance(error, _LAST_WORDS)
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
