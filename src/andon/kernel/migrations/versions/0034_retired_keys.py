"""Keys that sign no more. A new table alone: the version before it goes on working."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0034"
down_revision = "0032"

STATEMENTS = (
    """create table retired_keys (
    kid text not null,
    purpose text not null,
    retired_at timestamp with time zone not null,
    jws text not null,
    constraint pk_retired_keys primary key (kid)
)""",
    "grant select, insert on retired_keys to {app}, {line}",
)


def upgrade() -> None:
    """Make the table."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    app, line = (quoted(role_name(context.config.attributes["prefix"], login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
