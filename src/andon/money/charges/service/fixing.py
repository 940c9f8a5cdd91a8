"""Taking the end of what was shipped into account: what it costs is owed from then on, or waived."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeFixed, ChargeWaived
from andon.money.charges.rules import (
    ChargeKind,
    ChargeState,
    Standing,
    Verdict,
    handling_verdict,
    verdict_of,
)
from andon.money.charges.service.accruing import book_costs
from andon.money.charges.service.goods import state_goods
from andon.money.charges.service.shipments import Shipment, marks_of, read_shipments
from andon.money.charges.service.telling import told_of
from andon.money.settlement.service import schedule_settlements
from andon.platform.policies.rules import Policy

MARK = """
update fulfilments f set charged_at = :now,
  accrued_at = case when f.shipped_at is null then f.accrued_at else coalesce(f.accrued_at, :now) end
from json_to_recordset(cast(cast(:marks as text) as json)) as m(s bigint, f bigint)
where f.shop_id = m.s and f.fulfilment_id = m.f
"""

DECIDE = f"""
with marked as ({MARK}),
decided as materialized (
  select c.shop_id, c.charge_id, r.k, r.t, r.d
  from json_to_recordset(cast(cast(:rows as text) as json))
    as r(s bigint, c bigint, k smallint, t timestamptz, d timestamptz)
  join charges c on c.shop_id = r.s and c.charge_id = r.c
  where c.state = 10 order by c.shop_id, c.charge_id for no key update of c
)
update charges c set state = d.k, fixed_at = d.t, due_at = d.d,
  rate_wanted_on = case when d.k = 20 then c.rate_wanted_on end
from decided d
where c.shop_id = d.shop_id and c.charge_id = d.charge_id and c.state = 10
returning c.shop_id, c.charge_id, c.kind, c.state, c.order_id, c.fulfilment_id, c.amount_minor, c.currency,
          c.fixed_at, c.due_at
"""

Key = tuple[int, int]
"""A shop, and the number of one of its things."""


def fix_charges(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Take the end of some fulfilments into account: what they cost becomes due, or is waived.

    `claimed` are fulfilments locked by this transaction, their shops' heads held. What is not charged yet - the end
    came first, or a parcel was added - is charged before. Goods that are settled outside stand from then on, as settled or as
    waived. Source: FEE-4.
    """
    shipments = read_shipments(tx, claimed)
    shipped = [one for one in shipments if one.jit and one.shipped_at is not None]
    if book_costs(tx, shipped, marks_of(shipped)):
        # Read anew: the handling may have been charged by another worker, whom the writing has waited for.
        shipments = read_shipments(tx, claimed)
    state_goods(tx, [one for one in shipped if one.policy.fee.goods_settled == "outside"])
    verdicts = {
        (one.shop_id, charge.charge_id): verdict
        for one in shipments
        for charge in one.standing
        if charge.state is ChargeState.PROVISIONAL and (verdict := _verdict(one, charge))
    }
    if verdicts:
        _decide(tx, verdicts, shipments, marks_of(claimed))
    else:
        tx.put(MARK, marks=marks_of(claimed), now=tx.now)


def _verdict(one: Shipment, charge: Standing) -> Verdict | None:
    if charge.kind is ChargeKind.HANDLING:
        return handling_verdict(one.ends.values(), one.policy)
    if charge.fulfilment_id != one.fulfilment_id or one.fulfilment_id not in one.ends:
        return None
    return verdict_of(one.ends[one.fulfilment_id], one.policy)


def _decide(
    tx: Tx[Policy], verdicts: Mapping[Key, Verdict], shipments: Iterable[Shipment], marks: str
) -> None:
    """Make provisional charges due or waived, and have the shops' settlements look at what is due.

    A charge that another worker has decided meanwhile stays as it is. The fulfilments in `marks` are marked as
    charged.
    """
    ends = {(one.shop_id, one.fulfilment_id): one.ends.get(one.fulfilment_id) for one in shipments}
    rows = [
        {"s": shop, "c": charge, "k": int(verdict.state), "t": verdict.at, "d": verdict.due_at}
        for (shop, charge), verdict in verdicts.items()
    ]
    earliest: dict[int, datetime] = {}
    for row in tx.rows(DECIDE, rows=as_json(rows), marks=marks, now=tx.now):
        if row.state == ChargeState.DUE:
            earliest[row.shop_id] = min(earliest.get(row.shop_id, row.due_at), row.due_at)
            tx.emit(ChargeFixed(**told_of(row), at=row.fixed_at, due_at=row.due_at))
        else:
            end = ends.get((row.shop_id, row.fulfilment_id))
            cause = end.state.word if end else "order_ended"
            tx.emit(ChargeWaived(**told_of(row), at=row.fixed_at, cause=cause))
    schedule_settlements(tx, earliest)
