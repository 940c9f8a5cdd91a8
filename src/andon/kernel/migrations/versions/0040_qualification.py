"""Reviews of suppliers, and what their scorecards count. New tables, and columns that the version before leaves alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0040"
down_revision = "0039"

STATEMENTS = (
    """alter table suppliers add review_due_at timestamp with time zone,
add reviewed_at timestamp with time zone, add escalated_at timestamp with time zone""",
    # Whoever applied before is reviewed by the version that was in force then.
    """update suppliers set reviewed_at = decided_at, review_due_at = applied_at +
case policy when 'jit-3.0' then interval '48 hours' else interval '72 hours' end""",
    """create index ix_suppliers_review_due_at on suppliers (review_due_at)
where reviewed_at is null and escalated_at is null""",
    "alter table bindings add review_at timestamp with time zone",
    "create index ix_bindings_review_at on bindings (review_at) where review_at is not null",
    "create sequence review_ids",
    """create table reviews (
    shop_id bigint not null,
    review_id bigint not null,
    supplier_id bigint not null,
    state smallint not null,
    opened_at timestamp with time zone not null,
    due_at timestamp with time zone not null,
    escalated_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by text,
    note text,
    scorecard jsonb,
    policy text not null,
    constraint pk_reviews primary key (shop_id, review_id)
)""",
    "create unique index uq_reviews_open on reviews (shop_id, supplier_id) where state < 80",
    "create index ix_reviews_supplier on reviews (shop_id, supplier_id, review_id)",
    "create index ix_reviews_number on reviews (review_id)",
    "create index ix_reviews_due_at on reviews (due_at) where state < 80 and escalated_at is null",
    "create sequence supplier_document_ids",
    """create table supplier_documents (
    supplier_id bigint not null,
    document_id bigint not null,
    kind text not null,
    number text,
    valid_until date,
    file_id bigint not null,
    sha256 text not null,
    added_at timestamp with time zone not null,
    added_by text not null,
    constraint pk_supplier_documents primary key (supplier_id, document_id),
    constraint fk_supplier_documents_supplier_id foreign key (supplier_id) references suppliers (supplier_id)
)""",
    "create sequence supplier_decision_ids",
    """create table supplier_decisions (
    supplier_id bigint not null,
    decision_id bigint not null,
    decision text not null,
    note text not null,
    decided_at timestamp with time zone not null,
    decided_by text not null,
    scorecard jsonb not null,
    policy text not null,
    constraint pk_supplier_decisions primary key (supplier_id, decision_id),
    constraint fk_supplier_decisions_supplier_id foreign key (supplier_id) references suppliers (supplier_id)
)""",
    """create table tallies (
    shop_id bigint not null,
    fulfilment_id bigint not null,
    order_id bigint not null,
    supplier_id bigint not null,
    day date not null,
    facts smallint not null,
    constraint pk_tallies primary key (shop_id, fulfilment_id)
)""",
    "create index ix_tallies_supplier on tallies (supplier_id, fulfilment_id)",
    "create index ix_tallies_against on tallies (supplier_id, fulfilment_id) where (facts & 106) <> 0",
    """create table tally_reaches (
    shop_id bigint not null,
    seal_no bigint not null,
    constraint pk_tally_reaches primary key (shop_id)
)""",
    """create table supplier_days (
    supplier_id bigint not null,
    day date not null,
    facts smallint not null,
    fulfilments bigint not null,
    constraint pk_supplier_days primary key (supplier_id, day, facts)
)""",
    "grant usage, select on sequence review_ids, supplier_decision_ids, supplier_document_ids to {app}, {line}",
    "grant select, insert, update, delete on reviews, tallies, tally_reaches, supplier_days to {app}, {line}",
    "grant select, insert on supplier_decisions, supplier_documents to {app}, {line}",
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
TABLES = ("reviews", "tallies", "tally_reaches")


def upgrade() -> None:
    """Add the columns, make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    walls = [wall.replace("{table}", table) for table in TABLES for wall in WALL]
    for statement in (*STATEMENTS, *walls):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
