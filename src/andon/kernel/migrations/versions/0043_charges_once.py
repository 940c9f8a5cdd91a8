"""What is charged once is found by its order: one index in place of two, and one that nothing used goes.

A worker of the version before this one names the old index where it charges: it is refused and charges nothing until it is
replaced, and what it left is charged then.
"""

from alembic import op

revision = "0043"
down_revision = "0042"

STATEMENTS = (
    "create unique index uq_charges_of_order on charges (shop_id, order_id, kind, subject, round) nulls not distinct",
    "drop index uq_charges_once",
    "drop index ix_charges_order",
    "drop index ix_charges_due",
)


def upgrade() -> None:
    """Make the one before the others go."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
