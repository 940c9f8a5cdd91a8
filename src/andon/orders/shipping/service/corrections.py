"""Stock put right because a supplier says that units are not there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.orders.shipping.rules import Rejection
from andon.partners.stock.events import StockCorrected
from andon.partners.stock.rules import Owner
from andon.partners.stock.service import PoolKey, StockKey, empty_item, empty_pools
from andon.platform.policies.rules import Policy


def lines_of(tx: Tx[Policy], rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """The lines of these fulfilments, with the stock rows that they were to be picked from."""
    if not rows:
        return []
    return tx.rows(
        "select l.shop_id, l.location, l.item, l.owner, l.units, l.line_no, l.fulfilment_id, f.order_id "
        "from fulfilment_lines l "
        "join fulfilments f on f.shop_id = l.shop_id and f.fulfilment_id = l.fulfilment_id "
        "where l.shop_id = any(:shops) and l.fulfilment_id = any(:fulfilments) "
        "order by l.fulfilment_id, l.line_no",
        shops=sorted({row.shop_id for row in rows}),
        fulfilments=[row.fulfilment_id for row in rows],
    )


def emptied_by(lines: Sequence[Row[Any]]) -> dict[StockKey, Row[Any]]:
    """The stock rows that these lines were to be picked from, each with the first line that names it."""
    found: dict[StockKey, Row[Any]] = {}
    for line in lines:
        if line.units > 0:
            found.setdefault(StockKey(line.shop_id, line.location, line.item, line.owner), line)
    return found


def pools_of(keys: Collection[StockKey]) -> set[PoolKey]:
    """The suppliers' pools behind these stock rows."""
    return {PoolKey(key.location, key.item) for key in keys if key.owner == Owner.SUPPLIER}


def correct_stock(
    tx: Tx[Policy],
    emptied: Mapping[StockKey, Row[Any]],
    pools: Collection[PoolKey],
    reasons: Mapping[int, str] | None = None,
) -> None:
    """What the supplier says is not there is gone; each row's correction names the fulfilment that told it.

    `reasons` are by fulfilment; without them units are out of stock.
    """
    empty_pools(tx, pools, {key: line.fulfilment_id for key, line in emptied.items()})
    for key, line in sorted(emptied.items()):
        if key.owner == Owner.SHOP:
            empty_item(tx, *key, because_of=line.fulfilment_id)
    tx.emit(
        *(
            StockCorrected(
                shop_id=key.shop_id,
                order_id=line.order_id,
                location=key.location,
                item=key.item,
                owner=Owner(key.owner).word,
                reason=(reasons or {}).get(line.fulfilment_id, Rejection.OUT_OF_STOCK.value),
                fulfilment_id=line.fulfilment_id,
            )
            for key, line in sorted(emptied.items())
        )
    )
