"""What the administrator's login does on a server: make and drop databases and their logins."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from andon.kernel.errors import Unavailable
from andon.kernel.postgres import ensure_server
from andon.kernel.roles import (
    LOGINS,
    LONGEST_PREFIX_BYTES,
    OWNER,
    door_statements,
    limit_statements,
    role_name,
    role_password,
    role_statements,
    wanted_limits,
)
from andon.kernel.secrets import known_keys, secret_key
from andon.kernel.settings import Settings
from andon.kernel.weather import FULL, advice_on, sqlstate_of

OLDEST_VERSION = 15
DEFAULT_NAME = "andon"
MAINTENANCE = "postgres"
CONNECT = {
    "connect_timeout": 10,
    "application_name": "andon",
    # A peer that vanished is noticed within a minute, also by a connection that only listens.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}

Admin = psycopg.Connection[tuple[Any, ...]]


class DatabaseUnavailable(Unavailable):
    """The database cannot be opened; the text says why, and what to do."""


@dataclass(frozen=True)
class Place:
    """A server, and the login by which databases are made there: the embedded superuser, or ANDON_DATABASE_URL."""

    admin: URL
    settings: Settings
    embedded: bool

    def resolve(self, name: str) -> str:
        """A database's real name: the default one stands for the database that the URL names."""
        named = self.admin.database
        if name == DEFAULT_NAME and named and named not in (MAINTENANCE, "template1"):
            name = named
        if not name or len(name.encode()) > LONGEST_PREFIX_BYTES or "\0" in name:
            raise DatabaseUnavailable(
                f"{name!r}: a database's name has 1 to {LONGEST_PREFIX_BYTES} bytes, as its logins' names carry it"
            )
        return name

    def url(self, database: str, prefix: str, login: str) -> URL:
        """Where one of the three logins reaches a database; while a key takes another's place, by that which opens."""
        role = role_name(prefix, login)
        url = self.admin.set(database=database, username=role)
        return url if self.embedded else _by_key(url, self.settings)

    def names(self) -> list[str]:
        """Andon's databases: all of the embedded server, the one that ANDON_DATABASE_URL names."""
        if not self.embedded:
            return [self.resolve(DEFAULT_NAME)]
        with self.connected(MAINTENANCE) as admin:
            rows = admin.execute(
                "select datname, pg_get_userbyid(datdba) from pg_database order by datname"
            ).fetchall()
        return [name for name, owner in rows if owner.endswith(f"_{OWNER}")]

    @contextlib.contextmanager
    def connected(self, database: str) -> Iterator[Admin]:
        """The administrator's connection, each statement for itself; the driver's errors become ours."""
        with explained(self.admin), connect(self.admin.set(database=database)) as admin:
            _check_version(admin)
            yield admin

    def exists(self, name: str) -> bool:
        """Whether there is such a database. Raises DatabaseUnavailable when it is there and cannot be entered."""
        try:
            with explained(self.admin):
                connect(self.admin.set(database=name)).close()
        except DatabaseUnavailable as refused:
            # An error of connecting carries no code, and its text is in the server's language: look for ourselves.
            try:
                with self.connected(MAINTENANCE) as admin:
                    if _owner_of(admin, name) is None:
                        return False
            except DatabaseUnavailable:
                raise refused from None
            raise
        return True

    def create(self, name: str, template: str | None = None) -> None:
        """Make a database; a copy of a template keeps the template's logins. One that is there is kept."""
        with self.connected(MAINTENANCE) as admin:
            prefix = name if template is None else prefix_of(admin, template)
            self.create_roles(admin, prefix)
            statement = sql.SQL("create database {} owner {} template {}").format(
                sql.Identifier(name),
                sql.Identifier(role_name(prefix, OWNER)),
                sql.Identifier(template or "template0"),
            )
            # A copy goes by whole files, which costs less than by the log.
            statement += sql.SQL(" encoding 'UTF8'" if template is None else " strategy file_copy")
            # Another process may be making the same.
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                admin.execute(statement)
            self.limit(admin, name, prefix)

    def drop(self, name: str) -> None:
        """Drop a database and its own logins, whoever is connected."""
        with self.connected(MAINTENANCE) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            for login in LOGINS:
                # They stay while a copy of this database still uses them.
                with contextlib.suppress(errors.DependentObjectsStillExist):
                    admin.execute(
                        sql.SQL("drop role if exists {}").format(sql.Identifier(role_name(name, login)))
                    )

    def create_roles(self, admin: Admin, prefix: str, logins: Sequence[str] = LOGINS) -> None:
        """Make the logins that are missing. Raises DatabaseUnavailable where that is not allowed."""
        there = _existing_roles(admin, prefix)
        missing = [login for login in logins if role_name(prefix, login) not in there]
        if not missing:
            return
        try:
            for statement in role_statements(prefix, self._key(), missing):
                with contextlib.suppress(errors.DuplicateObject, errors.UniqueViolation):
                    admin.execute(statement)
            if OWNER in missing and not is_superuser(admin):
                # Giving a database to a role takes being a member of it.
                owner = sql.Identifier(role_name(prefix, OWNER))
                _repeatedly(admin, sql.SQL("grant {} to current_user").format(owner))
        except errors.InsufficientPrivilege as error:
            names = ", ".join(role_name(prefix, login) for login in missing)
            raise DatabaseUnavailable(
                f"'{admin.info.user}' may not create {names}. Let an administrator run what "
                f"`andon migrate --print-roles` prints. ({str(error).strip()})"
            ) from error

    def limit(self, admin: Admin, name: str, prefix: str, logins: Sequence[str] = LOGINS) -> None:
        """Bound what each login may cost, and close the door to others; nothing happens when that stands."""
        version = _check_version(admin)
        if wanted_limits(prefix, version, logins).items() <= _limits(admin, name).items():
            return
        # Where an administrator made the logins, bounding them is the administrator's too (print_roles).
        with contextlib.suppress(errors.InsufficientPrivilege):
            for statement in door_statements(name, prefix) + limit_statements(name, prefix, version, logins):
                _repeatedly(admin, statement)

    def _key(self) -> bytes | None:
        return None if self.embedded else secret_key(self.settings)


