"""The nightly audits. A new table alone: the version before it goes on working beside it."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """CREATE TABLE audits (
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    at TIMESTAMP WITH TIME ZONE,
    took_ms INTEGER,
    checks INTEGER,
    ok BOOLEAN,
    findings JSONB,
    CONSTRAINT pk_audits PRIMARY KEY (due_at)
)""",
    "grant select, insert, update, delete on audits to {app}, {line}",
    # The first night is long gone: the first look is taken at once, by whatever clock the business runs.
    "insert into audits (due_at) values (timestamptz '2000-01-01 00:00+00')",
)


def upgrade() -> None:
    """Make the table, and let the first audit wait in it."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
