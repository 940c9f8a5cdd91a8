"""Calls are counted by the second. A new table, which the version before it does not look at."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0032"
down_revision = "0031"

STATEMENTS = (
    """create unlogged table call_counts (
    caller bytea not null,
    second bigint not null,
    taken bigint not null,
    constraint pk_call_counts primary key (caller)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0)""",
    "grant select, insert, update, delete on call_counts to {app}, {line}",
)


def upgrade() -> None:
    """Make the table."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
