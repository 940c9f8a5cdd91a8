"""Contacts and the outbox. New tables, and columns of notices that the version before it leaves empty."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0016"
down_revision = "0014"

STATEMENTS = (
    "alter table notices add post_at timestamp with time zone, add posted_at timestamp with time zone",
    "create index ix_notices_post_at on notices (post_at) where post_at is not null",
    "create sequence contact_ids",
    "create sequence message_ids",
    """create table contacts (
    shop_id bigint not null,
    contact_id bigint not null,
    audience text not null,
    supplier_id bigint,
    robot text,
    address text not null,
    sealed bytea,
    role text not null,
    kinds jsonb,
    locale text not null,
    zone text not null,
    quiet_from text,
    quiet_until text,
    digest_at text,
    digest_due_at timestamp with time zone,
    free_at timestamp with time zone,
    constraint pk_contacts primary key (shop_id, contact_id),
    constraint ck_contacts_supplier_is_named check ((audience = 'supplier') = (supplier_id is not null))
)""",
    "create index ix_contacts_digest on contacts (digest_due_at) where digest_due_at is not null",
    """create table outbox (
    shop_id bigint not null,
    message_id bigint not null,
    contact_id bigint not null,
    audience text not null,
    supplier_id bigint,
    notice_id bigint,
    kind text not null,
    facts jsonb not null,
    at timestamp with time zone not null,
    first_at timestamp with time zone not null,
    address text not null,
    locale text not null,
    zone text not null,
    state smallint not null,
    due_at timestamp with time zone,
    leased_until timestamp with time zone,
    tries integer not null,
    done_at timestamp with time zone,
    said text,
    constraint pk_outbox primary key (shop_id, message_id),
    constraint ck_outbox_supplier_is_named check ((audience = 'supplier') = (supplier_id is not null))
)""",
    "create index ix_outbox_due_at on outbox (due_at) where due_at is not null",
    "create index ix_outbox_message on outbox (message_id)",
    "grant usage, select on sequence contact_ids, message_ids to {app}, {line}",
)

WALLS = (
    "grant select, insert, update, delete on {table} to {app}, {line}",
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') in ('', supplier_id::text))""",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table in ("contacts", "outbox") for wall in WALLS]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
