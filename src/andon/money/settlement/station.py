"""The station that settles what is due."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.money.settlement.service import settle_shops
from andon.platform.policies.rules import Policy

SHOPS_A_STEP = 200
"""A step holds the heads of its shops until it commits, so that it takes no more than some."""

DUE = Claim("fundings", "shop_id", "settle_at is not null", "settle_at")


def settle_due(tx: Tx[Policy], batch: int) -> int:
    """Settle up to `batch` due charges of the shops whose turn it is; answers how many shops it looked at.

    A shop whose funds cover nothing counts too: that it waits for a deposit from now on is what was done.
    """
    shops = [row[0] for row in DUE.take(tx, SHOPS_A_STEP)]
    if shops:
        settle_shops(tx, shops, batch)
    return len(shops)


SETTLE = Station("settle", due=DUE.earliest_sql, step=settle_due, batch=20_000)
