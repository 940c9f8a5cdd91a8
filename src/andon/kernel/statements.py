"""Statements as texts with named parameters, given to the driver as they are.

On the way through SQLAlchemy one of them costs four times the processor time, and a use case is some ten of them.
What the driver raises is raised in SQLAlchemy's words all the same, so that who catches need not know of this.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

_NAMED = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""`:name`, but not `::type`: the same as in SQLAlchemy's `text`."""
_CURSOR = "andon.cursor"
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
    """The statements of one transaction, on its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        info = connection.info  # it lasts as long as the driver's connection
        if _CURSOR not in info:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection), "statements are for psycopg"
            driver.prepared_max = KEPT_PREPARED
            info[_CURSOR] = psycopg.RawCursor(driver)
        self._cursor: psycopg.RawCursor[Any] = info[_CURSOR]

    def run(self, sql: str, params: Mapping[str, Any]) -> int:
        """Run one statement and answer how many rows it touched. Raises DBAPIError."""
        self._execute(sql, params)
        return self._cursor.rowcount

    def rows(self, sql: str, params: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """All rows of one statement. Raises DBAPIError."""
        self._execute(sql, params)
        found = self._cursor.fetchall()
        if not found:
            return []
        shape = _SHAPES.get(sql)
        if shape is None:
            # A statement names its columns, so that they are always the same.
            names = [column.name for column in self._cursor.description or ()]
            shape = _SHAPES[sql] = SimpleResultMetaData(names)
        keys = shape._key_to_index  # noqa: SLF001 - a row is made of these, and made nowhere else
        return [Row(shape, None, keys, values) for values in found]

    def _execute(self, sql: str, params: Mapping[str, Any]) -> None:
        text, names = numbered(sql)
        try:
            self._cursor.execute(text, [params[name] for name in names])
        except psycopg.Error as error:
            raise self._told(text, error) from error

    def _told(self, text: str, error: psycopg.Error) -> BaseException:
        """The error as SQLAlchemy tells it; a connection that is gone is given up, with its whole pool."""
        gone = bool(self._cursor.connection.closed)
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
