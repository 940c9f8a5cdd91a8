"""Rates of exchange, supply prices by date, stock-outs and what is charged of them, and parcels to be charged anew.

New tables, and columns that are null or false for the version before this one, which leaves them alone.
"""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0035"
down_revision = "0034"

STATEMENTS = (
    """create table rates (
    base text not null,
    quote text not null,
    valid_on date not null,
    round integer not null,
    rate numeric not null,
    set_at timestamp with time zone not null,
    set_by text not null,
    constraint pk_rates primary key (base, quote, valid_on, round),
    constraint ck_rates_positive_rate check (rate > 0),
    constraint ck_rates_two_currencies check (base <> quote)
)""",
    """create table missing_rates (
    base text not null,
    quote text not null,
    wanted_on date not null,
    since timestamp with time zone not null,
    due_at timestamp with time zone not null,
    constraint pk_missing_rates primary key (base, quote, wanted_on)
)""",
    "create index ix_missing_rates_due_at on missing_rates (due_at)",
    "grant select, insert on rates to {app}, {line}",
    "grant select, insert, update, delete on missing_rates to {app}, {line}",
    "alter table charges add base_minor bigint, add base_currency text, add rate numeric, add rate_wanted_on date",
    """create index ix_charges_rate_wanted on charges (rate_wanted_on, currency, shop_id, charge_id)
where rate_wanted_on is not null""",
)


def upgrade() -> None:
    """Make the tables and columns, and wall what is a shop's."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
