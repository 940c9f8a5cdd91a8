"""Counting a shop's orders by the day: its record, as far as it is sealed, says which orders to look at.

All else stands in their rows. What an order counted for before is taken back: facts that come late, twice or out of
order end in the same counts.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from andon.kernel.rows import as_columns, as_json
from andon.kernel.tx import Tx
from andon.orders.days.rules import RETURN_WITHIN, Mark, Seen, counts_of
from andon.orders.order.rules import FulfilmentState, Group
from andon.platform.policies.rules import Policy
from andon.platform.record.service import next_seals, unread

REACHES = "day_reaches"
UNCOUNTED = unread(REACHES)

_KINDS = (
    "order.accepted", "fulfilment.reserved", "fulfilment.waiting", "fulfilment.shipped", "fulfilment.delivered",
    "fulfilment.completed", "fulfilment.returned", "fulfilment.lost", "fulfilment.rejected", "fulfilment.cancelled",
    "fulfilment.retimed", "fulfilment.flagged", "return.requested",
)  # fmt: skip
"""The events that change what an order counts for."""

_S = FulfilmentState
_OUTCOMES = {
    _S.COMPLETED: Group.COMPLETED,
    _S.CANCELLED: Group.CANCELLED,
    _S.RETURNED: Group.RETURNED,
    _S.LOST: Group.LOST,
}

_SEEN = f"""
with sealed as (select * from json_to_recordset(cast(:seals as json)) as d(s bigint, a bigint, b bigint)),
said as materialized (
  select e.shop_id, e.order_id,
    bool_or(e.kind = 'fulfilment.flagged' and cast(e.body as jsonb) ->> 'flag' = 'stale') as stale
  -- By the key, seal after seal, however much else has happened; "offset 0" leaves no other way.
  from sealed d cross join lateral (select * from events e where e.shop_id = d.s and e.event_id between d.a and d.b
    and e.kind = any(:kinds) and e.order_id is not null offset 0) e group by 1, 2)
select s.shop_id, s.order_id, o.placed_at, p.way,
  case when p.parts = p.shipped then p.shipped_at end as shipped_at,
  case when p.parts = p.ended then p.delivered_at end as delivered_at,
  case when p.parts = p.closed then p.closed_at end as closed_at,
  case when p.parts = p.closed then p.least end as least,
  case when s.stale or coalesce(c.marks & {Mark.STALE:d} <> 0, false) then {Mark.STALE:d} else 0 end
  | case when p.parts = p.ended and exists (select from returns r where r.shop_id = s.shop_id
      and r.order_id = s.order_id and r.requested_at <= p.delivered_at + :within)
    then {Mark.RETURN_ASKED:d} else 0 end as marks,
  c.order_id is not null as known, c.way as way_before, c.placed_at as placed_before, c.shipped_at as shipped_before,
  c.delivered_at as delivered_before, c.closed_at as closed_before, c.outcome as outcome_before, c.marks as marks_before
from said s
-- By the keys of all, one after another, however large the tables have become.
cross join lateral (select placed_at from orders o where o.shop_id = s.shop_id and o.order_id = s.order_id limit 1) o
cross join lateral (
  select bit_or(f.mode) as way, min(f.least) as least, count(*) as parts, count(f.shipped_at) as shipped,
    max(f.shipped_at) as shipped_at, count(f.ended_at) as ended, max(f.delivered_at) as delivered_at,
    count(*) filter (where f.state > {_S.DELIVERED:d}) as closed,
    max(coalesce(f.completed_at, f.ended_at)) as closed_at
  from (select *, min(state) over () as least, bool_or(state <> {_S.CANCELLED:d}) over () as goes_on from fulfilments f
    where f.shop_id = s.shop_id and f.order_id = s.order_id and f.state <> {_S.REJECTED:d}) f
  where f.state <> {_S.CANCELLED:d} or not f.goes_on) p
left join lateral (select * from counted_orders c where c.shop_id = s.shop_id and c.order_id = s.order_id limit 1) c
  on true
where p.parts > 0
order by 1, 2
"""

_KEEP = """
insert into counted_orders (shop_id, order_id, way, placed_at, shipped_at, delivered_at, closed_at, outcome, marks)
select * from unnest(cast(:shop_id as bigint[]), cast(:order_id as bigint[]), cast(:way as smallint[]),
cast(:placed_at as timestamptz[]), cast(:shipped_at as timestamptz[]), cast(:delivered_at as timestamptz[]),
cast(:closed_at as timestamptz[]), cast(:outcome as smallint[]), cast(:marks as smallint[]))
on conflict (shop_id, order_id) do update set way = excluded.way, placed_at = excluded.placed_at,
shipped_at = excluded.shipped_at, delivered_at = excluded.delivered_at, closed_at = excluded.closed_at,
outcome = excluded.outcome, marks = excluded.marks
"""

_COUNT = """
insert into order_days as d (shop_id, figure, day, way, hours, orders, seconds)
select r.s, r.f, r.d, r.w, r.h, r.n, r.t
from json_to_recordset(cast(:rows as json)) as r(s bigint, f smallint, d date, w smallint, h int, n bigint, t bigint)
order by 1, 2, 3, 4, 5
on conflict (shop_id, figure, day, way, hours) do update set orders = d.orders + excluded.orders,
seconds = d.seconds + excluded.seconds
"""

Cell = tuple[int, int, date, int, int]


def count_orders(tx: Tx[Policy], batch: int) -> int:
    """Count what the next seal of each of up to `batch` shops tells of orders; answers the shops."""
    seals = next_seals(tx, REACHES, batch)
    if not seals:
        return 0
    rows = tx.rows(
        _SEEN,
        seals=as_json({"s": row.shop_id, "a": row.first_event, "b": row.last_event} for row in seals),
        kinds=list(_KINDS),
        within=RETURN_WITHIN,
    )
    changed = [(row, seen, before) for row in rows if (seen := _now(row)) != (before := _before(row))]
    if changed:
        tx.put(
            _KEEP,
            **as_columns(
                ("shop_id", "order_id", *Seen._fields),
                [(row.shop_id, row.order_id, *seen) for row, seen, _ in changed],
            ),
        )
        _add_up(tx, changed)
    return len(seals)


def _now(row: Row[Any]) -> Seen:
    outcome = None if row.least is None else _OUTCOMES[_S(row.least)]
    return Seen(row.way, row.placed_at, row.shipped_at, row.delivered_at, row.closed_at, outcome, row.marks)


def _before(row: Row[Any]) -> Seen | None:
    if not row.known:
        return None
    return Seen(*(getattr(row, f"{name.removesuffix('_at')}_before") for name in Seen._fields))


def _add_up(tx: Tx[Policy], changed: Sequence[tuple[Row[Any], Seen, Seen | None]]) -> None:
    """Move the days' counts by the difference."""
    zone = ZoneInfo(tx.policy.zone)
    orders: Counter[Cell] = Counter()
    seconds: Counter[Cell] = Counter()
    for row, now, before in changed:
        for seen, sign in ((now, 1), (before, -1)):
            for count, by, took in () if seen is None else counts_of(seen, zone):
                cell = (row.shop_id, count.figure, count.day, count.way, count.hours)
                orders[cell] += sign * by
                seconds[cell] += sign * took
    tx.put(
        _COUNT,
        rows=as_json(
            {**dict(zip("sfdwh", cell, strict=True)), "n": number, "t": seconds[cell]}
            for cell, number in orders.items()
            if number or seconds[cell]
        ),
    )
