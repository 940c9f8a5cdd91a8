"""A database of Andon: its three logins, its pools, its schema.

By default on the embedded server; on any PostgreSQL from version 15 on, where ANDON_DATABASE_URL names one.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine, create_engine, make_url

from andon.kernel.errors import Unavailable
from andon.kernel.migrations import run as migrations
from andon.kernel.postgres import ensure_server
from andon.kernel.roles import (
    APP,
    LINE,
    LONGEST_PREFIX_BYTES,
    OWNER,
    door_statements,
    limit_statements,
    role_name,
    role_password,
    role_statements,
)
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings

OLDEST_VERSION = 15
DEFAULT_NAME = "andon"
MAINTENANCE = "postgres"


class DatabaseUnavailable(Unavailable):
    """The database cannot be opened; the text says why, and what to do."""


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

    def listen(self) -> psycopg.Connection[Any]:
        """A connection of the line outside the pool, in autocommit, for LISTEN."""
        return psycopg.connect(**_connect_arguments(self.logins.line), autocommit=True)

    def dispose(self) -> None:
        """Close the pools."""
        for engine in (self.owner, self.app, self.line):
            engine.dispose()


def open_database(settings: Settings, name: str = DEFAULT_NAME) -> Database:
    """Open a database, made with its logins if it is missing and may be made; it is not migrated.

    With ANDON_DATABASE_URL the default name stands for the database that the URL names.
    Raises DatabaseUnavailable, or ServerUnavailable for the embedded server.
    """
    place = _place(settings)
    name = place.resolve(name)
    with _explained(place.admin):
        prefix, logins = _prepare(place, name)
    return _open(settings, name, prefix, logins)


def migrate(database: Database) -> None:
    """Bring the schema up to date; several processes may ask at once."""
    migrations.upgrade(database.owner, database.prefix)


def is_current(database: Database) -> bool:
    """Whether the schema is the one that this code was written for."""
    with database.app.connect() as connection:
        return migrations.current(connection)


def create_database(settings: Settings, name: str, template: str | None = None) -> None:
    """Make a database, empty or as a copy of another, whose logins it then shares; one that is there is kept."""
    place = _place(settings)
    with _explained(place.admin), place.connect(MAINTENANCE) as admin:
        prefix = name
        if template is not None:
            prefix = _prefix_of(admin, template)
        _create(admin, place, name, prefix, template)


def drop_database(settings: Settings, name: str) -> None:
    """Drop a database with its own logins, whoever is connected; nothing happens when it is not there."""
    place = _place(settings)
    with _explained(place.admin), place.connect(MAINTENANCE) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        for login in (APP, LINE, OWNER):
            # They stay while a copy of this database still uses them.
            with contextlib.suppress(psycopg.errors.DependentObjectsStillExist):
                admin.execute(
                    sql.SQL("drop role if exists {}").format(sql.Identifier(role_name(name, login)))
                )


def print_roles(name: str, settings: Settings | None = None) -> str:
    """The SQL that an administrator runs where Andon may not create roles itself."""
    settings = settings or Settings.from_env()
    key = secret_key(settings)
    statements = [
        *role_statements(name, key),
        sql.SQL("create database {} owner {}").format(
            sql.Identifier(name), sql.Identifier(role_name(name, OWNER))
        ),
        *door_statements(name, name),
        *limit_statements(name, name, OLDEST_VERSION),
    ]
    lines = [statement.as_string() + ";" for statement in statements]
    lines.append("-- PostgreSQL 17 and later:")
    older = set(lines)
    newer = [statement.as_string() + ";" for statement in limit_statements(name, name, 17)]
    lines += [line for line in newer if line not in older]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Place:
    """A server, and the login that makes databases there."""

    admin: URL
    settings: Settings
    embedded: bool

    def resolve(self, name: str) -> str:
        """The database's real name."""
        if name == DEFAULT_NAME and self.admin.database not in (None, "", MAINTENANCE, "template1"):
            name = str(self.admin.database)
        if not name or len(name.encode()) > LONGEST_PREFIX_BYTES or "\0" in name:
            raise DatabaseUnavailable(
                f"a database's name has 1 to {LONGEST_PREFIX_BYTES} bytes, as its logins' names carry it: {name!r}"
            )
        return name

    def connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(**_connect_arguments(self.admin.set(database=database)), autocommit=True)

    def key(self) -> bytes | None:
        return None if self.embedded else secret_key(self.settings)

    def login(self, database: str, prefix: str, login: str) -> URL:
        role = role_name(prefix, login)
        key = self.key()
        password = None if key is None else role_password(key, role)
        return self.admin.set(database=database, username=role, password=password)


def _place(settings: Settings) -> _Place:
    if settings.database_url is None:
        server = ensure_server(settings.home)
        return _Place(server.url(MAINTENANCE, "postgres"), settings, embedded=True)
    try:
        url = make_url(settings.database_url)
    except ValueError as why:
        raise DatabaseUnavailable(f"ANDON_DATABASE_URL cannot be read: {why}") from None
    return _Place(url.set(drivername="postgresql+psycopg"), settings, embedded=False)


@contextlib.contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Turn the driver's errors into ours, with the address but never the password."""
    try:
        yield
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            f"{url.render_as_string(hide_password=True)}: {str(error).strip()}"
        ) from error


