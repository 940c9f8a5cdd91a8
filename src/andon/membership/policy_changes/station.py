"""The station that tells shops of a new version of the policy."""

from andon.kernel.line import Station
from andon.kernel.tx import Tx
from andon.membership.policy_changes.rules import next_look
from andon.membership.policy_changes.service import announce_versions
from andon.platform.policies.rules import Policy
from andon.platform.turns.service import due_sql, end_turn, take_turn

TURN = "policy_changes"


def announce(tx: Tx[Policy], batch: int) -> int:
    """Once a day: announce versions that come into force before long to the shops that they are news to."""
    if not take_turn(tx, TURN):
        return 0
    announced = announce_versions(tx, batch)
    if not announced:
        end_turn(tx, TURN, next_look(tx.now, tx.policy.announcing.at, tx.policy.zone))
    return max(announced, 1)


ANNOUNCE = Station("policy_changes", due=due_sql(TURN), step=announce, batch=200)
