"""The review of a supplier for one shop: opened, escalated, decided. Source: QUAL-1, QUAL-2."""

from andon.kernel.tx import Tx
from andon.membership.qualification.events import ReviewOpened
from andon.membership.qualification.rules import ReviewState
from andon.membership.qualification.tables import REVIEW_IDS, Review
from andon.membership.qualification.views import open_review_of
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
    _tell(tx, "review.opened", review, "operator")
    return review


def _tell(tx: Tx[Policy], kind: str, review: Review, *audiences: Audience) -> None:
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
