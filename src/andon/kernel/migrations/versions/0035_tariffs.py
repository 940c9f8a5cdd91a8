"""Rates of exchange, supply prices by date, stock-outs and what is charged of them, and parcels to be charged anew.

New tables, and columns that are null or false for the version before this one, which leaves them alone.
"""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0035"
down_revision = "0034"

STATEMENTS = (
    """create table rates (
    base text not null,
    quote text not null,
    valid_on date not null,
    round integer not null,
    rate numeric not null,
    set_at timestamp with time zone not null,
    set_by text not null,
    constraint pk_rates primary key (base, quote, valid_on, round),
    constraint ck_rates_positive_rate check (rate > 0),
    constraint ck_rates_two_currencies check (base <> quote)
)""",
    """create table missing_rates (
    base text not null,
    quote text not null,
    wanted_on date not null,
    since timestamp with time zone not null,
    due_at timestamp with time zone not null,
    constraint pk_missing_rates primary key (base, quote, wanted_on)
)""",
    "create index ix_missing_rates_due_at on missing_rates (due_at)",
    "grant select, insert on rates to {app}, {line}",
    "grant select, insert, update, delete on missing_rates to {app}, {line}",
    "alter table charges add base_minor bigint, add base_currency text, add rate numeric, add rate_wanted_on date",
    """create index ix_charges_rate_wanted on charges (rate_wanted_on, currency, shop_id, charge_id)
where rate_wanted_on is not null""",
    "alter table fulfilments add recharge_at timestamp with time zone",
    "create index ix_fulfilments_recharge_at on fulfilments (recharge_at) where recharge_at is not null",
    "alter table mappings add supply_price_from timestamp with time zone",
    """create table supply_prices (
    shop_id bigint not null,
    sku text not null,
    supplier_id bigint not null,
    holds_from timestamp with time zone not null,
    price_minor bigint,
    set_at timestamp with time zone not null,
    constraint pk_supply_prices primary key (shop_id, sku, supplier_id, holds_from),
    constraint ck_supply_prices_not_negative check (price_minor >= 0)
)""",
    "grant select, insert, update, delete on supply_prices to {app}, {line}",
    "create sequence stock_out_ids",
    """create table stock_outs (
    shop_id bigint not null,
    stock_out_id bigint not null,
    channel text not null,
    channel_order_no text not null,
    cause text not null,
    sku text,
    order_id bigint,
    fulfilment_id bigint,
    at timestamp with time zone not null,
    placed_at timestamp with time zone not null,
    policy text not null,
    charge_at timestamp with time zone,
    constraint pk_stock_outs primary key (shop_id, stock_out_id)
)""",
    "create unique index uq_stock_outs_order on stock_outs (shop_id, channel, channel_order_no)",
    "create index ix_stock_outs_charge_at on stock_outs (charge_at) where charge_at is not null",
    "alter table charges alter order_id drop not null, alter fulfilment_id drop not null",
    "grant usage, select on sequence stock_out_ids to {app}, {line}",
    "grant select, insert, update, delete on stock_outs to {app}, {line}",
    "update mappings set supply_price_from = updated_at where supply_price_minor is not null",
    """insert into supply_prices (shop_id, sku, supplier_id, holds_from, price_minor, set_at)
select shop_id, sku, supplier_id, updated_at, supply_price_minor, updated_at from mappings
where supply_price_minor is not null""",
)
WALL = (
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') {supplier})""",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)
TABLES = {"supply_prices": "in ('', supplier_id::text)", "stock_outs": "= ''"}


def upgrade() -> None:
    """Make the tables and columns, and wall what is a shop's."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [
        wall.replace("{table}", table).replace("{supplier}", supplier)
        for table, supplier in TABLES.items()
        for wall in WALL
    ]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
