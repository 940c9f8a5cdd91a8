"""The station that issues statements when a month is over."""

from andon.kernel.line import Station
from andon.kernel.tx import Tx
from andon.money.statements.rules import Month
from andon.money.statements.service import issue_due
from andon.platform.policies.rules import Policy
from andon.platform.turns.service import due_sql, end_turn, take_turn

TURN = "statements"


def issue_statements(tx: Tx[Policy], batch: int) -> int:
    """Issue the statement of the month that is over, of each shop whose funds moved in it."""
    if not take_turn(tx, TURN):
        return 0
    issued = issue_due(tx, batch)
    if not issued:
        zone = tx.policy.zone
        end_turn(tx, TURN, Month.at(tx.now, zone).ends_at(zone))
    return max(issued, 1)


ISSUE = Station("statements", due=due_sql(TURN), step=issue_statements, batch=20)
