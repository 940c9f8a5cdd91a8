"""Stock as its shop sees it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

StockPlace = tuple[int, str, int]
"""Where a row stands in the list: location, item and owner."""


def list_stock(
    tx: Tx[Policy],
    shop_id: int,
    *,
    location: int | None = None,
    sku: str | None = None,
    after: StockPlace | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """A shop's stock rows by location, item and owner, from the one after `after`.

    Each with `on_hand`, `reserved`, `held`, `available` (never negative) and `skus`: the shop's own that are sold from it.
    """
    after_place, after_item, after_owner = after or (-1, "", 0)
    return tx.rows(
        "select * from (select s.location, s.item, s.owner, s.on_hand, s.reserved, s.held, s.counted_at, "
        "greatest(s.on_hand - s.reserved - s.held, 0) as available, "
        "case when s.location = 0 then array[s.item] else array(select m.sku from mappings m "
        "where m.shop_id = s.shop_id and m.supplier_id = s.location and m.item = s.item order by m.sku) end as skus "
        "from stock s where s.shop_id = :shop and (s.location, s.item, s.owner) > (:location_, :item_, :owner_) "
        "and (cast(:location as bigint) is null or s.location = :location)) t "
        "where cast(:sku as text) is null or :sku = any(t.skus) order by location, item, owner limit :limit",
        shop=shop_id,
        location_=after_place,
        item_=after_item,
        owner_=after_owner,
        location=location,
        sku=sku,
        limit=limit,
    )
