"""A bare system on the same database, to compare with: an order, its lines and a push row; charges and their ledger.

Plain psycopg, plain tables, no walls, no checks: what an insert costs that answers for nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import orjson
import psycopg

from andon.app.bench.measures import Bench, Stopwatch
from andon.kernel.admin import connect
from andon.kernel.clock import wall
from andon.orders.intake.service import IncomingOrder

SCHEMA = """
create schema if not exists bare;
create table if not exists bare.orders (shop_id bigint, order_id bigint, channel text not null,
  channel_order_no text not null, placed_at timestamptz not null, ship_to jsonb not null, currency text not null,
  goods_minor bigint not null, primary key (shop_id, order_id), unique (shop_id, channel, channel_order_no));
create table if not exists bare.lines (shop_id bigint, order_id bigint, line_no integer, sku text not null,
  quantity integer not null, price_minor bigint not null, primary key (shop_id, order_id, line_no));
create table if not exists bare.pushes (shop_id bigint, order_id bigint, supplier_id bigint not null,
  created_at timestamptz not null, due_at timestamptz, primary key (shop_id, order_id));
create index if not exists pushes_due on bare.pushes (due_at) where due_at is not null;
create sequence if not exists bare.order_ids;
grant usage on schema bare to public;
grant select, insert on all tables in schema bare to public;
grant usage on all sequences in schema bare to public
"""

BOOKS = (
    """create table bare.charges (shop_id bigint, charge_id bigint, kind smallint not null, state smallint not null,
      subject bigint not null, amount_minor bigint not null, currency text not null, payee text not null,
      due_at timestamptz not null, settled_at timestamptz, primary key (shop_id, charge_id))""",
    "create unique index on bare.charges (shop_id, kind, subject)",
    "create index on bare.charges (shop_id, due_at, charge_id) where state < 80",
    """create table bare.entries (shop_id bigint, entry_id bigint, at timestamptz not null, account text not null,
      debited_minor bigint not null, credited_minor bigint not null, currency text not null, charge_id bigint,
      primary key (shop_id, entry_id))""",
    """create table bare.balances (shop_id bigint, account text, currency text, debited_minor bigint not null,
      credited_minor bigint not null, primary key (shop_id, account, currency))""",
    "create sequence bare.entry_ids",
)

SETTLE = """
with paid as (
  update bare.charges set state = 80, settled_at = %(now)s where state = 20 and due_at <= %(now)s
  returning shop_id, charge_id, amount_minor, currency, payee
),
posted as (
  insert into bare.entries
  select shop_id, nextval('bare.entry_ids'), %(now)s, account, debited, credited, currency, charge_id
  from (select shop_id, 'shop_funds' as account, amount_minor as debited, 0 as credited, currency, charge_id from paid
        union all select shop_id, payee, 0, amount_minor, currency, charge_id from paid) sides
  returning shop_id, account, currency, debited_minor, credited_minor
)
insert into bare.balances
select shop_id, account, currency, sum(debited_minor), sum(credited_minor) from posted group by shop_id, account, currency
"""

INSERTS = (
    """insert into bare.orders select * from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[],
      %s::timestamptz[], %s::jsonb[], %s::text[], %s::bigint[])""",
    """insert into bare.lines select * from unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::int[],
      %s::bigint[])""",
    """insert into bare.pushes select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[],
      %s::timestamptz[])""",
)

ONE = (
    "insert into bare.orders values (%s, nextval('bare.order_ids'), %s, %s, %s, %s, %s, %s)",
    "insert into bare.lines values (%s, currval('bare.order_ids'), %s, %s, %s, %s)",
    "insert into bare.pushes values (%s, currval('bare.order_ids'), %s, %s, %s)",
)
SHOP, SUPPLIER = 1, 1
_numbers = count(10_000_000_000)


def make_tables(bench: Bench) -> None:
    """The bare system's tables, in a schema of their own."""
    with bench.database.owner.begin() as connection:
        connection.exec_driver_sql(SCHEMA)


@contextmanager
def own_connection(bench: Bench) -> Iterator[psycopg.Connection[Any]]:
    """A plain connection of the application's login; it commits when it is told."""
    with connect(bench.database.logins.app) as connection:
        connection.autocommit = False
        yield connection


def insert_orders(connection: psycopg.Connection[Any], orders: Sequence[IncomingOrder]) -> None:
    """Insert these in three statements and commit."""
    ids = [next(_numbers) for _ in orders]
    lines = [
        (order_id, line_no, line.sku, line.quantity, line.unit_price.minor)
        for order_id, order in zip(ids, orders, strict=True)
        for line_no, line in enumerate(order.lines, 1)
    ]
    now = wall()
    several = len(orders)
    columns: tuple[tuple[Any, ...], ...] = (
        (
            [SHOP] * several,
            ids,
            [order.channel for order in orders],
            [order.channel_order_no for order in orders],
            [order.placed_at for order in orders],
            [orjson.dumps(order.ship_to).decode() for order in orders],
            ["CNY"] * several,
            [sum(line.quantity * line.unit_price.minor for line in order.lines) for order in orders],
        ),
        ([SHOP] * len(lines), *(list(column) for column in zip(*lines, strict=True))),
        ([SHOP] * several, ids, [SUPPLIER] * several, [now] * several, [now] * several),
    )
    for insert, values in zip(INSERTS, columns, strict=True):
        connection.execute(insert, values)
    connection.commit()


def insert_order(
    connection: psycopg.Connection[Any],
    channel: str,
    number: str,
    placed_at: datetime,
    ship_to: str,
    goods: int,
    lines: Sequence[tuple[str, int, int]],
) -> None:
    """Insert one order, its lines and its push in one transaction."""
    connection.execute(ONE[0], [SHOP, channel, number, placed_at, ship_to, "CNY", goods])
    for line_no, line in enumerate(lines, 1):
        connection.execute(ONE[1], [SHOP, line_no, *line])
    now = wall()
    connection.execute(ONE[2], [SHOP, SUPPLIER, now, now])
    connection.commit()


def settle_charges(bench: Bench, shops: int, each: int) -> float:
    """The seconds in which one statement settles as many charges of as many shops, with two entries of each in a ledger."""
    with bench.database.owner.begin() as connection:
        connection.exec_driver_sql("create schema if not exists bare")
        for statement in BOOKS:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "insert into bare.charges select s, s * 10000000 + n, 1, 20, n, 100 + n %% 900, 'CNY', "
            "case n %% 3 when 0 then 'platform_revenue' else 'payable:carrier:cainiao' end, cast(%(due)s as timestamptz) "
            f"from generate_series(1, {shops}) s, generate_series(1, {each}) n",
            {"due": wall() - timedelta(days=1)},
        )
    bench.analyze()
    watch = Stopwatch()
    with watch.round(), bench.database.owner.begin() as connection:
        connection.exec_driver_sql(SETTLE, {"now": wall()})
    return watch.median
