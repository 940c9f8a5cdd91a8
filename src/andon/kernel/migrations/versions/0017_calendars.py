"""Suppliers' calendars, exempted times, and whose deadlines are to be counted anew. Old code goes on beside it."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    "alter table suppliers add column place text",
    """create table calendars (
    supplier_id bigint not null,
    zone text not null,
    week jsonb not null,
    days jsonb not null,
    public_holidays text,
    known_until date,
    set_at timestamp with time zone not null,
    constraint pk_calendars primary key (supplier_id),
    constraint fk_calendars_supplier_id foreign key (supplier_id) references suppliers (supplier_id)
)""",
    "create sequence exemption_ids",
    """create table exemptions (
    exemption_id bigint not null,
    reason text not null,
    note text,
    region text,
    suppliers bigint[] not null,
    since timestamp with time zone not null,
    until timestamp with time zone not null,
    declared_at timestamp with time zone not null,
    declared_by text not null,
    ended_at timestamp with time zone,
    constraint pk_exemptions primary key (exemption_id),
    constraint ck_exemptions_ends_after_it_began check (until >= since)
)""",
    "create index ix_exemptions_until on exemptions (until)",
    """create table recounts (
    supplier_id bigint not null,
    due_at timestamp with time zone not null,
    shop_id bigint not null default 0,
    fulfilment_id bigint not null default 0,
    constraint pk_recounts primary key (supplier_id),
    constraint fk_recounts_supplier_id foreign key (supplier_id) references suppliers (supplier_id)
)""",
    "create index ix_recounts_due_at on recounts (due_at)",
    "grant usage, select on sequence exemption_ids to {app}, {line}",
    "grant select, insert, update, delete on calendars, exemptions, recounts to {app}, {line}",
)


def upgrade() -> None:
    """Make the tables: references, which all may look up."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
