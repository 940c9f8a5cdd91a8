"""Disputed charges: their amount is held until the dispute is decided, and then owed again or waived.

Locks: the fulfilments of the charges' orders, so that no charge of theirs is made, fixed or waived meanwhile; then the
shop's row in `fundings`, so that none is settled.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from andon.kernel.events import Event
from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeAccrued, ChargeDisputed, ChargeFixed, ChargeWaived
from andon.money.charges.rules import ChargeKind, ChargeState
from andon.money.ledger.rules import SHOP_FUNDS, SHOP_HOLDS, Posting
from andon.money.ledger.service import post
from andon.money.settlement.service.funding import lock_funds, look_now
from andon.money.settlement.service.securing import secure_disputed
from andon.platform.policies.rules import Policy

Outcome = Literal["owed", "waived"]
"""What becomes of a disputed charge."""

BY_DISPUTE = "dispute"
"""Why a charge is waived that its dispute's decision waives."""

LOCK_FULFILMENTS = """
select 1 from fulfilments f
where f.shop_id = :shop and f.order_id in (
  select order_id from charges where shop_id = :shop and charge_id = any(:charges))
order by f.fulfilment_id for no key update
"""

DISPUTE = """
update charges set state = 30, overdue_at = null
where shop_id = :shop and charge_id = any(:charges) and state in (10, 20)
returning shop_id, charge_id, kind, order_id, fulfilment_id, amount_minor, currency
"""

RELEASE = """
with disputed as materialized (
  select c.charge_id, r.w as waived, c.secured_at is not null as held
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(c bigint, w boolean)
  join charges c on c.shop_id = :shop and c.charge_id = r.c and c.state = 30
  order by c.charge_id for no key update of c
)
update charges c set secured_at = null,
  state = case when d.waived then 81 when c.due_at is null then 10 else 20 end
from disputed d where c.shop_id = :shop and c.charge_id = d.charge_id
returning c.charge_id, c.kind, c.state, c.order_id, c.fulfilment_id, c.amount_minor, c.currency, c.basis, c.due_at, d.held
"""

FIX_ANEW = """
update fulfilments set charged_at = null
where shop_id = :shop and order_id = any(:orders) and mode = 2 and ended_at is not null and shipped_at is not null
"""
"""What ended while its charge was disputed is looked at again, as the charge was passed over."""


def dispute_charges(tx: Tx[Policy], shop_id: int, charge_ids: Collection[int], dispute_id: int) -> list[int]:
    """Put charges that are provisional or due in dispute; answers which, lowest first. The shop's head is held.

    What they come to is held as far as the funds go beside what is due; the rest is held when money comes. One that is
    settled, over, or disputed already stays as it is. Source: EXIT-2.
    """
    charges = sorted(charge_ids)
    if not charges:
        return []
    _lock(tx, shop_id, charges)
    rows = tx.rows(DISPUTE, shop=shop_id, charges=charges)
    tx.emit(*(ChargeDisputed(**_about(row, shop_id), dispute_id=dispute_id) for row in rows))
    if rows:
        secure_disputed(tx, [shop_id])
        look_now(tx, shop_id)
    return sorted(row.charge_id for row in rows)


def release_charges(tx: Tx[Policy], shop_id: int, verdicts: Mapping[int, Outcome]) -> list[int]:
    """End the dispute over charges: each is owed again, or waived; answers which, lowest first. The shop's head is held.

    What was held of them goes back to the funds in one journal. One that was provisional is that again, and what has
    become of its fulfilment meanwhile is made up for. One that is not disputed stays as it is. Source: EXIT-2.
    """
    if not verdicts:
        return []
    _lock(tx, shop_id, sorted(verdicts))
    named = as_json({"c": charge, "w": verdicts[charge] == "waived"} for charge in sorted(verdicts))
    rows = tx.rows(RELEASE, shop=shop_id, rows=named)
    held = [
        Posting(
            SHOP_HOLDS,
            SHOP_FUNDS,
            Money.from_minor(row.amount_minor, row.currency),
            "charge.released",
            row.charge_id,
        )
        for row in rows
        if row.held and row.amount_minor
    ]
    if held:
        post(tx, shop_id, held)
    tx.emit(*(_released(row, shop_id) for row in rows))
    provisional = {row.order_id for row in rows if row.state == ChargeState.PROVISIONAL}
    if provisional:
        tx.put(FIX_ANEW, shop=shop_id, orders=sorted(provisional))
        tx.wake("charge")
    if rows:
        look_now(tx, shop_id)
    return sorted(row.charge_id for row in rows)


def _lock(tx: Tx[Policy], shop_id: int, charges: list[int]) -> None:
    tx.put(LOCK_FULFILMENTS, shop=shop_id, charges=charges)
    lock_funds(tx, shop_id)


def _released(row: Any, shop_id: int) -> Event:
    about = _about(row, shop_id)
    if row.state == ChargeState.WAIVED:
        return ChargeWaived(**about, cause=BY_DISPUTE)
    if row.state == ChargeState.DUE:
        return ChargeFixed(**about, due_at=row.due_at)
    return ChargeAccrued(**about, basis=row.basis)


def _about(row: Any, shop_id: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "order_id": row.order_id,
        "charge_id": row.charge_id,
        "fulfilment_id": row.fulfilment_id,
        "fee": ChargeKind(row.kind).word,
        "amount": Money.from_minor(row.amount_minor, row.currency),
    }
