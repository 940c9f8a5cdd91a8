"""The stations of charging: what was shipped, and what has ended; and how long lines usually take."""

from datetime import timedelta

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.money.charges.service import accrue_charges, fix_charges, work_out_transits
from andon.platform.policies.rules import Policy
from andon.platform.turns.service import due_sql, end_turn, take_turn

TRANSITS_TURN = "transits"
COLUMNS = ("order_id", "mode", "line", "shipped_at")

SHIPPED = Claim(
    "fulfilments",
    "fulfilment_id",
    "accrued_at is null and shipped_at is not null",
    "shipped_at",
    COLUMNS[:-1],
)
ENDED = Claim(
    "fulfilments", "fulfilment_id", "charged_at is null and ended_at is not null", "ended_at", COLUMNS
)


def accrue_shipped(tx: Tx[Policy], batch: int) -> int:
    """Charge shipped fulfilments provisionally. Source: FEE-4."""
    claimed = SHIPPED.take(tx, batch)
    if claimed:
        accrue_charges(tx, claimed)
    return len(claimed)


def charge_ended(tx: Tx[Policy], batch: int) -> int:
    """Fix or waive the charges of fulfilments that have ended. Source: FEE-4."""
    claimed = ENDED.take(tx, batch)
    if claimed:
        fix_charges(tx, claimed)
    return len(claimed)


def learn_transits(tx: Tx[Policy], batch: int) -> int:  # noqa: ARG001 - a step is asked so
    """Work out, once a day, how long each line usually takes. Source: FEE-5."""
    if not take_turn(tx, TRANSITS_TURN):
        return 0
    work_out_transits(tx)
    end_turn(tx, TRANSITS_TURN, tx.now + timedelta(days=1))
    return 1


ACCRUE = Station("accrue", due=SHIPPED.earliest_sql, step=accrue_shipped, batch=2000)
CHARGE = Station("charge", due=ENDED.earliest_sql, step=charge_ended, batch=2000)
TRANSITS = Station("transits", due=due_sql(TRANSITS_TURN), step=learn_transits, batch=1)
