"""Statements, enquiries with carriers, how long lines usually take. New tables alone: the version before goes on working."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0037"
down_revision = "0036"

STATEMENTS = (
    """create table turns (
    name text not null,
    due_at timestamp with time zone not null,
    constraint pk_turns primary key (name)
)""",
    """insert into turns (name, due_at)
select name, timestamptz '2000-01-01 00:00+00' from unnest(array['statements', 'transits']) name""",
    """create table usual_transits (
    line text not null,
    country text not null,
    seconds bigint not null,
    fulfilments bigint not null,
    worked_out_at timestamp with time zone not null,
    constraint pk_usual_transits primary key (line, country)
)""",
    "create sequence enquiry_ids",
    """create table enquiries (
    shop_id bigint not null,
    enquiry_id bigint not null,
    number text not null,
    state smallint not null,
    charge_id bigint not null,
    order_id bigint not null,
    fulfilment_id bigint not null,
    parcel_id bigint not null,
    carrier text not null,
    waybill text not null,
    text text,
    asked_at timestamp with time zone not null,
    asked_by text not null,
    answer text,
    occurred_at timestamp with time zone,
    note text,
    proof text,
    answered_at timestamp with time zone,
    answered_by text,
    policy text not null,
    constraint pk_enquiries primary key (shop_id, enquiry_id)
)""",
    "create unique index uq_enquiries_open on enquiries (shop_id, charge_id) where state < 80",
    "create index ix_enquiries_charge on enquiries (shop_id, charge_id, enquiry_id)",
    "create index ix_enquiries_order on enquiries (shop_id, order_id)",
    """create table enquiry_numbers (
    number text not null,
    carrier text not null,
    shop_id bigint not null,
    enquiry_id bigint not null,
    constraint pk_enquiry_numbers primary key (number)
)""",
    "create index ix_enquiry_numbers_carrier on enquiry_numbers (carrier, enquiry_id)",
    """create table enquiry_years (
    year integer not null,
    serial bigint not null,
    constraint pk_enquiry_years primary key (year)
)""",
    """create table statements (
    shop_id bigint not null,
    month bigint not null,
    after_transfer bigint not null,
    last_transfer bigint not null,
    opening jsonb not null,
    closing jsonb not null,
    seal jsonb,
    policy text not null,
    issued_at timestamp with time zone not null,
    constraint pk_statements primary key (shop_id, month)
)""",
    "grant usage, select on sequence enquiry_ids to {app}, {line}",
    "grant select, insert, update, delete on turns, usual_transits, enquiries, enquiry_years to {app}, {line}",
    "grant select, insert on enquiry_numbers, statements to {app}, {line}",
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
    walls = [wall.replace("{table}", table) for table in ("enquiries", "statements") for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
