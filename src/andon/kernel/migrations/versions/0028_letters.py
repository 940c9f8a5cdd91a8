"""Signed documents, termination letters, and what was tried to prove them. New tables: the version before it goes on working."""

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
    "create sequence letter_ids",
    """create table letters (
    shop_id bigint not null,
    letter_id bigint not null,
    binding_id bigint not null,
    supplier_id bigint not null,
    number text not null,
    drawn_at timestamp with time zone not null,
    withdrawn_at timestamp with time zone,
    signed_at timestamp with time zone,
    signed_name text,
    signed_by text,
    factor text,
    ended jsonb,
    due_at timestamp with time zone,
    leased_until timestamp with time zone,
    proven_at timestamp with time zone,
    paper_due_at timestamp with time zone,
    constraint pk_letters primary key (shop_id, letter_id)
)""",
    "create index ix_letters_binding on letters (shop_id, binding_id)",
    "create index ix_letters_due_at on letters (due_at) where due_at is not null",
    "create index ix_letters_paper_due_at on letters (paper_due_at) where paper_due_at is not null",
    "create index ix_letters_supplier on letters (supplier_id, letter_id)",
    "create sequence revocation_try_ids",
    """create table revocation_tries (
    shop_id bigint not null,
    try_id bigint not null,
    letter_id bigint not null,
    key_id bigint,
    tried text not null,
    status integer,
    code text,
    refused boolean not null,
    at timestamp with time zone not null,
    constraint pk_revocation_tries primary key (shop_id, try_id)
)""",
    "create index ix_revocation_tries_letter on revocation_tries (shop_id, letter_id, try_id)",
    "create sequence departure_ids",
    """create table departures (
    shop_id bigint not null,
    departure_id bigint not null,
    supplier_id bigint not null,
    announced_at timestamp with time zone not null,
    leaves_at timestamp with time zone not null,
    signed_name text not null,
    signed_by text not null,
    alternatives jsonb not null,
    withdrawn_at timestamp with time zone,
    begun_at timestamp with time zone,
    left_at timestamp with time zone,
    due_at timestamp with time zone,
    constraint pk_departures primary key (shop_id, departure_id)
)""",
    "create unique index uq_departures_running on departures (shop_id, supplier_id) where due_at is not null",
    "create index ix_departures_due_at on departures (due_at) where due_at is not null",
    "create index ix_departures_supplier on departures (supplier_id, departure_id)",
    "grant usage, select on sequence document_ids, letter_ids, revocation_try_ids, departure_ids to {app}, {line}",
    "grant select, insert, update, delete on letters to {app}, {line}",
    "grant select, insert, update, delete on departures to {app}, {line}",
    "grant select, insert on revocation_tries to {app}, {line}",
    "grant select, insert on documents to {app}, {line}",
)
HIDDEN = """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')"""
OF_A_SUPPLIER = HIDDEN.replace("= '')", "in ('', supplier_id::text))")
WALL = (
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)
POLICIES = {
    "documents": HIDDEN,
    "revocation_tries": HIDDEN,
    "letters": OF_A_SUPPLIER,
    "departures": OF_A_SUPPLIER,
}


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table, policy in POLICIES.items() for wall in (*WALL, policy)]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
