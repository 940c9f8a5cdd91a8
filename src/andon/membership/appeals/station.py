"""The station that escalates appeals nobody answers, and closes those that were."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.membership.appeals.service import move_on
from andon.platform.policies.rules import Policy

DUE = Claim("appeals", "appeal_id", "due_at is not null", "due_at")


def look_after(tx: Tx[Policy], batch: int) -> int:
    """Escalate appeals that were not answered in time, and close those that were answered. Source: EXIT-5."""
    claimed = DUE.take(tx, batch)
    if claimed:
        move_on(tx, claimed)
    return len(claimed)


APPEALS = Station("appeals", due=DUE.earliest_sql, step=look_after, batch=200)
