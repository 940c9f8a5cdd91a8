-- The first schema: every table of the order's way, its walls and rights.
-- Statements end with a semicolon and an empty line; {app} and {line} stand for the names of those logins.

CREATE SEQUENCE binding_ids;

CREATE SEQUENCE charge_ids;

CREATE SEQUENCE event_ids CACHE 1;

CREATE SEQUENCE fulfilment_ids;

CREATE SEQUENCE grant_ids;

CREATE SEQUENCE journal_ids;

CREATE SEQUENCE key_ids;

CREATE SEQUENCE movement_ids;

CREATE SEQUENCE order_ids;

CREATE SEQUENCE parcel_ids;

CREATE SEQUENCE policy_override_ids;

CREATE SEQUENCE push_ids;

CREATE SEQUENCE scan_ids;

CREATE SEQUENCE shop_ids;

CREATE SEQUENCE supplier_ids;

CREATE SEQUENCE transfer_ids;

CREATE SEQUENCE try_ids;

CREATE TABLE balances (
    shop_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    debited_minor BIGINT NOT NULL,
    credited_minor BIGINT NOT NULL,
    CONSTRAINT pk_balances PRIMARY KEY (shop_id, account, currency)
);

CREATE TABLE bindings (
    shop_id BIGINT NOT NULL,
    binding_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    letter_id BIGINT,
    policy TEXT NOT NULL,
    CONSTRAINT pk_bindings PRIMARY KEY (shop_id, binding_id)
);

CREATE INDEX ix_bindings_supplier ON bindings (supplier_id);

CREATE UNIQUE INDEX uq_bindings_live ON bindings (shop_id, supplier_id) WHERE state < 80;

CREATE TABLE charges (
    shop_id BIGINT NOT NULL,
    charge_id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    subject BIGINT NOT NULL,
    round BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    parcel_id BIGINT,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    payee TEXT NOT NULL,
    basis TEXT NOT NULL,
    policy TEXT NOT NULL,
    accrued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fixed_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_on DATE,
    journal_id BIGINT,
    CONSTRAINT pk_charges PRIMARY KEY (shop_id, charge_id)
);

CREATE INDEX ix_charges_due ON charges (due_at) WHERE state = 20;

CREATE INDEX ix_charges_order ON charges (shop_id, order_id);

CREATE INDEX ix_charges_shop_due ON charges (shop_id, due_at, charge_id) WHERE state = 20;

CREATE UNIQUE INDEX uq_charges_once ON charges (shop_id, kind, subject, round);

CREATE TABLE clock (
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    rate DOUBLE PRECISION NOT NULL,
    wall_origin TIMESTAMP WITH TIME ZONE NOT NULL,
    business_origin TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_clock PRIMARY KEY (id)
);

CREATE TABLE early_scans (
    carrier TEXT NOT NULL,
    waybill TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status TEXT NOT NULL,
    sub_status TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place TEXT NOT NULL,
    raw TEXT,
    forget_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_early_scans PRIMARY KEY (carrier, waybill, occurred_at, status, sub_status)
);

CREATE INDEX ix_early_scans_forget_at ON early_scans (forget_at);

CREATE TABLE enrolments (
    shop_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    authorisation JSONB NOT NULL,
    policy TEXT NOT NULL,
    CONSTRAINT pk_enrolments PRIMARY KEY (shop_id, number)
);

CREATE TABLE events (
    shop_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    order_id BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    policy TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (shop_id, event_id)
);

CREATE INDEX ix_events_order ON events (shop_id, order_id) WHERE order_id is not null;

CREATE INDEX ix_events_subject ON events (shop_id, subject);

CREATE TABLE fulfilment_lines (
    shop_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    line_no INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    location BIGINT NOT NULL,
    item TEXT NOT NULL,
    owner BIGINT NOT NULL,
    units BIGINT NOT NULL,
    CONSTRAINT pk_fulfilment_lines PRIMARY KEY (shop_id, fulfilment_id, line_no)
);

