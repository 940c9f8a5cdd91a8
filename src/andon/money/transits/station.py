"""The station that works out, once a day, how long lines usually take. It looks at all of late, so it runs beside the line."""

from datetime import timedelta

from andon.kernel.line import Station
from andon.kernel.tx import Tx
from andon.money.transits.service import work_out_transits
from andon.platform.policies.rules import Policy
from andon.platform.turns.service import due_sql, end_turn, take_turn

TURN = "transits"


def learn_transits(tx: Tx[Policy], batch: int) -> int:  # noqa: ARG001 - a step is asked so
    """Work out how long each line usually takes to each country. Source: FEE-5."""
    if not take_turn(tx, TURN):
        return 0
    work_out_transits(tx)
    end_turn(tx, TURN, tx.now + timedelta(days=1))
    return 1


LEARN = Station("transits", due=due_sql(TURN), step=learn_transits, batch=1)
