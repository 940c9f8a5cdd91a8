"""The station that ends moves whose time is over."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.membership.moves.service import end_moves
from andon.platform.policies.rules import Policy

DUE = Claim("moves", "move_id", "due_at is not null", "due_at")


def end_due(tx: Tx[Policy], batch: int) -> int:
    """End the moves whose horizon is reached. Source: MOVE-1."""
    claimed = DUE.take(tx, batch)
    end_moves(tx, claimed)
    return len(claimed)


MOVES = Station("moves", due=DUE.earliest_sql, step=end_due, batch=20)
