"""Cancellations say at whose wish, until when and how; remedies are kept. Columns may be null: old code goes on beside it."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0004"
down_revision = "0003"

SHOPS = "shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])"
SUPPLIER = "coalesce(current_setting('andon.supplier', true), '')"

STATEMENTS = (
    "alter table fulfilments add column cancel_by TEXT",
    "alter table fulfilments add column cancel_due_at TIMESTAMP WITH TIME ZONE",
    "alter table fulfilments add column cancel_answer TEXT",
    """update fulfilments set cancel_by = 'buyer',
    cancel_answer = case when cancel_answered_at is null then null when state = 91 then 'accepted' else 'refused' end,
    cancel_due_at = case when cancel_answered_at is null and state in (30, 40, 50)
                         then cancel_requested_at + interval '24 hours' end
    where cancel_requested_at is not null""",
    "CREATE INDEX ix_fulfilments_cancel ON fulfilments (cancel_due_at) WHERE cancel_due_at is not null",
    """CREATE TABLE cancellation_notes (
    shop_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    supplier_id BIGINT,
    note TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_cancellation_notes PRIMARY KEY (shop_id, fulfilment_id)
)""",
    "CREATE SEQUENCE remedy_ids",
    """CREATE TABLE remedies (
    shop_id BIGINT NOT NULL,
    remedy_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_remedies PRIMARY KEY (shop_id, remedy_id)
)""",
    "CREATE INDEX ix_remedies_fulfilment ON remedies (shop_id, fulfilment_id, action)",
    """CREATE UNIQUE INDEX uq_remedies_once ON remedies (shop_id, fulfilment_id, action)
    WHERE action <> 'remind'""",
    "grant usage, select on sequence remedy_ids to {app}, {line}",
    "grant select, insert on cancellation_notes, remedies to {app}, {line}",
    f"create policy app on cancellation_notes to {{app}} using ({SHOPS} and {SUPPLIER} in ('', supplier_id::text))",
    f"create policy app on remedies to {{app}} using ({SHOPS} and {SUPPLIER} = '')",
    *(
        statement
        for table in ("cancellation_notes", "remedies")
        for statement in (
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy line on {table} to {{line}} using (true)",
            f"create policy owner on {table} to current_user using (true)",
        )
    ),
)


def upgrade() -> None:
    """Add the columns and fill them, make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
