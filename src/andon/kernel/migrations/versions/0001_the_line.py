"""The first schema: every table of the order's way, its walls and rights, as the SQL beside this file."""

from pathlib import Path

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0001"
down_revision = None

STATEMENTS = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    """Make all tables, and wall them."""
    prefix = context.config.attributes["prefix"]
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    for statement in STATEMENTS.read_text(encoding="utf-8").split(";\n\n"):
        sql = statement.replace("{app}", quoted(role_name(prefix, APP))).replace(
            "{line}", quoted(role_name(prefix, LINE))
        )
        op.get_bind().exec_driver_sql(sql)
