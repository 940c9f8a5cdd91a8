"""That all is well: every invariant of the design, asked of a test's database at any moment of its story; and all its rows."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from andon.app.schema import metadata
from andon.insights.audit.views import CHECKS, audit_database, parameters_of
from andon.kernel.db import Database


def assert_all_well(database: Database) -> None:
    """Every check of the audit holds; else it fails, and shows each that does not, with a sample of its rows."""
    with database.line.connect() as connection:
        # Of what thousands of orders left each check has a time of its own, and the memory that it needs.
        large = connection.scalar(text("select exists (select from events offset 20000)"))
        if not large and not suspected(connection):
            return
    broken = [finding for finding in audit_database(database) if not finding.ok]
    assert not broken, "\n".join(f"{one.name}: {one.count} rows, such as {one.sample}" for one in broken)
    assert large, "all in one find what each alone does not"


def suspected(connection: Connection) -> set[str]:
    """The checks that find something: asked all in one, where the audit takes five trips for each."""
    connection.exec_driver_sql(
        "set transaction read only; set local enable_nestloop = off; "
        "set local max_parallel_workers_per_gather = 0"
    )
    return set(connection.scalars(text(_all_in_one()), parameters_of(_all_in_one())))


@cache
def _all_in_one() -> str:
    # Counted, and not asked whether there is one: a plan for the first row is a slow one where there is none.
    return " union all ".join(
        f"select '{check.name}' from (select count(*) as found from ({check.sql}) x) y where found > 0"
        for check in CHECKS
    )


def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, as text."""
    with database.owner.connect() as owner:
        return {
            name: sorted(owner.scalars(text(f'select cast(t as text) from "{name}" t')).all())
            for name in metadata.tables
        }