CREATE TABLE fundings (
    shop_id BIGINT NOT NULL,
    settle_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_fundings PRIMARY KEY (shop_id)
);

CREATE INDEX ix_fundings_settle_at ON fundings (settle_at) WHERE settle_at is not null;

CREATE TABLE grants (
    shop_id BIGINT NOT NULL,
    grant_id BIGINT NOT NULL,
    binding_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    scopes JSONB NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_grants PRIMARY KEY (shop_id, grant_id)
);

CREATE UNIQUE INDEX uq_grants_live ON grants (supplier_id, shop_id) WHERE ended_at is null;

CREATE TABLE heads (
    shop_id BIGINT NOT NULL,
    CONSTRAINT pk_heads PRIMARY KEY (shop_id)
);

CREATE TABLE idempotent_answers (
    party TEXT NOT NULL,
    token TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status BIGINT,
    content_type TEXT,
    body BYTEA,
    CONSTRAINT pk_idempotent_answers PRIMARY KEY (party, token)
);

CREATE INDEX ix_idempotent_answers_expires_at ON idempotent_answers (expires_at);

CREATE TABLE invitations (
    supplier_id BIGINT NOT NULL,
    binding_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    CONSTRAINT pk_invitations PRIMARY KEY (supplier_id, binding_id)
);

CREATE TABLE keys (
    key_id BIGINT NOT NULL,
    secret_hash BYTEA NOT NULL,
    party TEXT NOT NULL,
    party_id TEXT NOT NULL,
    scopes JSONB NOT NULL,
    label TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_keys PRIMARY KEY (key_id),
    CONSTRAINT uq_keys_secret_hash UNIQUE (secret_hash)
);

CREATE TABLE movements (
    shop_id BIGINT NOT NULL,
    movement_id BIGINT NOT NULL,
    location BIGINT NOT NULL,
    item TEXT NOT NULL,
    owner BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    on_hand_change BIGINT NOT NULL,
    reserved_change BIGINT NOT NULL,
    fulfilment_id BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_movements PRIMARY KEY (shop_id, movement_id)
);

CREATE INDEX ix_movements_item ON movements (shop_id, location, item, at);

CREATE TABLE order_lines (
    shop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    line_no INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    freight_minor BIGINT NOT NULL,
    ship_by TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_order_lines PRIMARY KEY (shop_id, order_id, line_no)
);

CREATE TABLE orders (
    shop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    channel_order_no TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ship_by TIMESTAMP WITH TIME ZONE,
    paid_at TIMESTAMP WITH TIME ZONE,
    source_status TEXT,
    currency TEXT NOT NULL,
    goods_minor BIGINT NOT NULL,
    freight_minor BIGINT NOT NULL,
    policy TEXT NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (shop_id, order_id)
);

CREATE INDEX ix_orders_placed_at ON orders (shop_id, placed_at);

CREATE UNIQUE INDEX uq_orders_channel ON orders (shop_id, channel, channel_order_no);

CREATE TABLE parcels (
    shop_id BIGINT NOT NULL,
    parcel_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    waybill TEXT NOT NULL,
    weight_g INTEGER NOT NULL,
    length_mm INTEGER NOT NULL,
    width_mm INTEGER NOT NULL,
    height_mm INTEGER NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    labelled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status TEXT NOT NULL,
    collected_at TIMESTAMP WITH TIME ZONE,
    first_scan_at TIMESTAMP WITH TIME ZONE,
    last_scan_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    reported_weight_g INTEGER,
    reported_length_mm INTEGER,
    reported_width_mm INTEGER,
    reported_height_mm INTEGER,
    CONSTRAINT pk_parcels PRIMARY KEY (shop_id, parcel_id)
);

CREATE INDEX ix_parcels_fulfilment ON parcels (shop_id, fulfilment_id);

CREATE TABLE plan_lines (
    shop_id BIGINT NOT NULL,
    line TEXT NOT NULL,
    precedence INTEGER NOT NULL,
    CONSTRAINT pk_plan_lines PRIMARY KEY (shop_id, line)
);

