"""Recording violations, appealing against them, deciding. Source: BACK-3, STOCK-1."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.standing.events import (
    ViolationAppealed,
    ViolationDecided,
    ViolationEscalated,
    ViolationRecorded,
)
from andon.membership.standing.rules import DECISIONS, VIOLATION, Decision, Draft, ViolationState
from andon.membership.standing.service.locking import lock_standing
from andon.membership.standing.tables import VIOLATION_IDS, Violation
from andon.money.charges.service import give_penalty_back
from andon.partners.shops.views import shop_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

_S = ViolationState

RECORD = f"""
insert into violations (shop_id, violation_id, kind, fault, cause, state, order_id, fulfilment_id, supplier_id, evidence,
note, at, recorded_at, recorded_by, policy)
select sh.shop_id, r.v, r.k, r.l, r.c, {_S.RECORDED.value}, r.o, r.f, r.u, r.e, r.n, r.t, :now, :actor, :policy
from json_to_recordset(cast(cast(:rows as text) as json))
as r(s bigint, v bigint, k text, l text, c text, o bigint, f bigint, u bigint, e jsonb, n text, t timestamptz)
join shops sh on sh.shop_id = r.s
on conflict do nothing
returning shop_id, violation_id, kind, fault, cause, order_id, fulfilment_id, supplier_id
"""

ESCALATE = """
update violations v set due_at = null, escalated_at = :now
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, v bigint)
where v.shop_id = r.s and v.violation_id = r.v returning v.shop_id, v.violation_id, v.order_id, v.kind
"""


def record_violations(tx: Tx[Policy], drafts: Sequence[Draft]) -> list[int]:
    """Record these violations; the numbers of those that were not known. Their shops' heads are held by this transaction.

    A fulfilment has one of a kind, whatever became of it; without a fulfilment an order has one of a kind that stands.
    """
    if not drafts:
        return []
    lock_standing(tx, {draft.shop_id for draft in drafts})
    numbers = tx.take_ids(VIOLATION_IDS.name, len(drafts))
    made = tx.rows(
        RECORD,
        now=tx.now,
        actor=str(tx.actor),
        policy=tx.policy.version,
        rows=as_json(_row(number, draft) for number, draft in zip(numbers, drafts, strict=True)),
    )
    for row in made:
        tx.emit(
            ViolationRecorded(
                shop_id=row.shop_id,
                order_id=row.order_id,
                violation_id=row.violation_id,
                violation=row.kind,
                fault=row.fault,
                cause=row.cause,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
            )
        )
    tell(tx, [notice for row in made for notice in _notices(row)])
    return sorted(row.violation_id for row in made)


def record_violation(tx: Tx[Policy], draft: Draft) -> Violation:
    """Record what an operator found.

    NotFound `order.not_found`; Invalid `violation.at` for an instant after now; Conflict `violation.known` (which it is in
    `violation_id`) where one of its kind and order stands.
    """
    tx.hold(draft.shop_id)
    shop_of(tx, draft.shop_id)
    _check_order(tx, draft)
    if draft.at > tx.now:
        raise Invalid("violation.at", draft.at.isoformat())
    made = record_violations(tx, [draft])
    if not made:
        standing = tx.one(
            "select violation_id from violations where shop_id = :shop and order_id = :order and kind = :kind "
            "and fulfilment_id is null and state < 80",
            shop=draft.shop_id,
            order=draft.order_id,
            kind=draft.kind,
        )
        number = standing and standing.violation_id
        raise Conflict("violation.known", f"violation {number}", violation_id=number)
    return tx.get(Violation, draft.shop_id, made[0])


def appeal_violation(tx: Tx[Policy], shop_id: int, violation_id: int, plea: str) -> Violation:
    """The shop appeals against a violation, once; until it is decided the violation counts.

    NotFound `violation.not_found`; Conflict `violation.appealed` where it was appealed against, `violation.state` where
    it counts no more.
    """
    tx.hold(shop_id)
    violation = _locked(tx, shop_id, violation_id)
    if violation.appealed_at is not None:
        raise Conflict("violation.appealed", state=_S(violation.state).word)
    VIOLATION.check(_S(violation.state), _S.APPEALED)
    violation.state, violation.plea = _S.APPEALED, plea
    violation.appealed_at, violation.appealed_by = tx.now, str(tx.actor)
    violation.due_at = due_at = tx.now + tx.policy.standing.appeal_within
    tx.session.flush()
    tx.emit(
        ViolationAppealed(
            shop_id=shop_id, order_id=violation.order_id, violation_id=violation_id, due_at=due_at
        )
    )
    _tell(tx, "violation.appealed", violation, "operator")
    return violation


def decide_violation(
    tx: Tx[Policy], shop_id: int, violation_id: int, decision: Decision, answer: str
) -> Violation:
    """Answer an appeal, or withdraw a violation; the same decision again changes nothing.

    Upheld or withdrawn, it counts no more, and the penalty of a stock-out is given back. NotFound `violation.not_found`; Conflict `violation.state` where that is not
    open to it: an appeal that nobody made is neither upheld nor rejected.
    """
    tx.hold(shop_id)
    lock_standing(tx, shop_id)
    violation = _locked(tx, shop_id, violation_id)
    state, target = _S(violation.state), DECISIONS[decision]
    if state is target:
        return violation
    if decision == "upheld" and state is not _S.APPEALED:
        raise Conflict("violation.state", "nobody has appealed", state=state.word)
    VIOLATION.check(state, target)
    violation.state, violation.answer, violation.due_at = target, answer, None
    violation.decided_at, violation.decided_by = tx.now, str(tx.actor)
    tx.session.flush()
    tx.emit(
        ViolationDecided(
            shop_id=shop_id, order_id=violation.order_id, violation_id=violation_id, decision=decision
        )
    )
    if target is _S.WITHDRAWN and (stock_out_id := violation.evidence.get("stock_out_id")):
        give_penalty_back(tx, shop_id, int(stock_out_id))
    _tell(tx, "violation.decided", violation, "seller", decision=decision)
    return violation


def escalate(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Tell of appeals that nobody answered in time. `claimed` are locked, and their shops' heads held."""
    rows = as_json({"s": row.shop_id, "v": row.violation_id} for row in claimed)
    for row in tx.rows(ESCALATE, rows=rows, now=tx.now):
        tx.emit(ViolationEscalated(shop_id=row.shop_id, order_id=row.order_id, violation_id=row.violation_id))
        _tell(tx, "violation.escalated", row, "operator")


