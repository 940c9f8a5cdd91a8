"""What is held of stock, what is to be counted, and products that leave alone. New tables, and columns with a default."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0029"
down_revision = "0028"

STATEMENTS = (
    "alter table stock add held bigint not null default 0",
    "alter table stock add constraint ck_stock_held_is_on_hand check (held >= 0 and held <= on_hand)",
    "alter table movements add held_change bigint not null default 0",
    "alter table products add delisted_at timestamp with time zone",
    "create sequence calibration_ids",
    "create sequence transfer_note_ids",
    "create sequence product_exit_ids",
    """create table calibrations (
    shop_id bigint not null,
    calibration_id bigint not null,
    sku text not null,
    supplier_id bigint not null,
    item text not null,
    transfer_note text not null,
    item_units bigint not null,
    a_sale bigint not null,
    units bigint not null,
    held bigint not null,
    released_at timestamp with time zone not null,
    due_at timestamp with time zone not null,
    counted bigint,
    counted_at timestamp with time zone,
    delisted_at timestamp with time zone,
    policy text not null,
    constraint pk_calibrations primary key (shop_id, calibration_id),
    constraint ck_calibrations_units_of_the_note check (units = item_units / a_sale and held in (0, units))
)""",
    "create index ix_calibrations_open on calibrations (shop_id, sku) where counted_at is null",
    "create index ix_calibrations_due_at on calibrations (due_at) where counted_at is null and delisted_at is null",
    "create index ix_calibrations_transfer_note on calibrations (shop_id, transfer_note)",
    """create table unmapped_items (
    shop_id bigint not null,
    supplier_id bigint not null,
    item text not null,
    sku text not null,
    a_sale bigint not null,
    due_at timestamp with time zone,
    constraint pk_unmapped_items primary key (shop_id, supplier_id, item)
)""",
    "create index ix_unmapped_items_due_at on unmapped_items (due_at) where due_at is not null",
    """create table product_exits (
    shop_id bigint not null,
    product_exit_id bigint not null,
    sku text not null,
    state smallint not null,
    missing text,
    opened_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    policy text not null,
    constraint pk_product_exits primary key (shop_id, product_exit_id)
)""",
    "create unique index uq_product_exits_open on product_exits (shop_id, sku) where state < 80",
    "grant usage, select on sequence calibration_ids, transfer_note_ids, product_exit_ids to {app}, {line}",
    "grant select, insert, update, delete on calibrations, unmapped_items, product_exits to {app}, {line}",
)
WALL = (
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and {supplier})""",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)
ITS_OWN = "coalesce(current_setting('andon.supplier', true), '') in ('', supplier_id::text)"
HIDDEN = "coalesce(current_setting('andon.supplier', true), '') = ''"
TABLES = {"calibrations": ITS_OWN, "unmapped_items": ITS_OWN, "product_exits": HIDDEN}


def upgrade() -> None:
    """Add the columns, make the tables, and wall them."""
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
