"""Bring a database's schema up to date, one process at a time, in one transaction.

Old processes may be at work meanwhile: where the server undoes it for one of theirs, it is run again.
"""

import time

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from andon.kernel.errors import Unavailable
from andon.kernel.roles import APP, LINE, role_name
from andon.kernel.weather import advice_on, said_by, was_undone

VERSIONS = (
    "create table if not exists alembic_version "
    "(version_num varchar(32) not null constraint alembic_version_pkc primary key)"
)

MADE_MEANWHILE = (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject)
LONGEST_STATEMENT = 400
TRIES = 5


class MigrationFailed(Unavailable):
    """The schema could not be brought up to date and is as it was; the text says where it failed, and what to do."""


class SchemaIsNewer(Unavailable):
    """A newer Andon has migrated the database: its schema is none that this one knows."""


def upgrade(owner: Engine, prefix: str, config: Config | None = None) -> None:
    """Run every version that is missing; nothing happens when none is. Raises MigrationFailed or SchemaIsNewer, with nothing
    changed.

    `config` names other versions than those that are ours.
    """
    config = config or versions_of()
    for tried in range(1, TRIES + 1):
        missing: list[str] = []
        done: list[str] = []
        try:
            _make_versions_table(owner)
            with owner.begin() as connection:
                # Whoever comes second waits here, and then finds nothing left to do.
                connection.execute(text("lock table alembic_version in access exclusive mode"))
                missing += _missing(connection, config)
                config.attributes |= {"connection": connection, "prefix": prefix, "done": done}
                command.upgrade(config, "head")
                for login in (APP, LINE):
                    role = connection.dialect.identifier_preparer.quote(role_name(prefix, login))
                    connection.execute(text(f"grant select on alembic_version to {role}"))
        except DBAPIError as error:
            if was_undone(error) and tried < TRIES:
                continue
            failed = next((version for version in missing if version not in done), None)
            raise MigrationFailed(_told(owner, failed, error)) from error
        else:
            return


def _missing(connection: Connection, config: Config) -> list[str]:
    """The versions that the database has not had yet, in their order. Raises SchemaIsNewer."""
    versions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    found = connection.scalar(text("select version_num from alembic_version"))
    if found is None:
        return versions
    if found not in versions:
        raise SchemaIsNewer(
            f"the schema of '{connection.engine.url.database}' is a newer Andon's, of version {found}, and this one knows "
            f"{versions[-1]}: run that one, or go back to a backup"
        )
    return versions[versions.index(found) + 1 :]


def _told(owner: Engine, failed: str | None, error: DBAPIError) -> str:
    """Where it failed, at which statement and why; and what to do."""
    where = f"at version {failed}" if failed else "before its first version"
    statement = " ".join((error.statement or "").split())
    if len(statement) > LONGEST_STATEMENT:
        statement = f"{statement[:LONGEST_STATEMENT]} …"
    return (
        f"The schema of '{owner.url.database}' could not be brought up to date: it failed {where}.\n"
        f"    the database says  {said_by(error)}\n"
        f"    at the statement   {statement or '-'}\n"
        f"Nothing was changed. {advice_on(error)} Then run `andon migrate` again."
    )


def current(connection: Connection) -> bool:
    """Whether the schema is at the newest version this code knows."""
    try:
        found = set(connection.scalars(text("select version_num from alembic_version")))
    except ProgrammingError as error:
        if isinstance(error.orig, errors.UndefinedTable | errors.InsufficientPrivilege):
            return False
        raise
    return found == set(ScriptDirectory.from_config(versions_of()).get_heads())


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


def versions_of() -> Config:
    """Where our versions lie, as Alembic is told."""
    config = Config()
    config.set_main_option("script_location", "andon.kernel:migrations")
    config.set_main_option("path_separator", "newline")
    return config
