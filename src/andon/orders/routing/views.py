"""What routing must know of a shop, read in one look."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.orders.capacity.service import lock_places
from andon.orders.order.rules import Mode
from andon.orders.routing.rules import LOCAL, Facts, Product, Shelf, Source, Want, plan_lines, smart_lines
from andon.partners.bindings.rules import BindingState
from andon.partners.calendars.rules import Clock
from andon.partners.calendars.views import clocks_of, minds
from andon.partners.goods.rules import Goods
from andon.partners.stock.rules import Owner
from andon.partners.suppliers.rules import SupplierState
from andon.partners.tracks.rules import Choice, Track
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class RoutingShop:
    """A shop as routing sees it; `called` are those of its suppliers that take pushes, all others pull.

    `daily` are the capacities of those that have one, `clocks` those of suppliers whose deadlines do not run all the time.
    """

    currency: str
    facts: Facts
    called: frozenset[int]
    daily: Mapping[int, int]
    clocks: Mapping[int, Clock] = field(default_factory=dict)


def look_and_lock(
    tx: Tx[Policy], shop_id: int, skus: Collection[str], since: datetime
) -> Callable[[], tuple[RoutingShop, Shelf]]:
    """Ask what routing must know of a shop and these SKUs, and what is available of them; the answer comes later.

    Nothing will be opened at an instant before `since`.

    The stock rows are locked, in the order of all, until the transaction ends, and after them the days of suppliers
    that have a daily capacity. A closed intake is seen for certain only
    if the shop's head was held before. The answer raises NotFound (`shop.not_found`).
    """
    shop = tx.ask(
        "select currency, jit_intake_open, coalesce(smart_until > :now, false) as smart_first, array(select line from plan_lines p where p.shop_id = s.shop_id "
        "order by precedence, line) as plan from shops s where shop_id = :shop",
        shop=shop_id,
        now=tx.now,
    )
    products = tx.ask(_PRODUCTS, shop=shop_id, skus=list(skus))
    parties = tx.ask(_SUPPLIERS, shop=shop_id, skus=list(skus), since=since)
    units = tx.ask(_SHELF, shop=shop_id, skus=list(skus))

    def answer() -> tuple[RoutingShop, Shelf]:
        found = shop()
        if not found:
            raise NotFound("shop.not_found")
        plan = plan_lines(found[0].plan, tx.policy.lines)
        suppliers = {row.supplier_id: row for row in parties()}
        called = frozenset(number for number, row in suppliers.items() if row.called)
        daily = {number: row.daily for number, row in suppliers.items() if row.daily is not None}
        facts = Facts(
            found[0].jit_intake_open,
            _products(products(), suppliers, tx.now),
            plan,
            smart_lines(tx.policy.lines),
            found[0].smart_first,
        )
        minded = [number for number, row in suppliers.items() if row.minded and not row.called]
        clocks = clocks_of(tx, minded, since) if minded else {}
        return RoutingShop(found[0].currency, facts, called, daily, clocks), _shelf(tx, units(), daily)

    return answer


_PRODUCTS = (
    "select p.sku, p.mode, p.goods, p.delisted_at is not null, p.weight_g, t.since, t.closes_at, t.shares, t.choice, "
    "m.supplier_id, m.item, m.units, m.priority "
    # By the keys that are asked for, one after another: also where nothing is known of the tables yet.
    "from unnest(cast(:skus as text[])) as k(sku) join products p on p.shop_id = :shop and p.sku = k.sku "
    "left join tracks t on t.shop_id = :shop and t.sku = p.sku "
    "left join mappings m on m.shop_id = :shop and m.sku = p.sku order by p.sku"
)

_SUPPLIERS = (
    # A binding that is ending has its grant still, for what is under way; it is given nothing new.
    "select s.supplier_id, s.state, exists (select from grants g join bindings b on b.shop_id = g.shop_id "
    f"and b.binding_id = g.binding_id and b.state = {BindingState.ACTIVE.value} "
    "where g.supplier_id = s.supplier_id and g.shop_id = :shop and g.ended_at is null) as granted, "
    "exists (select from endpoints e where e.supplier_id = s.supplier_id and e.enabled) as called, "
    "(select c.daily from capacities c where c.supplier_id = s.supplier_id) as daily, "
    f"{minds('s.supplier_id', 'cast(:since as timestamptz)')} as minded "
    "from suppliers s where s.supplier_id in "
    "(select supplier_id from mappings where shop_id = :shop and sku = any(:skus))"
)

_SHELF = (
    "select s.location, s.item, s.owner, s.on_hand - s.reserved - s.held as available from stock s "
    "where s.shop_id = :shop and (s.location, s.item) in ("
    "select m.supplier_id, m.item from mappings m where m.shop_id = :shop and m.sku = any(:skus) "
    f"union select {LOCAL}, sku from unnest(cast(:skus as text[])) as sku) "
    "order by s.location, s.item, s.owner for no key update"
)


def _products(
    rows: Sequence[Row[Any]], suppliers: Mapping[int, Row[Any]], now: datetime
) -> dict[str, Product]:
    products: dict[str, Product] = {}
    for sku, group in groupby(rows, key=itemgetter(0)):
        own = [tuple(row) for row in group]
        sources = []
        for *_, supplier_id, item, units, priority in own:
            if supplier_id is not None:
                supplier = suppliers[supplier_id]
                qualified = supplier.state == SupplierState.QUALIFIED
                sources.append(Source(supplier_id, item, units, priority, supplier.granted, qualified))
        _, mode, goods, delisted, grams, since, closes_at, shares, choice, *_ = own[0]
        leaving = 0 if since is None else Track(since, closes_at, shares).share(now)
        ships = choice == Choice.SUPPLIER_SHIPS
        products[sku] = Product(
            sku, Mode(mode), tuple(sources), Goods.kept(goods), delisted, grams, leaving, ships
        )
    return products


def lock_shelf(tx: Tx[Policy], shop_id: int, skus: Collection[str], daily: Mapping[int, int]) -> Shelf:
    """What is available of these SKUs and of these suppliers' days now, locked as `look_and_lock` does."""
    return _shelf(tx, tx.rows(_SHELF, shop=shop_id, skus=list(skus)), daily)


