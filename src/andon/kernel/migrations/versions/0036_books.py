"""Holds of disputed charges, overdue ones, subsidies, and what is owed to suppliers and carriers over all shops.

New tables and columns that may be empty, which the version before this one leaves alone.
"""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0036"
down_revision = "0035"

STATEMENTS = (
    "alter table charges add secured_at timestamp with time zone, add overdue_at timestamp with time zone",
    "create index ix_charges_unsecured on charges (shop_id, charge_id) where state = 30 and secured_at is null",
    "alter table fundings add late_at timestamp with time zone, add overdue_at timestamp with time zone",
    "create index ix_fundings_late_at on fundings (late_at) where late_at is not null",
    "alter table transfers add base_minor bigint, add base_currency text, add rate numeric",
    # What was written together lies together: a period is found for next to nothing.
    "create index ix_transfers_at on transfers using brin (at)",
    "create index ix_transfers_moved on transfers (shop_id, cause) where left(cause, 7) <> 'charge.'",
    """create table subsidies (
    shop_id bigint not null,
    order_id bigint not null,
    journal_id bigint not null,
    amount_minor bigint not null,
    currency text not null,
    paid_at timestamp with time zone not null,
    constraint pk_subsidies primary key (shop_id, order_id)
)""",
    """create table payees (
    account text not null,
    shop_id bigint not null,
    constraint pk_payees primary key (account, shop_id)
)""",
    "insert into payees (account, shop_id) select distinct account, shop_id from balances where account like 'payable:%'",
    """create table payouts (
    journal_id bigint not null,
    account text not null,
    reference text not null,
    currency text not null,
    amount_minor bigint not null,
    paid_at timestamp with time zone not null,
    paid_by text not null,
    constraint pk_payouts primary key (journal_id)
)""",
    "create unique index uq_payouts_reference on payouts (account, reference)",
    "grant select, insert on subsidies, payees, payouts to {app}, {line}",
)
WALL = (
    "alter table subsidies enable row level security",
    "alter table subsidies force row level security",
    """create policy app on subsidies to {app} using (
shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])
and coalesce(current_setting('andon.supplier', true), '') = '')""",
    "create policy line on subsidies to {line} using (true)",
    "create policy owner on subsidies to current_user using (true)",
)


def upgrade() -> None:
    """Add the columns, make the tables, and wall them."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in (*STATEMENTS, *WALL):
        op.get_bind().exec_driver_sql(
            statement.replace("%", "%%").replace("{app}", app).replace("{line}", line)
        )
