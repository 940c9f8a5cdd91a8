"""Counts, and a warehouse's word that there is nothing left. What was counted is the truth, also below what is reserved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.tx import Tx
from andon.partners.stock.events import StockCounted
from andon.partners.stock.rules import Change, Owner, check_count, location_word
from andon.partners.stock.service.sharing import Shortfall, allot, ensure_pools, sharing_of
from andon.partners.stock.service.units import (
    Moved,
    PoolKey,
    StockKey,
    lock_pools,
    lock_units,
    move_units,
)
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class PoolCount:
    """A supplier's absolute count of its own units of an item, those reserved and not yet shipped included.

    `expected` is what the supplier takes the count to be before this one; None asks for no comparison.
    """

    supplier_id: int
    item: str
    counted: int
    expected: int | None = None

    @property
    def key(self) -> PoolKey:
        """The pool."""
        return PoolKey(self.supplier_id, self.item)


def count_pools(tx: Tx[Policy], counts: Sequence[PoolCount]) -> list[Shortfall]:
    """Take suppliers' counts and share them out anew over the shops; what is reserved and not there, by shop.

    All or none: refuses with Invalid (`stock.count`, `stock.item_twice`), and with Conflict (`stock.changed`, the
    present count in `counted`) where one is not as expected. Source: STOCK-3.
    """
    for count in counts:
        check_count(count.counted)
    keys = {count.key for count in counts}
    if len(keys) < len(counts):
        raise Invalid("stock.item_twice")
    if not keys:
        return []
    with sharing_of(tx, keys):
        ensure_pools(tx, keys)
        held = lock_pools(tx, keys)
        for count in counts:
            present = held[count.key].counted
            if count.expected is not None and count.expected != present:
                raise _changed(count.item, count.expected, present)
        return allot(tx, {count.key: count.counted for count in counts}, Change.COUNT)


def count_local(
    tx: Tx[Policy], shop_id: int, location: int, item: str, counted: int, expected: int | None = None
) -> list[Shortfall]:
    """Take a count of a SKU in the seller's own warehouse, reserved units included; what is reserved and not there.

    Refuses with Invalid (`stock.count`, `stock.location`, `stock.unknown_item`) and Conflict (`stock.changed`).
    """
    if location != LOCAL:
        raise Invalid("stock.location", f"{location_word(location)} is not the seller's own warehouse")
    if not tx.rows("select 1 from products where shop_id = :shop and sku = :sku", shop=shop_id, sku=item):
        raise Invalid("stock.unknown_item", item, item=item)
    return _count_own(tx, StockKey(shop_id, LOCAL, item, Owner.SHOP.value), counted, expected)


def count_consigned(
    tx: Tx[Policy], shop_id: int, location: int, item: str, counted: int, expected: int | None = None
) -> list[Shortfall]:
    """Take a supplier's count of the shop's own units of an item there; what is reserved and not there.

    The shop maps the item, or has units of it there already. Refuses as `count_local` does.
    """
    known = tx.rows(
        "select 1 from mappings where shop_id = :shop and supplier_id = :supplier and item = :item "
        "union all select 1 from stock where shop_id = :shop and location = :supplier and item = :item and owner = 2",
        shop=shop_id,
        supplier=location,
        item=item,
    )
    if not known:
        raise Invalid("stock.unknown_item", item, item=item)
    return _count_own(tx, StockKey(shop_id, location, item, Owner.SHOP.value), counted, expected)


def empty_item(
    tx: Tx[Policy],
    shop_id: int,
    supplier_id: int,
    item: str,
    owner: int = Owner.SUPPLIER,
    because_of: int | None = None,
) -> None:
    """The supplier says that there is none left: what is not reserved is gone.

    Of the supplier's own units for all shops, of consigned ones for this shop. Release the rejected reservation
    first, so that its units are gone too. `because_of` is the rejected fulfilment.
    """
    if owner == Owner.SUPPLIER:
        key = StockKey(shop_id, supplier_id, item, owner)
        empty_pools(tx, [PoolKey(supplier_id, item)], {key: because_of} if because_of else None)
        return
    key = StockKey(shop_id, supplier_id, item, owner)
    gone = {row: units.available for row, units in lock_units(tx, [key]).items() if units.available}
    move_units(tx, Change.EMPTY, [Moved(row, -units, 0, because_of) for row, units in gone.items()])


def empty_pools(
    tx: Tx[Policy], pools: Collection[PoolKey], because_of: Mapping[StockKey, int] | None = None
) -> None:
    """As `empty_item`, for the pools of many items: none has more left than the shops have reserved.

    `because_of` names the rejected fulfilment by the row that it was reserved from; other shops' rows have none.
    """
    wanted = {PoolKey(*pool) for pool in pools}
    if not wanted:
        return
    with sharing_of(tx, wanted):
        held = lock_pools(tx, wanted)
        allot(tx, {key: row.counted for key, row in held.items()}, Change.EMPTY, because_of=because_of)


def _count_own(tx: Tx[Policy], key: StockKey, counted: int, expected: int | None) -> list[Shortfall]:
    """Set one of the shop's own rows to what was counted, if it is as expected."""
    check_count(counted)
    tx.hold(key.shop_id)
    tx.put(
        "insert into stock (shop_id, location, item, owner, on_hand, reserved) values (:s, :l, :i, :o, 0, 0) "
        "on conflict do nothing",
        s=key.shop_id,
        l=key.location,
        i=key.item,
        o=key.owner,
    )
    units = lock_units(tx, [key])[key]
    if expected is not None and expected != units.on_hand:
        raise _changed(key.item, expected, units.on_hand)
    tx.put(
        "update stock set counted_at = :now "
        "where shop_id = :s and location = :l and item = :i and owner = :o",
        now=tx.now,
        s=key.shop_id,
        l=key.location,
        i=key.item,
        o=key.owner,
    )
    if counted != units.on_hand:
        move_units(tx, Change.COUNT, [Moved(key, counted - units.on_hand, 0)])
    tx.emit(StockCounted(shop_id=key.shop_id, location=key.location, item=key.item, counted=counted))
    missing = units.reserved - counted
    return [Shortfall(*key, missing=missing)] if missing > 0 else []


def _changed(item: str, expected: int, present: int) -> Conflict:
    return Conflict(
        "stock.changed", f"{item}: {present}, not {expected}", item=item, expected=expected, counted=present
    )
