"""The review of a supplier for one shop: opened, escalated, decided. Source: QUAL-1, QUAL-2."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.qualification.events import (
    ReviewEscalated,
    ReviewFailed,
    ReviewOpened,
    ReviewPassed,
    SupplierReviewEscalated,
)
from andon.membership.qualification.rules import REVIEW, ReviewState, Verdict
from andon.membership.qualification.tables import REVIEW_IDS, Review
from andon.membership.qualification.views import open_review_of, scorecard_of, shop_of_review
from andon.partners.bindings.rules import BindingState
from andon.platform.notices.rules import Audience
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

_S = ReviewState


def open_review(tx: Tx[Policy], shop_id: int, supplier_id: int) -> Review:
    """Review a supplier for this shop; one that is open already stays the only one.

    Its deadline runs from now, by the policy in force now. Source: QUAL-1, QUAL-2.
    """
    tx.hold(shop_id)
    if standing := open_review_of(tx, shop_id, supplier_id):
        return standing
    review = tx.add(
        Review(
            shop_id=shop_id,
            review_id=tx.take_ids(REVIEW_IDS.name, 1)[0],
            supplier_id=supplier_id,
            state=_S.OPENED,
            opened_at=tx.now,
            due_at=tx.now + tx.policy.qualification.review_within,
            policy=tx.policy.version,
        )
    )
    tx.emit(
        ReviewOpened(
            shop_id=shop_id, review_id=review.review_id, supplier_id=supplier_id, due_at=review.due_at
        )
    )
    _tell(tx, ReviewOpened.kind, review, "operator", "supplier")
    return review


def decide_review(tx: Tx[Policy], review_id: int, verdict: Verdict, note: str) -> Review:
    """End a review, with the scorecard that whoever decides saw; the same decision again changes nothing.

    The supplier's other shops are untouched. NotFound `review.not_found`, Conflict `review.state` where it ended
    otherwise. Source: QUAL-1, QUAL-2.
    """
    shop_id = shop_of_review(tx, review_id)
    tx.hold(shop_id)
    review = tx.lock(Review, shop_id, review_id)
    target = ReviewState[verdict.upper()]
    if review.state == target:
        return review
    REVIEW.check(_S(review.state), target)

    review.state, review.note = target, note
    review.decided_at, review.decided_by = tx.now, str(tx.actor)
    review.scorecard = scorecard_of(tx, review.supplier_id).model_dump(mode="json")
    tx.session.flush()
    event = ReviewPassed if target is _S.PASSED else ReviewFailed
    tx.emit(event(shop_id=shop_id, review_id=review_id, supplier_id=review.supplier_id))
    _tell(tx, event.kind, review, "seller", "supplier")
    return review


def open_reviews(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Review the suppliers of bindings that a shop has signed on its way back.

    `claimed` are bindings locked by this transaction, their shops' heads held. One that has ended again needs none.
    Source: QUAL-1.
    """
    for binding in claimed:
        if binding.state != BindingState.ENDED:
            open_review(tx, binding.shop_id, binding.supplier_id)
    tx.put(
        "update bindings b set review_at = null from json_to_recordset(cast(:rows as json)) as r(s bigint, b bigint) "
        "where b.shop_id = r.s and b.binding_id = r.b",
        rows=as_json({"s": row.shop_id, "b": row.binding_id} for row in claimed),
    )


def escalate_reviews(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Escalate reviews that nobody has decided in time; `claimed` are locked, their heads held. Source: QUAL-2."""
    tx.put(
        "update reviews v set escalated_at = :now from json_to_recordset(cast(:rows as json)) as r(s bigint, v bigint) "
        "where v.shop_id = r.s and v.review_id = r.v",
        rows=as_json({"s": row.shop_id, "v": row.review_id} for row in claimed),
        now=tx.now,
    )
    for row in claimed:
        tx.emit(ReviewEscalated(shop_id=row.shop_id, review_id=row.review_id, supplier_id=row.supplier_id))
        _tell(tx, ReviewEscalated.kind, row, "operator")


def escalate_applications(tx: Tx[Policy], batch: int) -> int:
    """Escalate up to `batch` applications that nobody has decided in time; answers how many. Source: QUAL-2."""
    waiting = tx.rows(
        "update suppliers set escalated_at = :now where supplier_id in (select supplier_id from suppliers "
        "where reviewed_at is null and escalated_at is null and review_due_at <= :now "
        "order by review_due_at limit :batch for no key update skip locked) returning supplier_id",
        now=tx.now,
        batch=batch,
    )
    if waiting:
        tx.hold(PLATFORM)
    for row in waiting:
        tx.emit(SupplierReviewEscalated(shop_id=PLATFORM, supplier_id=row.supplier_id))
    facts = ({"supplier_id": row.supplier_id} for row in waiting)
    tell(tx, [Notice(PLATFORM, "operator", SupplierReviewEscalated.kind, facts=each) for each in facts])
    return len(waiting)


def _tell(tx: Tx[Policy], kind: str, review: Review | Row[Any], *audiences: Audience) -> None:
    facts = {"review_id": review.review_id, "supplier_id": review.supplier_id}
    tell(
        tx,
        [
            Notice(
                review.shop_id,
                audience,
                kind,
                supplier_id=review.supplier_id if audience == "supplier" else None,
                facts=facts,
            )
            for audience in audiences
        ],
    )
