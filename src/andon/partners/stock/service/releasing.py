"""Consigned units come back to the seller when the mapping of their item goes. Source: PART-2, PART-3."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.stock.events import StockReleased
from andon.partners.stock.rules import Change, Owner, transfer_note_number
from andon.partners.stock.service.sharing import allot, hold_pools, sharing_of
from andon.partners.stock.service.units import (
    ROWS,
    Moved,
    PoolKey,
    StockKey,
    lock_units,
    move_units,
)
from andon.partners.stock.tables import CALIBRATION_IDS, LOCAL, TRANSFER_NOTE_IDS
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy
from andon.platform.policies.views import policy_for


class Unmapped(NamedTuple):
    """An item that a shop maps no more: its units are units of `sku`, of which one sale took `a_sale`."""

    supplier_id: int
    item: str
    sku: str
    a_sale: int

    @property
    def pool(self) -> PoolKey:
        """The supplier's own units of the item."""
        return PoolKey(self.supplier_id, self.item)


def remap_items(
    tx: Tx[Policy], shop_id: int, mapped: Collection[PoolKey], unmapped: Collection[Unmapped]
) -> list[int]:
    """A shop maps these items from now on, and those no more; the calibrations that come of it.

    Each item's pool is shared out equally over the shops that map it now, so that the supplier's own units just leave;
    consigned ones of what is mapped no more are released in the same instant. Source: STOCK-3, PART-2.
    """
    pools = {*mapped, *(each.pool for each in unmapped)}
    if not pools:
        return []
    with sharing_of(tx, pools):
        counts = hold_pools(tx, pools)
        leaving = _consigned(tx, shop_id, unmapped)
        _make_local_rows(tx, shop_id, leaving)
        lock_units(tx, [*_sharers(tx, pools), *_rows_of(shop_id, leaving)])
        # After the rows, as whoever gives units back does.
        _keep_unmapped(tx, shop_id, mapped, leaving)
        allot(tx, counts, Change.ALLOT)
        return _release(tx, shop_id, leaving)


def release_consigned(
    tx: Tx[Policy], shop_id: int, supplier_id: int, items: Collection[str] | None = None
) -> list[int]:
    """Move the shop's consigned units at that supplier, of these items or of all, to its own warehouse; calibrations.

    What is reserved stays until it is shipped, or is free. Every item goes to the SKU that it is or was mapped to, of
    several to the one that takes the fewest units a sale. Removing a mapping does this by itself: asked again, nothing
    is left to do. Source: EXIT-3, PART-2.
    """
    tx.hold(shop_id)
    found = tx.rows(
        "select s.item, coalesce(m.sku, u.sku) as sku, coalesce(m.units, u.a_sale) as a_sale from stock s "
        "left join lateral (select m.sku, m.units from mappings m where m.shop_id = s.shop_id "
        "and m.supplier_id = s.location and m.item = s.item order by m.units, m.sku limit 1) m on true "
        "left join unmapped_items u on u.shop_id = s.shop_id and u.supplier_id = s.location and u.item = s.item "
        "where s.shop_id = :shop and s.location = :supplier and s.owner = 2 and s.on_hand > 0 "
        "and coalesce(m.sku, u.sku) is not null "
        "and (cast(:items as text[]) is null or s.item = any(:items)) order by s.item",
        shop=shop_id,
        supplier=supplier_id,
        items=None if items is None else list(items),
    )
    leaving = [Unmapped(supplier_id, row.item, row.sku, row.a_sale) for row in found]
    _make_local_rows(tx, shop_id, leaving)
    return _release(tx, shop_id, leaving)


def release_freed(tx: Tx[Policy], batch: int) -> int:
    """Release consigned units that are free again although their item is mapped no more; how many items were looked at."""
    waiting = tx.rows(
        "select shop_id, supplier_id, item, sku, a_sale from unmapped_items "
        "where due_at is not null and due_at <= :now order by due_at limit :limit",
        now=tx.now,
        limit=batch,
    )
    tx.hold({row.shop_id for row in waiting})
    for shop_id in sorted({row.shop_id for row in waiting}):
        leaving = [
            Unmapped(row.supplier_id, row.item, row.sku, row.a_sale)
            for row in waiting
            if row.shop_id == shop_id
        ]
        _make_local_rows(tx, shop_id, leaving)
        lock_units(tx, _rows_of(shop_id, leaving))
        # After the rows here, too. Another worker that looked as well finds nothing free.
        tx.put(
            f"update unmapped_items u set due_at = null from {ROWS} as k(s bigint, i text) "
            "where u.shop_id = :shop and u.supplier_id = k.s and u.item = k.i",
            shop=shop_id,
            rows=as_json({"s": each.supplier_id, "i": each.item} for each in leaving),
        )
        _release(tx, shop_id, leaving)
    return len(waiting)


