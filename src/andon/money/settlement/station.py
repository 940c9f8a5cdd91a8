"""The stations that settle what is due, and that find what waits for funds."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.money.settlement.service import note_overdue, settle_shops
from andon.platform.policies.rules import Policy

SHOPS_A_STEP = 200
"""A step holds the heads of its shops until it commits, so that it takes no more than some."""

LATE = Claim("fundings", "shop_id", "late_at is not null", "late_at")
DUE = Claim("fundings", "shop_id", "settle_at is not null", "settle_at")


def settle_due(tx: Tx[Policy], batch: int) -> int:
    """Settle up to `batch` due charges of the shops whose turn it is; answers how many shops it looked at.

    A shop whose funds cover nothing counts too: that it waits for a deposit from now on is what was done.
    """
    shops = [row[0] for row in DUE.take(tx, SHOPS_A_STEP)]
    if shops:
        settle_shops(tx, shops, batch)
    return len(shops)


def find_overdue(tx: Tx[Policy], batch: int) -> int:
    """Find up to `batch` charges a shop that are due and that no funds cover; answers how many shops it looked at."""
    shops = [row[0] for row in LATE.take(tx, SHOPS_A_STEP)]
    if shops:
        note_overdue(tx, shops, batch)
    return len(shops)


SETTLE = Station("settle", due=DUE.earliest_sql, step=settle_due, batch=20_000)
OVERDUE = Station("overdue", due=LATE.earliest_sql, step=find_overdue, batch=5_000)
