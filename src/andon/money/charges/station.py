"""The two stations of charging: what was shipped, and what has ended."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.money.charges.service import accrue_charges, fix_charges
from andon.platform.policies.rules import Policy

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


ACCRUE = Station("accrue", due=SHIPPED.earliest_sql, step=accrue_shipped, batch=2000)
CHARGE = Station("charge", due=ENDED.earliest_sql, step=charge_ended, batch=2000)
