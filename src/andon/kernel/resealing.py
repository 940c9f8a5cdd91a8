"""Every seal that is kept, brought from one key under another; where seals are kept, their columns say.

See `kernel/secrets.py` for how a column says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Dialect, LargeBinary, MetaData, Row, Table, text

from andon.kernel.rows import as_json
from andon.kernel.secrets import SecretUnreadable, seal, unseal

BATCH = 500
"""Rows at a time: a kept answer may be long."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of seals: octets, or JSON in which a seal stands in hexadecimal under `name`."""

    table: Table
    column: Column[Any]
    name: str | None

    def selected(self, dialect: Dialect) -> str:
        """The rows that have one: their key's columns, and the seal in hexadecimal."""
        quote = dialect.identifier_preparer.quote
        column = quote(self.column.name)
        sealed = f"encode({column}, 'hex')" if self.name is None else f"{column} ->> '{self.name}'"
        return (
            f"select {', '.join(map(quote, self.keys))}, {sealed} as sealed from {quote(self.table.name)} "
            f"where {sealed} is not null"
        )

    def updated(self, dialect: Dialect) -> str:
        """Puts seals into many rows."""
        quote = dialect.identifier_preparer.quote
        column = quote(self.column.name)
        new = "decode(r.sealed, 'hex')"
        if self.name is not None:
            new = f"jsonb_set(t.{column}, '{{{self.name}}}', to_jsonb(r.sealed))"
        types = [f"{quote(key)} {self.table.columns[key].type.compile(dialect)}" for key in self.keys]
        same = [f"t.{quote(key)} = r.{quote(key)}" for key in self.keys]
        return (
            f"update {quote(self.table.name)} t set {column} = {new} "
            f"from json_to_recordset(cast(:rows as json)) as r({', '.join(types)}, sealed text) "
            f"where {' and '.join(same)}"
        )

    @property
    def keys(self) -> list[str]:
        """The names of its primary key's columns."""
        return [column.name for column in self.table.primary_key]

    def __str__(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def sealed_columns(metadata: MetaData) -> list[SealedColumn]:
    """Every column that says that it holds seals."""
    return [
        SealedColumn(table, column, None if isinstance(column.type, LargeBinary) else column.info["sealed"])
        for table in metadata.sorted_tables
        for column in table.columns
        if "sealed" in column.info
    ]


def reseal(connection: Connection, metadata: MetaData, old: bytes, new: bytes) -> dict[str, int]:
    """Bring every seal from the key `old` under `new`, in the caller's transaction; answers how many by column.

    Raises SecretUnreadable, which names the row, for one that was sealed under neither: nothing may be committed then.
    """
    done: dict[str, int] = {}
    for column in sealed_columns(metadata):
        put = text(column.updated(connection.dialect))
        for rows in _batches(connection, column):
            changed = [_resealed(column, row, old, new) for row in rows]
            connection.execute(put, {"rows": as_json(changed)})
            done[str(column)] = done.get(str(column), 0) + len(changed)
    return done


def _batches(connection: Connection, column: SealedColumn) -> Iterator[Sequence[Row[Any]]]:
    """The rows as they stood at the start: what is written meanwhile is not met again."""
    found = connection.execute(
        text(column.selected(connection.dialect)), execution_options={"yield_per": BATCH}
    )
    yield from found.partitions()


def _resealed(column: SealedColumn, row: Row[Any], old: bytes, new: bytes) -> dict[str, Any]:
    keys = {name: getattr(row, name) for name in column.keys}
    try:
        return keys | {"sealed": seal(unseal(bytes.fromhex(row.sealed), old), new).hex()}
    except SecretUnreadable as why:
        raise SecretUnreadable(f"{column} of {keys}: {why}") from None
