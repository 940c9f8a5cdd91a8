"""Lists by group and flag find their orders by fulfilments; tables whose rows move are cleaned up early."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    "alter table fulfilments add column placed_at TIMESTAMP WITH TIME ZONE",
    """update fulfilments f set placed_at = o.placed_at from orders o
    where o.shop_id = f.shop_id and o.order_id = f.order_id""",
    "alter table fulfilments alter column placed_at set not null",
    "DROP INDEX ix_fulfilments_group",
    "CREATE INDEX ix_fulfilments_group ON fulfilments (shop_id, state, placed_at, order_id)",
    "CREATE INDEX ix_fulfilments_flagged ON fulfilments (shop_id, placed_at, order_id) WHERE flags <> 0",
)


def upgrade() -> None:
    """Give each fulfilment its order's instant, and the tables that are queues their storage."""
    for statement in STATEMENTS:
        op.execute(statement)
