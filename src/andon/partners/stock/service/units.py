"""Units promised, given back and gone; every change is a movement."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.stock.rules import Change, Owner, next_midnight, refused_takes
from andon.partners.stock.tables import LOCAL

ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"


class StockKey(NamedTuple):
    """Which stock row."""

    shop_id: int
    location: int
    item: str
    owner: int


class PoolKey(NamedTuple):
    """Which pool."""

    supplier_id: int
    item: str


class Units(NamedTuple):
    """What a stock row holds; more may be reserved than is there after a count that fell short.

    `held` of what is on hand was released and not counted yet: nobody may have it. Source: PART-3.
    """

    on_hand: int
    reserved: int
    held: int = 0

    @property
    def available(self) -> int:
        """Units that may still be promised; never negative."""
        return max(self.on_hand - self.reserved - self.held, 0)

    @property
    def covered(self) -> int:
        """Units that are promised and there."""
        return min(self.on_hand, self.reserved)


class Take(NamedTuple):
    """Units of one stock row for one fulfilment: to be promised to it, given back by it, or shipped by it."""

    shop_id: int
    location: int
    item: str
    owner: int
    units: int
    fulfilment_id: int | None

    @property
    def key(self) -> StockKey:
        """The stock row."""
        return StockKey(self.shop_id, self.location, self.item, self.owner)


class Moved(NamedTuple):
    """One movement: what it does to a stock row, and for which fulfilment."""

    key: StockKey
    on_hand: int
    reserved: int
    fulfilment_id: int | None = None
    held: int = 0


def lock_units(
    tx: Tx[Any], rows: Collection[StockKey], pools: Collection[PoolKey] = ()
) -> Mapping[StockKey, Units]:
    """Lock these pools, then these stock rows, each in key order; what the rows hold. A row that is not is left out."""
    if pools:
        lock_pools(tx, pools)
    if not rows:
        return {}
    found = tx.rows(
        "select s.shop_id, s.location, s.item, s.owner, s.on_hand, s.reserved, s.held "
        f"from {ROWS} as k(s bigint, l bigint, i text, o bigint) "
        "join stock s on s.shop_id = k.s and s.location = k.l and s.item = k.i and s.owner = k.o "
        "order by s.shop_id, s.location, s.item, s.owner for no key update of s",
        rows=as_json({"s": key[0], "l": key[1], "i": key[2], "o": key[3]} for key in set(rows)),
    )
    return {
        StockKey(row.shop_id, row.location, row.item, row.owner): Units(row.on_hand, row.reserved, row.held)
        for row in found
    }


def lock_pools(tx: Tx[Any], pools: Collection[PoolKey]) -> Mapping[PoolKey, Any]:
    """Lock these pools in key order; their rows (`counted`, `even_at`). A pool that is not there is left out."""
    found = tx.rows(
        f"select p.supplier_id, p.item, p.counted, p.even_at from {ROWS} as k(s bigint, i text) "
        "join pools p on p.supplier_id = k.s and p.item = k.i "
        "order by p.supplier_id, p.item for no key update of p",
        rows=as_json({"s": supplier_id, "i": item} for supplier_id, item in set(pools)),
    )
    return {PoolKey(row.supplier_id, row.item): row for row in found}


def pools_of(takes: Iterable[Take]) -> set[PoolKey]:
    """The pools from which these takes are allotted; the shop's own units are from none."""
    return {
        PoolKey(take.location, take.item)
        for take in takes
        if take.owner == Owner.SUPPLIER and take.location != LOCAL
    }


def reserve(tx: Tx[Any], takes: Sequence[Take]) -> set[int]:
    """Promise units to fulfilments; the places of those that could not be, which take nothing.

    Served in their order, rows locked in key order, all in one go: of two that want the last unit one gets it, and
    neither waits for the other in a ring. Source: STOCK-1, STOCK-3.
    """
    assert all(take.units > 0 for take in takes), "a take is of one unit or more"
    held = lock_units(tx, {take.key for take in takes})
    refused = refused_takes(
        {key: units.available for key, units in held.items()}, [(take.key, take.units) for take in takes]
    )
    units: Counter[StockKey] = Counter()
    for place, take in enumerate(takes):
        if place not in refused:
            units[take.key] += take.units
    promise(tx, units)()
    return refused


def promise(tx: Tx[Any], units: Mapping[StockKey, int]) -> Callable[[], None]:
    """Promise units that the caller has found to be there while it held their rows; call the answer before the end.

    Conditional once more: none is promised beyond what is on hand and not held. A movement tells what one call took of a row; what
    of it each fulfilment holds stands in the fulfilment's lines.
    """
    if not units:
        return lambda: None
    moved = [Moved(key, 0, taken) for key, taken in units.items()]
    changed = tx.count(_MOVE + " and s.reserved + d.r <= s.on_hand - s.held", rows=_rows_of(moved))
    record_movements(tx, Change.RESERVE, moved)

    def kept() -> None:
        assert changed() == len(moved), f"{len(moved) - changed()} stock rows were not as they were locked"

    return kept


def release(tx: Tx[Any], takes: Sequence[Take]) -> None:
    """Give back units that were reserved for these fulfilments; they may be promised anew at once.

    Consigned ones of an item that their shop maps no more follow the others to the seller. Source: PART-2.
    """
    lock_units(tx, {take.key for take in takes})
    move_units(tx, Change.RELEASE, [Moved(take.key, 0, -take.units, take.fulfilment_id) for take in takes])
    _let_follow(tx, takes)