def _shelf(tx: Tx[Policy], rows: Sequence[Row[Any]], daily: Mapping[int, int]) -> Shelf:
    units = {(location, item, owner): available for location, item, owner, available in map(tuple, rows)}
    return Shelf(units, lock_places(tx, daily))


def wants_of(tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int]) -> Mapping[int, list[Want]]:
    """What of their orders these fulfilments are for, by their numbers; goods as they were when the order came."""
    wants: dict[int, list[Want]] = {number: [] for number in fulfilment_ids}
    for line in tx.rows(
        "select l.fulfilment_id, l.line_no, l.sku, l.quantity, n.goods, p.weight_g from fulfilments f "
        "join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
        "join order_lines n on n.shop_id = f.shop_id and n.order_id = f.order_id and n.line_no = l.line_no "
        "join products p on p.shop_id = l.shop_id and p.sku = l.sku "
        "where f.shop_id = :shop and f.fulfilment_id = any(:fulfilments) order by l.fulfilment_id, l.line_no",
        shop=shop_id,
        fulfilments=list(fulfilment_ids),
    ):
        wants[line.fulfilment_id].append(
            Want(line.line_no, line.sku, line.quantity, Goods.kept(line.goods), line.weight_g)
        )
    return wants


def local_row(tx: Tx[Policy], shop_id: int, sku: str) -> Row[Any]:
    """On hand, reserved and held of a SKU in the seller's own warehouse, where it was counted."""
    row = tx.one(
        "select on_hand, reserved, held from stock "
        f"where shop_id = :shop and location = {LOCAL} and item = :sku and owner = {Owner.SHOP.value}",
        shop=shop_id,
        sku=sku,
    )
    assert row is not None, "what was counted has a row"
    return row
