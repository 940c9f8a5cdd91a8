"""Counting what suppliers did: the record, as far as it is sealed, folded into days. Source: QUAL-2.

Events say which fulfilments to look at and what time has flagged of them; all else stands in their rows. What
a fulfilment counted for before is taken back: facts that come late, twice or out of order end in the same counts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_array, as_json
from andon.kernel.tx import Tx
from andon.membership.qualification.rules import ANSWERS, FAULTS, Fact
from andon.money.disputes.rules import DisputeState
from andon.orders.order.rules import FulfilmentState, Mode
from andon.platform.policies.rules import Policy
from andon.platform.record.service import next_seals, unread

REACHES = "tally_reaches"
UNCOUNTED = unread(REACHES)

_KINDS = (
    "fulfilment.pushed", "fulfilment.accepted", "fulfilment.rejected", "fulfilment.shipped", "fulfilment.flagged",
    "fulfilment.flag_lifted", "dispute.opened", "dispute.decided", "dispute.withdrawn",
)  # fmt: skip
"""The events that change what a fulfilment counts for."""

_FACTS = f"""
with sealed as (select * from json_to_recordset(cast(:seals as json)) as d(s bigint, a bigint, b bigint)),
said as materialized (
  select e.shop_id, e.event_id, e.order_id, e.at, e.kind,
    case when e.subject like 'fulfilment:%' then cast(split_part(e.subject, ':', 2) as bigint) end as fulfilment_id,
    case when e.kind in ('fulfilment.flagged', 'fulfilment.flag_lifted')
      then cast(e.body as jsonb) ->> 'flag' end as flag
  -- By the key, seal after seal, however much else has happened; "offset 0" leaves no other way.
  from sealed d cross join lateral (select * from events e where e.shop_id = d.s and e.event_id between d.a and d.b
    and e.kind = any(:kinds) offset 0) e),
about as (
  select shop_id, fulfilment_id, event_id, at, kind, flag from said where fulfilment_id is not null
  union all select s.shop_id, f.fulfilment_id, s.event_id, s.at, s.kind, null from said s
  cross join lateral (select fulfilment_id from fulfilments f where f.shop_id = s.shop_id and f.order_id = s.order_id
    offset 0) f where s.fulfilment_id is null),
marked as (
  select shop_id, fulfilment_id, (array_agg(kind order by event_id desc) filter (where flag = 'stuck'))[1] as stuck,
    array_agg(kind order by event_id desc) filter (where flag = 'late_answer') as late_kinds,
    array_agg(at order by event_id desc) filter (where flag = 'late_answer') as late_ats
  from about group by 1, 2)
select f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id,
  coalesce(t.day, cast(coalesce(f.pushed_at, f.ended_at) at time zone :zone as date)) as day, t.facts as before,
  case when f.accepted_at is not null then {Fact.ANSWERED | Fact.ACCEPTED:d} else 0 end
  | case when f.state = {FulfilmentState.REJECTED:d} and f.reason = any(:answers) then {Fact.ANSWERED:d} else 0 end
  | case when f.state = {FulfilmentState.REJECTED:d} and f.reason = any(:faults) then {Fact.REJECTED:d} else 0 end
  | case when f.shipped_at is not null then {Fact.SHIPPED:d} else 0 end
  | case when coalesce(late.kind = 'fulfilment.flagged', t.facts & {Fact.LATE:d} <> 0) then {Fact.LATE:d} else 0 end
  | case when coalesce(m.stuck = 'fulfilment.flagged', t.facts & {Fact.STUCK:d} <> 0) then {Fact.STUCK:d} else 0 end
  | case when exists (select from disputes d where d.shop_id = f.shop_id and d.order_id = f.order_id
      and d.supplier_id = f.supplier_id and coalesce(d.fulfilment_id, f.fulfilment_id) = f.fulfilment_id
      and d.state <> {DisputeState.WITHDRAWN:d} and (d.outcome is null or d.payer = 'supplier'))
    then {Fact.DISPUTED:d} else 0 end as facts