def ship(tx: Tx[Any], takes: Sequence[Take]) -> None:
    """Reserved units have left the warehouse: on hand and reserved go down, and the supplier's count with them.

    Units that a later count did not find leave nothing behind them: on hand stops at zero, and at what is held.
    """
    rows = lock_units(tx, {take.key for take in takes}, pools_of(takes))
    left = {key: units.on_hand - units.held for key, units in rows.items()}
    moved = []
    for take in takes:
        there = min(take.units, left[take.key])
        left[take.key] -= there
        moved.append(Moved(take.key, -there, -take.units, take.fulfilment_id))

    gone: Counter[PoolKey] = Counter()
    for movement in moved:
        if movement.key.owner == Owner.SUPPLIER and movement.key.location != LOCAL:
            gone[PoolKey(movement.key.location, movement.key.item)] -= movement.on_hand
    if gone:
        tx.put(
            f"update pools p set counted = p.counted - g.u from {ROWS} as g(s bigint, i text, u bigint) "
            "where p.supplier_id = g.s and p.item = g.i",
            rows=as_json({"s": key[0], "i": key[1], "u": units} for key, units in gone.items() if units),
        )
    move_units(tx, Change.SHIP, moved)


def take_back(tx: Tx[Any], takes: Sequence[Take]) -> None:
    """Shipped units came back to where they were picked: on hand again, and in the supplier's count if they are its own.

    They go to the shop that they were taken from; its pool is shared out anew the next midnight, since that shop may
    sell the item no more. Source: STOCK-3.
    """
    lock_units(tx, {take.key for take in takes}, pools_of(takes))
    back: Counter[PoolKey] = Counter()
    for take in takes:
        if take.owner == Owner.SUPPLIER and take.location != LOCAL:
            back[PoolKey(take.location, take.item)] += take.units
    if back:
        tx.put(
            "update pools p set counted = p.counted + b.u, even_at = coalesce(p.even_at, :even) "
            f"from {ROWS} as b(s bigint, i text, u bigint) where p.supplier_id = b.s and p.item = b.i",
            even=next_midnight(tx.now, tx.policy.zone),
            rows=as_json({"s": key[0], "i": key[1], "u": units} for key, units in back.items()),
        )
    move_units(tx, Change.RETURN, [Moved(take.key, take.units, 0, take.fulfilment_id) for take in takes])
    _let_follow(tx, takes)


def _let_follow(tx: Tx[Any], takes: Sequence[Take]) -> None:
    """Note of consigned units that are free again and whose item is mapped no more that they are to be released."""
    consigned = {take.key for take in takes if take.owner == Owner.SHOP and take.location != LOCAL}
    if consigned and tx.run(
        f"update unmapped_items u set due_at = :now from {ROWS} as k(s bigint, l bigint, i text) "
        "where u.shop_id = k.s and u.supplier_id = k.l and u.item = k.i",
        now=tx.now,
        rows=as_json({"s": key.shop_id, "l": key.location, "i": key.item} for key in sorted(consigned)),
    ):
        tx.wake("release")


def move_units(tx: Tx[Any], change: Change, moved: Sequence[Moved]) -> None:
    """Change stock rows that are there and locked, and write the movements."""
    if not moved:
        return
    sums: dict[StockKey, list[int]] = {}
    for movement in moved:
        all_three = sums.setdefault(movement.key, [0, 0, 0])
        all_three[0] += movement.on_hand
        all_three[1] += movement.reserved
        all_three[2] += movement.held
    changed = tx.run(
        _MOVE,
        rows=_rows_of(
            [Moved(key, on_hand, reserved, None, held) for key, (on_hand, reserved, held) in sums.items()]
        ),
    )
    assert changed == len(sums), f"{len(sums) - changed} stock rows were not as they were locked"
    record_movements(tx, change, moved)


_MOVE = (
    "update stock s set on_hand = s.on_hand + d.h, reserved = s.reserved + d.r, held = s.held + d.e "
    f"from {ROWS} as d(s bigint, l bigint, i text, o bigint, h bigint, r bigint, e bigint) "
    "where s.shop_id = d.s and s.location = d.l and s.item = d.i and s.owner = d.o"
)


def record_movements(tx: Tx[Any], change: Change, moved: Sequence[Moved]) -> None:
    """Write movements to the ledger; the rows they tell of are changed by the caller."""
    if not moved:
        return
    tx.put(
        "insert into movements (shop_id, movement_id, location, item, owner, kind, on_hand_change, "
        "reserved_change, held_change, fulfilment_id, at) "
        "select m.s, nextval('movement_ids'), m.l, m.i, m.o, :kind, m.h, m.r, m.e, m.f, :now "
        f"from {ROWS} as m(s bigint, l bigint, i text, o bigint, h bigint, r bigint, e bigint, f bigint)",
        kind=change.value,
        now=tx.now,
        rows=_rows_of(moved),
    )


def _rows_of(moved: Iterable[Moved]) -> str:
    return as_json(
        {
            "s": each.key[0],
            "l": each.key[1],
            "i": each.key[2],
            "o": each.key[3],
            "h": each.on_hand,
            "r": each.reserved,
            "e": each.held,
            "f": each.fulfilment_id,
        }
        for each in moved
    )