CREATE TABLE policy_overrides (
    shop_id BIGINT NOT NULL,
    override_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    in_force_from TIMESTAMP WITH TIME ZONE NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    set_by TEXT NOT NULL,
    CONSTRAINT pk_policy_overrides PRIMARY KEY (shop_id, override_id)
);

CREATE INDEX ix_policy_overrides_key ON policy_overrides (shop_id, key, in_force_from);

CREATE TABLE pools (
    supplier_id BIGINT NOT NULL,
    item TEXT NOT NULL,
    counted BIGINT NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE,
    even_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_pools PRIMARY KEY (supplier_id, item),
    CONSTRAINT ck_pools_no_negative_count CHECK (counted >= 0)
);

CREATE INDEX ix_pools_even_at ON pools (even_at) WHERE even_at is not null;

CREATE TABLE products (
    shop_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    mode SMALLINT NOT NULL,
    length_mm INTEGER NOT NULL,
    width_mm INTEGER NOT NULL,
    height_mm INTEGER NOT NULL,
    weight_g INTEGER NOT NULL,
    price_minor BIGINT NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (shop_id, sku)
);

CREATE TABLE push_tries (
    shop_id BIGINT NOT NULL,
    try_id BIGINT NOT NULL,
    push_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    status INTEGER,
    latency_ms INTEGER NOT NULL,
    excerpt TEXT NOT NULL,
    CONSTRAINT pk_push_tries PRIMARY KEY (shop_id, try_id)
);

CREATE INDEX ix_push_tries_push ON push_tries (shop_id, push_id);

CREATE TABLE pushes (
    shop_id BIGINT NOT NULL,
    push_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    tries INTEGER NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_pushes PRIMARY KEY (shop_id, push_id)
);

CREATE INDEX ix_pushes_fulfilment ON pushes (shop_id, fulfilment_id);

CREATE INDEX ix_pushes_supplier ON pushes (supplier_id, push_id);

CREATE INDEX ix_pushes_waiting ON pushes (supplier_id, due_at, push_id) WHERE due_at is not null;

CREATE TABLE recipients (
    shop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    ship_to JSONB NOT NULL,
    country TEXT NOT NULL,
    salt BYTEA NOT NULL,
    commitment BYTEA NOT NULL,
    CONSTRAINT pk_recipients PRIMARY KEY (shop_id, order_id)
);

CREATE TABLE rejection_notes (
    shop_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    note TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rejection_notes PRIMARY KEY (shop_id, fulfilment_id)
);

CREATE TABLE scans (
    shop_id BIGINT NOT NULL,
    scan_id BIGINT NOT NULL,
    parcel_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    sub_status TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place TEXT NOT NULL,
    raw TEXT,
    CONSTRAINT pk_scans PRIMARY KEY (shop_id, scan_id)
);

CREATE UNIQUE INDEX uq_scans_fact ON scans (shop_id, parcel_id, occurred_at, status, sub_status);

CREATE TABLE shops (
    shop_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    locale TEXT NOT NULL,
    currency TEXT NOT NULL,
    zone TEXT NOT NULL,
    jit_intake_open BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_shops PRIMARY KEY (shop_id)
);

CREATE TABLE stock (
    shop_id BIGINT NOT NULL,
    location BIGINT NOT NULL,
    item TEXT NOT NULL,
    owner BIGINT NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_stock PRIMARY KEY (shop_id, location, item, owner),
    CONSTRAINT ck_stock_no_negative_units CHECK (reserved >= 0 and on_hand >= 0)
);

CREATE INDEX ix_stock_item ON stock (location, item, shop_id);

CREATE TABLE suppliers (
    supplier_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state SMALLINT NOT NULL,
    documents JSONB NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    policy TEXT NOT NULL,
    CONSTRAINT pk_suppliers PRIMARY KEY (supplier_id)
);

