"""Stock-outs as they are listed and counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx


def list_stock_outs(
    tx: Tx[Any], shop_id: int, *, since: datetime | None = None, after: int | None = None, limit: int
) -> Sequence[Row[Any]]:
    """Stock-outs that the seller caused, the newest first, from the one after number `after`; from `since` on. STOCK-1."""
    return tx.rows(
        "select * from stock_outs where shop_id = :shop and (cast(:since as timestamptz) is null or at >= :since) "
        "and (cast(:after as bigint) is null or stock_out_id < :after) order by stock_out_id desc limit :limit",
        shop=shop_id,
        since=since,
        after=after,
        limit=limit,
    )
