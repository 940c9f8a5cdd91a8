"""Signed documents that are kept. A new table: the version before it goes on working."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0028"
down_revision = "0027"

STATEMENTS = (
    "create sequence document_ids",
    """create table documents (
    shop_id bigint not null,
    document_id bigint not null,
    kind text not null,
    subject bigint not null,
    number text not null,
    sha256 text not null,
    body bytea not null,
    made_at timestamp with time zone not null,
    constraint pk_documents primary key (shop_id, document_id)
)""",
    "create unique index uq_documents_subject on documents (shop_id, kind, subject)",
    "grant usage, select on sequence document_ids to {app}, {line}",
    "grant select, insert on documents to {app}, {line}",
)
HIDDEN = """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')"""
WALL = (
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)
POLICIES = {"documents": HIDDEN}


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table, policy in POLICIES.items() for wall in (*WALL, policy)]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
