"""Stock as the tests look at it: rows, a supplier's count, and the ledger behind them."""

from typing import Any

from andon.kernel.tx import Tx
from andon.partners.stock.service import StockKey, Units, lock_units
from tests.worlds_partners import item_of


def units(tx: Tx[Any], *keys: StockKey) -> list[Units | None]:
    """The units of these rows, locked; None for one that is not there."""
    held = lock_units(tx, keys)
    return [held.get(key) for key in keys]


def counted(tx: Tx[Any], supplier_id: int, sku: str) -> int:
    """The supplier's count of a SKU's item."""
    row = tx.one(
        "select counted from pools where supplier_id = :s and item = :i", s=supplier_id, i=item_of(sku)
    )
    assert row is not None
    return int(row.counted)


def movements_equal_rows(tx: Tx[Any]) -> bool:
    """Whether the ledger of movements adds up to every row of stock."""
    unequal = tx.rows(
        "select * from stock s full join (select shop_id, location, item, owner, sum(on_hand_change) h, "
        "sum(reserved_change) r from movements group by 1, 2, 3, 4) m using (shop_id, location, item, owner) "
        "where coalesce(s.on_hand, 0) <> coalesce(m.h, 0) or coalesce(s.reserved, 0) <> coalesce(m.r, 0)"
    )
    return not unequal
