"""Freezes of funds, and appeals. New tables and columns, which the version before this one leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0031"
down_revision = "0029"

STATEMENTS = (
    "alter table exits add forced_name text, add forced_factor text, add forced_note text",
    "create sequence funds_hold_ids",
    """create table funds_holds (
    shop_id bigint not null,
    hold_id bigint not null,
    exit_id bigint not null,
    set_at timestamp with time zone not null,
    lifted_at timestamp with time zone,
    constraint pk_funds_holds primary key (shop_id, hold_id)
)""",
    "create unique index uq_funds_holds_exit on funds_holds (shop_id, exit_id)",
    "create index ix_funds_holds_standing on funds_holds (shop_id) where lifted_at is null",
    "create sequence appeal_ids",
    """create table appeals (
    shop_id bigint not null,
    appeal_id bigint not null,
    exit_id bigint not null,
    state smallint not null,
    text text not null,
    opened_at timestamp with time zone not null,
    opened_by text not null,
    due_at timestamp with time zone,
    escalated_at timestamp with time zone,
    verdict text,
    note text,
    answered_at timestamp with time zone,
    answered_by text,
    closed_at timestamp with time zone,
    policy text not null,
    constraint pk_appeals primary key (shop_id, appeal_id)
)""",
    "create unique index uq_appeals_open on appeals (shop_id, exit_id) where state < 80",
    "create index ix_appeals_exit on appeals (shop_id, exit_id, appeal_id)",
    "create index ix_appeals_number on appeals (appeal_id)",
    "create index ix_appeals_due_at on appeals (due_at) where due_at is not null",
    "grant usage, select on sequence funds_hold_ids, appeal_ids to {app}, {line}",
    "grant select, insert, update, delete on funds_holds, appeals to {app}, {line}",
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
    walls = [wall.replace("{table}", table) for table in ("funds_holds", "appeals") for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
