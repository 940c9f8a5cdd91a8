"""A fulfilment knows by when it is to ship."""

from alembic import op

revision = "0014"
down_revision = "0008"

STATEMENTS = (
    "alter table fulfilments add column ship_by TIMESTAMP WITH TIME ZONE",
    """update fulfilments f set ship_by = l.ship_by from (
    select p.shop_id, p.fulfilment_id, min(least(o.ship_by, n.ship_by)) as ship_by from fulfilment_lines p
    join fulfilments q on q.shop_id = p.shop_id and q.fulfilment_id = p.fulfilment_id
    join orders o on o.shop_id = q.shop_id and o.order_id = q.order_id
    join order_lines n on n.shop_id = o.shop_id and n.order_id = o.order_id and n.line_no = p.line_no
    where least(o.ship_by, n.ship_by) is not null group by p.shop_id, p.fulfilment_id) l
    where f.shop_id = l.shop_id and f.fulfilment_id = l.fulfilment_id""",
    """CREATE INDEX ix_fulfilments_ship_by ON fulfilments (shop_id, ship_by, order_id)
    WHERE state < 60 and ship_by is not null""",
)


def upgrade() -> None:
    """Give open and past fulfilments the limit that their orders were sent with."""
    for statement in STATEMENTS:
        op.execute(statement)
