"""That all is well: every invariant of the design, asked of a test's database at any moment of its story; and all its rows."""

from typing import Any

from sqlalchemy import text

from andon.app.schema import metadata
from andon.insights.audit.views import audit_database
from andon.kernel.db import Database


def assert_all_well(database: Database) -> None:
    """Every check of the audit holds; else it fails, and shows each that does not, with a sample of its rows."""
    broken = [finding for finding in audit_database(database) if not finding.ok]
    assert not broken, "\n".join(f"{one.name}: {one.count} rows, such as {one.sample}" for one in broken)


def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, as text."""
    with database.owner.connect() as owner:
        return {
            name: sorted(owner.scalars(text(f'select cast(t as text) from "{name}" t')).all())
            for name in metadata.tables
        }
