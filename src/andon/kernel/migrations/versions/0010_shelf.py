"""Labels can be voided, and what could not be fulfilled after all is kept. What is there already has neither."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0010"
down_revision = "0008"

SHOPS = "shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])"
SUPPLIER = "coalesce(current_setting('andon.supplier', true), '')"

STATEMENTS = (
    "alter table parcels add column voided_at TIMESTAMP WITH TIME ZONE, add column void_reason TEXT",
    """CREATE TABLE shortages (
    shop_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_shortages PRIMARY KEY (shop_id, fulfilment_id)
)""",
    "CREATE INDEX ix_shortages_supplier ON shortages (supplier_id, at)",
    "grant select, insert on shortages to {app}, {line}",
    "alter table shortages enable row level security",
    "alter table shortages force row level security",
    f"create policy app on shortages to {{app}} using ({SHOPS} and {SUPPLIER} in ('', supplier_id::text))",
    "create policy line on shortages to {line} using (true)",
    "create policy owner on shortages to current_user using (true)",
)


def upgrade() -> None:
    """Deploy before the code that needs it: what the release before writes has nothing voided."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
