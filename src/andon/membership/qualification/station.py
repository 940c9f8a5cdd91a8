"""The stations of qualification: reviews that are to be opened or are late, and what scorecards count."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.membership.qualification.service import (
    UNCOUNTED,
    count_sealed,
    escalate_applications,
    escalate_reviews,
    open_reviews,
)
from andon.platform.policies.rules import Policy

SIGNED = Claim("bindings", "binding_id", "review_at is not null", "review_at", ("supplier_id", "state"))
LATE = Claim("reviews", "review_id", "state < 80 and escalated_at is null", "due_at", ("supplier_id",))


def review_signed(tx: Tx[Policy], batch: int) -> int:
    """Review each supplier that a shop has signed anew on its way back. Source: QUAL-1."""
    claimed = SIGNED.take(tx, batch)
    if claimed:
        open_reviews(tx, claimed)
    return len(claimed)


def escalate_late(tx: Tx[Policy], batch: int) -> int:
    """Escalate reviews for a shop that were not decided in time. Source: QUAL-2."""
    claimed = LATE.take(tx, batch)
    if claimed:
        escalate_reviews(tx, claimed)
    return len(claimed)


REVIEW_SIGNED = Station("review", due=SIGNED.earliest_sql, step=review_signed, batch=200)
ESCALATE_REVIEWS = Station("escalate", due=LATE.earliest_sql, step=escalate_late, batch=200)
ESCALATE_APPLICATIONS = Station(
    "applications",
    due="select min(review_due_at) from suppliers where reviewed_at is null and escalated_at is null",
    step=escalate_applications,
    batch=200,
)
SCORE = Station("score", due=f"select min(s.sealed_at) from {UNCOUNTED}", step=count_sealed, batch=10)
