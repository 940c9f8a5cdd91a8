"""When a shop's due charges are settled."""

from datetime import datetime

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


def next_settlement_at(tx: Tx[Policy], shop_id: int) -> datetime | None:
    """When the shop's due charges are settled next; None while none waits, or while they wait for a deposit."""
    row = tx.one("select settle_at from fundings where shop_id = :shop", shop=shop_id)
    at: datetime | None = row.settle_at if row else None
    return at
