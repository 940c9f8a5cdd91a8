"""Taking counts. One that says less than was promised is the truth: the newest promises are broken and rerouted."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from andon.kernel.errors import Invalid, Refused, Unavailable
from andon.kernel.many import halved
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.events import FulfilmentFlagged
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.push.rules import CANCEL_REQUESTED
from andon.orders.push.service import queue_pushes
from andon.orders.routing.rules import LOCAL, SHORT, Promise, Shortage, promises_to_break
from andon.orders.routing.service.rerouting import reroute
from andon.partners.bindings.views import shops_granting
from andon.partners.stock.rules import check_count
from andon.partners.stock.service import (
    LocalCount,
    PoolCount,
    Shortfall,
    StockKey,
    calibrate,
    count_consigned,
    count_locals,
    count_pools,
    lock_units,
)
from andon.partners.stock.views import calibration_of
from andon.partners.tracks.service import note_counted
from andon.platform.policies.rules import Policy

UNTOLD = (FulfilmentState.RESERVED, FulfilmentState.PUSHED)
"""The states in which nobody has accepted yet."""

ATTEMPTS = 5
"""How often a count is begun anew because orders that were made meanwhile touch further rows."""

_ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"


@dataclass(frozen=True, slots=True)
class SupplierCount:
    """A supplier's absolute count of an item: of its own units, or, with `shop_id`, of that shop's consigned ones."""

    item: str
    counted: int
    shop_id: int | None = None
    expected: int | None = None


def take_supplier_counts(tx: Tx[Policy], supplier_id: int, counts: Sequence[SupplierCount]) -> None:
    """Take a supplier's counts, all or none, and keep what they leave uncovered.

    Promises above a count are broken in this transaction: those nobody has accepted go to another supplier or wait,
    newest first; accepted ones stay and are flagged `short`. Refuses with Invalid (`stock.count`,
    `stock.item_twice`, `stock.unknown_item`) and Conflict (`stock.changed`). Source: STOCK-3.
    """
    granting = shops_granting(tx, [supplier_id])
    if len({(count.item, count.shop_id) for count in counts}) < len(counts):
        raise Invalid("stock.item_twice")
    for count in counts:
        if count.shop_id is not None and count.shop_id not in granting:
            raise Invalid("stock.unknown_item", f"no shop {count.shop_id} has units there", item=count.item)

    def count_all(touched: Collection[StockKey]) -> list[Shortfall]:
        pools = [
            PoolCount(supplier_id, each.item, each.counted, each.expected)
            for each in counts
            if each.shop_id is None
        ]
        with tx.as_platform():  # what may take the place of what is not there is another supplier's
            lock_units(tx, touched, [pool.key for pool in pools])
        missing = count_pools(tx, pools)
        consigned = [each for each in counts if each.shop_id is not None]
        for each in sorted(consigned, key=lambda each: (each.shop_id or 0, each.item)):
            assert each.shop_id is not None, "consigned units are a shop's"
            missing += count_consigned(tx, each.shop_id, supplier_id, each.item, each.counted, each.expected)
        return missing

    with tx.reaching(granting):
        tx.hold(set(granting))
        _count_and_relieve(tx, count_all)


def take_each_count(
    tx: Tx[Policy], supplier_id: int, counts: Sequence[SupplierCount | Refused]
) -> list[Refused | None]:
    """Take a supplier's counts, each by itself, and answer what each is refused with; of an item that comes twice the
    first counts. Source: STOCK-3.
    """
    refusals: dict[int, Refused | None] = {}
    sound: dict[tuple[int, str], tuple[int, SupplierCount]] = {}
    for place, count in enumerate(counts):
        try:
            if isinstance(count, Refused):
                raise count
            check_count(count.counted)
            if (count.shop_id or 0, count.item) in sound:
                raise Invalid("stock.item_twice", count.item)
        except Refused as no:
            refusals[place] = no
        else:
            sound[count.shop_id or 0, count.item] = place, count
    ordered = [sound[key] for key in sorted(sound)]

    def take(some: Sequence[tuple[int, SupplierCount]]) -> None:
        take_supplier_counts(tx, supplier_id, [count for _, count in some])

    told = halved(tx, ordered, take) if ordered else []
    refusals |= {place: no for (place, _), no in zip(ordered, told, strict=True)}
    return [refusals[place] for place in range(len(counts))]


def take_local_count(
    tx: Tx[Policy], shop_id: int, location: int, sku: str, counted: int, expected: int | None = None
) -> None:
    """Take a count of a SKU in the seller's own warehouse; what it leaves uncovered waits for the seller.

    Refuses as `count_local` does.
    """
    for refusal in take_local_counts(tx, shop_id, [LocalCount(location, sku, counted, expected)]).values():
        raise refusal


def take_local_counts(tx: Tx[Policy], shop_id: int, counts: Sequence[LocalCount]) -> dict[int, Refused]:
    """The same for many SKUs, each by itself: by its place what a count that is not taken is refused with."""
    tx.hold({shop_id})
    refused: dict[int, Refused] = {}

    def count(touched: Collection[StockKey]) -> list[Shortfall]:
        lock_units(tx, touched)
        missing, refusals = count_locals(tx, shop_id, counts)
        refused.clear()
        refused.update(refusals)
        return missing

    _count_and_relieve(tx, count)
    note_counted(tx, shop_id, [each.item for each in counts])
    return refused


def take_calibration(tx: Tx[Policy], shop_id: int, calibration_id: int, counted: int) -> None:
    """Take a count of released units, which are sellable from then on; refuses as `calibrate` does.

    Where the books were trusted before, promises may break. Source: PART-3.
    """
    tx.hold({shop_id})

    def count(touched: Collection[StockKey]) -> list[Shortfall]:
        lock_units(tx, touched)
        return calibrate(tx, shop_id, calibration_id, counted)

    _count_and_relieve(tx, count)
    note_counted(tx, shop_id, [calibration_of(tx, shop_id, calibration_id).sku])


class _Unheld(Exception):
    """Breaking promises would touch these rows as well, which stand before some that are held."""

    def __init__(self, rows: frozenset[StockKey]) -> None:
        self.rows = rows


def _count_and_relieve(tx: Tx[Policy], count: Callable[[Collection[StockKey]], list[Shortfall]]) -> None:
    """Count, and break what a count leaves uncovered, with all rows held that this touches, in the order of all.

    Which rows these are is known once the counted ones are held. Where there are more, all is undone, and done again
    with those held first: so that nobody who holds one of them and wants another is waited for in a ring.
    """
    held: frozenset[StockKey] = frozenset()
    for _ in range(ATTEMPTS):
        try:
            with tx.undone_by(_Unheld):
                missing = count(held)
                _check_held(tx, missing, held)
                _relieve(tx, missing)
        except _Unheld as more:
            held |= more.rows
        else:
            return
    raise Unavailable(f"{ATTEMPTS} times orders that were made meanwhile touched further rows")


def _check_held(tx: Tx[Policy], missing: Sequence[Shortfall], held: frozenset[StockKey]) -> None:
    touched = _touched(tx, missing) if missing else frozenset()
    if not touched <= held:
        raise _Unheld(touched)


def _touched(tx: Tx[Policy], shortfalls: Sequence[Shortfall]) -> frozenset[StockKey]:
    """The stock rows that breaking promises of these rows may touch: all that their fulfilments hold, or could hold."""
    with tx.as_platform():
        rows = tx.rows(
            f"with short as (select * from {_ROWS} as s(shop bigint, location bigint, item text, owner bigint)), "
            "held as (select distinct f.shop_id, f.fulfilment_id from short "
            "join fulfilments f on f.shop_id = short.shop and f.state < 80 and f.state = any('{10,20}') "
            "and coalesce(f.supplier_id, 0) = short.location "
            "join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
            "and l.location = short.location and l.item = short.item and l.owner = short.owner), "
            "line as (select distinct l.shop_id, l.sku, l.location, l.item from held "
            "join fulfilment_lines l on l.shop_id = held.shop_id and l.fulfilment_id = held.fulfilment_id), "
            f"place as (select shop_id, location, item from line union select shop_id, {LOCAL}, sku from line "
            "union select m.shop_id, m.supplier_id, m.item "
            "from line join mappings m on m.shop_id = line.shop_id and m.sku = line.sku) "
            "select s.shop_id, s.location, s.item, s.owner from place p "
            "join stock s on s.shop_id = p.shop_id and s.location = p.location and s.item = p.item",
            rows=as_json(
                {"shop": each.shop_id, "location": each.location, "item": each.item, "owner": each.owner}
                for each in shortfalls
            ),
        )
    return frozenset(StockKey(row.shop_id, row.location, row.item, row.owner) for row in rows)


def _relieve(tx: Tx[Policy], shortfalls: Sequence[Shortfall]) -> None:
    """Break the promises that these shortfalls leave uncovered."""
    if not shortfalls:
        return
    with tx.as_platform():
        broken = promises_to_break(_shortages(tx, shortfalls))
        closed = close_fulfilments(
            tx,
            [Close(shop_id, number, tx.now, SHORT) for shop_id, number in broken.lost],
            FulfilmentState.REJECTED,
            sources=UNTOLD,
        )
        went = {(row.shop_id, row.fulfilment_id) for row in closed}
        # Whoever accepted it in the meantime keeps it, short as it is.
        _flag_short(tx, [*broken.short, *(place for place in broken.lost if place not in went)])
        reroute(tx, closed)
        told = [
            (row.shop_id, row.fulfilment_id, row.supplier_id)
            for row in closed
            if row.supplier_id is not None and row.left == FulfilmentState.PUSHED
        ]
        if told:
            queue_pushes(tx, told, CANCEL_REQUESTED)


def _shortages(tx: Tx[Policy], shortfalls: Sequence[Shortfall]) -> list[Shortage]:
    """Each shortfall with the unshipped fulfilments that hold its row, newest first."""
    held: dict[tuple[int, int, str, int], list[Promise]] = {}
    for row in tx.rows(
        "select f.shop_id, f.fulfilment_id, f.state, l.location, l.item, l.owner, sum(l.units) as units "
        f"from {_ROWS} as s(shop bigint, location bigint, item text, owner bigint) "
        "join fulfilments f on f.shop_id = s.shop and f.state < 80 and f.state = any('{10,20,30,40,50}') "
        "and coalesce(f.supplier_id, 0) = s.location "
        "join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
        "and l.location = s.location and l.item = s.item and l.owner = s.owner and l.units > 0 "
        "group by f.shop_id, f.fulfilment_id, f.state, l.location, l.item, l.owner "
        "order by f.shop_id, f.reserved_at desc, f.fulfilment_id desc",
        rows=as_json(
            {"shop": each.shop_id, "location": each.location, "item": each.item, "owner": each.owner}
            for each in shortfalls
        ),
    ):
        key = (row.shop_id, row.location, row.item, row.owner)
        promise = Promise((row.shop_id, row.fulfilment_id), FulfilmentState(row.state), int(row.units))
        held.setdefault(key, []).append(promise)
    return [
        Shortage(each.missing, tuple(held.get((each.shop_id, each.location, each.item, each.owner), ())))
        for each in shortfalls
    ]


def _flag_short(tx: Tx[Policy], fulfilments: Iterable[tuple[int, int]]) -> None:
    """Flag accepted fulfilments whose units are not all there."""
    wanted = sorted(set(fulfilments))
    if not wanted:
        return
    flagged = tx.rows(
        f"update fulfilments f set flags = f.flags | {Flag.SHORT.value} "
        f"from {_ROWS} as s(shop bigint, number bigint) "
        "where f.shop_id = s.shop and f.fulfilment_id = s.number and f.state < 60 "
        f"and f.flags & {Flag.SHORT.value} = 0 "
        "returning f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id",
        rows=as_json({"shop": shop_id, "number": number} for shop_id, number in wanted),
    )
    tx.emit(
        *(
            FulfilmentFlagged(
                shop_id=row.shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                flag="short",
            )
            for row in sorted(flagged)
        )
    )