def place_of(settings: Settings) -> Place:
    """The server that the settings name; the embedded one is started if it is not up."""
    if settings.database_url is None:
        server = ensure_server(settings.home)
        return Place(server.url(MAINTENANCE, "postgres"), settings, embedded=True)
    url = read_url("ANDON_DATABASE_URL", settings.database_url)
    if url.password is None and url.username == role_name(str(url.database), OWNER):
        # An owner that print_roles made: its password is derived, and nobody knows it to write it down.
        url = _by_key(url, settings)
    return Place(url, settings, embedded=False)


def _by_key(url: URL, settings: Settings) -> URL:
    """A login's address with the password that the key gives, or the next one where a rotation has come that far."""
    *older, newest = [url.set(password=role_password(key, str(url.username))) for key in known_keys(settings)]
    for each in older:
        with contextlib.suppress(psycopg.OperationalError):
            connect(each).close()
            return each
    return newest


def read_url(variable: str, text: str) -> URL:
    """A database's address from the environment. Raises DatabaseUnavailable."""
    try:
        return make_url(text).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise DatabaseUnavailable(
            f"{variable} is not an address like postgresql://user:password@host:5432/andon"
        ) from None


def connect(url: URL) -> Admin:
    """A connection of its own, in autocommit."""
    arguments: dict[str, Any] = CONNECT | url.translate_connect_args(username="user", database="dbname")
    for name, value in url.query.items():
        arguments[name] = value if isinstance(value, str) else ",".join(value)
    return psycopg.connect(**arguments, autocommit=True)


@contextlib.contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn the driver's errors into ours, with the address and never the password."""
    try:
        yield
    except psycopg.Error as error:
        address = url.render_as_string(hide_password=True)
        advice = f"\n{advice_on(error)}" if sqlstate_of(error) == FULL else ""
        raise DatabaseUnavailable(f"{address}: {str(error).strip()}{advice}") from error


def prefix_of(admin: Admin, name: str) -> str:
    """What the names of a database's logins begin with: its owner's tells, for a copy has its template's."""
    owner = _owner_of(admin, name)
    if owner is None:
        raise DatabaseUnavailable(f"there is no database '{name}'")
    return owner.removesuffix(f"_{OWNER}") if owner.endswith(f"_{OWNER}") else name


def is_superuser(admin: Admin) -> bool:
    """Whether this login may do everything."""
    return admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (True,)


def _check_version(admin: Admin) -> int:
    """The server's major version. Raises DatabaseUnavailable for one that is too old."""
    version = admin.info.server_version // 10_000
    if version < OLDEST_VERSION:
        raise DatabaseUnavailable(
            f"the server is PostgreSQL {version}; Andon needs {OLDEST_VERSION} or later"
        )
    return version


def _existing_roles(admin: Admin, prefix: str) -> set[str]:
    names = [role_name(prefix, login) for login in LOGINS]
    return {row[0] for row in admin.execute("select rolname from pg_roles where rolname = any(%s)", [names])}


def _owner_of(admin: Admin, name: str) -> str | None:
    row = admin.execute(
        "select pg_get_userbyid(datdba) from pg_database where datname = %s", [name]
    ).fetchone()
    return None if row is None else str(row[0])


def _limits(admin: Admin, name: str) -> dict[str, set[str]]:
    rows = admin.execute(
        "select r.rolname, s.setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole "
        "join pg_database d on d.oid = s.setdatabase where d.datname = %s",
        [name],
    )
    return {role: set(limits) for role, limits in rows}


def _repeatedly(admin: Admin, statement: sql.Composed) -> None:
    """Run a change of the catalogue that another process may be making at the same instant."""
    for _ in range(20):
        try:
            admin.execute(statement)
        except (errors.InternalError_, errors.UniqueViolation) as error:
            if isinstance(error, errors.InternalError_) and "concurrently" not in str(error):
                raise
        else:
            return
    raise DatabaseUnavailable(f"too many at once: {statement.as_string(admin)}")