def _consigned(tx: Tx[Policy], shop_id: int, unmapped: Collection[Unmapped]) -> list[Unmapped]:
    """Those of which the shop ever had units of its own there; of several SKUs of an item the one with the fewest a sale."""
    finest: dict[PoolKey, Unmapped] = {}
    for each in sorted(unmapped, key=lambda each: (each.a_sale, each.sku)):
        finest.setdefault(each.pool, each)
    if not finest:
        return []
    found = tx.rows(
        f"select s.location, s.item from {ROWS} as k(s bigint, i text) "
        "join stock s on s.shop_id = :shop and s.location = k.s and s.item = k.i and s.owner = 2",
        shop=shop_id,
        rows=as_json({"s": pool.supplier_id, "i": pool.item} for pool in finest),
    )
    return [finest[PoolKey(row.location, row.item)] for row in sorted(found)]


def _keep_unmapped(
    tx: Tx[Policy], shop_id: int, mapped: Collection[PoolKey], leaving: Sequence[Unmapped]
) -> None:
    """Remember which SKU the units of what leaves are, for those that are promised now or come back later."""
    if mapped:
        tx.put(
            f"delete from unmapped_items u using {ROWS} as k(s bigint, i text) "
            "where u.shop_id = :shop and u.supplier_id = k.s and u.item = k.i",
            shop=shop_id,
            rows=as_json({"s": pool.supplier_id, "i": pool.item} for pool in mapped),
        )
    if not leaving:
        return
    tx.put(
        "insert into unmapped_items as u (shop_id, supplier_id, item, sku, a_sale) "
        f"select :shop, k.s, k.i, k.k, k.n from {ROWS} as k(s bigint, i text, k text, n bigint) order by k.s, k.i "
        "on conflict (shop_id, supplier_id, item) do update set sku = excluded.sku, a_sale = excluded.a_sale",
        shop=shop_id,
        rows=as_json(
            {"s": each.supplier_id, "i": each.item, "k": each.sku, "n": each.a_sale} for each in leaving
        ),
    )


def _make_local_rows(tx: Tx[Policy], shop_id: int, leaving: Sequence[Unmapped]) -> None:
    """Make the seller's own stock rows of these SKUs that are not there yet, before any row is locked."""
    if not leaving:
        return
    tx.put(
        "insert into stock (shop_id, location, item, owner, on_hand, reserved) select :shop, :local, k, :own, 0, 0 "
        "from unnest(cast(:skus as text[])) as k order by k on conflict do nothing",
        shop=shop_id,
        local=LOCAL,
        own=Owner.SHOP.value,
        skus=sorted({each.sku for each in leaving}),
    )


def _sharers(tx: Tx[Policy], pools: Collection[PoolKey]) -> list[StockKey]:
    """The stock rows of all shops that share in these pools, which are locked: nobody makes another meanwhile."""
    found = tx.rows(
        f"select s.shop_id, s.location, s.item, s.owner from {ROWS} as k(s bigint, i text) "
        "join stock s on s.location = k.s and s.item = k.i and s.owner = 1",
        rows=as_json({"s": pool.supplier_id, "i": pool.item} for pool in pools),
    )
    return [StockKey(row.shop_id, row.location, row.item, row.owner) for row in found]


def _rows_of(shop_id: int, leaving: Sequence[Unmapped]) -> list[StockKey]:
    """The rows that units leave, and those that they come to."""
    return [
        key
        for each in leaving
        for key in (
            StockKey(shop_id, LOCAL, each.sku, Owner.SHOP.value),
            StockKey(shop_id, each.supplier_id, each.item, Owner.SHOP.value),
        )
    ]


