"""Reserving, releasing, shipping, taking back and counting units.

Lock order: heads, pools by (supplier, item), then stock by (shop, location, item, owner). A use case that touches stock
in more than one call takes all its rows first, by `lock_units`, so that two of them never wait for each other in a ring.
"""

from andon.partners.stock.service.calibrating import calibrate
from andon.partners.stock.service.counting import (
    LocalCount,
    PoolCount,
    count_consigned,
    count_local,
    count_locals,
    count_pools,
    empty_item,
    empty_pools,
)
from andon.partners.stock.service.releasing import (
    Unmapped,
    release_consigned,
    release_freed,
    remap_items,
)
from andon.partners.stock.service.sharing import Shortfall, even_out_pools, hold_pools
from andon.partners.stock.service.units import (
    PoolKey,
    StockKey,
    Take,
    Units,
    lock_units,
    promise,
    release,
    reserve,
    ship,
    take_back,
)

__all__ = [
    "LocalCount",
    "PoolCount",
    "PoolKey",
    "Shortfall",
    "StockKey",
    "Take",
    "Units",
    "Unmapped",
    "calibrate",
    "count_consigned",
    "count_local",
    "count_locals",
    "count_pools",
    "empty_item",
    "empty_pools",
    "even_out_pools",
    "hold_pools",
    "lock_units",
    "promise",
    "release",
    "release_consigned",
    "release_freed",
    "remap_items",
    "reserve",
    "ship",
    "take_back",
]
