"""The first schema: every table of every room, its walls and rights."""

import importlib

from alembic import context, op

from andon.kernel.migrations.walls import wall_statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables, and wall them."""
    metadata = importlib.import_module("andon.app.schema").metadata
    metadata.create_all(op.get_bind())
    for statement in wall_statements(metadata, context.config.attributes["prefix"]):
        op.execute(statement)
