"""A shop's products, and their mappings to suppliers' items."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.catalog.events import ProductMapped, ProductModeSet, ProductUnmapped
from andon.partners.catalog.rules import (
    MappingDraft,
    Mode,
    ProductDraft,
    check_batch,
    check_mapping,
    check_product,
    first_twice,
)
from andon.partners.shops.views import shop_of
from andon.partners.stock.service import PoolKey, share_pools
from andon.platform.policies.rules import Policy

ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"


EditStatus = Literal["changed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of one SKU of a batch edit: `changed`, `unchanged`, or `refused` with a code."""

    sku: str
    status: EditStatus
    code: str | None = None


def put_products(tx: Tx[Policy], shop_id: int, drafts: Sequence[ProductDraft]) -> None:
    """Make or replace products of the shop, all or none.

    Refuses with Invalid (`product.<what>`, the SKU in `sku`) and NotFound (`shop.not_found`).
    """
    tx.hold(shop_id)
    currency = shop_of(tx, shop_id).currency
    for draft in drafts:
        check_product(draft, currency)
    if twice := first_twice([draft.sku for draft in drafts]):
        raise Invalid("product.twice", str(twice), sku=twice)

    modes = _modes(tx, shop_id, [draft.sku for draft in drafts])
    tx.put(
        "insert into products (shop_id, sku, title, mode, length_mm, width_mm, height_mm, weight_g, price_minor, "
        "goods, updated_at) select :shop, p.sku, p.title, p.mode, p.l, p.w, p.h, p.g, p.price, p.goods, :now "
        f"from {ROWS} as p(sku text, title text, mode smallint, l integer, w integer, h integer, g integer, "
        "price bigint, goods jsonb) order by p.sku on conflict (shop_id, sku) do update set title = excluded.title, "
        "mode = excluded.mode, length_mm = excluded.length_mm, width_mm = excluded.width_mm, "
        "height_mm = excluded.height_mm, weight_g = excluded.weight_g, price_minor = excluded.price_minor, "
        "goods = coalesce(excluded.goods, products.goods), updated_at = excluded.updated_at",
        shop=shop_id,
        now=tx.now,
        rows=as_json(
            {
                "sku": draft.sku,
                "title": draft.title,
                "mode": draft.mode.value,
                "l": draft.length_mm,
                "w": draft.width_mm,
                "h": draft.height_mm,
                "g": draft.weight_g,
                "price": draft.price.minor,
                "goods": None if draft.goods is None else draft.goods.facts(),
            }
            for draft in drafts
        ),
    )
    tx.emit(
        *(
            ProductModeSet(shop_id=shop_id, sku=draft.sku, mode=draft.mode.word)
            for draft in drafts
            if modes.get(draft.sku) != draft.mode
        )
    )


def edit_products(tx: Tx[Policy], shop_id: int, skus: Sequence[str], mode: Mode) -> list[Edit]:
    """Set the shipping mode of many products; one answer for each SKU, in their order.

    A SKU that is not the shop's is refused by itself (`product.not_found`), the others go on. Refuses the whole call
    with Invalid (`product.no_skus`, `product.batch_limit`). Source: PART-1.
    """
    check_batch(skus, tx.policy.part.batch_limit)
    tx.hold(shop_id)
    modes = _modes(tx, shop_id, skus)
    changing = sorted(sku for sku, present in modes.items() if present != mode)
    tx.put(
        "update products set mode = :mode, updated_at = :now where shop_id = :shop and sku = any(:skus)",
        mode=mode.value,
        now=tx.now,
        shop=shop_id,
        skus=changing,
    )
    tx.emit(*(ProductModeSet(shop_id=shop_id, sku=sku, mode=mode.word) for sku in changing))
    return [_edit(sku, modes.get(sku), mode) for sku in skus]


def put_mappings(tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft]) -> None:
    """Map SKUs to suppliers' items, all or none; each item's pool is shared out anew when the shop is new to it.

    Refuses with NotFound (`product.not_found`), Invalid (`mapping.<what>`, `supplier.unknown`) and Conflict
    (`mapping.not_bound`: a SKU is mapped only to a supplier of an active binding). Source: STOCK-3.
    """
    tx.hold(shop_id)
    currency = shop_of(tx, shop_id).currency
    for draft in drafts:
        check_mapping(draft, currency)
    if twice := first_twice([(draft.sku, draft.supplier_id) for draft in drafts]):
        raise Invalid("mapping.twice", f"{twice}")
    _check_products(tx, shop_id, {draft.sku for draft in drafts})
    _check_bound(tx, shop_id, {draft.supplier_id for draft in drafts})

    held = _lock_mappings(tx, shop_id, drafts)
    touched = set(held.values()) | {PoolKey(draft.supplier_id, draft.item) for draft in drafts}
    before = _mapped(tx, shop_id, touched)
    known = _write_mappings(tx, shop_id, drafts)
    share_pools(tx, before ^ _mapped(tx, shop_id, touched))
    tx.emit(
        *(
            ProductMapped(
                shop_id=shop_id,
                sku=draft.sku,
                supplier_id=draft.supplier_id,
                item=draft.item,
                units=draft.units,
                priority=draft.priority,
            )
            for draft in drafts
            if (draft.sku, draft.supplier_id) in known
        )
    )


