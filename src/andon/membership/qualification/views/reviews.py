"""Reviews of suppliers for one shop."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.qualification.rules import ReviewState
from andon.membership.qualification.tables import Review
from andon.platform.policies.rules import Policy


def reviews_of(tx: Tx[Policy], shop_id: int, since: datetime | None = None) -> Sequence[Review]:
    """A shop's reviews, the newest first; only those opened at `since` or later, if it is named."""
    query = select(Review).where(Review.shop_id == shop_id).order_by(Review.review_id.desc())
    if since is not None:
        query = query.where(Review.opened_at >= since)
    return tx.session.scalars(query).all()


def reviews_page(tx: Tx[Policy], shop_id: int, *, before: int | None = None, limit: int) -> Sequence[Review]:
    """A shop's reviews, the newest first, from the one before `before`."""
    query = select(Review).where(Review.shop_id == shop_id).order_by(Review.review_id.desc()).limit(limit)
    if before is not None:
        query = query.where(Review.review_id < before)
    return tx.session.scalars(query).all()


def open_review_of(tx: Tx[Policy], shop_id: int, supplier_id: int) -> Review | None:
    """The review of that supplier for that shop that is open, if one is."""
    return tx.session.scalars(
        select(Review).where(
            Review.shop_id == shop_id,
            Review.supplier_id == supplier_id,
            Review.state < ReviewState.PASSED.value,
        )
    ).first()


def list_reviews(
    tx: Tx[Policy],
    *,
    state: ReviewState | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> Sequence[Review]:
    """The reviews of all shops that may be seen here by their deadline, from the one after `after`."""
    query = select(Review).order_by(Review.due_at, Review.review_id).limit(limit)
    if state is not None:
        query = query.where(Review.state == state.value)
    if after is not None:
        query = query.where(tuple_(Review.due_at, Review.review_id) > tuple_(*after))
    return tx.session.scalars(query).all()


def shop_of_review(tx: Tx[Policy], review_id: int) -> int:
    """The shop whose review it is; NotFound `review.not_found`."""
    found = tx.one("select shop_id from reviews where review_id = :review", review=review_id)
    if found is None:
        raise NotFound("review.not_found")
    shop_id: int = found.shop_id
    return shop_id