def _release(tx: Tx[Policy], shop_id: int, leaving: Sequence[Unmapped]) -> list[int]:
    """Move what is free of these items, under a transfer note for each supplier; the calibrations, by number."""
    rows = lock_units(tx, _rows_of(shop_id, leaving))
    free = {
        each: units.available
        for each in leaving
        if (units := rows.get(StockKey(shop_id, each.supplier_id, each.item, Owner.SHOP.value)))
        and units.available
    }
    if not free:
        return []
    part = policy_for(tx, shop_id).part
    notes = _note_numbers(tx, {each.supplier_id for each in free})
    numbers = tx.take_ids(CALIBRATION_IDS.name, len(free))
    due_at = tx.now + part.calibration_within
    released = [
        StockReleased(
            shop_id=shop_id,
            calibration_id=number,
            transfer_note=notes[each.supplier_id],
            supplier_id=each.supplier_id,
            item=each.item,
            item_units=item_units,
            sku=each.sku,
            units=item_units // each.a_sale,
            due_at=due_at,
        )
        for number, (each, item_units) in zip(numbers, free.items(), strict=True)
    ]
    holds = part.calibration_guard == "hold"
    move_units(tx, Change.TRANSFER, [move for each in released for move in _moves(each, holds=holds)])
    _write_calibrations(tx, shop_id, released, {each.pool: each.a_sale for each in leaving}, holds=holds)
    tx.emit(*released)
    _tell(tx, shop_id, notes, released)
    return numbers


def _moves(released: StockReleased, *, holds: bool) -> tuple[Moved, Moved]:
    there = StockKey(released.shop_id, released.supplier_id, released.item, Owner.SHOP.value)
    here = StockKey(released.shop_id, LOCAL, released.sku, Owner.SHOP.value)
    held = released.units if holds else 0
    return Moved(there, -released.item_units, 0), Moved(here, released.units, 0, held=held)


def _tell(tx: Tx[Policy], shop_id: int, notes: Mapping[int, str], released: Sequence[StockReleased]) -> None:
    """Tell the seller by when to count, and each supplier what goes back."""
    notices = []
    for supplier_id, note in sorted(notes.items()):
        own = [each for each in released if each.supplier_id == supplier_id]
        facts = {"transfer_note": note, "due_at": own[0].due_at.isoformat()}
        lines = [f"{each.item}: {each.item_units}" for each in own]
        seller, supplier = facts | {"supplier_id": supplier_id}, facts | {"shop_id": shop_id, "list": lines}
        notices += [
            Notice(shop_id, "seller", "stock.released", facts=seller),
            Notice(shop_id, "supplier", "stock.called_back", supplier_id=supplier_id, facts=supplier),
        ]
    tell(tx, notices)


def _note_numbers(tx: Tx[Policy], supplier_ids: Collection[int]) -> dict[int, str]:
    """A new transfer note's number for each supplier."""
    serials = tx.take_ids(TRANSFER_NOTE_IDS.name, len(supplier_ids))
    return {
        supplier_id: transfer_note_number(serial, tx.now, tx.policy.zone)
        for supplier_id, serial in zip(sorted(supplier_ids), serials, strict=True)
    }


def _write_calibrations(
    tx: Tx[Policy],
    shop_id: int,
    released: Sequence[StockReleased],
    sales: Mapping[PoolKey, int],
    *,
    holds: bool,
) -> None:
    tx.put(
        "insert into calibrations (shop_id, calibration_id, sku, supplier_id, item, transfer_note, item_units, a_sale, "
        "units, held, released_at, due_at, policy) select :shop, c.n, c.k, c.s, c.i, c.t, c.u, c.a, c.u / c.a, "
        "case when :holds then c.u / c.a else 0 end, :now, :due, :policy "
        f"from {ROWS} as c(n bigint, k text, s bigint, i text, t text, u bigint, a bigint)",
        shop=shop_id,
        holds=holds,
        now=tx.now,
        due=released[0].due_at,
        policy=tx.policy.version,
        rows=as_json(
            {
                "n": each.calibration_id,
                "k": each.sku,
                "s": each.supplier_id,
                "i": each.item,
                "t": each.transfer_note,
                "u": each.item_units,
                "a": sales[PoolKey(each.supplier_id, each.item)],
            }
            for each in released
        ),
    )
