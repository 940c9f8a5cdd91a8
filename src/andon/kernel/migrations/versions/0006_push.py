"""Endpoints have a breaker and an order; tries are evidence, and are forgotten in time."""

from alembic import context, op

from andon.kernel.roles import LINE, role_name

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """alter table endpoints add ordered boolean not null default false, add breaker smallint not null default 0,
add counted_from timestamp with time zone, add tries integer not null default 0,
add failed integer not null default 0, add open_until timestamp with time zone,
add trips integer not null default 0, add share integer""",
    "create index ix_endpoints_open_until on endpoints (open_until) where open_until is not null",
    "create index ix_pushes_in_order on pushes (supplier_id, push_id) where due_at is not null",
    """alter table push_tries add url text, add sent_at timestamp with time zone, add body_sha256 bytea,
add forget_at timestamp with time zone""",
    "update push_tries set forget_at = at + interval '90 days'",
    "create index ix_push_tries_forget_at on push_tries (forget_at)",
    "grant delete on push_tries to {line}",
)


def upgrade() -> None:
    """Deploy before the code that needs it: what the release before writes has the defaults."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    line = quoted(role_name(context.config.attributes["prefix"], LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{line}", line))
