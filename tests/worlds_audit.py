"""That all is well: every invariant of the design, asked of a test's database at any moment of its story."""

from andon.insights.audit.views import audit_database
from andon.kernel.db import Database


def assert_all_well(database: Database) -> None:
    """Every check of the audit holds; else it fails, and shows each that does not, with a sample of its rows."""
    broken = [finding for finding in audit_database(database) if not finding.ok]
    assert not broken, "\n".join(f"{one.name}: {one.count} rows, such as {one.sample}" for one in broken)
