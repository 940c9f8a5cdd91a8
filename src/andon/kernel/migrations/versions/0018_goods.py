"""What products hold and are declared as, shops' tax numbers, and how much suppliers take a day."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0018"
down_revision = "0017"

STATEMENTS = (
    "alter table products add column goods JSONB",
    "alter table order_lines add column goods JSONB",
    """CREATE TABLE tax_numbers (
    shop_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tax_numbers PRIMARY KEY (shop_id, kind)
)""",
    """CREATE TABLE capacities (
    supplier_id BIGINT NOT NULL,
    daily INTEGER NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_capacities PRIMARY KEY (supplier_id),
    CONSTRAINT fk_capacities_supplier_id FOREIGN KEY(supplier_id) REFERENCES suppliers (supplier_id)
)""",
    """CREATE TABLE capacity_days (
    supplier_id BIGINT NOT NULL,
    day DATE NOT NULL,
    taken INTEGER NOT NULL,
    CONSTRAINT pk_capacity_days PRIMARY KEY (supplier_id, day)
)""",
    "grant select, insert, update, delete on tax_numbers, capacities, capacity_days to {app}, {line}",
    "alter table tax_numbers enable row level security",
    "alter table tax_numbers force row level security",
    """create policy app on tax_numbers to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')""",
    "create policy line on tax_numbers to {line} using (true)",
    "create policy owner on tax_numbers to current_user using (true)",
)


def upgrade() -> None:
    """Add the columns, make the tables, and wall the one that is the shops'."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
