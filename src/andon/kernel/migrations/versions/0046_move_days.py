"""How the orders of a move went by the day, kept at its end. A column that may be null: the version before leaves it so."""

from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Make the column; moves that ended before have none."""
    op.get_bind().exec_driver_sql("alter table moves add column days jsonb")
