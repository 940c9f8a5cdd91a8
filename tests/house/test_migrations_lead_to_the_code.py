"""The migrations, run from empty, make the very schema that the code declares: columns, keys, indexes, walls, rights."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from andon.app.schema import metadata
from andon.kernel.db import Database, create_database, drop_database, open_database
from andon.kernel.migrations.walls import wall_statements
from andon.kernel.settings import Settings

ASPECTS = {
    "columns": (
        "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' "
        "|| coalesce(column_default, '') from information_schema.columns where table_schema = 'public'"
    ),
    "constraints": (
        "select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = 'public'::regnamespace"
    ),
    "indexes": "select indexdef from pg_indexes where schemaname = 'public'",
    "storage": (
        "select relname || ' ' || relpersistence::text || ' ' || coalesce(reloptions::text, '') from pg_class "
        "where relkind in ('r', 'p', 'S')"
    ),
    "policies": (
        "select tablename || ' ' || policyname || ' ' || cmd || ' ' || coalesce(qual, '') || ' ' "
        "|| coalesce(with_check, '') from pg_policies where schemaname = 'public'"
    ),
    "rights": (
        "select relname || ' ' || coalesce(relacl::text, '') from pg_class "
        "where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')"
    ),
    "column rights": (
        "select attrelid::regclass || '.' || attname || ' ' || attacl::text from pg_attribute where attacl is not null "
        "and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)"
    ),
}
BESIDE_THE_CODE = "alembic_version"


@pytest.fixture
def declared(settings: Settings, template: str) -> Iterator[Database]:
    """A database made from the tables in code alone, with the logins of the migrated one."""
    name = f"declared_{uuid4().hex[:8]}"
    create_database(settings, name, template=template)
    database = open_database(settings, name)
    with database.owner.begin() as owner:
        owner.execute(text("drop schema public cascade"))
        owner.execute(text("create schema public"))
        metadata.create_all(owner)
        for statement in wall_statements(metadata, database.prefix):
            owner.execute(text(statement.replace(":", r"\:")))
    yield database
    database.dispose()
    drop_database(settings, name)


def seen(connection: Connection, aspect: str) -> set[str]:
    return {
        row
        for row in connection.scalars(text(ASPECTS[aspect].replace("::", r"\:\:")))
        if BESIDE_THE_CODE not in row
    }


@pytest.mark.parametrize("aspect", ASPECTS)
def test_what_the_migrations_make_is_what_the_code_declares(
    database: Database, declared: Database, aspect: str
) -> None:
    with database.owner.connect() as migrated, declared.owner.connect() as in_code:
        made, wanted = seen(migrated, aspect), seen(in_code, aspect)
    assert made
    assert sorted(made - wanted) == []
    assert sorted(wanted - made) == []
