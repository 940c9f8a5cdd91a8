"""A shop's products, and their mappings to suppliers' items."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from andon.kernel.errors import Conflict, Invalid, NotFound, Refused
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
    refusals_of,
)
from andon.partners.shops.views import shop_of
from andon.partners.stock.service import PoolKey, share_pools
from andon.platform.policies.rules import Policy

D = TypeVar("D")

ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"


EditStatus = Literal["changed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of one SKU of a batch edit: `changed`, `unchanged`, or `refused` with a code."""

    sku: str
    status: EditStatus
    code: str | None = None


class MappingKey(NamedTuple):
    """A mapping of a shop: its SKU, and the supplier whose item it is."""

    sku: str
    supplier_id: int


def place_products(
    tx: Tx[Policy], shop_id: int, drafts: Sequence[ProductDraft | Refused]
) -> list[Refused | None]:
    """Make or replace those of these products that can be, in one statement; what each of the others is refused with.

    Refusals are those of `put_products`; of a SKU that comes twice the first sound one counts.
    """
    tx.hold(shop_id)
    currency = shop_of(tx, shop_id).currency
    refusals = refusals_of(
        drafts, lambda draft: draft.sku, lambda draft: check_product(draft, currency), "product.twice"
    )
    put_products(
        tx, shop_id, [draft for draft in _sound(drafts, refusals) if isinstance(draft, ProductDraft)]
    )
    return refusals


def place_mappings(
    tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft | MappingKey | Refused]
) -> list[Refused | None]:
    """Map what can be, and remove the mappings of which only the key is said; what each of the others is refused with.

    Refusals are those of `put_mappings` and `remove_mapping`; of a mapping that comes twice the first sound one counts.
    """
    tx.hold(shop_id)
    currency = shop_of(tx, shop_id).currency
    suppliers = {draft.supplier_id for draft in drafts if isinstance(draft, MappingDraft)}
    bound = _refused_suppliers(tx, shop_id, suppliers)
    skus = {draft.sku for draft in drafts if isinstance(draft, MappingDraft)}
    there = _known_skus(tx, shop_id, skus)
    mapped = _lock_mappings(tx, shop_id, [_key_of(each) for each in drafts if not isinstance(each, Refused)])

    def check(draft: Any) -> None:
        if isinstance(draft, MappingKey):
            if draft not in mapped:
                raise NotFound("mapping.not_found", draft.sku)
            return
        check_mapping(draft, currency)
        if draft.sku not in there:
            raise NotFound("product.not_found", draft.sku, sku=draft.sku)
        if (refusal := bound.get(draft.supplier_id)) is not None:
            raise refusal

    refusals = refusals_of(drafts, _key_of, check, "mapping.twice")
    sound = _sound(drafts, refusals)
    remove_mappings(tx, shop_id, [each for each in sound if isinstance(each, MappingKey)])
    put_mappings(tx, shop_id, [each for each in sound if isinstance(each, MappingDraft)])
    return refusals


def put_products(tx: Tx[Policy], shop_id: int, drafts: Sequence[ProductDraft]) -> None:
    """Make or replace products of the shop, all or none.

    Refuses with Invalid (`product.<what>`, the SKU in `sku`) and NotFound (`shop.not_found`).
    """
    if not drafts:
        return
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


def switch_modes(tx: Tx[Policy], shop_id: int, mode: Mode, skus: Sequence[str] | None = None) -> list[str]:
    """Set the mode of all the shop's products, or of those of these SKUs that are there; the SKUs that changed.

    For whoever switches a whole shop, and has its head. Source: EXIT-4.
    """
    changed = tx.rows(
        "update products set mode = :mode, updated_at = :now where shop_id = :shop and mode <> :mode "
        "and (cast(:skus as text[]) is null or sku = any(:skus)) returning sku",
        mode=mode.value,
        now=tx.now,
        shop=shop_id,
        skus=None if skus is None else list(skus),
    )
    switched = sorted(row.sku for row in changed)
    tx.emit(*(ProductModeSet(shop_id=shop_id, sku=sku, mode=mode.word) for sku in switched))
    return switched


