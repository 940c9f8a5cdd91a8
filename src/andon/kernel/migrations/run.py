"""Bring a database's schema up to date, one process at a time, in one transaction."""

import time

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from andon.kernel.roles import APP, LINE, role_name

VERSIONS = (
    "create table if not exists alembic_version "
    "(version_num varchar(32) not null constraint alembic_version_pkc primary key)"
)

MADE_MEANWHILE = (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject)


def upgrade(owner: Engine, prefix: str) -> None:
    """Run every version that is missing; nothing happens when none is."""
    _make_versions_table(owner)
    with owner.begin() as connection:
        # Whoever comes second waits here, and then finds nothing left to do.
        connection.execute(text("lock table alembic_version in access exclusive mode"))
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["prefix"] = prefix
        command.upgrade(config, "head")
        for login in (APP, LINE):
            role = connection.dialect.identifier_preparer.quote(role_name(prefix, login))
            connection.execute(text(f"grant select on alembic_version to {role}"))


def current(connection: Connection) -> bool:
    """Whether the schema is at the newest version this code knows."""
    try:
        found = set(connection.scalars(text("select version_num from alembic_version")))
    except ProgrammingError as error:
        if isinstance(error.orig, errors.UndefinedTable | errors.InsufficientPrivilege):
            return False
        raise
    return found == set(ScriptDirectory.from_config(_config()).get_heads())


def _make_versions_table(owner: Engine) -> None:
    for attempt in range(10):
        try:
            with owner.begin() as connection:
                connection.execute(text(VERSIONS))
        except DBAPIError as error:
            # `if not exists` does not see what another transaction is making at this instant.
            if attempt == 9 or not isinstance(error.orig, MADE_MEANWHILE):
                raise
            time.sleep(0.1)
        else:
            return


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "andon.kernel:migrations")
    config.set_main_option("path_separator", "newline")
    return config
