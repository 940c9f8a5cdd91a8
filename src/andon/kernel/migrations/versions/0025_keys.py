"""Keys that end by themselves, and when each was used. New columns alone: the version before it goes on working."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the columns."""
    op.execute("alter table keys add column expires_at timestamptz, add column used_at timestamptz")


def downgrade() -> None:
    """Drop them."""
    op.execute("alter table keys drop column expires_at, drop column used_at")
