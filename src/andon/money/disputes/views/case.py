"""What a dispute is judged by: the order, whose part of it, the record, the evidence, the order's policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from andon.kernel.errors import NotFound, Refused
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.disputes.rules import (
    Case,
    Cause,
    Fault,
    Kind,
    Liability,
    Part,
    Shown,
    liability_of,
    most_owed,
    parties_of,
    parts_meant,
    recorded,
)
from andon.money.disputes.tables import Dispute, Evidence
from andon.money.rates.service import converted
from andon.orders.order.rules import FulfilmentState, Mode
from andon.platform.policies.rules import Policy

_PARTS = f"""
select f.fulfilment_id, f.supplier_id, f.state, f.flags, f.mode,
       f.state = {FulfilmentState.REJECTED.value} and f.reason in ('out_of_stock', 'short') as stock_out,
       array(select distinct p.carrier from parcels p where p.shop_id = f.shop_id
             and p.fulfilment_id = f.fulfilment_id and p.voided_at is null) as carriers
from fulfilments f where f.shop_id = :shop and f.order_id = :order order by f.fulfilment_id
"""

_AWARDED = """
select coalesce(sum(k.awarded_minor), 0) as in_all,
       coalesce(sum(k.awarded_minor) filter (where k.clause = :clause), 0) as under_clause
from disputes d join dispute_decisions k on k.shop_id = d.shop_id and k.dispute_id = d.dispute_id
where d.shop_id = :shop and d.order_id = :order and d.dispute_id <> :dispute and k.reversed_by is null
"""


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as a dispute sees it: what it is worth, when it was placed, under which policy, and its parts."""

    shop_id: int
    order_id: int
    value: Money
    placed_at: datetime
    policy: str
    jit: bool
    parts: Sequence[Part]

    def case(self, cause: Cause, fulfilment_id: int | None, evidence: Sequence[Shown] = ()) -> Case:
        """What a claim about it is judged by, the record's own evidence included."""
        parts = parts_meant(self.parts, fulfilment_id)
        supplier_id, carrier = parties_of(parts)
        return Case(cause, self.value, supplier_id, carrier, [*evidence, *recorded(cause, parts)])


def bought(tx: Tx[Policy], shop_id: int, order_id: int) -> Bought:
    """A shop's order as a dispute sees it; NotFound `order.not_found`."""
    order = tx.one(
        "select goods_minor + freight_minor as minor, currency, placed_at, policy from orders "
        "where shop_id = :shop and order_id = :order",
        shop=shop_id,
        order=order_id,
    )
    if order is None:
        raise NotFound("order.not_found")
    rows = tx.rows(_PARTS, shop=shop_id, order=order_id)
    return Bought(
        shop_id=shop_id,
        order_id=order_id,
        value=Money.from_minor(order.minor, order.currency),
        placed_at=order.placed_at,
        policy=order.policy,
        jit=any(row.mode == Mode.JIT for row in rows),
        parts=[_part(row) for row in rows],
    )


def case_of(tx: Tx[Policy], dispute: Dispute, order: Bought | None = None) -> Case:
    """What a dispute is judged by now."""
    order = order or bought(tx, dispute.shop_id, dispute.order_id)
    shown = [
        Shown(cast("Kind", each.kind), cast("Fault | None", each.shows)) for each in evidence_of(tx, dispute)
    ]
    return order.case(cast("Cause", dispute.cause), dispute.fulfilment_id, shown)


def liability_for(tx: Tx[Policy], dispute: Dispute, case: Case) -> Liability:
    """Who is liable, by the order's own policy. Source: DISP-1."""
    return liability_of(case, tx.policies.named(dispute.policy).dispute)


def evidence_of(tx: Tx[Policy], dispute: Dispute) -> Sequence[Evidence]:
    """What was handed in, oldest first."""
    return tx.session.scalars(
        select(Evidence)
        .where(Evidence.shop_id == dispute.shop_id, Evidence.dispute_id == dispute.dispute_id)
        .order_by(Evidence.evidence_id)
    ).all()


def cap_of(tx: Tx[Policy], limit: Money | Literal["order_value"], order: Bought) -> Money:
    """A clause's limit in the order's currency, at the rate of the order's day; never above the order's value.

    Refuses with `rates.unknown` where there is no rate.
    """
    if limit == "order_value":
        return order.value
    zone = ZoneInfo(tx.policies.named(order.policy).zone)
    day = order.placed_at.astimezone(zone).date()
    return min(converted(tx, limit, order.value.currency, day).amount, order.value)


def cap_shown(tx: Tx[Policy], liability: Liability, order: Bought) -> Money | None:
    """The same, None while it cannot be told for want of a rate."""
    try:
        return cap_of(tx, liability.limit, order)
    except Refused:
        return None


def still_owed(tx: Tx[Policy], dispute: Dispute, order: Bought, clause: str, cap: Money) -> Money:
    """What may still be awarded by that clause, beside the order's other disputes. The shop's head is closed."""
    row = tx.one(
        _AWARDED,
        shop=dispute.shop_id,
        order=dispute.order_id,
        dispute=dispute.dispute_id,
        clause=clause,
    )
    assert row is not None, "a sum is one row"
    currency = order.value.currency
    return most_owed(
        cap,
        order.value,
        Money.from_minor(int(row.under_clause), currency),
        Money.from_minor(int(row.in_all), currency),
    )


def _part(row: Row[Any]) -> Part:
    return Part(
        fulfilment_id=row.fulfilment_id,
        supplier_id=row.supplier_id,
        carriers=frozenset(row.carriers),
        state=FulfilmentState(row.state),
        flags=row.flags,
        stock_out=row.stock_out,
    )
