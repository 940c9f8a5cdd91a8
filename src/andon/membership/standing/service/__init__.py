"""Ratings, violations, and what finds them."""

from andon.membership.standing.service.detecting import (
    count_addresses,
    judge_stock_outs,
    leave_addresses,
    vet_parcels,
    watch_addresses,
)
from andon.membership.standing.service.locking import lock_standing
from andon.membership.standing.service.ratings import Outcome, record_ratings
from andon.membership.standing.service.violations import (
    appeal_violation,
    decide_violation,
    escalate,
    record_violation,
    record_violations,
)

__all__ = [
    "Outcome",
    "appeal_violation",
    "count_addresses",
    "decide_violation",
    "escalate",
    "judge_stock_outs",
    "leave_addresses",
    "lock_standing",
    "record_ratings",
    "record_violation",
    "record_violations",
    "vet_parcels",
    "watch_addresses",
]
