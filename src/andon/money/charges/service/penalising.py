"""Charging what a stock-out costs the seller that caused it; and giving it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeAccrued, ChargeFixed, ChargeReversed, ChargeSettled
from andon.money.charges.rules import Booking, ChargeKind, ChargeState, Cost, settle_due_at
from andon.money.charges.service.converting import Charged, Wanted, charged_in_currency, missing_of
from andon.money.charges.service.telling import told_of
from andon.money.ledger.rules import PENALTIES, REVERSED, SHOP_FUNDS, Posting
from andon.money.ledger.service import post
from andon.money.rates.service import miss_rates
from andon.money.settlement.service import lock_funds, look_now, release_charges, schedule_settlements
from andon.platform.policies.rules import Policy, overridden
from andon.platform.policies.views import overrides_then

# The penalties that are charged, and with them the stock-outs that have theirs.
CHARGE = """
with marked as (
  update stock_outs s set charge_at = null from json_to_recordset(cast(cast(:rows as text) as json)) as m(s bigint, u bigint)
  where s.shop_id = m.s and s.stock_out_id = m.u
)
insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, amount_minor, currency,
                     payee, basis, policy, accrued_at, base_minor, base_currency, rate, rate_wanted_on, fixed_at, due_at,
                     settled_at, settled_on)
select r.s, nextval('charge_ids'), 5, r.k, r.u, 0, r.o, r.f, r.m, r.y, r.a, r.b, r.v, r.t, r.bm, r.bc, r.rt, r.wo, r.t,
       r.d, case when r.k = 80 then r.t end, r.dy
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, u bigint, k smallint, o bigint, f bigint, m bigint,
    y text, a text, b text, v text, t timestamptz, bm bigint, bc text, rt numeric, wo date, d timestamptz, dy date)
order by r.s, r.u
on conflict (shop_id, order_id, kind, subject, round) do nothing
returning shop_id, charge_id, kind, state, order_id, fulfilment_id, amount_minor, currency, basis, accrued_at, due_at
"""

CLAIM = """
select shop_id, stock_out_id, cause, order_id, fulfilment_id, at, placed_at, policy, charge_at from stock_outs
where shop_id = :shop and stock_out_id = :stock_out for no key update
"""
FIND = """
select c.shop_id, c.charge_id, c.kind, c.state, c.order_id, c.fulfilment_id, c.amount_minor, c.currency,
       c.base_minor, c.base_currency, c.rate
from stock_outs o join charges c
  on c.shop_id = o.shop_id and c.order_id is not distinct from o.order_id and c.kind = 5 and c.subject = o.stock_out_id
where o.shop_id = :shop and o.stock_out_id = :stock_out for no key update of c
"""
REVERSE = "update charges set state = 82, rate_wanted_on = null where shop_id = :shop and charge_id = :charge"
TAKEN = {ChargeState.DUE, ChargeState.DISPUTED, ChargeState.SETTLED}


def penalise_stock_outs(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Charge the penalty of these stock-outs: that of the version, and of the shop, when the order was placed.

    It is due as if delivered when the stock-out was found. Where it is nothing it stands at once, as a record of nothing.
    `claimed` are stock-outs locked by this transaction, their shops' heads held. Source: STOCK-2.
    """
    currencies = {
        row.shop_id: row.currency
        for row in tx.rows(
            "select shop_id, currency from shops where shop_id = any(:shops)",
            shops=sorted({row.shop_id for row in claimed}),
        )
    }
    held = overrides_then(tx, [(row.shop_id, row.placed_at) for row in claimed])
    policies = [
        overridden(tx.policies.named(row.policy), own) for row, own in zip(claimed, held, strict=True)
    ]
    wanted = [
        Wanted(Booking(_penalty(row, policy), 0), currencies[row.shop_id], policy.day_of(row.at))
        for row, policy in zip(claimed, policies, strict=True)
    ]
    charged = charged_in_currency(tx, wanted)
    miss_rates(tx, missing_of(wanted, charged))
    rows = [
        _row(row, each.booking.cost, as_, policy)
        for row, each, as_, policy in zip(claimed, wanted, charged, policies, strict=True)
    ]
    due: dict[int, datetime] = {}
    for row in tx.rows(CHARGE, rows=as_json(rows)):
        said = told_of(row)
        tx.emit(ChargeAccrued(**said, at=row.accrued_at, basis=row.basis))
        if row.state == ChargeState.DUE:
            tx.emit(ChargeFixed(**said, at=row.accrued_at, due_at=row.due_at))
            due[row.shop_id] = min(due.get(row.shop_id, row.due_at), row.due_at)
        else:
            tx.emit(ChargeSettled(**said, at=row.accrued_at, journal_id=None))
    schedule_settlements(tx, due)


def give_penalty_back(tx: Tx[Policy], shop_id: int, stock_out_id: int) -> None:
    """Reverse the penalty of a stock-out that counts no more; what was settled of it comes back to the shop's funds.

    The shop's head is held. One that is contested in a dispute is waived there; one that is not charged yet is charged and
    reversed; one of nothing stands; again changes nothing. Source: STOCK-2.
    """
    claimed = tx.rows(CLAIM, shop=shop_id, stock_out=stock_out_id)
    if claimed and claimed[0].charge_at is not None:
        penalise_stock_outs(tx, claimed)
    lock_funds(tx, shop_id)
    penalty = tx.one(FIND, shop=shop_id, stock_out=stock_out_id)
    if penalty is None or penalty.state not in TAKEN or not penalty.amount_minor:
        return
    if penalty.state == ChargeState.DISPUTED:
        release_charges(tx, shop_id, {penalty.charge_id: "waived"})
        return
    tx.put(REVERSE, shop=shop_id, charge=penalty.charge_id)
    tx.emit(ChargeReversed(**told_of(penalty), cause="appeal_upheld"))
    if penalty.state == ChargeState.SETTLED:
        amount = Money.from_minor(penalty.amount_minor, penalty.currency)
        base = penalty.rate and Money.from_minor(penalty.base_minor, penalty.base_currency)
        back = Posting(PENALTIES, SHOP_FUNDS, amount, REVERSED, penalty.charge_id, base, penalty.rate)
        post(tx, shop_id, [back])
    look_now(tx, shop_id)


def _penalty(row: Row[Any], policy: Policy) -> Cost:
    basis = f"stock_out={row.stock_out_id} {row.cause}"
    return Cost(ChargeKind.PENALTY, row.stock_out_id, None, policy.stock.penalty, PENALTIES, basis)


def _row(row: Row[Any], cost: Cost, charged: Charged, policy: Policy) -> dict[str, Any]:
    owed = charged.amount.minor > 0
    return {
        "s": row.shop_id,
        "u": row.stock_out_id,
        "k": int(ChargeState.DUE if owed else ChargeState.SETTLED),
        "o": row.order_id,
        "f": row.fulfilment_id,
        "m": charged.amount.minor,
        "y": charged.amount.currency,
        "a": cost.payee,
        "b": cost.basis,
        "v": row.policy,
        "t": row.at,
        "bm": charged.base and charged.base.minor,
        "bc": charged.base and charged.base.currency,
        "rt": charged.rate,
        "wo": charged.rate_wanted_on,
        "d": settle_due_at(row.at, policy.zone, policy.fee.settle_after_days) if owed else None,
        "dy": None if owed else policy.day_of(row.at),
    }
