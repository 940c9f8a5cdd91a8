"""The station that escalates disputes nobody decides, and pays those that are decided."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.money.disputes.service import move_on
from andon.platform.policies.rules import Policy

DUE = Claim("disputes", "dispute_id", "due_at is not null", "due_at")


def look_after(tx: Tx[Policy], batch: int) -> int:
    """Escalate disputes that were not decided in time, and pay or close those whose decision stands. Source: DISP-4."""
    claimed = DUE.take(tx, batch)
    if claimed:
        move_on(tx, claimed)
    return len(claimed)


DISPUTES = Station("disputes", due=DUE.earliest_sql, step=look_after, batch=50)
