"""Notices: what people are told. A new table alone: the version before it goes on working beside it."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "CREATE SEQUENCE notice_ids",
    """CREATE TABLE notices (
    shop_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    audience TEXT NOT NULL,
    supplier_id BIGINT,
    kind TEXT NOT NULL,
    order_id BIGINT,
    fulfilment_id BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    facts JSONB NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notices PRIMARY KEY (shop_id, notice_id),
    CONSTRAINT ck_notices_supplier_is_named CHECK ((audience = 'supplier') = (supplier_id is not null))
)""",
    "CREATE INDEX ix_notices_audience ON notices (shop_id, audience, notice_id)",
    "CREATE INDEX ix_notices_operator ON notices (notice_id) WHERE audience = 'operator'",
    "CREATE INDEX ix_notices_supplier ON notices (supplier_id, notice_id) WHERE supplier_id is not null",
    "grant usage, select on sequence notice_ids to {app}, {line}",
    "grant select, insert, update, delete on notices to {app}, {line}",
    "alter table notices enable row level security",
    "alter table notices force row level security",
    """create policy app on notices to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') in ('', supplier_id::text))""",
    "create policy line on notices to {line} using (true)",
    "create policy owner on notices to current_user using (true)",
)


def upgrade() -> None:
    """Make the table, and wall it."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
