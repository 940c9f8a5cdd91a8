"""A migration that fails leaves the schema as it was, and says where it failed and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from andon.kernel.db import Database, is_current, migrate, open_database
from andon.kernel.migrations import versions
from andon.kernel.migrations.run import MigrationFailed, SchemaIsNewer, upgrade, versions_of
from andon.kernel.settings import Settings


def next_version(folder: Path, *statements: str) -> Callable[[], Config]:
    """Our versions, and after them one that runs these statements."""

    def config() -> Config:
        config = versions_of()
        config.set_main_option("version_locations", f"{Path(versions.__file__).parent}\n{folder}")
        return config

    [head] = ScriptDirectory.from_config(versions_of()).get_heads()
    for place, statement in enumerate(statements):
        number = f"900{place}"
        (folder / f"{number}_more.py").write_text(
            f"from alembic import op\nrevision = {number!r}\ndown_revision = {head!r}\n"
            f"def upgrade():\n    op.execute({statement!r})\n"
        )
        head = number
    return config


def schema_of(database: Database) -> set[str]:
    with database.owner.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_a_version_that_fails_takes_back_those_before_it_and_is_named(
    database: Database, tmp_path: Path
) -> None:
    config = next_version(tmp_path, "create table fresh (n int)", "insert into nowhere values (1)")
    before = schema_of(database)
    with pytest.raises(MigrationFailed) as failed:
        upgrade(database.owner, database.prefix, config())
    told = str(failed.value)
    assert "at version 9001" in told
    assert 'relation "nowhere" does not exist' in told
    assert "insert into nowhere values (1)" in told
    assert "Nothing was changed." in told
    assert "report it" in told
    assert schema_of(database) == before
    assert is_current(database)
    migrate(database)


def test_a_schema_of_a_newer_andon_is_left_alone_and_told(database: Database) -> None:
    with database.owner.begin() as owner:
        owner.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SchemaIsNewer, match="a newer Andon's, of version 9999, and this one knows"):
        migrate(database)


def test_a_version_that_lacks_a_right_says_who_can_give_it(database: Database, tmp_path: Path) -> None:
    config = next_version(tmp_path, "create role somebody")
    with pytest.raises(MigrationFailed, match="--print-roles") as failed:
        upgrade(database.owner, database.prefix, config())
    assert "at version 9000" in str(failed.value)
    assert is_current(database)


def test_a_version_that_waits_for_a_lock_in_vain_says_what_to_end(database: Database, tmp_path: Path) -> None:
    config = next_version(
        tmp_path, "set local lock_timeout = '100ms'", "alter table orders add column more int"
    )
    with database.line.begin() as reader:
        reader.execute(text("select count(*) from orders"))
        with pytest.raises(MigrationFailed, match="andon stop") as failed:
            upgrade(database.owner, database.prefix, config())
    assert "at version 9001" in str(failed.value)
    assert "Nothing was changed." in str(failed.value)
    upgrade(database.owner, database.prefix, config())
    with database.owner.connect() as connection:
        assert "more" in {column["name"] for column in inspect(connection).get_columns("orders")}


def test_a_version_that_the_server_undoes_for_another_transactions_sake_is_run_again(
    database: Database, tmp_path: Path
) -> None:
    with database.owner.begin() as owner:
        owner.execute(text("create sequence tries"))
    deadlock = "do $$ begin if nextval('tries') < 3 then raise 'dead' using errcode = '40P01'; end if; end $$"
    config = next_version(tmp_path, "create table fresh (n int)", deadlock)
    upgrade(database.owner, database.prefix, config())
    assert "fresh" in schema_of(database)
    with database.owner.connect() as connection:
        assert connection.scalar(text("select last_value from tries")) == 3


def test_a_lock_that_is_held_before_the_first_version_is_told_too(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=100ms")
    other = open_database(settings, database.name)
    try:
        with database.owner.begin() as holder:
            holder.execute(text("lock table alembic_version in access exclusive mode"))
            with pytest.raises(MigrationFailed, match="before its first version"):
                migrate(other)
        migrate(other)
    finally:
        other.dispose()
