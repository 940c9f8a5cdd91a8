"""That all is well: every invariant of the design, asked of a test's database at any moment of its story."""

from andon.insights.audit.views import audit
from andon.kernel.db import Database


def assert_all_well(database: Database) -> None:
    """Every check of the audit holds; else it fails, and shows each that does not, with a sample of its rows."""
    with database.line.connect() as connection:
        broken = [finding for finding in audit(connection) if not finding.ok]
    assert not broken, "\n".join(f"{one.name}: {one.count} rows, such as {one.sample}" for one in broken)
