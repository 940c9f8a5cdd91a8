"""Returns as channels and suppliers tell them. A new table, which the version before this one leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0041"
down_revision = "0040"

STATEMENTS = (
    "create sequence return_ids",
    """create table returns (
    shop_id bigint not null,
    return_id bigint not null,
    order_id bigint not null,
    lines jsonb not null,
    reason text not null,
    requested_at timestamp with time zone not null,
    received_at timestamp with time zone,
    condition text,
    told_at timestamp with time zone not null,
    told_by text not null,
    constraint pk_returns primary key (shop_id, return_id)
)""",
    "create unique index uq_returns_request on returns (shop_id, order_id, requested_at)",
    "grant usage, select on sequence return_ids to {app}, {line}",
    "grant select, insert, update, delete on returns to {app}, {line}",
    "alter table returns enable row level security",
    "alter table returns force row level security",
    """create policy app on returns to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')""",
    "create policy line on returns to {line} using (true)",
    "create policy owner on returns to current_user using (true)",
)


def upgrade() -> None:
    """Make the table, and wall it."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
