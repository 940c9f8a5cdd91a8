"""Recording stock-outs that the seller caused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.stockouts.events import StockOutRecorded
from andon.orders.stockouts.rules import Cause
from andon.platform.policies.rules import Policy

INSERT = """
insert into stock_outs (shop_id, stock_out_id, channel, channel_order_no, cause, sku, order_id, fulfilment_id, at,
                        placed_at, policy, charge_at, judge_at)
select f.s, nextval('stock_out_ids'), f.c, f.n, :cause, f.k, f.o, f.f, f.t, f.p, f.v, :now, :now
from ({found}) f order by f.s, f.c, f.n
on conflict (shop_id, channel, channel_order_no) do nothing
returning shop_id, stock_out_id, channel, channel_order_no, cause, sku, order_id, at
"""

# What came back from a supplier and is not counted yet is there, and cannot be sold: nobody's fault.
REFUSED = INSERT.format(
    found="""
  select r.* from json_to_recordset(cast(cast(:rows as text) as json))
    as r(s bigint, c text, n text, k text, o bigint, f bigint, t timestamptz, p timestamptz, v text)
  where not exists (select from calibrations u where u.shop_id = r.s and u.sku = r.k and u.counted_at is null)"""
)

CANCELLED = INSERT.format(
    found="""
  select distinct on (r.s, r.o) r.s, o.channel as c, o.channel_order_no as n, cast(null as text) as k, r.o, r.f, r.t,
         o.placed_at as p, o.policy as v
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, o bigint, f bigint, t timestamptz)
  join orders o on o.shop_id = r.s and o.order_id = r.o order by r.s, r.o, r.f"""
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """An order that was refused because the seller's own units of `sku` did not suffice."""

    channel: str
    channel_order_no: str
    placed_at: datetime
    at: datetime
    sku: str


def record_refused(tx: Tx[Policy], shop_id: int, lacking: Iterable[Lacking]) -> None:
    """Record that these orders were refused for a stock-out that the seller caused; one that comes again counts once.

    The shop's head is held. Released units that wait for their count excuse it. Source: STOCK-1.
    """
    rows = [
        {
            "s": shop_id,
            "c": each.channel,
            "n": each.channel_order_no,
            "k": each.sku,
            "t": each.at,
            "p": each.placed_at,
            "v": tx.policies.at(each.placed_at).version,
        }
        for each in lacking
    ]
    _record(tx, REFUSED, Cause.REFUSED, rows)


def record_cancelled(tx: Tx[Policy], closed: Iterable[Row[Any]]) -> None:
    """Record that the orders of these fulfilments were cancelled for a stock-out that the seller caused.

    `closed` are rows that `close_fulfilments` answered, the shops' heads held. Source: STOCK-1.
    """
    rows = [{"s": row.shop_id, "o": row.order_id, "f": row.fulfilment_id, "t": row.at} for row in closed]
    _record(tx, CANCELLED, Cause.CANCELLED, rows)


def _record(tx: Tx[Policy], statement: str, cause: Cause, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    for row in tx.rows(statement, rows=as_json(rows), cause=cause.value, now=tx.now):
        tx.emit(
            StockOutRecorded(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=row.at,
                stock_out_id=row.stock_out_id,
                channel=row.channel,
                channel_order_no=row.channel_order_no,
                cause=row.cause,
                sku=row.sku,
            )
        )
    tx.wake("penalise")
