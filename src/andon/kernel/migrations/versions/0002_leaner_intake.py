"""What intake paid for and nobody read: an index entry for each event of an order, a look at each fulfilment's order."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let the key go, and keep the index for what is about no order."""
    op.drop_constraint("fk_fulfilments_shop_id_order_id", "fulfilments", type_="foreignkey")
    op.drop_index("ix_events_subject", "events")
    op.create_index(
        "ix_events_subject", "events", ["shop_id", "subject"], postgresql_where="order_id is null"
    )