def remove_mapping(tx: Tx[Policy], shop_id: int, sku: str, supplier_id: int) -> None:
    """Map the SKU to that supplier no more; what the shop has not reserved of the item goes to the other shops.

    Its open fulfilments go on. NotFound (`mapping.not_found`) if there is none. Source: PART-1, PART-2.
    """
    tx.hold(shop_id)
    removed = tx.one(
        "delete from mappings where shop_id = :shop and sku = :sku and supplier_id = :supplier returning item",
        shop=shop_id,
        sku=sku,
        supplier=supplier_id,
    )
    if removed is None:
        raise NotFound("mapping.not_found")
    pool = PoolKey(supplier_id, removed.item)
    if not _mapped(tx, shop_id, {pool}):
        share_pools(tx, {pool})
    tx.emit(ProductUnmapped(shop_id=shop_id, sku=sku, supplier_id=supplier_id, item=removed.item))


def _edit(sku: str, present: Mode | None, mode: Mode) -> Edit:
    if present is None:
        return Edit(sku, "refused", "product.not_found")
    return Edit(sku, "unchanged" if present == mode else "changed")


def _modes(tx: Tx[Policy], shop_id: int, skus: Sequence[str]) -> dict[str, Mode]:
    """The present modes of those SKUs that are the shop's, their rows locked in key order."""
    found = tx.rows(
        "select sku, mode from products where shop_id = :shop and sku = any(:skus) order by sku for no key update",
        shop=shop_id,
        skus=list(skus),
    )
    return {row.sku: Mode(row.mode) for row in found}


def _check_products(tx: Tx[Policy], shop_id: int, skus: Collection[str]) -> None:
    found = tx.rows(
        "select sku from products where shop_id = :shop and sku = any(:skus)", shop=shop_id, skus=list(skus)
    )
    if missing := sorted(set(skus) - {row.sku for row in found}):
        raise NotFound("product.not_found", missing[0], sku=missing[0])


def _check_bound(tx: Tx[Policy], shop_id: int, supplier_ids: Collection[int]) -> None:
    bound = tx.rows(
        "select supplier_id from bindings where shop_id = :shop and supplier_id = any(:suppliers) and state = 20",
        shop=shop_id,
        suppliers=list(supplier_ids),
    )
    missing = sorted(set(supplier_ids) - {row.supplier_id for row in bound})
    if not missing:
        return
    known = tx.rows("select supplier_id from suppliers where supplier_id = any(:missing)", missing=missing)
    if unknown := sorted(set(missing) - {row.supplier_id for row in known}):
        raise Invalid("supplier.unknown", f"no supplier {unknown[0]}", supplier_id=unknown[0])
    raise Conflict("mapping.not_bound", f"supplier {missing[0]}", supplier_id=missing[0])


def _lock_mappings(
    tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft]
) -> dict[tuple[str, int], PoolKey]:
    """The items to which these SKUs are mapped now, by (SKU, supplier), their rows locked in key order."""
    found = tx.rows(
        f"select m.sku, m.supplier_id, m.item from {ROWS} as d(sku text, s bigint) "
        "join mappings m on m.shop_id = :shop and m.sku = d.sku and m.supplier_id = d.s "
        "order by m.sku, m.supplier_id for no key update of m",
        shop=shop_id,
        rows=as_json({"sku": draft.sku, "s": draft.supplier_id} for draft in drafts),
    )
    return {(row.sku, row.supplier_id): PoolKey(row.supplier_id, row.item) for row in found}


def _mapped(tx: Tx[Policy], shop_id: int, pools: Collection[PoolKey]) -> set[PoolKey]:
    """Those of the pools whose item some SKU of the shop is mapped to."""
    found = tx.rows(
        f"select distinct m.supplier_id, m.item from {ROWS} as k(s bigint, i text) "
        "join mappings m on m.shop_id = :shop and m.supplier_id = k.s and m.item = k.i",
        shop=shop_id,
        rows=as_json({"s": pool.supplier_id, "i": pool.item} for pool in pools),
    )
    return {PoolKey(row.supplier_id, row.item) for row in found}


def _write_mappings(tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft]) -> set[tuple[str, int]]:
    """Write the mappings; those that are new or other than before, by (SKU, supplier)."""
    changed = tx.rows(
        "insert into mappings as m (shop_id, sku, supplier_id, item, units, priority, supply_price_minor, updated_at) "
        "select :shop, d.sku, d.s, d.i, d.u, d.p, d.c, :now "
        f"from {ROWS} as d(sku text, s bigint, i text, u integer, p integer, c bigint) order by d.sku, d.s "
        "on conflict (shop_id, sku, supplier_id) do update set item = excluded.item, units = excluded.units, "
        "priority = excluded.priority, supply_price_minor = excluded.supply_price_minor, "
        "updated_at = excluded.updated_at "
        "where (m.item, m.units, m.priority, m.supply_price_minor) is distinct from "
        "(excluded.item, excluded.units, excluded.priority, excluded.supply_price_minor) "
        "returning m.sku, m.supplier_id",
        shop=shop_id,
        now=tx.now,
        rows=as_json(
            {
                "sku": draft.sku,
                "s": draft.supplier_id,
                "i": draft.item,
                "u": draft.units,
                "p": draft.priority,
                "c": None if draft.supply_price is None else draft.supply_price.minor,
            }
            for draft in drafts
        ),
    )
    return {(row.sku, row.supplier_id) for row in changed}
