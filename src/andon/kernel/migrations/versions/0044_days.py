"""Counts of orders and of suppliers' fulfilments by the day, for insights. New tables alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0044"
down_revision = "0043"

STATEMENTS = (
    """create table counted_orders (
    shop_id bigint not null,
    order_id bigint not null,
    way smallint not null,
    placed_at timestamp with time zone not null,
    shipped_at timestamp with time zone,
    delivered_at timestamp with time zone,
    closed_at timestamp with time zone,
    outcome smallint,
    marks smallint not null,
    constraint pk_counted_orders primary key (shop_id, order_id)
)""",
    """create table day_reaches (
    shop_id bigint not null,
    seal_no bigint not null,
    constraint pk_day_reaches primary key (shop_id)
)""",
    """create table order_days (
    shop_id bigint not null,
    figure smallint not null,
    day date not null,
    way smallint not null,
    hours integer not null,
    orders bigint not null,
    seconds bigint not null,
    constraint pk_order_days primary key (shop_id, figure, day, way, hours)
)""",
    """create table shop_supplier_days (
    shop_id bigint not null,
    supplier_id bigint not null,
    day date not null,
    facts smallint not null,
    fulfilments bigint not null,
    constraint pk_shop_supplier_days primary key (shop_id, supplier_id, day, facts)
)""",
    "grant select, insert, update, delete on counted_orders, day_reaches, order_days, shop_supplier_days to {app}, {line}",
    # What was counted before is there from the first on; orders are counted anew from their first seal.
    """insert into shop_supplier_days (shop_id, supplier_id, day, facts, fulfilments)
select shop_id, supplier_id, day, facts, count(*) from tallies group by 1, 2, 3, 4""",
)
WALL = (
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')""",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)
TABLES = ("counted_orders", "day_reaches", "order_days", "shop_supplier_days")


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table in TABLES for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
