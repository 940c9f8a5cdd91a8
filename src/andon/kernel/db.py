"""A database of Andon: its three logins, its pools, its schema.

By default on the embedded server; on any PostgreSQL from version 15 on, where ANDON_DATABASE_URL names one.
"""

from dataclasses import dataclass

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine, create_engine

from andon.kernel.admin import (
    CONNECT,
    DEFAULT_NAME,
    OLDEST_VERSION,
    Admin,
    DatabaseUnavailable,
    Place,
    connect,
    is_superuser,
    place_of,
    prefix_of,
    read_url,
)
from andon.kernel.migrations import run as migrations
from andon.kernel.roles import (
    APP,
    LINE,
    LOGINS,
    OWNER,
    door_statements,
    limit_statements,
    renew_password,
    role_name,
    role_password,
    role_statements,
)
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings

__all__ = [
    "Database",
    "DatabaseUnavailable",
    "Logins",
    "create_database",
    "drop_database",
    "is_current",
    "migrate",
    "names_of_databases",
    "open_database",
    "print_roles",
    "renew_passwords",
]


@dataclass(frozen=True)
class Logins:
    """Where each login reaches the database."""

    owner: URL
    app: URL
    line: URL


@dataclass(frozen=True)
class Database:
    """An open database. The owner's pool is for migrations only."""

    name: str
    prefix: str  # what the names of its logins begin with
    logins: Logins
    owner: Engine
    app: Engine
    line: Engine

    def listen(self) -> Admin:
        """A connection of the line outside its pool, in autocommit, for LISTEN."""
        return connect(self.logins.line)

    def dispose(self) -> None:
        """Close the pools."""
        for engine in (self.owner, self.app, self.line):
            engine.dispose()


def open_database(settings: Settings, name: str = DEFAULT_NAME, *, make: bool = True) -> Database:
    """Open a database, made with its logins if it is missing and may be made (`make`); it is not migrated.

    With ANDON_DATABASE_URL the default name stands for the database that the URL names.
    Raises DatabaseUnavailable, or ServerUnavailable for the embedded server.
    """
    place = place_of(settings)
    name = place.resolve(name)
    if not place.exists(name):
        if not make:
            raise DatabaseUnavailable(f"there is no database '{name}'")
        place.create(name)
    prefix, logins = _sign_in(place, name)
    return Database(
        name=name,
        prefix=prefix,
        logins=logins,
        owner=_engine(logins.owner, 2),
        app=_engine(logins.app, settings.pool_size),
        line=_engine(logins.line, settings.pool_size),
    )


def create_database(settings: Settings, name: str, template: str | None = None) -> None:
    """Make a database, empty or as a copy of another, whose logins it then shares; one that is there is kept."""
    place_of(settings).create(name, template)


def drop_database(settings: Settings, name: str) -> None:
    """Drop a database with its own logins, whoever is connected; nothing happens when it is not there."""
    place_of(settings).drop(name)


def migrate(database: Database) -> None:
    """Bring the schema up to date; several processes may ask at once."""
    migrations.upgrade(database.owner, database.prefix)


def renew_passwords(database: Database, old: bytes, new: bytes) -> None:
    """Give each login whose password the key `old` gave the one that `new` gives; again is as good as once."""
    for url in (database.logins.owner, database.logins.app, database.logins.line):
        role = str(url.username)
        if url.password in {role_password(key, role) for key in (old, new)}:
            with connect(url) as itself:
                itself.execute(renew_password(role, new))


def names_of_databases(settings: Settings) -> list[str]:
    """Andon's databases there: all of the embedded server, the one that ANDON_DATABASE_URL names."""
    return place_of(settings).names()


def is_current(database: Database) -> bool:
    """Whether the schema is the one that this code was written for."""
    with database.app.connect() as connection:
        return migrations.current(connection)


def print_roles(name: str, settings: Settings | None = None) -> str:
    """The SQL that an administrator runs where Andon may not make the logins itself.

    It holds their passwords only as verifiers, derived from this Andon's secret key.
    """
    key = secret_key(settings or Settings.from_env())
    create = sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
        sql.Identifier(name), sql.Identifier(role_name(name, OWNER))
    )
    limits = limit_statements(name, name, OLDEST_VERSION)
    newer = [each for each in limit_statements(name, name, 17) if each not in limits]
    lines = [*role_statements(name, key), create, *door_statements(name, name), *limits]
    text = [f"{statement.as_string()};" for statement in lines]
    text.append("-- On PostgreSQL 17 and later:")
    text += [f"{statement.as_string()};" for statement in newer]
    return "\n".join(text) + "\n"


def _sign_in(place: Place, name: str) -> tuple[str, Logins]:
    """See to a database's logins and limits; answer what their names begin with, and where each goes."""
    with place.connected(name) as admin:
        prefix = prefix_of(admin, name)
        owned = _owns(admin, name)
        if owned and is_superuser(admin):
            # Made by a superuser's own hand: its owner must not be one.
            place.create_roles(admin, prefix)
            owner = sql.Identifier(role_name(prefix, OWNER))
            admin.execute(sql.SQL("alter database {} owner to {}").format(sql.Identifier(name), owner))
            owned = False
        # An owner of another name, whose own address was given, is as good.
        logins = (APP, LINE) if owned else LOGINS
        place.create_roles(admin, prefix, logins)
        place.limit(admin, name, prefix, logins)

    settings = place.settings
    urls = Logins(
        owner=place.admin.set(database=name) if owned else place.url(name, prefix, OWNER),
        app=_given("ANDON_APP_DATABASE_URL", settings.app_database_url, name, prefix, APP)
        or place.url(name, prefix, APP),
        line=_given("ANDON_LINE_DATABASE_URL", settings.line_database_url, name, prefix, LINE)
        or place.url(name, prefix, LINE),
    )
    if not place.embedded:
        for url in (urls.owner, urls.app, urls.line):
            _probe(url)
    return prefix, urls


def _owns(admin: Admin, name: str) -> bool:
    row = admin.execute(
        "select pg_get_userbyid(datdba) = current_user from pg_database where datname = %s", [name]
    ).fetchone()
    return row == (True,)


def _given(variable: str, text: str | None, name: str, prefix: str, login: str) -> URL | None:
    """A login's own address, which may differ in host, password and options, not in whom it signs in as."""
    if text is None:
        return None
    url = read_url(variable, text)
    if url.username != role_name(prefix, login):
        raise DatabaseUnavailable(
            f"{variable} signs in as '{url.username}'; the rights in '{name}' are those of '{role_name(prefix, login)}'"
        )
    return url.set(database=name)


def _probe(url: URL) -> None:
    try:
        connect(url).close()
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"'{url.username}' cannot sign in to '{url.database}': {str(error).strip()}\n"
            "Its password is derived from this Andon's secret key: give all processes of one Andon the same "
            "ANDON_SECRET_KEY, or set ANDON_APP_DATABASE_URL and ANDON_LINE_DATABASE_URL."
        ) from error


def _engine(url: URL, size: int) -> Engine:
    return create_engine(
        url,
        pool_size=size,
        # As many as are named and no more: the server's connections are counted, and waiting is bounded.
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=False,
        use_native_hstore=False,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args=CONNECT,
    )
