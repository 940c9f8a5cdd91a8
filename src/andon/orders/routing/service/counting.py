"""Taking counts. One that says less than was promised is the truth: the newest promises are broken and rerouted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from andon.kernel.errors import Invalid
from andon.kernel.tx import Tx, as_json
from andon.orders.order.events import FulfilmentFlagged
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.push.rules import CANCEL_REQUESTED
from andon.orders.push.service import queue_pushes
from andon.orders.routing.rules import SHORT, Promise, Shortage, promises_to_break
from andon.orders.routing.service.rerouting import reroute
from andon.partners.bindings.views import shops_granting
from andon.partners.stock.rules import Owner
from andon.partners.stock.service import (
    PoolCount,
    Shortfall,
    StockKey,
    count_consigned,
    count_local,
    count_pools,
    lock_units,
)
from andon.platform.policies.rules import Policy

UNTOLD = (FulfilmentState.RESERVED, FulfilmentState.PUSHED)
"""The states in which nobody has accepted yet."""

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
    with tx.reaching(granting):
        tx.hold(set(granting))
        _lock_ahead(tx, supplier_id, granting, counts)
        pools = [
            PoolCount(supplier_id, count.item, count.counted, count.expected)
            for count in counts
            if count.shop_id is None
        ]
        missing = count_pools(tx, pools)
        consigned = [count for count in counts if count.shop_id is not None]
        for count in sorted(consigned, key=lambda count: (count.shop_id or 0, count.item)):
            assert count.shop_id is not None, "consigned units are a shop's"
            missing += count_consigned(
                tx, count.shop_id, supplier_id, count.item, count.counted, count.expected
            )
        _relieve(tx, missing)


def take_local_count(
    tx: Tx[Policy], shop_id: int, location: int, sku: str, counted: int, expected: int | None = None
) -> None:
    """Take a count of a SKU in the seller's own warehouse; what it leaves uncovered waits for the seller.

    Refuses as `count_local` does.
    """
    tx.hold({shop_id})
    _lock_ahead(tx, location, [shop_id], [SupplierCount(sku, counted, shop_id)])
    _relieve(tx, count_local(tx, shop_id, location, sku, counted, expected))


def _lock_ahead(
    tx: Tx[Policy], location: int, shop_ids: Collection[int], counts: Sequence[SupplierCount]
) -> None:
    """Lock, in the order of all, the stock rows that breaking promises would touch, where a count may break some.

    What is read here is not held yet: a promise made meanwhile may touch a row more, which is then locked late.
    """
    short = tx.rows(
        "select s.item, s.owner from stock s "
        f"join {_ROWS} as c(item text, owner bigint, shop bigint, n bigint) on c.item = s.item "
        "and c.owner = s.owner and (c.shop is null or c.shop = s.shop_id) "
        "where s.shop_id = any(:shops) and s.location = :location "
        "group by s.item, s.owner having sum(s.reserved) > min(c.n)",
        shops=list(shop_ids),
        location=location,
        rows=as_json(
            {
                "item": count.item,
                "owner": (Owner.SUPPLIER if count.shop_id is None else Owner.SHOP).value,
                "shop": count.shop_id,
                "n": count.counted,
            }
            for count in counts
        ),
    )
    if not short:
        return
    with tx.as_platform():
        touched = tx.rows(
            f"with short as (select s.item, s.owner from {_ROWS} as s(item text, owner bigint)), "
            "held as (select f.shop_id, f.fulfilment_id from fulfilments f join fulfilment_lines l "
            "on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id and l.location = :location "
            "join short on short.item = l.item and short.owner = l.owner "
            "where f.shop_id = any(:shops) and f.state < 80 and f.state = any('{10,20}')), "
            "line as (select distinct l.shop_id, l.sku, l.location, l.item from held "
            "join fulfilment_lines l on l.shop_id = held.shop_id and l.fulfilment_id = held.fulfilment_id), "
            "place as (select shop_id, location, item from line union select m.shop_id, m.supplier_id, m.item "
            "from line join mappings m on m.shop_id = line.shop_id and m.sku = line.sku) "
            "select s.shop_id, s.location, s.item, s.owner from place p "
            "join stock s on s.shop_id = p.shop_id and s.location = p.location and s.item = p.item",
            shops=list(shop_ids),
            location=location,
            rows=as_json({"item": row.item, "owner": row.owner} for row in short),
        )
        lock_units(
            tx,
            [StockKey(row.shop_id, row.location, row.item, row.owner) for row in touched],
            [PoolCount(location, count.item, 0).key for count in counts if count.shop_id is None],
        )


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
