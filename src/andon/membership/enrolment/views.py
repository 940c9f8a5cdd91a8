"""A shop's membership as it stands, what joining would ask, and what its last membership mapped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import (
    Before,
    Bound,
    Condition,
    EnrolmentState,
    Facts,
    Funds,
    authorisation_number,
    conditions_again,
    conditions_of,
)
from andon.membership.enrolment.tables import Enrolment
from andon.membership.qualification.rules import ReviewState
from andon.membership.qualification.views import reviews_of
from andon.membership.standing.views import rated, violated
from andon.money.funds.views import funds_holds_of, funds_of
from andon.partners.bindings.rules import BindingState
from andon.partners.plans.views import plan_of
from andon.partners.shops.tables import Shop
from andon.partners.suppliers.rules import SupplierState
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy

TEMPLATE = Path(__file__).parent / "templates" / "authorisation.typ"

FORMER = f"""
select m.*, case when p.sku is null then 'product.not_found'
  when n.sku is not null then 'mapping.known'
  when b.binding_id is null then 'mapping.not_bound' end as code
from former_mappings m
left join products p on p.shop_id = m.shop_id and p.sku = m.sku
left join mappings n on n.shop_id = m.shop_id and n.sku = m.sku and n.supplier_id = m.supplier_id
left join bindings b on b.shop_id = m.shop_id and b.supplier_id = m.supplier_id and b.state = {BindingState.ACTIVE.value}
where m.shop_id = :shop and (m.sku, m.supplier_id) > (:sku, :supplier) order by m.sku, m.supplier_id limit :limit
"""


def enrolment_of(tx: Tx[Policy], shop_id: int) -> Enrolment | None:
    """The shop's latest membership, or None if it never joined."""
    return tx.session.scalars(
        select(Enrolment).where(Enrolment.shop_id == shop_id).order_by(Enrolment.number.desc()).limit(1)
    ).first()


def conditions(tx: Tx[Policy], shop_id: int) -> list[Condition]:
    """What joining asks of this shop now, each with what was found; of one that was in JIT before, BACK-1..4 as well.

    Source: MODE-1, BACK-1, BACK-2, BACK-3, BACK-4.
    """
    shop, policy = tx.get(Shop, shop_id), tx.policy
    last = enrolment_of(tx, shop_id)
    ended_at = last.ended_at if last is not None and last.state == EnrolmentState.OFF else None
    suppliers = _bound(tx, shop_id, ended_at)
    facts = Facts(shop.category, plan_of(tx, shop_id), _funds(tx, shop_id), suppliers)
    asked = conditions_of(facts, policy.mode.categories, policy.lines)
    if ended_at is not None:
        before = _before(tx, shop_id, ended_at)
        asked += conditions_again(before, suppliers, policy.back.rating_at_least, policy.back.cooling_off)
    return asked


def former_mappings(
    tx: Tx[Policy], shop_id: int, *, after: tuple[str, int] = ("", 0), limit: int
) -> Sequence[Row[Any]]:
    """What the last membership mapped, by SKU and supplier from the one after `after`; `code` says why one cannot be restored."""
    sku, supplier_id = after
    return tx.rows(FORMER, shop=shop_id, sku=sku, supplier=supplier_id, limit=limit)


def authorisation_paper(tx: Tx[Policy], shop_id: int, number: int | None = None) -> Paper:
    """The authorisation as it was signed with the join of that number, or with the last one.

    NotFound `enrolment.never_joined`. Source: MODE-7.
    """
    enrolment = enrolment_of(tx, shop_id) if number is None else tx.session.get(Enrolment, (shop_id, number))
    if enrolment is None:
        raise NotFound("enrolment.never_joined")
    zone, signed = ZoneInfo(tx.policy.zone), enrolment.authorisation
    shop = tx.get(Shop, shop_id)
    printed = authorisation_number(enrolment.joined_at.astimezone(zone).year, shop_id, enrolment.number)
    facts = {
        "number": printed,
        "shop": {"id": shop_id, "name": shop.name, "category": shop.category},
        "enrolment": enrolment.number,
        "version": signed["version"],
        "text": signed["text"],
        "signed_by": signed["signed_by"],
        "signed_at": _said(datetime.fromisoformat(signed["signed_at"]), zone),
        "policy": enrolment.policy,
    }
    return Paper(
        shop_id,
        "authorisation",
        enrolment.number,
        printed,
        TEMPLATE,
        facts,
        f"实时推单授权书 Authorisation to push orders {printed}",
    )


def unrendered(tx: Tx[Policy], limit: int) -> Sequence[Enrolment]:
    """Memberships whose authorisation has not been made a document yet, the longest first."""
    return tx.session.scalars(
        select(Enrolment)
        .where(Enrolment.paper_due_at <= tx.now)
        .order_by(Enrolment.paper_due_at, Enrolment.shop_id)
        .limit(limit)
    ).all()


def _bound(tx: Tx[Policy], shop_id: int, ended_at: datetime | None) -> list[Bound]:
    """The suppliers with an active binding, each with its newest review since the last membership ended."""
    rows = tx.rows(
        "select s.supplier_id, s.state from bindings b join suppliers s on s.supplier_id = b.supplier_id "
        f"where b.shop_id = :shop and b.state = {BindingState.ACTIVE.value} order by s.supplier_id",
        shop=shop_id,
    )
    reviews = (
        {}
        if ended_at is None
        else {each.supplier_id: each for each in reversed(reviews_of(tx, shop_id, ended_at))}
    )
    return [
        Bound(
            row.supplier_id,
            SupplierState(row.state).word,
            ReviewState(reviews[row.supplier_id].state).word if row.supplier_id in reviews else None,
            reviews[row.supplier_id].review_id if row.supplier_id in reviews else None,
        )
        for row in rows
    ]


def _funds(tx: Tx[Policy], shop_id: int) -> Funds:
    accounts = [fund.account for fund in funds_of(tx, shop_id)]
    return Funds(
        [hold.exit_id for hold in funds_holds_of(tx, shop_id)],
        [f"{each.needed - each.available}" for each in accounts if each.needed > each.available],
    )


def _before(tx: Tx[Policy], shop_id: int, ended_at: datetime) -> Before:
    rating, violations = rated(tx, shop_id), violated(tx, shop_id)
    return Before(
        tx.now,
        ended_at,
        rating.totals,
        rating.passes_at,
        [
            {
                "violation_id": row.violation_id,
                "kind": row.kind,
                "cause": row.cause,
                "order_id": row.order_id,
                "at": row.at.isoformat(),
            }
            for row in violations.newest
        ],
        violations.count,
        violations.passes_at,
    )


def _said(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M:%S} (UTC{(there.utcoffset() or timedelta()) / timedelta(hours=1):+g})"
