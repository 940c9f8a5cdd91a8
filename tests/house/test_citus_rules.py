"""The rules that keep the door to Citus open, and the walls whole, held against the catalogue of a real database."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from andon.app.schema import metadata
from andon.kernel.db import Database, create_database, drop_database, open_database
from andon.kernel.migrations.walls import is_walled
from andon.kernel.settings import Settings
from tests.house.catalogue import Catalogue, breaches

REFERENCES = {table.name for table in metadata.tables.values() if table.info.get("reference")}
APPEND_ONLY = {table.name for table in metadata.tables.values() if table.info.get("append_only")}
FORGOTTEN = {table.name for table in metadata.tables.values() if table.info.get("forgotten")}
UNSAID = {"fulfilment_lines", "heads", "recipients"}
"""Tables that name neither a supplier nor what suppliers see: all of the shop's suppliers see them whole."""

SHOP = "shop_id bigint not null"
WALLS = (
    "alter table t enable row level security; alter table t force row level security; "
    "create policy owner on t to current_user using (true); create policy line on t to {line} using (true); "
    "create policy app on t to {app} using (shop_id::text = current_setting('andon.shops', true));"
)
SOUND = f"create table t ({SHOP}, id bigint, n bigint, primary key (shop_id, id)); {WALLS}"


@pytest.fixture(scope="module")
def database(settings: Settings, template: str) -> Iterator[Database]:
    """One migrated database for all of these tests: each gives up what it did."""
    create_database(settings, "catalogued", template=template)
    database = open_database(settings, "catalogued")
    yield database
    database.dispose()
    drop_database(settings, "catalogued")


@pytest.fixture
def owner(database: Database) -> Iterator[Connection]:
    """The owner's connection, in a transaction that is given up at the end."""
    with database.owner.connect() as connection:
        yield connection


def catalogue_of(database: Database, connection: Connection) -> Catalogue:
    return Catalogue(connection, REFERENCES | {"looked_up"}, database.prefix)


def test_the_schema_keeps_the_door_to_citus_open(database: Database, owner: Connection):
    catalogue = catalogue_of(database, owner)
    assert len(catalogue.shops()) > 15, "the catalogue was read"
    assert breaches(catalogue) == []


def test_the_database_has_the_tables_that_the_code_declares(database: Database, owner: Connection):
    catalogue = catalogue_of(database, owner)
    assert set(catalogue.tables()) == set(metadata.tables)
    assert catalogue.shops() == {table.name for table in metadata.tables.values() if is_walled(table)}


def drift(owner: Connection) -> list[str]:
    """Where the database's tables differ from those that the code declares."""
    context = MigrationContext.configure(owner, opts={"compare_type": True, "compare_server_default": True})
    return [str(each) for each in compare_metadata(context, metadata) if "alembic_version" not in str(each)]


def test_the_migrations_lead_to_what_the_code_declares(owner: Connection):
    assert drift(owner) == []


@pytest.mark.parametrize(
    "ddl",
    [
        "alter table orders add n int",
        "alter table orders alter currency drop not null",
        "drop index ix_orders_placed_at",
        "alter table orders alter freight_minor type int",
    ],
)
def test_a_schema_that_drifted_is_found(owner: Connection, ddl: str):
    owner.exec_driver_sql(ddl)
    assert len(drift(owner)) == 1


def test_every_shops_table_says_what_a_supplier_sees_of_it():
    unsaid = {
        table.name
        for table in metadata.tables.values()
        if is_walled(table) and "supplier" not in table.info and "supplier_id" not in table.columns
    }
    assert unsaid <= UNSAID


def test_the_application_may_add_to_the_books_and_not_change_them(database: Database, owner: Connection):
    rights = owner.execute(
        text(
            "select c.relname, r, has_table_privilege(r, c.oid, 'insert'), has_table_privilege(r, c.oid, 'update'), "
            "has_table_privilege(r, c.oid, 'delete'), has_table_privilege(r, c.oid, 'truncate') "
            "from pg_class c, unnest(array[:app, :line]) r "
            "where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'"
        ),
        {"app": f"{database.prefix}_app", "line": f"{database.prefix}_line"},
    ).all()
    assert rights
    for table, login, insert, update, delete, truncate in rights:
        changes = table not in APPEND_ONLY
        forgets = changes or (table in FORGOTTEN and login == f"{database.prefix}_line")
        assert (table, insert, update, delete, truncate) == (table, True, changes, forgets, False)


