"""A database on the embedded server: its logins, limits, pools and schema."""

import threading

import pytest
from sqlalchemy import JSON, bindparam, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoneFree

from andon.kernel.db import Database, create_database, drop_database, is_current, migrate, open_database
from andon.kernel.settings import Settings


def show(database: Database, login: str, name: str) -> str:
    with getattr(database, login).connect() as connection:
        return str(connection.scalar(text(f"show {name}")))


def test_a_copy_of_the_template_is_current_and_opens_for_each_login(database: Database):
    assert is_current(database)
    for engine, login in ((database.owner, "owner"), (database.app, "app"), (database.line, "line")):
        with engine.connect() as connection:
            assert connection.scalar(text("select current_user")) == f"{database.prefix}_{login}"


def test_an_empty_database_is_not_current_until_it_is_migrated(settings: Settings, template: str):
    database = open_database(settings, "empty")
    assert not is_current(database)
    threads = [threading.Thread(target=migrate, args=(database,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_current(database)
    database.dispose()
    drop_database(settings, "empty")


def test_what_a_login_may_cost_is_bounded(database: Database):
    assert show(database, "app", "statement_timeout") == "30s"
    assert show(database, "line", "statement_timeout") == "2min"
    for login in ("app", "line"):
        for name in ("lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"):
            assert show(database, login, name) != "0"
    for login in ("owner", "app", "line"):
        assert show(database, login, "timezone") == "UTC"
    assert show(database, "owner", "statement_timeout") == "0", "a migration takes what it takes"


def test_limits_that_were_changed_come_back_when_it_is_opened(settings: Settings, database: Database):
    with database.app.connect() as connection:
        connection.execute(
            text(f'alter role "{database.prefix}_app" in database "{database.name}" reset all')
        )
        connection.commit()
    database.app.dispose()
    assert show(database, "app", "statement_timeout") == "0"
    database.app.dispose()
    again = open_database(settings, database.name)
    assert show(again, "app", "statement_timeout") == "30s"
    again.dispose()


def test_neither_app_nor_line_may_change_the_schema(database: Database):
    for engine in (database.app, database.line):
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("create table mine (id int)"))


def test_a_pool_gives_as_many_connections_as_were_named(settings: Settings, database: Database):
    held = [database.app.connect() for _ in range(settings.pool_size)]
    database.app.pool._timeout = 0.1  # type: ignore[attr-defined]
    with pytest.raises(NoneFree):
        database.app.connect()
    for connection in held:
        connection.close()


def test_a_listener_hears_what_a_commit_tells(database: Database):
    with database.listen() as listener:
        listener.execute("listen andon_line")
        with database.line.begin() as connection:
            connection.execute(text("select pg_notify('andon_line', 'push')"))
        heard = next(listener.notifies(timeout=5))
    assert (heard.channel, heard.payload) == ("andon_line", "push")


def test_json_goes_and_comes_by_orjson(database: Database):
    with database.app.connect() as connection:
        value = {"名": [1, 2.5, None], "deep": {"er": True}}
        sent = text("select cast(:value as jsonb)").bindparams(bindparam("value", value, JSON()))
        assert connection.scalar(sent) == value


def test_a_copy_shares_its_templates_logins_and_leaves_them(settings: Settings, database: Database):
    database.dispose()
    create_database(settings, "copied", template=database.name)
    create_database(settings, "copied", template=database.name)
    copy = open_database(settings, "copied")
    assert copy.prefix == database.prefix
    assert is_current(copy)
    copy.dispose()
    drop_database(settings, "copied")
    drop_database(settings, "copied")
    assert is_current(database)


def test_a_pool_survives_a_session_that_was_ended(database: Database):
    with database.app.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    with database.app.connect() as other, database.app.connect() as ender:
        assert other.scalar(text("select pg_backend_pid()")) == pid
        ender.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(OperationalError):
            other.scalar(text("select 1"))
    with database.app.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