from marked m
-- By the keys of both, one after another, however large the tables have become.
cross join lateral (select * from fulfilments f where f.shop_id = m.shop_id and f.fulfilment_id = m.fulfilment_id limit 1) f
left join lateral (select day, facts from tallies t where t.shop_id = m.shop_id and t.fulfilment_id = m.fulfilment_id
  limit 1) t on true
-- After acceptance it is a cancellation that was not answered: no matter of MODE-3's first answer.
left join lateral (select l.kind from unnest(m.late_kinds, m.late_ats) with ordinality as l(kind, at, place)
  where f.accepted_at is null or l.at <= f.accepted_at order by l.place limit 1) late on true
where f.mode = {Mode.JIT:d} and f.supplier_id is not null
  and (f.pushed_at is not null or f.state = {FulfilmentState.REJECTED:d} and f.reason = any(:answers))
order by 1, 2
"""

_KEEP = """
insert into tallies (shop_id, fulfilment_id, order_id, supplier_id, day, facts)
select * from unnest(cast(:shop_id as bigint[]), cast(:fulfilment_id as bigint[]), cast(:order_id as bigint[]),
cast(:supplier_id as bigint[]), cast(:day as date[]), cast(:facts as smallint[]))
on conflict (shop_id, fulfilment_id) do update set facts = excluded.facts
"""

_COUNT = """
insert into supplier_days as d (supplier_id, day, facts, fulfilments)
select r.s, r.d, r.f, r.n from json_to_recordset(cast(:rows as json)) as r(s bigint, d date, f smallint, n bigint)
order by 1, 2, 3
on conflict (supplier_id, day, facts) do update set fulfilments = d.fulfilments + excluded.fulfilments
"""


_COUNT_BY_SHOP = """
insert into shop_supplier_days as d (shop_id, supplier_id, day, facts, fulfilments)
select r.p, r.s, r.d, r.f, r.n from json_to_recordset(cast(:rows as json)) as r(p bigint, s bigint, d date, f smallint, n bigint)
order by 1, 2, 3, 4
on conflict (shop_id, supplier_id, day, facts) do update set fulfilments = d.fulfilments + excluded.fulfilments
"""


def count_sealed(tx: Tx[Policy], batch: int) -> int:
    """Count what the next seal of each of up to `batch` shops covers; answers the shops. Source: QUAL-2."""
    seals = next_seals(tx, REACHES, batch)
    if not seals:
        return 0
    changed = [row for row in _facts(tx, seals) if row.facts != row.before]
    if changed:
        _record(tx, changed)
    return len(seals)


def _facts(tx: Tx[Policy], seals: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    return tx.rows(
        _FACTS,
        seals=as_json({"s": row.shop_id, "a": row.first_event, "b": row.last_event} for row in seals),
        kinds=list(_KINDS),
        zone=tx.policy.zone,
        answers=sorted(ANSWERS),
        faults=sorted(FAULTS),
    )


def _record(tx: Tx[Policy], changed: Sequence[Row[Any]]) -> None:
    """Keep what each counts for now, and move its day's counts by the difference."""
    names = ("shop_id", "fulfilment_id", "order_id", "supplier_id", "day", "facts")
    tx.put(_KEEP, **{name: as_array([getattr(row, name) for row in changed]) for name in names})
    by_shop: Counter[tuple[int, int, date, int]] = Counter()
    for row in changed:
        by_shop[row.shop_id, row.supplier_id, row.day, row.facts] += 1
        if row.before is not None:
            by_shop[row.shop_id, row.supplier_id, row.day, row.before] -= 1
    moved: Counter[tuple[int, date, int]] = Counter()
    for (_, supplier_id, day, facts), count in by_shop.items():
        moved[supplier_id, day, facts] += count
    tx.put(_COUNT_BY_SHOP, rows=_cells("psdf", by_shop))
    tx.put(_COUNT, rows=_cells("sdf", moved))


def _cells(names: str, counts: Mapping[tuple[Any, ...], int]) -> str:
    """The cells that change, each by how many."""
    return as_json(
        {**dict(zip(names, cell, strict=True)), "n": count} for cell, count in counts.items() if count
    )
