"""Seals over the events, the caller's address in each, and when a buyer's data is erased; by whom alone."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0023"
down_revision = "0022"

STATEMENTS = (
    "alter table events add address text",
    # Whoever writes the platform's own events shares this, or nobody could tell when all of them are there.
    "insert into heads (shop_id) values (0) on conflict do nothing",
    """create table seals (
    shop_id bigint not null,
    seal_no bigint not null,
    first_event bigint not null,
    last_event bigint not null,
    events integer not null,
    content text not null,
    previous text not null,
    sealed_at timestamp with time zone not null,
    jws text not null,
    constraint pk_seals primary key (shop_id, seal_no)
)""",
    "grant select, insert on seals to {app}, {line}",
    "alter table seals enable row level security",
    "alter table seals force row level security",
    """create policy app on seals to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')""",
    "create policy line on seals to {line} using (true)",
    "create policy owner on seals to current_user using (true)",
    """alter table recipients add erase_at timestamp with time zone, add erase_asked_at timestamp with time zone,
add erased_at timestamp with time zone""",
    """update recipients r set erase_at = o.received_at + interval '180 days' from orders o
where o.shop_id = r.shop_id and o.order_id = r.order_id""",
    "create index ix_recipients_erase_at on recipients (erase_at) where erase_at is not null",
    'grant update ("note") on address_corrections, cancellation_notes, rejection_notes, shortages to {line}',
    'grant update ("excerpt") on push_tries to {line}',
    'grant update ("place", "raw") on scans to {line}',
)


def upgrade() -> None:
    """Make the seals, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
