"""Tables whose rows move are cleaned up early, and have room on their pages where a row can stay on its own."""

from alembic import op

revision = "0008"
down_revision = "0007"

MOVING = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0"


def upgrade() -> None:
    """Set them; rows that are there already keep their place."""
    for table in ("fulfilments", "pushes", "charges"):
        op.execute(f"alter table {table} set ({MOVING})")
    for table in ("parcels", "stock"):
        op.execute(f"alter table {table} set (fillfactor = 70, {MOVING})")