CREATE TABLE transfers (
    shop_id BIGINT NOT NULL,
    transfer_id BIGINT NOT NULL,
    journal_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    cause TEXT NOT NULL,
    charge_id BIGINT,
    CONSTRAINT pk_transfers PRIMARY KEY (shop_id, transfer_id),
    CONSTRAINT ck_transfers_positive_amount CHECK (amount_minor > 0),
    CONSTRAINT ck_transfers_two_accounts CHECK (debit <> credit)
);

CREATE INDEX ix_transfers_journal ON transfers (shop_id, journal_id);

CREATE TABLE waybills (
    carrier TEXT NOT NULL,
    waybill TEXT NOT NULL,
    shop_id BIGINT,
    fulfilment_id BIGINT,
    parcel_id BIGINT,
    CONSTRAINT pk_waybills PRIMARY KEY (carrier, waybill)
);

CREATE INDEX ix_waybills_waybill ON waybills (waybill);

CREATE TABLE endpoints (
    supplier_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    old_secret BYTEA,
    old_secret_until TIMESTAMP WITH TIME ZONE,
    enabled BOOLEAN NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    leased_until TIMESTAMP WITH TIME ZONE,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_endpoints PRIMARY KEY (supplier_id),
    CONSTRAINT fk_endpoints_supplier_id FOREIGN KEY(supplier_id) REFERENCES suppliers (supplier_id)
);

CREATE INDEX ix_endpoints_next_at ON endpoints (next_at) WHERE next_at is not null;

CREATE TABLE fulfilments (
    shop_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    supplier_id BIGINT,
    mode SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    flags INTEGER NOT NULL,
    line TEXT,
    replaces BIGINT,
    reason TEXT,
    policy TEXT NOT NULL,
    reserved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    pushed_at TIMESTAMP WITH TIME ZONE,
    accepted_at TIMESTAMP WITH TIME ZONE,
    picked_at TIMESTAMP WITH TIME ZONE,
    labelled_at TIMESTAMP WITH TIME ZONE,
    handed_over_at TIMESTAMP WITH TIME ZONE,
    shipped_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    stuck_at TIMESTAMP WITH TIME ZONE,
    stale_at TIMESTAMP WITH TIME ZONE,
    cancel_requested_at TIMESTAMP WITH TIME ZONE,
    cancel_answered_at TIMESTAMP WITH TIME ZONE,
    cancel_reason TEXT,
    accrued_at TIMESTAMP WITH TIME ZONE,
    charged_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_fulfilments PRIMARY KEY (shop_id, fulfilment_id),
    CONSTRAINT fk_fulfilments_shop_id_order_id FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, order_id)
);

CREATE INDEX ix_fulfilments_accrue ON fulfilments (shipped_at) WHERE accrued_at is null and shipped_at is not null;

CREATE INDEX ix_fulfilments_answer ON fulfilments (due_at) WHERE state = 20 and due_at is not null;

CREATE INDEX ix_fulfilments_charge ON fulfilments (ended_at) WHERE charged_at is null and ended_at is not null;

CREATE INDEX ix_fulfilments_complete ON fulfilments (due_at) WHERE state = 80 and due_at is not null;

CREATE INDEX ix_fulfilments_group ON fulfilments (shop_id, state, order_id);

CREATE INDEX ix_fulfilments_open ON fulfilments (shop_id, supplier_id) WHERE state < 80;

CREATE INDEX ix_fulfilments_order ON fulfilments (shop_id, order_id);

CREATE INDEX ix_fulfilments_pushed ON fulfilments (supplier_id, fulfilment_id) WHERE state = 20;

CREATE INDEX ix_fulfilments_stale ON fulfilments (stale_at) WHERE stale_at is not null;

CREATE INDEX ix_fulfilments_stuck ON fulfilments (stuck_at) WHERE stuck_at is not null;

CREATE INDEX ix_fulfilments_unpushed ON fulfilments (due_at) WHERE state = 10 and due_at is not null;

