"""Subscriptions to events. New tables, and a column of heads that the version before it leaves alone: nobody listens then."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0024"
down_revision = "0023"

_MOVING = (
    "with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, "
    "autovacuum_vacuum_cost_delay = 0)"
)
STATEMENTS = (
    "alter table heads add listened boolean not null default false",
    f"""create table untold (
    shop_id bigint not null,
    untold_id bigint not null,
    event_ids bigint[] not null,
    at timestamp with time zone not null,
    constraint pk_untold primary key (shop_id, untold_id)
) {_MOVING}""",
    "create index ix_untold_at on untold (at)",
    "create sequence webhook_ids",
    "create sequence delivery_ids cache 1",
    "create sequence delivery_try_ids",
    """create table webhooks (
    webhook_id bigint not null,
    party text not null,
    party_id bigint not null,
    url text not null,
    events text[] not null,
    secret bytea not null,
    old_secret bytea,
    old_secret_until timestamp with time zone,
    enabled boolean not null,
    created_at timestamp with time zone not null,
    ordered boolean not null,
    next_at timestamp with time zone,
    leased_until timestamp with time zone,
    breaker smallint not null default 0,
    counted_from timestamp with time zone,
    tries integer not null default 0,
    failed integer not null default 0,
    open_until timestamp with time zone,
    trips integer not null default 0,
    share integer,
    constraint pk_webhooks primary key (webhook_id)
)""",
    "create index ix_webhooks_party on webhooks (party, party_id)",
    "create index ix_webhooks_next_at on webhooks (next_at) where next_at is not null",
    "create index ix_webhooks_open_until on webhooks (open_until) where open_until is not null",
    f"""create table deliveries (
    shop_id bigint not null,
    delivery_id bigint not null,
    webhook_id bigint not null,
    supplier_id bigint,
    event_id bigint,
    kind text not null,
    message_id text not null,
    created_at timestamp with time zone not null,
    state smallint not null,
    due_at timestamp with time zone,
    tries integer not null,
    delivered_at timestamp with time zone,
    forget_at timestamp with time zone not null,
    constraint pk_deliveries primary key (shop_id, delivery_id)
) {_MOVING}""",
    "create index ix_deliveries_waiting on deliveries (webhook_id, due_at, delivery_id) where due_at is not null",
    "create index ix_deliveries_in_order on deliveries (webhook_id, delivery_id) where due_at is not null",
    "create index ix_deliveries_webhook on deliveries (webhook_id, delivery_id)",
    "create index ix_deliveries_forget_at on deliveries (forget_at)",
    """create table delivery_tries (
    shop_id bigint not null,
    try_id bigint not null,
    delivery_id bigint not null,
    supplier_id bigint,
    at timestamp with time zone not null,
    status integer,
    latency_ms integer not null,
    excerpt text not null,
    url text not null,
    sent_at timestamp with time zone,
    body_sha256 bytea not null,
    constraint pk_delivery_tries primary key (shop_id, try_id)
)""",
    "create index ix_delivery_tries_delivery on delivery_tries (shop_id, delivery_id)",
    "grant usage, select on sequence webhook_ids, delivery_ids, delivery_try_ids to {app}, {line}",
    "grant select, insert, update, delete on untold, webhooks, deliveries to {app}, {line}",
    "grant select, insert on delivery_tries to {app}, {line}",
    "grant delete on delivery_tries to {line}",
)

SHOPS = "shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])"
SUPPLIER = "coalesce(current_setting('andon.supplier', true), '')"
SEEN = {
    "untold": f"{SHOPS} and {SUPPLIER} = ''",
    "deliveries": f"{SHOPS} and {SUPPLIER} in ('', supplier_id::text)",
    "delivery_tries": f"{SHOPS} and {SUPPLIER} in ('', supplier_id::text)",
}


def _walls(table: str) -> tuple[str, ...]:
    return (
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy app on {table} to {{app}} using ({SEEN[table]})",
        f"create policy line on {table} to {{line}} using (true)",
        f"create policy owner on {table} to current_user using (true)",
    )


def upgrade() -> None:
    """Make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in (*STATEMENTS, *(wall for table in SEEN for wall in _walls(table))):
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
