"""The erase station: buyers whose time is over, or who were asked for."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.orders.erasure.service import erase_buyers
from andon.platform.policies.rules import Policy

DUE = Claim("recipients", "order_id", "erase_at is not null", "erase_at", ("erase_asked_at", "erased_at"))


def erase_due(tx: Tx[Policy], batch: int) -> int:
    """Erase the buyers of orders that ended long enough ago, or for whom it was asked."""
    claimed = DUE.take(tx, batch)
    if claimed:
        erase_buyers(tx, claimed)
    return len(claimed)


ERASE = Station("erase", due=DUE.earliest_sql, step=erase_due, batch=1000)
