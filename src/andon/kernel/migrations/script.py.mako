"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Deploy before the code that needs it: the release before must run on this schema too."""
    ${upgrades if upgrades else 'op.execute("")'}
