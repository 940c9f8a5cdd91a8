"""The gates of an exit look at every charge that is not settled: the index of a shop's due ones takes in the others.

The version before this one goes on using it.
"""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Put the wider index in the place of the narrower."""
    bind = op.get_bind()
    bind.exec_driver_sql(
        "create index ix_charges_unsettled on charges (shop_id, due_at, charge_id) where state < 80"
    )
    bind.exec_driver_sql("drop index ix_charges_shop_due")