CREATE TABLE mappings (
    shop_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    supplier_id BIGINT NOT NULL,
    item TEXT NOT NULL,
    units INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    supply_price_minor BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_mappings PRIMARY KEY (shop_id, sku, supplier_id),
    CONSTRAINT fk_mappings_shop_id_sku FOREIGN KEY(shop_id, sku) REFERENCES products (shop_id, sku)
);

CREATE INDEX ix_mappings_item ON mappings (supplier_id, item, shop_id);

grant usage on schema public to {app}, {line};

grant select, insert, update, delete on "balances" to {app}, {line};

alter table "balances" enable row level security;

alter table "balances" force row level security;

create policy app on "balances" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "balances" to {line} using (true);

create policy owner on "balances" to current_user using (true);

grant select, insert, update, delete on "bindings" to {app}, {line};

alter table "bindings" enable row level security;

alter table "bindings" force row level security;

create policy app on "bindings" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "supplier_id"::text));

create policy line on "bindings" to {line} using (true);

create policy owner on "bindings" to current_user using (true);

grant select, insert, update, delete on "charges" to {app}, {line};

alter table "charges" enable row level security;

alter table "charges" force row level security;

create policy app on "charges" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "charges" to {line} using (true);

create policy owner on "charges" to current_user using (true);

grant select, insert, update, delete on "clock" to {app}, {line};

grant select, insert, update, delete on "early_scans" to {app}, {line};

grant select, insert, update, delete on "enrolments" to {app}, {line};

alter table "enrolments" enable row level security;

alter table "enrolments" force row level security;

create policy app on "enrolments" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "enrolments" to {line} using (true);

create policy owner on "enrolments" to current_user using (true);

grant select, insert on "events" to {app}, {line};

alter table "events" enable row level security;

alter table "events" force row level security;

create policy app on "events" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "events" to {line} using (true);

create policy owner on "events" to current_user using (true);

grant select, insert, update, delete on "fulfilment_lines" to {app}, {line};

alter table "fulfilment_lines" enable row level security;

alter table "fulfilment_lines" force row level security;

create policy app on "fulfilment_lines" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "fulfilment_lines" to {line} using (true);

create policy owner on "fulfilment_lines" to current_user using (true);

grant select, insert, update, delete on "fundings" to {app}, {line};

alter table "fundings" enable row level security;

alter table "fundings" force row level security;

create policy app on "fundings" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "fundings" to {line} using (true);

create policy owner on "fundings" to current_user using (true);

grant select, insert, update, delete on "grants" to {app}, {line};

grant select, insert, update, delete on "heads" to {app}, {line};

alter table "heads" enable row level security;

alter table "heads" force row level security;

create policy app on "heads" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "heads" to {line} using (true);

create policy owner on "heads" to current_user using (true);

grant select, insert, update, delete on "idempotent_answers" to {app}, {line};

grant select, insert, update, delete on "invitations" to {app}, {line};

grant select, insert, update, delete on "keys" to {app}, {line};

grant select, insert on "movements" to {app}, {line};

alter table "movements" enable row level security;

alter table "movements" force row level security;

create policy app on "movements" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "location"::text));

create policy line on "movements" to {line} using (true);

create policy owner on "movements" to current_user using (true);

grant select, insert, update, delete on "order_lines" to {app}, {line};

alter table "order_lines" enable row level security;

alter table "order_lines" force row level security;

create policy app on "order_lines" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "order_lines" to {line} using (true);

create policy owner on "order_lines" to current_user using (true);

grant select, insert, update, delete on "orders" to {app}, {line};

alter table "orders" enable row level security;

alter table "orders" force row level security;

create policy app on "orders" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "orders" to {line} using (true);

create policy owner on "orders" to current_user using (true);

grant select, insert, update, delete on "parcels" to {app}, {line};

alter table "parcels" enable row level security;

alter table "parcels" force row level security;

create policy app on "parcels" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "parcels" to {line} using (true);

create policy owner on "parcels" to current_user using (true);

