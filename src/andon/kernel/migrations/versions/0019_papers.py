"""Bins, and goods that are scanned before their label. New tables alone: the version before it goes on working."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0019"
down_revision = "0018"

STATEMENTS = (
    "CREATE SEQUENCE check_ids",
    """CREATE TABLE bins (
    supplier_id BIGINT NOT NULL,
    item TEXT NOT NULL,
    bin TEXT NOT NULL,
    barcode TEXT,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bins PRIMARY KEY (supplier_id, item)
)""",
    """CREATE TABLE printing (
    supplier_id BIGINT NOT NULL,
    scan_before_print BOOLEAN NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_printing PRIMARY KEY (supplier_id)
)""",
    """CREATE TABLE goods_checks (
    shop_id BIGINT NOT NULL,
    check_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    line_no INTEGER,
    scanned TEXT NOT NULL,
    number BIGINT NOT NULL,
    units INTEGER NOT NULL,
    code TEXT,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_goods_checks PRIMARY KEY (shop_id, check_id)
)""",
    "CREATE INDEX ix_goods_checks_fulfilment ON goods_checks (shop_id, fulfilment_id)",
    "grant usage, select on sequence check_ids to {app}, {line}",
    "grant select, insert, update, delete on bins, printing to {app}, {line}",
    "grant select, insert on goods_checks to {app}, {line}",
    "alter table goods_checks enable row level security",
    "alter table goods_checks force row level security",
    """create policy app on goods_checks to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') in ('', supplier_id::text))""",
    "create policy line on goods_checks to {line} using (true)",
    "create policy owner on goods_checks to current_user using (true)",
)


def upgrade() -> None:
    """Make the tables, and wall the one that is the shops'."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
