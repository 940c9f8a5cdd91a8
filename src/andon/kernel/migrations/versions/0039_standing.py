"""Ratings and violations, former mappings, and when a label is looked at again. New tables and columns, which the version before this one leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0039"
down_revision = "0038"

TABLES = ("standings", "ratings", "rating_days", "violations", "former_mappings")

STATEMENTS = (
    "alter table parcels add vet_at timestamp with time zone",
    "create index ix_parcels_vet_at on parcels (vet_at) where vet_at is not null",
    "alter table stock_outs add judge_at timestamp with time zone",
    "create index ix_stock_outs_judge_at on stock_outs (judge_at) where judge_at is not null",
    """create table standings (
    shop_id bigint not null,
    look_at timestamp with time zone,
    constraint pk_standings primary key (shop_id)
)""",
    "create index ix_standings_look_at on standings (look_at) where look_at is not null",
    """create table ratings (
    shop_id bigint not null,
    order_id bigint not null,
    described smallint not null,
    communication smallint not null,
    shipping smallint not null,
    rated_at timestamp with time zone not null,
    told_at timestamp with time zone not null,
    constraint pk_ratings primary key (shop_id, order_id)
)""",
    "create index ix_ratings_rated_at on ratings (shop_id, rated_at)",
    """create table rating_days (
    shop_id bigint not null,
    day date not null,
    ratings integer not null,
    described bigint not null,
    communication bigint not null,
    shipping bigint not null,
    constraint pk_rating_days primary key (shop_id, day)
)""",
    "create sequence violation_ids",
    """create table violations (
    shop_id bigint not null,
    violation_id bigint not null,
    kind text not null,
    fault text not null,
    cause text not null,
    state smallint not null,
    order_id bigint,
    fulfilment_id bigint,
    supplier_id bigint,
    evidence jsonb not null,
    note text,
    at timestamp with time zone not null,
    recorded_at timestamp with time zone not null,
    recorded_by text not null,
    plea text,
    appealed_at timestamp with time zone,
    appealed_by text,
    due_at timestamp with time zone,
    escalated_at timestamp with time zone,
    answer text,
    decided_at timestamp with time zone,
    decided_by text,
    policy text not null,
    constraint pk_violations primary key (shop_id, violation_id)
)""",
    """create unique index uq_violations_fulfilment on violations (shop_id, fulfilment_id, kind)
where fulfilment_id is not null""",
    """create unique index uq_violations_order on violations (shop_id, order_id, kind)
where fulfilment_id is null and order_id is not null and state < 80""",
    "create index ix_violations_counted on violations (shop_id, kind, at) where state < 80",
    "create index ix_violations_supplier on violations (supplier_id, at) where fault = 'supplier' and state < 80",
    "create index ix_violations_number on violations (violation_id)",
    "create index ix_violations_due_at on violations (due_at) where due_at is not null",
    "alter table enrolments add paper_due_at timestamp with time zone",
    "create index ix_enrolments_paper_due_at on enrolments (paper_due_at) where paper_due_at is not null",
    """create table former_mappings (
    shop_id bigint not null,
    sku text not null,
    supplier_id bigint not null,
    number bigint not null,
    item text not null,
    units integer not null,
    priority integer not null,
    supply_price_minor bigint,
    constraint pk_former_mappings primary key (shop_id, sku, supplier_id)
)""",
    "grant usage, select on sequence violation_ids to {app}, {line}",
    f"grant select, insert, update, delete on {', '.join(TABLES)} to {{app}}, {{line}}",
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


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table in TABLES for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
