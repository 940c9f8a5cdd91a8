"""Files that parties hand in, and disputes. New tables, which the version before this one leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0038"
down_revision = "0037"

STATEMENTS = (
    "create sequence file_ids",
    "create sequence dispute_ids",
    "create sequence evidence_ids",
    "create sequence dispute_answer_ids",
    """create table files (
    shop_id bigint not null,
    file_id bigint not null,
    owner_party text not null,
    owner_id text,
    media_type text not null,
    size bigint not null,
    sha256 text not null,
    body bytea not null,
    made_at timestamp with time zone not null,
    constraint pk_files primary key (shop_id, file_id)
)""",
    """create table disputes (
    shop_id bigint not null,
    dispute_id bigint not null,
    order_id bigint not null,
    fulfilment_id bigint,
    supplier_id bigint,
    carrier text,
    jit boolean not null,
    cause text not null,
    claim_minor bigint not null,
    currency text not null,
    beneficiary text not null,
    charges jsonb not null,
    text text,
    state smallint not null,
    opened_at timestamp with time zone not null,
    opened_by text not null,
    handle_by timestamp with time zone,
    due_at timestamp with time zone,
    breaches integer not null,
    breached_at timestamp with time zone,
    round integer not null,
    outcome text,
    payer text,
    awarded_minor bigint,
    decided_at timestamp with time zone,
    appealed_at timestamp with time zone,
    appealed_by text,
    appeal_text text,
    closed_at timestamp with time zone,
    paid_journal_id bigint,
    policy text not null,
    constraint pk_disputes primary key (shop_id, dispute_id)
)""",
    "create index ix_disputes_clock on disputes (handle_by, dispute_id) where state < 30",
    "create index ix_disputes_due_at on disputes (due_at) where due_at is not null",
    "create index ix_disputes_number on disputes (dispute_id)",
    "create index ix_disputes_open on disputes (shop_id, dispute_id) where state < 80",
    "create index ix_disputes_order on disputes (shop_id, order_id)",
    """create table dispute_decisions (
    shop_id bigint not null,
    dispute_id bigint not null,
    round integer not null,
    outcome text not null,
    payer text,
    clause text,
    awarded_minor bigint not null,
    waived jsonb not null,
    note text not null,
    decided_at timestamp with time zone not null,
    decided_by text not null,
    journal_id bigint,
    reversed_by bigint,
    constraint pk_dispute_decisions primary key (shop_id, dispute_id, round)
)""",
    """create table dispute_evidence (
    shop_id bigint not null,
    evidence_id bigint not null,
    dispute_id bigint not null,
    file_id bigint not null,
    kind text not null,
    shows text,
    personal boolean not null,
    given_at timestamp with time zone not null,
    given_by text not null,
    constraint pk_dispute_evidence primary key (shop_id, evidence_id)
)""",
    "create index ix_dispute_evidence_dispute on dispute_evidence (shop_id, dispute_id)",
    """create table dispute_answers (
    shop_id bigint not null,
    answer_id bigint not null,
    dispute_id bigint not null,
    party text not null,
    party_id text not null,
    answer text not null,
    text text,
    answered_at timestamp with time zone not null,
    answered_by text not null,
    constraint pk_dispute_answers primary key (shop_id, answer_id)
)""",
    "create index ix_dispute_answers_dispute on dispute_answers (shop_id, dispute_id)",
    """create table dispute_parties (
    party text not null,
    party_id text not null,
    dispute_id bigint not null,
    shop_id bigint not null,
    constraint pk_dispute_parties primary key (party, party_id, dispute_id)
)""",
    "grant usage, select on sequence file_ids, dispute_ids, evidence_ids, dispute_answer_ids to {app}, {line}",
    "grant select, insert, update, delete on disputes, dispute_decisions, dispute_parties to {app}, {line}",
    "grant select, insert on files, dispute_evidence, dispute_answers to {app}, {line}",
    "grant update (body) on files to {line}",
    "grant update (text) on dispute_answers to {line}",
)
WALL = (
    "alter table {table} enable row level security",
    "alter table {table} force row level security",
    """create policy app on {table} to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and {supplier})""",
    "create policy line on {table} to {line} using (true)",
    "create policy owner on {table} to current_user using (true)",
)
ITS_OWN = "coalesce(current_setting('andon.supplier', true), '') in ('', supplier_id::text)"
HIDDEN = "coalesce(current_setting('andon.supplier', true), '') = ''"
TABLES = {
    "disputes": ITS_OWN,
    **dict.fromkeys(("files", "dispute_decisions", "dispute_evidence", "dispute_answers"), HIDDEN),
}


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [
        wall.replace("{table}", table).replace("{supplier}", supplier)
        for table, supplier in TABLES.items()
        for wall in WALL
    ]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