def put_mappings(tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft]) -> None:
    """Map SKUs to suppliers' items, all or none; each item's pool is shared out anew when the shop is new to it.

    Refuses with NotFound (`product.not_found`), Invalid (`mapping.<what>`, `supplier.unknown`) and Conflict
    (`mapping.not_bound`: a SKU is mapped only to a supplier of an active binding). Source: STOCK-3.
    """
    if not drafts:
        return
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
    if not remove_mappings(tx, shop_id, [MappingKey(sku, supplier_id)]):
        raise NotFound("mapping.not_found")


def remove_mappings(tx: Tx[Policy], shop_id: int, keys: Sequence[MappingKey]) -> set[MappingKey]:
    """Remove these mappings as `remove_mapping` does; those that were there."""
    if not keys:
        return set()
    tx.hold(shop_id)
    _lock_mappings(tx, shop_id, keys)
    removed = tx.rows(
        f"delete from mappings m using {ROWS} as d(sku text, s bigint) "
        "where m.shop_id = :shop and m.sku = d.sku and m.supplier_id = d.s "
        "returning m.sku, m.supplier_id, m.item",
        shop=shop_id,
        rows=as_json({"sku": key.sku, "s": key.supplier_id} for key in keys),
    )
    pools = {PoolKey(row.supplier_id, row.item) for row in removed}
    share_pools(tx, pools - _mapped(tx, shop_id, pools))
    tx.emit(
        *(
            ProductUnmapped(shop_id=shop_id, sku=row.sku, supplier_id=row.supplier_id, item=row.item)
            for row in sorted(removed)
        )
    )
    return {MappingKey(row.sku, row.supplier_id) for row in removed}


def _key_of(draft: Any) -> MappingKey:
    return MappingKey(draft.sku, draft.supplier_id)


def _sound(drafts: Sequence[D | Refused], refusals: Sequence[Refused | None]) -> list[D | Refused]:
    return [draft for draft, refusal in zip(drafts, refusals, strict=True) if refusal is None]


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
    if missing := sorted(set(skus) - _known_skus(tx, shop_id, skus)):
        raise NotFound("product.not_found", missing[0], sku=missing[0])


def _known_skus(tx: Tx[Policy], shop_id: int, skus: Collection[str]) -> set[str]:
    found = tx.rows(
        "select sku from products where shop_id = :shop and sku = any(:skus)", shop=shop_id, skus=list(skus)
    )
    return {row.sku for row in found}


def _check_bound(tx: Tx[Policy], shop_id: int, supplier_ids: Collection[int]) -> None:
    for refusal in _refused_suppliers(tx, shop_id, supplier_ids).values():
        raise refusal


def _refused_suppliers(tx: Tx[Policy], shop_id: int, supplier_ids: Collection[int]) -> dict[int, Refused]:
    """What a mapping to each of these suppliers is refused with, those unknown first; nothing for those bound."""
    bound = tx.rows(
        "select supplier_id from bindings where shop_id = :shop and supplier_id = any(:suppliers) and state = 20",
        shop=shop_id,
        suppliers=list(supplier_ids),
    )
    missing = sorted(set(supplier_ids) - {row.supplier_id for row in bound})
    if not missing:
        return {}
    rows = tx.rows("select supplier_id from suppliers where supplier_id = any(:missing)", missing=missing)
    known = {row.supplier_id for row in rows}
    refused: dict[int, Refused] = {
        each: Invalid("supplier.unknown", f"no supplier {each}", supplier_id=each)
        for each in missing
        if each not in known
    }
    return refused | {
        each: Conflict("mapping.not_bound", f"supplier {each}", supplier_id=each)
        for each in missing
        if each in known
    }


def _lock_mappings(
    tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft | MappingKey]
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
