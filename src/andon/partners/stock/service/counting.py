"""Counts, and a warehouse's word that there is nothing left. What was counted is the truth, also below what is reserved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from andon.kernel.errors import Conflict, Invalid, Refused
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.stock.events import StockCounted
from andon.partners.stock.rules import Change, Owner, check_count, location_word
from andon.partners.stock.service.calibrating import close_calibrations
from andon.partners.stock.service.sharing import Shortfall, allot, ensure_pools, sharing_of
from andon.partners.stock.service.units import (
    Moved,
    PoolKey,
    StockKey,
    Units,
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


@dataclass(frozen=True, slots=True)
class LocalCount:
    """A shop's absolute count of a SKU at a location of its own, those reserved included; `expected` as in PoolCount."""

    location: int
    item: str
    counted: int
    expected: int | None = None


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
    missing, refused = count_locals(tx, shop_id, [LocalCount(location, item, counted, expected)])
    for refusal in refused.values():
        raise refusal
    return missing


def count_locals(
    tx: Tx[Policy], shop_id: int, counts: Sequence[LocalCount]
) -> tuple[list[Shortfall], dict[int, Refused]]:
    """Take counts of many SKUs in the seller's own warehouse; what is reserved and not there, and by its place what

    each count that is not taken is refused with: as `count_local` does, and an item that comes twice the second time
    with Invalid `stock.item_twice`. All of a SKU that is there is counted, so that released units of it are held no
    more. Source: PART-3.
    """
    skus = [count.item for count in counts]
    found = tx.rows(
        "select sku from products where shop_id = :shop and sku = any(:skus)", shop=shop_id, skus=skus
    )
    known = {row.sku for row in found}
    refused: dict[int, Refused] = {}
    sound: dict[str, int] = {}
    for place, count in enumerate(counts):
        try:
            _check_local(count, known, sound)
        except Refused as no:
            refused[place] = no
        else:
            sound[count.item] = place
    own = {StockKey(shop_id, LOCAL, item, Owner.SHOP.value): counts[place] for item, place in sound.items()}
    missing, changed = _count_own(
        tx, shop_id, {key: (each.counted, each.expected) for key, each in own.items()}
    )
    return missing, refused | {sound[key.item]: no for key, no in changed.items()}


def _check_local(count: LocalCount, known: Collection[str], before: Collection[str]) -> None:
    if count.location != LOCAL:
        raise Invalid("stock.location", f"{location_word(count.location)} is not the seller's own warehouse")
    if count.item not in known:
        raise Invalid("stock.unknown_item", count.item, item=count.item)
    check_count(count.counted)
    if count.item in before:
        raise Invalid("stock.item_twice", count.item, item=count.item)


def count_consigned(
    tx: Tx[Policy], shop_id: int, location: int, item: str, counted: int, expected: int | None = None
) -> list[Shortfall]:
    """Take a supplier's count of the shop's own units of an item there; what is reserved and not there.

    The shop maps the item, or did when it had units of it there: then the books keep no more there than is reserved,
    since the others stand on a transfer note (PART-2). Refuses as `count_local` does.
    """
    check_count(counted)
    key = StockKey(shop_id, location, item, Owner.SHOP.value)
    units = lock_units(tx, [key]).get(key)
    # Looked at after the row is held. Where there is none yet, the mapping is: whoever removes it finds the row then.
    mapped = tx.one(
        "select 1 from mappings where shop_id = :shop and supplier_id = :supplier and item = :item limit 1"
        + (" for key share" if units is None else ""),
        shop=shop_id,
        supplier=location,
        item=item,
    )
    if mapped is None:
        if units is None:
            raise Invalid("stock.unknown_item", item, item=item)
        counted = min(counted, units.reserved)
    missing, changed = _count_own(tx, shop_id, {key: (counted, expected)})
    for refusal in changed.values():
        raise refusal
    return missing


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


def _count_own(
    tx: Tx[Policy], shop_id: int, counts: Mapping[StockKey, tuple[int, int | None]]
) -> tuple[list[Shortfall], dict[StockKey, Conflict]]:
    """Set rows of the shop's own units to what was counted; those that are not as expected stay, and are answered."""
    tx.hold(shop_id)
    if not counts:
        return [], {}
    changed = _unexpected(counts, lock_units(tx, counts.keys()))
    wanted = [key for key in counts if key not in changed]
    tx.put(
        "insert into stock (shop_id, location, item, owner, on_hand, reserved) select :shop, k.l, k.i, k.o, 0, 0 "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as k(l bigint, i text, o smallint) "
        "order by k.l, k.i, k.o on conflict do nothing",
        shop=shop_id,
        rows=as_json({"l": key.location, "i": key.item, "o": key.owner} for key in wanted),
    )
    units = lock_units(tx, wanted)
    changed |= _unexpected({key: counts[key] for key in wanted}, units)  # a row that came meanwhile
    taken = {key: counts[key][0] for key in wanted if key not in changed}
    tx.put(
        "update stock s set counted_at = :now from json_to_recordset(cast(cast(:rows as text) as json)) "
        "as k(l bigint, i text, o smallint) "
        "where s.shop_id = :shop and s.location = k.l and s.item = k.i and s.owner = k.o",
        now=tx.now,
        shop=shop_id,
        rows=as_json({"l": key.location, "i": key.item, "o": key.owner} for key in taken),
    )
    moved = {key: counted - units[key].on_hand for key, counted in taken.items()}
    move_units(
        tx,
        Change.COUNT,
        [
            Moved(key, more, 0, held=-units[key].held)
            for key, more in moved.items()
            if more or units[key].held
        ],
    )
    close_calibrations(tx, shop_id, [key.item for key in taken if key.location == LOCAL])
    tx.emit(
        *(
            StockCounted(shop_id=shop_id, location=key.location, item=key.item, counted=counted)
            for key, counted in taken.items()
        )
    )
    short = {key: units[key].reserved - counted for key, counted in taken.items()}
    return [Shortfall(*key, missing=lacking) for key, lacking in short.items() if lacking > 0], changed


def _unexpected(
    counts: Mapping[StockKey, tuple[int, int | None]], units: Mapping[StockKey, Units]
) -> dict[StockKey, Conflict]:
    """The counts whose row holds other than was expected; a row that is not there holds none."""
    present = {key: units[key].on_hand if key in units else 0 for key in counts}
    return {
        key: _changed(key.item, expected, present[key])
        for key, (_, expected) in counts.items()
        if expected not in (None, present[key])
    }


def _changed(item: str, expected: int | None, present: int) -> Conflict:
    return Conflict(
        "stock.changed", f"{item}: {present}, not {expected}", item=item, expected=expected, counted=present
    )