def shop_of_violation(tx: Tx[Policy], violation_id: int) -> int:
    """Whose violation that is; NotFound `violation.not_found`."""
    found = tx.one("select shop_id from violations where violation_id = :violation", violation=violation_id)
    if found is None:
        raise NotFound("violation.not_found")
    return int(found.shop_id)


def _locked(tx: Tx[Policy], shop_id: int, violation_id: int) -> Violation:
    try:
        return tx.lock(Violation, shop_id, violation_id)
    except NotFound:
        raise NotFound("violation.not_found") from None


def _check_order(tx: Tx[Policy], draft: Draft) -> None:
    found = draft.order_id is None or tx.one(
        "select 1 from orders where shop_id = :shop and order_id = :order",
        shop=draft.shop_id,
        order=draft.order_id,
    )
    if not found:
        raise NotFound("order.not_found")


def _row(number: int, draft: Draft) -> dict[str, Any]:
    return {
        "s": draft.shop_id,
        "v": number,
        "k": draft.kind,
        "l": draft.fault,
        "c": draft.cause,
        "o": draft.order_id,
        "f": draft.fulfilment_id,
        "u": draft.supplier_id,
        "e": dict(draft.evidence),
        "n": draft.note,
        "t": draft.at,
    }


def _notices(row: Row[Any]) -> list[Notice]:
    facts = {"violation_id": row.violation_id, "violation": row.kind, "cause": row.cause}
    told = [
        Notice(
            row.shop_id,
            "seller",
            "violation.recorded",
            order_id=row.order_id,
            fulfilment_id=row.fulfilment_id,
            facts=facts | {"fault": row.fault},
        )
    ]
    if row.fault == "supplier" and row.supplier_id is not None:
        told.append(
            Notice(
                row.shop_id,
                "supplier",
                "violation.recorded",
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                facts=facts,
            )
        )
    return told


def _tell(tx: Tx[Policy], kind: str, violation: Violation | Row[Any], audience: Any, **facts: str) -> None:
    known = {"violation_id": violation.violation_id, "violation": violation.kind} | facts
    tell(tx, [Notice(violation.shop_id, audience, kind, order_id=violation.order_id, facts=known)])
