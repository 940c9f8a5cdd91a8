"""Moves off JIT, and the tracks of their products. New tables and a column that may be null: the version before goes on."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0042"
down_revision = "0041"

STATEMENTS = (
    "alter table shops add column smart_until timestamp with time zone",
    "create sequence move_ids",
    """create table moves (
    shop_id bigint not null,
    move_id bigint not null,
    exit_id bigint,
    state smallint not null,
    started_at timestamp with time zone not null,
    until timestamp with time zone not null,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    chosen jsonb not null,
    products integer not null,
    policy text not null,
    constraint pk_moves primary key (shop_id, move_id)
)""",
    "create unique index uq_moves_running on moves (shop_id) where state < 80",
    "create index ix_moves_due_at on moves (due_at) where due_at is not null",
    """create table tracks (
    shop_id bigint not null,
    sku text not null,
    move_id bigint not null,
    since timestamp with time zone not null,
    closes_at timestamp with time zone,
    shares jsonb not null,
    choice text,
    stocked_at timestamp with time zone,
    constraint pk_tracks primary key (shop_id, sku),
    constraint fk_tracks_shop_id_sku foreign key (shop_id, sku) references products (shop_id, sku)
)""",
    "grant usage, select on sequence move_ids to {app}, {line}",
    *(
        statement.replace("{table}", table)
        for table in ("moves", "tracks")
        for statement in (
            "grant select, insert, update, delete on {table} to {app}, {line}",
            "alter table {table} enable row level security",
            "alter table {table} force row level security",
            """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')""",
            "create policy line on {table} to {line} using (true)",
            "create policy owner on {table} to current_user using (true)",
        )
    ),
)


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
