"""The walls by themselves: what each login sees of a table, makes in it and changes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import BigInteger, Column, Connection, MetaData, Sequence, Table, Text, text
from sqlalchemy.exc import ProgrammingError

from andon.kernel.db import Database
from andon.kernel.migrations.walls import wall_statements

METADATA = MetaData()


def table(name: str, *more: "Column[object]", **marks: object) -> Table:
    return Table(
        name,
        METADATA,
        Column("shop_id", BigInteger, primary_key=True, autoincrement=False),
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("note", Text),
        *more,
        info=marks,
    )


table("open_ones")
table("suppliers_own", Column("supplier_id", BigInteger))
table("shelves", Column("location", BigInteger), supplier="location")
table("hidden_ones", supplier="hidden")
table("books", append_only=True)
table("looked_up", reference=True)
Sequence("own_ids", metadata=METADATA)
SHOPS = ("open_ones", "suppliers_own", "shelves", "hidden_ones", "books")


@pytest.fixture
def walled(database: Database) -> Database:
    """A database that also has these tables, with rows of shops 1, 2 and 3."""
    with database.owner.begin() as owner:
        METADATA.create_all(owner)
        for statement in wall_statements(METADATA, database.prefix):
            owner.execute(text(statement))
    with database.line.begin() as line:
        for name in (*SHOPS, "looked_up"):
            line.execute(text(f"insert into {name} (shop_id, id) values (1, 1), (2, 1), (2, 2), (3, 1)"))
        for name, column in (("suppliers_own", "supplier_id"), ("shelves", "location")):
            line.execute(
                text(f"update {name} set {column} = case when id = 1 then 7 else 8 end where shop_id < 3")
            )
    return database


@contextmanager
def app(walled: Database, shops: str | None = None, supplier: str | None = None) -> Iterator[Connection]:
    """A request's connection: its shops and supplier set for one transaction, which is given up at the end."""
    with walled.app.connect() as connection:
        if shops is not None:
            connection.execute(text(f"set local andon.shops = '{shops}'"))
        if supplier is not None:
            connection.execute(text(f"set local andon.supplier = '{supplier}'"))
        yield connection


def seen(connection: Connection, name: str) -> list[tuple[int, int]]:
    return [
        (row[0], row[1]) for row in connection.execute(text(f"select shop_id, id from {name} order by 1, 2"))
    ]


@pytest.mark.parametrize("name", SHOPS)
def test_a_request_that_names_no_shop_sees_none(walled: Database, name: str):
    for shops in (None, "", "99"):
        with app(walled, shops) as connection:
            assert seen(connection, name) == []


@pytest.mark.parametrize("name", SHOPS)
def test_a_request_sees_its_shops_alone(walled: Database, name: str):
    with app(walled, "2") as connection:
        assert seen(connection, name) == [(2, 1), (2, 2)]
    with app(walled, "1,3") as connection:
        assert seen(connection, name) == [(1, 1), (3, 1)]


def test_what_a_transaction_set_does_not_outlive_it(walled: Database):
    with app(walled, "2") as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    with app(walled) as connection:
        assert connection.scalar(text("select pg_backend_pid()")) == pid
        assert seen(connection, "open_ones") == []


@pytest.mark.parametrize("name", SHOPS)
def test_nothing_can_be_made_or_moved_across_the_wall(walled: Database, name: str):
    with app(walled, "2") as connection, pytest.raises(ProgrammingError, match="row-level security"):
        connection.execute(text(f"insert into {name} (shop_id, id) values (1, 9)"))
    if name != "books":
        with app(walled, "2") as connection:
            assert connection.execute(text(f"update {name} set note = 'x' where shop_id = 1")).rowcount == 0
            assert connection.execute(text(f"delete from {name} where shop_id <> 2")).rowcount == 0
        with app(walled, "2") as connection, pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(text(f"update {name} set shop_id = 1, id = 9 where id = 2"))


def test_a_supplier_sees_its_own_rows_of_its_shops(walled: Database):
    with app(walled, "1,2", "7") as connection:
        assert seen(connection, "suppliers_own") == [(1, 1), (2, 1)]
        assert seen(connection, "shelves") == [(1, 1), (2, 1)]
        assert seen(connection, "hidden_ones") == []
        assert seen(connection, "open_ones") == [(1, 1), (2, 1), (2, 2)]
    with app(walled, "1,2,3", "9") as connection:
        assert seen(connection, "suppliers_own") == []


def test_a_row_of_no_supplier_is_the_sellers_alone(walled: Database):
    with app(walled, "3") as connection:
        assert seen(connection, "suppliers_own") == [(3, 1)]
    with app(walled, "3", "7") as connection:
        assert seen(connection, "suppliers_own") == []


def test_a_supplier_cannot_write_in_anothers_name(walled: Database):
    with app(walled, "2", "7") as connection, pytest.raises(ProgrammingError, match="row-level security"):
        connection.execute(text("insert into suppliers_own (shop_id, id, supplier_id) values (2, 9, 8)"))
    with app(walled, "2", "7") as connection, pytest.raises(ProgrammingError, match="row-level security"):
        connection.execute(text("insert into hidden_ones (shop_id, id) values (2, 9)"))


@pytest.mark.parametrize("change", ["update books set note = 'x'", "delete from books", "truncate books"])
def test_books_are_added_to_and_never_changed(walled: Database, change: str):
    for engine in (walled.app, walled.line):
        with engine.connect() as connection:
            connection.execute(text("set local andon.shops = '2'"))
            connection.execute(text("insert into books (shop_id, id) values (2, 9)"))
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(change))


@pytest.mark.parametrize("name", [*SHOPS, "looked_up"])
def test_the_line_and_the_owner_see_all(walled: Database, name: str):
    for engine in (walled.line, walled.owner):
        with engine.connect() as connection:
            assert len(seen(connection, name)) == 4


def test_all_see_what_is_looked_up_and_take_numbers(walled: Database):
    with app(walled) as connection:
        assert len(seen(connection, "looked_up")) == 4
        assert connection.scalar(text("select nextval('own_ids')")) == 1
