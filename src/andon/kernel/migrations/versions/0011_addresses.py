"""Addresses are checked and corrected, and orders held. Columns may be null: old code goes on beside it."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0011"
down_revision = "0010"

SHOPS = "shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])"
SUPPLIER = "coalesce(current_setting('andon.supplier', true), '')"

STATEMENTS = (
    "alter table recipients add column faults TEXT",
    "alter table fulfilments add column held_at TIMESTAMP WITH TIME ZONE",
    "alter table fulfilments add column due_left INTERVAL",
    "alter table fulfilments add column stuck_left INTERVAL",
    "CREATE SEQUENCE correction_ids",
    """CREATE TABLE address_corrections (
    shop_id BIGINT NOT NULL,
    correction_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    fault TEXT NOT NULL,
    note TEXT,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_address_corrections PRIMARY KEY (shop_id, correction_id)
)""",
    "CREATE INDEX ix_address_corrections_order ON address_corrections (shop_id, order_id)",
    "CREATE SEQUENCE hold_ids",
    """CREATE TABLE holds (
    shop_id BIGINT NOT NULL,
    hold_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE,
    released_by TEXT,
    CONSTRAINT pk_holds PRIMARY KEY (shop_id, hold_id)
)""",
    "CREATE UNIQUE INDEX uq_holds_open ON holds (shop_id, order_id) WHERE released_at is null",
    "CREATE INDEX ix_holds_order ON holds (shop_id, order_id)",
    "grant usage, select on sequence correction_ids, hold_ids to {app}, {line}",
    "grant select, insert on address_corrections to {app}, {line}",
    "grant select, insert, update, delete on holds to {app}, {line}",
    *(
        statement
        for table in ("address_corrections", "holds")
        for statement in (
            f"create policy app on {table} to {{app}} using ({SHOPS} and {SUPPLIER} = '')",
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy line on {table} to {{line}} using (true)",
            f"create policy owner on {table} to current_user using (true)",
        )
    ),
)


def upgrade() -> None:
    """Add the columns, make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