grant select, insert, update, delete on "plan_lines" to {app}, {line};

alter table "plan_lines" enable row level security;

alter table "plan_lines" force row level security;

create policy app on "plan_lines" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "plan_lines" to {line} using (true);

create policy owner on "plan_lines" to current_user using (true);

grant select, insert on "policy_overrides" to {app}, {line};

alter table "policy_overrides" enable row level security;

alter table "policy_overrides" force row level security;

create policy app on "policy_overrides" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "policy_overrides" to {line} using (true);

create policy owner on "policy_overrides" to current_user using (true);

grant select, insert, update, delete on "pools" to {app}, {line};

grant select, insert, update, delete on "products" to {app}, {line};

alter table "products" enable row level security;

alter table "products" force row level security;

create policy app on "products" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "products" to {line} using (true);

create policy owner on "products" to current_user using (true);

grant select, insert on "push_tries" to {app}, {line};

alter table "push_tries" enable row level security;

alter table "push_tries" force row level security;

create policy app on "push_tries" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "supplier_id"::text));

create policy line on "push_tries" to {line} using (true);

create policy owner on "push_tries" to current_user using (true);

grant select, insert, update, delete on "pushes" to {app}, {line};

alter table "pushes" enable row level security;

alter table "pushes" force row level security;

create policy app on "pushes" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "supplier_id"::text));

create policy line on "pushes" to {line} using (true);

create policy owner on "pushes" to current_user using (true);

grant select, insert, update, delete on "recipients" to {app}, {line};

alter table "recipients" enable row level security;

alter table "recipients" force row level security;

create policy app on "recipients" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "recipients" to {line} using (true);

create policy owner on "recipients" to current_user using (true);

grant select, insert on "rejection_notes" to {app}, {line};

alter table "rejection_notes" enable row level security;

alter table "rejection_notes" force row level security;

create policy app on "rejection_notes" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "supplier_id"::text));

create policy line on "rejection_notes" to {line} using (true);

create policy owner on "rejection_notes" to current_user using (true);

grant select, insert on "scans" to {app}, {line};

alter table "scans" enable row level security;

alter table "scans" force row level security;

create policy app on "scans" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "scans" to {line} using (true);

create policy owner on "scans" to current_user using (true);

grant select, insert, update, delete on "shops" to {app}, {line};

alter table "shops" enable row level security;

alter table "shops" force row level security;

create policy app on "shops" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]));

create policy line on "shops" to {line} using (true);

create policy owner on "shops" to current_user using (true);

grant select, insert, update, delete on "stock" to {app}, {line};

alter table "stock" enable row level security;

alter table "stock" force row level security;

create policy app on "stock" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "location"::text));

create policy line on "stock" to {line} using (true);

create policy owner on "stock" to current_user using (true);

grant select, insert, update, delete on "suppliers" to {app}, {line};

grant select, insert on "transfers" to {app}, {line};

alter table "transfers" enable row level security;

alter table "transfers" force row level security;

create policy app on "transfers" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') = '');

create policy line on "transfers" to {line} using (true);

create policy owner on "transfers" to current_user using (true);

grant select, insert, update, delete on "waybills" to {app}, {line};

grant select, insert, update, delete on "endpoints" to {app}, {line};

grant select, insert, update, delete on "fulfilments" to {app}, {line};

alter table "fulfilments" enable row level security;

alter table "fulfilments" force row level security;

create policy app on "fulfilments" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "supplier_id"::text));

create policy line on "fulfilments" to {line} using (true);

create policy owner on "fulfilments" to current_user using (true);

grant select, insert, update, delete on "mappings" to {app}, {line};

alter table "mappings" enable row level security;

alter table "mappings" force row level security;

create policy app on "mappings" to {app} using (shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[]) and coalesce(current_setting('andon.supplier', true), '') in ('', "supplier_id"::text));

create policy line on "mappings" to {line} using (true);

create policy owner on "mappings" to current_user using (true);

grant usage, select on all sequences in schema public to {app}, {line};
