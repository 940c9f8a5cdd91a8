"""What versions of the policy change for shops: announced to whom, read by whom. New tables, which the version before leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0045"
down_revision = "0044"

STATEMENTS = (
    """create table policy_announcements (
    shop_id bigint not null,
    version text not null,
    changes integer not null,
    announced_at timestamp with time zone not null,
    constraint pk_policy_announcements primary key (shop_id, version)
)""",
    "create index ix_policy_announcements_version on policy_announcements (version, shop_id)",
    """create table policy_readings (
    shop_id bigint not null,
    version text not null,
    read_by text not null,
    user_id bigint,
    read_at timestamp with time zone not null,
    constraint pk_policy_readings primary key (shop_id, version, read_by)
)""",
    "insert into turns (name, due_at) values ('policy_changes', timestamptz '2000-01-01 00:00+00')",
    "grant select, insert on policy_announcements, policy_readings to {app}, {line}",
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
    tables = ("policy_announcements", "policy_readings")
    walls = [wall.replace("{table}", table) for table in tables for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
