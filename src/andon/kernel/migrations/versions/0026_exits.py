"""Exits, and whether JIT is offered to a shop. New tables, and a column that the version before it leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0026"
down_revision = "0025"

STATEMENTS = (
    "alter table shops add jit_offered boolean not null default true",
    "create sequence exit_ids",
    "create sequence exit_check_ids",
    """create table exits (
    shop_id bigint not null,
    exit_id bigint not null,
    enrolment bigint not null,
    state smallint not null,
    reason text not null,
    note text,
    started_at timestamp with time zone not null,
    forced_at timestamp with time zone,
    forced_by text,
    thrown_at timestamp with time zone,
    off_at timestamp with time zone,
    ticket text,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    before jsonb not null,
    policy text not null,
    constraint pk_exits primary key (shop_id, exit_id)
)""",
    "create unique index uq_exits_running on exits (shop_id) where state < 80",
    "create index ix_exits_due_at on exits (due_at) where due_at is not null",
    """create table exit_checks (
    shop_id bigint not null,
    check_id bigint not null,
    exit_id bigint not null,
    "check" text not null,
    passed boolean not null,
    put_right boolean not null,
    evidence jsonb not null,
    at timestamp with time zone not null,
    constraint pk_exit_checks primary key (shop_id, check_id)
)""",
    "create index ix_exit_checks_exit on exit_checks (shop_id, exit_id, check_id)",
    "grant usage, select on sequence exit_ids, exit_check_ids to {app}, {line}",
    "grant select, insert, update, delete on exits to {app}, {line}",
    "grant select, insert on exit_checks to {app}, {line}",
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
    """Add the column, make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table in ("exits", "exit_checks") for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
