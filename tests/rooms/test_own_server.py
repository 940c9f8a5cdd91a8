"""ANDON_DATABASE_URL: any PostgreSQL from 15 on, by an administrator's login or the owner's."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from andon.kernel.db import (
    Database,
    DatabaseUnavailable,
    create_database,
    drop_database,
    is_current,
    migrate,
    open_database,
    print_roles,
)
from andon.kernel.settings import Settings
from tests.rooms.own_server import PASSWORD, OwnServer, free_port, own_server, server_that_says


@pytest.fixture(scope="module")
def own() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


@pytest.fixture
def settings(own: OwnServer, tmp_path: Path) -> Settings:
    """An Andon that uses the server by its superuser."""
    return Settings(home=tmp_path / "home", database_url=own.url(), pool_size=2)


def whoever(database: Database) -> list[str]:
    """Whom each pool signs in as."""
    names = []
    for engine in (database.owner, database.app, database.line):
        with engine.connect() as connection:
            names.append(str(connection.scalar(text("select current_user"))))
    database.dispose()
    return names


def by(settings: Settings, url: str) -> Settings:
    return dataclasses.replace(settings, database_url=url)


def test_a_superusers_address_is_enough(settings: Settings, own: OwnServer):
    database = open_database(settings)
    migrate(database)
    assert is_current(database)
    assert whoever(database) == ["andon_owner", "andon_app", "andon_line"]
    assert whoever(open_database(settings)) == ["andon_owner", "andon_app", "andon_line"]
    drop_database(settings, "andon")
    assert own.rows("select 1 from pg_roles where rolname like 'andon%'") == []


def test_the_address_names_the_database_and_by_it_the_logins(settings: Settings, own: OwnServer):
    database = open_database(by(settings, own.url("Löwe 2")))
    assert database.name == "Löwe 2"
    assert whoever(database) == ["Löwe 2_owner", "Löwe 2_app", "Löwe 2_line"]
    drop_database(settings, "Löwe 2")


def test_a_database_that_a_superuser_made_goes_over_to_an_owner_who_is_none(
    settings: Settings, own: OwnServer
):
    own.run("create database made_by_hand")
    database = open_database(by(settings, own.url("made_by_hand")))
    migrate(database)
    assert whoever(database)[0] == "made_by_hand_owner"
    drop_database(settings, "made_by_hand")


def test_an_administrator_who_is_no_superuser_will_do(settings: Settings, own: OwnServer):
    own.run("create role clerk login createrole createdb password 'x'")
    clerks = by(settings, own.url("clerked", "clerk", "x"))
    database = open_database(clerks)
    migrate(database)
    assert whoever(database) == ["clerked_owner", "clerked_app", "clerked_line"]
    create_database(clerks, "clerked_too", template="clerked")
    assert whoever(open_database(clerks, "clerked_too"))[1] == "clerked_app"
    drop_database(clerks, "clerked_too")
    drop_database(clerks, "clerked")
    assert own.rows("select 1 from pg_roles where rolname like 'clerked%'") == []


def test_where_logins_may_not_be_made_an_administrator_runs_what_is_printed(
    settings: Settings, own: OwnServer
):
    own.run("create role guest login createdb password 'x'")
    with pytest.raises(DatabaseUnavailable, match=r"'guest' may not create shared_owner.*--print-roles"):
        open_database(by(settings, own.url("shared", "guest", "x")))

    version = own.rows("show server_version_num")[0][0]
    statements = print_roles("shared", settings)
    assert PASSWORD not in statements
    newer = statements.index("-- On PostgreSQL 17")
    own.run(statements if int(str(version)) >= 170000 else statements[:newer])

    owners = by(settings, f"postgresql://shared_owner@127.0.0.1:{own.port}/shared")
    database = open_database(owners)
    migrate(database)
    assert whoever(database) == ["shared_owner", "shared_app", "shared_line"]
    drop_database(settings, "shared")


def test_an_owner_of_another_name_needs_only_the_other_two(settings: Settings, own: OwnServer):
    own.run("create role bob login password 'x';\ncreate database bobs owner bob")
    with pytest.raises(DatabaseUnavailable, match="'bob' may not create bobs_app, bobs_line"):
        open_database(by(settings, own.url("bobs", "bob", "x")))
    own.run("create role bobs_app login password 'a';\ncreate role bobs_line login password 'l'")
    with pytest.raises(DatabaseUnavailable, match="'bobs_app' cannot sign in"):
        open_database(by(settings, own.url("bobs", "bob", "x")))
    given = dataclasses.replace(
        by(settings, own.url("bobs", "bob", "x")),
        app_database_url=own.url("bobs", "bobs_app", "a"),
        line_database_url=own.url("bobs", "bobs_line", "l"),
    )
    database = open_database(given)
    migrate(database)
    assert whoever(database) == ["bob", "bobs_app", "bobs_line"]
    own.run("drop database bobs")


def test_a_login_of_another_name_is_refused(settings: Settings, own: OwnServer):
    stranger = dataclasses.replace(settings, app_database_url=own.url("andon", "admin"))
    with pytest.raises(DatabaseUnavailable, match="ANDON_APP_DATABASE_URL signs in as 'admin'"):
        open_database(stranger, "elsewhere")
    drop_database(settings, "elsewhere")


def test_another_key_is_told(settings: Settings, own: OwnServer):
    open_database(settings, "keyed").dispose()
    other = dataclasses.replace(settings, secret_key=b"another key of this Andon")
    with pytest.raises(DatabaseUnavailable, match="same ANDON_SECRET_KEY"):
        open_database(other, "keyed")
    drop_database(settings, "keyed")


def test_four_at_once_open_one_new_database(settings: Settings):
    with ThreadPoolExecutor(4) as threads:
        databases = list(threads.map(lambda _: open_database(settings, "crowded"), range(4)))
        list(threads.map(migrate, databases))
    assert all(is_current(database) for database in databases)
    for database in databases:
        database.dispose()
    drop_database(settings, "crowded")


def test_two_andons_share_a_server_and_not_each_others_data(settings: Settings, own: OwnServer):
    first, second = open_database(settings, "first"), open_database(settings, "second")
    stranger = dataclasses.replace(settings, database_url=own.url())
    assert whoever(second)[1] == "second_app"
    for login in ("app", "line", "owner"):
        allowed = own.rows(f"select has_database_privilege('first_{login}', 'second', 'connect')")
        assert allowed == [(False,)]
    first.dispose()
    drop_database(stranger, "first")
    drop_database(stranger, "second")


def test_an_old_server_is_refused(settings: Settings):
    with (
        server_that_says("14.19") as port,
        pytest.raises(DatabaseUnavailable, match=r"PostgreSQL 14; Andon needs 15 or later"),
    ):
        open_database(by(settings, f"postgresql://admin:x@127.0.0.1:{port}/postgres"))


def test_a_server_that_is_away_is_told_without_its_password(settings: Settings):
    with pytest.raises(DatabaseUnavailable) as told:
        open_database(by(settings, f"postgresql://admin:pssst@127.0.0.1:{free_port()}/andon"))
    assert "127.0.0.1" in str(told.value)
    assert "pssst" not in str(told.value)


def test_a_wrong_password_is_told_without_it(settings: Settings, own: OwnServer):
    with pytest.raises(DatabaseUnavailable, match="password authentication failed") as told:
        open_database(by(settings, own.url("andon", "admin", "pssst")))
    assert "pssst" not in str(told.value)


@pytest.mark.parametrize("name", ["", "x" * 58, "a\0b"])
def test_a_name_that_cannot_be_is_refused(settings: Settings, name: str):
    with pytest.raises(DatabaseUnavailable, match="a database's name has 1 to 57 bytes"):
        open_database(settings, name)