@pytest.mark.parametrize(
    ("ddl", "told"),
    [
        ("create table t (id bigint primary key)", "t has no shop_id and is not declared a reference"),
        (f"create table t ({SHOP}, id bigint primary key); {WALLS}", "t_pkey of t is unique without shop_id"),
        (f"create table t ({SHOP}, id bigint, primary key (id, shop_id)); {WALLS}", "t_pkey of t does not begin with shop_id"),
        (f"create table t ({SHOP}); {WALLS}", "t has no primary key"),
        (f"{SOUND} create unique index u on t (n)", "u of t is unique without shop_id"),
        (f"{SOUND} create unique index u on t (n) include (shop_id)", "u of t is unique without shop_id"),
        (f"{SOUND} create unique index u on t (lower(n::text)) where n > 7", "u of t is unique without shop_id"),
        (SOUND.replace("bigint not null", "int not null"), "t.shop_id is not a bigint that is always there"),
        (f"{SOUND} alter table t alter id add generated always as identity", "t.id is an identity column"),
        (f"{SOUND} alter table t drop constraint t_pkey cascade, alter shop_id drop not null", "t.shop_id is not a bigint that is always there"),
        (
            (f"{SOUND} create table looked_up (id bigint primary key, {SHOP}, n bigint, "
            "constraint f foreign key (shop_id, n) references t)"),
            "f: the reference looked_up points at t, which is a shop's",
        ),
        (
            (f"{SOUND} create unique index u on t (shop_id, id, n); alter table t add m bigint, "
            "add constraint f foreign key (m, id, n) references t (shop_id, id, n)"),
            "f from t to t does not carry shop_id",
        ),
        (
            ("create table looked_up (id bigint primary key);"
            f"{SOUND} alter table t add foreign key (n) references looked_up on delete set null"),
            "t_n_fkey of t sets a column when its target is deleted",
        ),
        (
            f"{SOUND} alter table t add foreign key (shop_id, n) references t on update cascade",
            "t_shop_id_n_fkey of t would update shop_id",
        ),
        (
            (f"{SOUND} create function f() returns trigger language plpgsql as 'begin return new; end';"
            "create trigger g before insert on t execute function f()"),
            "g on t is a trigger",
        ),
        (f"{SOUND} alter table t no force row level security", "t has no forced row-level security"),
        (f"{SOUND} alter table t disable row level security", "t has no forced row-level security"),
        (f"{SOUND} drop policy line on t", "t has no policy for line"),
        (f"{SOUND} create policy all_of_it on t to {{app}} using (true)", "t has a policy for app that does not ask for the shop"),
        (f"{SOUND} create view v as select * from t", "v is a view that reads with its owner's eyes"),
        ("create function f() returns int language sql security definer as 'select 1'", "f is a function that runs with its owner's rights"),
        (
            (f"create table t ({SHOP}, id bigint, primary key (shop_id, id)) partition by range (id); {WALLS}"
            "create table part partition of t default; grant select on part to {app}"),
            "part is a partition that can be reached past its table",
        ),
    ],
)  # fmt: skip
def test_a_breach_is_found(database: Database, owner: Connection, ddl: str, told: str):
    roles = {login: f'"{database.prefix}_{login}"' for login in ("app", "line")}
    owner.exec_driver_sql(ddl.format(**roles))
    assert told in breaches(catalogue_of(database, owner))


def test_a_sound_table_is_no_breach(database: Database, owner: Connection):
    roles = {login: f'"{database.prefix}_{login}"' for login in ("app", "line")}
    owner.exec_driver_sql(SOUND.format(**roles))
    assert breaches(catalogue_of(database, owner)) == []