def _prepare(place: _Place, name: str) -> tuple[str, Logins]:
    """Make what is missing, and answer where each login goes."""
    try:
        connection = place.connect(name)
    except psycopg.OperationalError as error:
        if not _says_missing(error):
            raise
        with place.connect(MAINTENANCE) as admin:
            _create(admin, place, name, name, None)
        connection = place.connect(name)
    with connection as admin:
        _check_version(admin)
        prefix = _prefix_of(admin, name)
        roles = _existing_roles(admin, prefix)
        if len(roles) < len((OWNER, APP, LINE)):
            _create_roles(admin, place, prefix)
        owner_role = _owner_of(admin, name)
        current = admin.info.user

    owner = place.admin.set(database=name)
    if owner_role != current:
        owner = place.login(name, prefix, OWNER)
    settings = place.settings
    app = _given(settings.app_database_url) or place.login(name, prefix, APP)
    line = _given(settings.line_database_url) or place.login(name, prefix, LINE)
    if not place.embedded:
        for url in (owner, app, line):
            _probe(url)
    return prefix, Logins(owner, app, line)


def _create(
    admin: psycopg.Connection[Any], place: _Place, name: str, prefix: str, template: str | None
) -> None:
    _check_version(admin)
    _create_roles(admin, place, prefix)
    owner = sql.Identifier(role_name(prefix, OWNER))
    statement = sql.SQL("create database {} owner {} template {}").format(
        sql.Identifier(name), owner, sql.Identifier(template or "template0")
    )
    if template is None:
        statement += sql.SQL(" encoding 'UTF8'")
    # Another process may be making the same.
    with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        admin.execute(statement)
    version = _check_version(admin)
    for each in (*door_statements(name, prefix), *limit_statements(name, prefix, version)):
        _repeatedly(admin, each)


def _create_roles(admin: psycopg.Connection[Any], place: _Place, prefix: str) -> None:
    if len(_existing_roles(admin, prefix)) == 3:
        return
    try:
        for statement in role_statements(prefix, place.key()):
            with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                admin.execute(statement)
        if not admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (
            True,
        ):
            # Giving a database to a role takes being a member of it.
            admin.execute(
                sql.SQL("grant {} to current_user").format(sql.Identifier(role_name(prefix, OWNER)))
            )
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"'{admin.info.user}' may not create the logins of '{prefix}'. Let an administrator run the output of "
            f"`andon migrate --print-roles`. ({str(error).strip()})"
        ) from error


def _repeatedly(admin: psycopg.Connection[Any], statement: sql.Composed) -> None:
    """Run a change of the catalogue that another process may be making at the same instant."""
    for _ in range(20):
        try:
            admin.execute(statement)
        except psycopg.errors.InternalError_ as error:
            if "concurrently" not in str(error):
                raise
        else:
            return
    raise DatabaseUnavailable(f"too many at once: {statement.as_string(admin)}")


def _check_version(admin: psycopg.Connection[Any]) -> int:
    """The server's major version. Raises DatabaseUnavailable for one that is too old."""
    version = admin.info.server_version // 10_000
    if version < OLDEST_VERSION:
        raise DatabaseUnavailable(
            f"the server is PostgreSQL {version}; Andon needs {OLDEST_VERSION} or later"
        )
    return version


def _existing_roles(admin: psycopg.Connection[Any], prefix: str) -> list[str]:
    names = [role_name(prefix, login) for login in (OWNER, APP, LINE)]
    return [row[0] for row in admin.execute("select rolname from pg_roles where rolname = any(%s)", [names])]


def _owner_of(admin: psycopg.Connection[Any], name: str) -> str:
    row = admin.execute(
        "select pg_get_userbyid(datdba) from pg_database where datname = %s", [name]
    ).fetchone()
    if row is None:
        raise DatabaseUnavailable(f"there is no database '{name}'")
    return str(row[0])


def _prefix_of(admin: psycopg.Connection[Any], name: str) -> str:
    """What a database's logins are named by: its owner's name tells, for a copy has its template's."""
    owner = _owner_of(admin, name)
    return owner.removesuffix(f"_{OWNER}") if owner.endswith(f"_{OWNER}") else name


def _given(url: str | None) -> URL | None:
    return None if url is None else make_url(url).set(drivername="postgresql+psycopg")


def _probe(url: URL) -> None:
    try:
        psycopg.connect(**_connect_arguments(url)).close()
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"'{url.username}' cannot sign in to '{url.database}': {str(error).strip()}\nIts password is derived from "
            "this Andon's secret key. Give every process of one Andon the same ANDON_SECRET_KEY, or set "
            "ANDON_APP_DATABASE_URL and ANDON_LINE_DATABASE_URL."
        ) from error


def _says_missing(error: psycopg.OperationalError) -> bool:
    # Errors of connecting carry no code, and servers speak the administrator's language: the quoted code is not sent.
    return error.sqlstate == "3D000" or "does not exist" in str(error)


def _connect_arguments(url: URL) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(url.translate_connect_args(username="user", database="dbname"))
    arguments |= {
        name: ",".join(value) if isinstance(value, tuple) else value for name, value in url.query.items()
    }
    return {"connect_timeout": 10, "application_name": "andon"} | arguments


def _open(settings: Settings, name: str, prefix: str, logins: Logins) -> Database:
    return Database(
        name=name,
        prefix=prefix,
        logins=logins,
        owner=_engine(logins.owner, 2),
        app=_engine(logins.app, settings.pool_size),
        line=_engine(logins.line, settings.pool_size),
    )


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
        connect_args={"connect_timeout": 10, "application_name": "andon"},
    )
