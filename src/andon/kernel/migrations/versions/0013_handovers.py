"""Hand-over notes. New tables alone: the version before it goes on working beside them."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0013"
down_revision = "0011"

STATEMENTS = (
    "CREATE SEQUENCE handover_ids",
    """CREATE TABLE handover_days (
    supplier_id BIGINT NOT NULL,
    day DATE NOT NULL,
    notes INTEGER NOT NULL,
    CONSTRAINT pk_handover_days PRIMARY KEY (supplier_id, day)
)""",
    """CREATE TABLE handover_notes (
    note_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    carrier TEXT NOT NULL,
    shops JSONB NOT NULL,
    parcels INTEGER NOT NULL,
    weight_g BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    collect_from TIMESTAMP WITH TIME ZONE,
    collect_until TIMESTAMP WITH TIME ZONE,
    scanned_at TIMESTAMP WITH TIME ZONE,
    signed_at TIMESTAMP WITH TIME ZONE,
    sha256 TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    collected BOOLEAN,
    counted INTEGER,
    CONSTRAINT pk_handover_notes PRIMARY KEY (note_id)
)""",
    "CREATE UNIQUE INDEX uq_handover_notes_number ON handover_notes (supplier_id, number)",
    "CREATE INDEX ix_handover_notes_carrier ON handover_notes (carrier, note_id)",
    """CREATE TABLE handover_signatures (
    note_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signature TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_handover_signatures PRIMARY KEY (note_id, role)
)""",
    """CREATE TABLE handover_parcels (
    shop_id BIGINT NOT NULL,
    note_id BIGINT NOT NULL,
    parcel_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    waybill TEXT NOT NULL,
    weight_g INTEGER NOT NULL,
    listed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    scanned_at TIMESTAMP WITH TIME ZONE,
    signed_at TIMESTAMP WITH TIME ZONE,
    missing BOOLEAN NOT NULL,
    CONSTRAINT pk_handover_parcels PRIMARY KEY (shop_id, note_id, parcel_id)
)""",
    """CREATE UNIQUE INDEX uq_handover_parcels_once ON handover_parcels (shop_id, parcel_id)
    WHERE not missing""",
    "CREATE INDEX ix_handover_parcels_fulfilment ON handover_parcels (shop_id, fulfilment_id)",
    "grant usage, select on sequence handover_ids to {app}, {line}",
    "grant select, insert on handover_signatures to {app}, {line}",
    "grant select, insert, update, delete on handover_days, handover_notes, handover_parcels to {app}, {line}",
    "alter table handover_parcels enable row level security",
    "alter table handover_parcels force row level security",
    """create policy app on handover_parcels to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') in ('', supplier_id::text))""",
    "create policy line on handover_parcels to {line} using (true)",
    "create policy owner on handover_parcels to current_user using (true)",
)


def upgrade() -> None:
    """Make the tables, and wall the one that is the shops'."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
