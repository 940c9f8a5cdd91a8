"""A database in which every walled table has made-up rows: of two shops, and there of two suppliers and of the seller.

The tables and their columns come from the migrated database, so that a new one is there as well. Who sees which row is told
here anew, from shop and supplier alone, not from the policies.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from andon.app.schema import metadata
from andon.kernel.db import Database

OURS, THEIRS = 901, 902
"""Two shops."""
OWN, OTHER = 71, 72
"""Two suppliers of both."""

SEEN_BY_ALL_SUPPLIERS = {
    "fulfilment_lines": "what to pick; the use case asks by its own fulfilments",
    "heads": "a lock, no facts",
    "parcels": "its own are found by its own fulfilments",
    "policy_overrides": "a shop's rules hold for whoever works for it",
    "recipients": "its own labels need them; the use case asks by its own fulfilments",
    "scans": "what a carrier said of a parcel",
    "shops": "for whom one works",
}
"""Shops' tables without a supplier of their own that a supplier's request reads, and why."""

Cursor = psycopg.Cursor[tuple[Any, ...]]


@dataclass(frozen=True)
class Walled:
    """A shop's table: its columns with their types, its key, and the column that says whose row it is."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    supplier: str | None

    @property
    def hidden(self) -> bool:
        """Whether no supplier sees any of it: unless it says whose a row is, or is declared to show itself."""
        return self.supplier is None or metadata.tables[self.name].info.get("supplier") == "hidden"

    def rows(self) -> Iterator[tuple[int, int | None]]:
        """Of whom it has a row each: every shop, and there every supplier and the seller, where rows say so."""
        nullable = self.supplier is not None
        for shop in (OURS, THEIRS):
            if self.key == ("shop_id",):
                yield shop, OWN if self.supplier else None
            else:
                yield from ((shop, whose) for whose in ((OWN, OTHER, None) if nullable else (None,)))

    def seen_by(self, shops: Sequence[int], supplier: int | None) -> int:
        """How many of those a request may see."""
        own = [whose for shop, whose in self.rows() if shop in shops]
        if supplier is None:
            return len(own)
        if self.name in SEEN_BY_ALL_SUPPLIERS:
            return len(own)
        return 0 if self.hidden else own.count(supplier)

    def insert(self, place: int, shop: int, whose: int | None) -> str:
        """The statement that makes a row of a shop and a supplier, or of the seller."""
        said = {name: made_up(kind, place) for name, kind in self.columns.items()} | {"shop_id": str(shop)}
        if self.supplier:
            seller = "0" if self.supplier in self.key else "null"
            said[self.supplier] = seller if whose is None else str(whose)
        names = ", ".join(f'"{name}"' for name in said)
        return f"insert into {self.name} ({names}) values ({', '.join(said.values())})"


_COLUMNS = (
    "select attname, format_type(atttypid, null) from pg_attribute where attrelid = %s::regclass and attnum > 0 "
    "and not attisdropped and attgenerated = '' order by attnum"
)
_KEY = (
    "select array_agg(a.attname::text order by k.place) from pg_index i, "
    "unnest(i.indkey) with ordinality k (number, place), pg_attribute a "
    "where i.indrelid = %s::regclass and i.indisprimary and a.attrelid = i.indrelid and a.attnum = k.number"
)
_CHECKS = (
    "select c.conrelid::regclass::text, conname from pg_constraint c where contype in ('f', 'c') "
    "and connamespace = 'public'::regnamespace and conparentid = 0 order by contype desc"
)


MADE_UP = {
    "bigint": "{0}",
    "integer": "{0}",
    "numeric": "{0}",
    "smallint": "{0}",
    "boolean": "true",
    "text": "'row {0}'",
    "bytea": "'row {0}'",
    "jsonb": """'{{"row": {0}}}'""",
    "date": "date '2026-03-02' + {0}",
    "timestamp with time zone": "timestamptz '2026-03-02T04:00Z' + {0} * interval 'PT1S'",
    "interval": "{0} * interval 'PT1S'",
}


def made_up(kind: str, place: int) -> str:
    """A value of a column's type, another for every row; a list is empty."""
    return "'{}'" if kind.endswith("[]") else MADE_UP[kind].format(place)


def _tables(cursor: Cursor) -> list[Walled]:
    """Every walled table of the database."""
    found = []
    for (name,) in cursor.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
        "and not relispartition and relrowsecurity order by 1"
    ).fetchall():
        columns = dict(cursor.execute(_COLUMNS, [name]).fetchall())
        key = cursor.execute(_KEY, [name]).fetchone()
        assert key is not None
        supplier = next((each for each in ("supplier_id", "location") if each in columns), None)
        if name in SEEN_BY_ALL_SUPPLIERS:
            supplier = None
        found.append(Walled(name, columns, tuple(key[0]), supplier))
    return found


@dataclass(frozen=True)
class Town:
    """A database in which every walled table has rows of two shops and two suppliers."""

    database: Database
    walled: list[Walled]

    @contextmanager
    def app(self, shops: Sequence[int] | None = None, supplier: int | None = None) -> Iterator[Cursor]:
        """Somebody under the application's login, with the settings that a request of theirs has; undone at the end."""
        url = self.database.logins.app.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, row_factory=tuple_row) as connection, connection.cursor() as cursor:
            if shops is not None:
                cursor.execute(f"set local andon.shops = '{','.join(map(str, shops))}'")  # type: ignore[arg-type]
            if supplier is not None:
                cursor.execute(f"set local andon.supplier = '{supplier}'")  # type: ignore[arg-type]
            yield cursor
            connection.rollback()

    def seen(self) -> dict[str, int]:
        """How many rows each table has in truth."""
        with self.database.line.connect() as line:
            return {
                each.name: line.exec_driver_sql(f"select count(*) from {each.name}").scalar_one()
                for each in self.walled
            }


def fill(database: Database) -> Town:
    """Fill every walled table: no foreign key and no check stands in the way of made-up rows, the walls all stand."""
    url = database.logins.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, row_factory=tuple_row) as owner, owner.cursor() as cursor:
        for table, constraint in cursor.execute(_CHECKS).fetchall():
            cursor.execute(f"alter table {table} drop constraint if exists {constraint} cascade")
        walled = _tables(cursor)
        for each in walled:
            if each.supplier and each.supplier not in each.key:
                cursor.execute(f"alter table {each.name} alter {each.supplier} drop not null")
            for place, (shop, whose) in enumerate(each.rows(), 1):
                cursor.execute(each.insert(place, shop, whose))
        cursor.execute("analyze")
    return Town(database, walled)
