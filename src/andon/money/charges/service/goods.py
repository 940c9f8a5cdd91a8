"""Goods that shop and supplier settle between themselves: their price is on record, and no money moves."""

from collections.abc import Iterable
from typing import Any

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeAccrued, ChargeSettled, ChargeWaived
from andon.money.charges.rules import ChargeState, Cost, Verdict, verdict_of
from andon.money.charges.service.shipments import Shipment
from andon.money.charges.service.telling import told_of
from andon.platform.policies.rules import Policy

STATE = """
insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, amount_minor, currency,
                     payee, basis, policy, accrued_at, fixed_at, settled_at, settled_on)
select r.s, nextval('charge_ids'), 4, r.k, r.f, 0, r.o, r.f, r.m, r.y, r.a, r.b, r.v, r.t, r.e,
       case when r.k = 80 then r.e end, r.d
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, k smallint, o bigint, f bigint, m bigint, y text,
    a text, b text, v text, t timestamptz, e timestamptz, d date)
order by r.s, r.f
on conflict (shop_id, order_id, kind, subject, round) do nothing
returning shop_id, charge_id, kind, state, order_id, fulfilment_id, amount_minor, currency, basis, accrued_at, fixed_at
"""


def state_goods(tx: Tx[Policy], shipments: Iterable[Shipment]) -> None:
    """Put the price of the goods of these fulfilments on record, once their end is known.

    It stands as settled without a transfer, or waived where the policy waives that end. Source: FEE-4.
    """
    rows = [
        _row(one, goods, verdict)
        for one in shipments
        if (goods := one.goods) and (verdict := verdict_of(one.ends[one.fulfilment_id], one.policy))
    ]
    if not rows:
        return
    for row in tx.rows(STATE, rows=as_json(rows)):
        said = told_of(row)
        tx.emit(ChargeAccrued(**said, at=row.accrued_at, basis=row.basis))
        if row.state == ChargeState.SETTLED:
            tx.emit(ChargeSettled(**said, at=row.fixed_at, journal_id=None))
        else:
            tx.emit(ChargeWaived(**said, at=row.fixed_at, cause="fulfilment_ended"))


def _row(one: Shipment, goods: Cost, verdict: Verdict) -> dict[str, Any]:
    owed = verdict.state is ChargeState.DUE
    return {
        "s": one.shop_id,
        "k": int(ChargeState.SETTLED if owed else ChargeState.WAIVED),
        "o": one.order_id,
        "f": one.fulfilment_id,
        "m": goods.amount.minor,
        "y": goods.amount.currency,
        "a": goods.payee,
        "b": goods.basis,
        "v": one.policy.version,
        "t": one.shipped_at,
        "e": verdict.at,
        "d": one.policy.day_of(verdict.at) if owed else None,
    }
