"""A fulfilment knows by when it is to ship; channels are told what shipped and what is left. Old code goes on beside it."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0014"
down_revision = "0013"

SHOPS = "shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])"
SUPPLIER = "coalesce(current_setting('andon.supplier', true), '')"

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
    "alter table parcels add report_at TIMESTAMP WITH TIME ZONE, add reported_at TIMESTAMP WITH TIME ZONE",
    "CREATE INDEX ix_parcels_report_at ON parcels (report_at) WHERE report_at is not null",
    """CREATE TABLE channels (
    channel TEXT NOT NULL,
    connected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    url TEXT,
    secret BYTEA,
    old_secret BYTEA,
    old_secret_until TIMESTAMP WITH TIME ZONE,
    enabled BOOLEAN NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE,
    acked_up_to BIGINT NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    leased_until TIMESTAMP WITH TIME ZONE,
    stock_due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_channels PRIMARY KEY (channel)
)""",
    "CREATE INDEX ix_channels_next_at ON channels (next_at) WHERE next_at is not null",
    "CREATE INDEX ix_channels_stock_due_at ON channels (stock_due_at)",
    """CREATE TABLE outlets (
    channel TEXT NOT NULL,
    shop_id BIGINT NOT NULL,
    CONSTRAINT pk_outlets PRIMARY KEY (channel, shop_id)
)""",
    "CREATE SEQUENCE report_ids CACHE 1",
    """CREATE TABLE reports (
    shop_id BIGINT NOT NULL,
    report_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_id BIGINT,
    fulfilment_id BIGINT,
    parcel_id BIGINT,
    sku TEXT,
    facts JSONB NOT NULL,
    message_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    flag_at TIMESTAMP WITH TIME ZONE,
    tries INTEGER NOT NULL,
    status INTEGER,
    tried_at TIMESTAMP WITH TIME ZONE,
    reported_at TIMESTAMP WITH TIME ZONE,
    reported_by TEXT,
    CONSTRAINT pk_reports PRIMARY KEY (shop_id, report_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)""",
    "CREATE INDEX ix_reports_feed ON reports (channel, report_id)",
    "CREATE INDEX ix_reports_flag_at ON reports (flag_at) WHERE flag_at is not null",
    "CREATE INDEX ix_reports_fulfilment ON reports (shop_id, fulfilment_id) WHERE kind = 'shipment'",
    "CREATE INDEX ix_reports_waiting ON reports (channel, due_at, report_id) WHERE due_at is not null",
    "CREATE UNIQUE INDEX uq_reports_parcel ON reports (shop_id, parcel_id) WHERE kind = 'shipment'",
    "CREATE UNIQUE INDEX uq_reports_stock ON reports (shop_id, channel, sku) WHERE kind = 'stock'",
    "grant usage, select on sequence report_ids to {app}, {line}",
    "grant select, insert, update, delete on channels, outlets, reports to {app}, {line}",
    "alter table reports enable row level security",
    "alter table reports force row level security",
    f"create policy app on reports to {{app}} using ({SHOPS} and {SUPPLIER} = '')",
    "create policy line on reports to {line} using (true)",
    "create policy owner on reports to current_user using (true)",
)


def upgrade() -> None:
    """Give fulfilments the limit that their orders were sent with; make the tables of reports, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
