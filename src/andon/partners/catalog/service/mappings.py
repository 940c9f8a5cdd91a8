"""What of a shop's products is which item of which supplier."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from andon.kernel.errors import Conflict, Invalid, NotFound, Refused
from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.catalog.events import ProductMapped, ProductUnmapped, SupplyPriceSet
from andon.partners.catalog.rules import MappingDraft, check_mapping, first_twice, refusals_of
from andon.partners.catalog.service.products import sound_of
from andon.partners.parting.service import note_mappings
from andon.partners.shops.views import shop_of
from andon.partners.stock.service import PoolKey, Unmapped, hold_pools, remap_items
from andon.platform.policies.rules import Policy

ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"


class MappingKey(NamedTuple):
    """A mapping of a shop: its SKU, and the supplier whose item it is."""

    sku: str
    supplier_id: int


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
    _take_turn(tx, shop_id)
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
    sound = sound_of(drafts, refusals)
    _change(
        tx,
        shop_id,
        [each for each in sound if isinstance(each, MappingKey)],
        [each for each in sound if isinstance(each, MappingDraft)],
    )
    return refusals


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

    _change(tx, shop_id, (), drafts)


def remove_mapping(tx: Tx[Policy], shop_id: int, sku: str, supplier_id: int) -> None:
    """Map the SKU to that supplier no more; what the shop has not reserved of the item goes to the other shops.

    The shop's own units of it there come back to it, under a transfer note. Its open fulfilments go on. NotFound
    (`mapping.not_found`) if there is none. Source: PART-1, PART-2.
    """
    if not remove_mappings(tx, shop_id, [MappingKey(sku, supplier_id)]):
        raise NotFound("mapping.not_found")


def remove_mappings(tx: Tx[Policy], shop_id: int, keys: Sequence[MappingKey]) -> set[MappingKey]:
    """Remove these mappings as `remove_mapping` does; those that were there."""
    tx.hold(shop_id)
    return _change(tx, shop_id, keys, ())


def remove_mappings_to(tx: Tx[Policy], shop_id: int, supplier_id: int) -> set[MappingKey]:
    """Remove all mappings of the shop to that supplier: their binding ends. Source: EXIT-3."""
    tx.hold(shop_id)
    found = tx.rows(
        "select sku, supplier_id from mappings where shop_id = :shop and supplier_id = :supplier order by sku",
        shop=shop_id,
        supplier=supplier_id,
    )
    return _change(tx, shop_id, [MappingKey(row.sku, row.supplier_id) for row in found], ())


def _change(
    tx: Tx[Policy], shop_id: int, keys: Sequence[MappingKey], drafts: Sequence[MappingDraft]
) -> set[MappingKey]:
    """Remove mappings and write others, and what follows of both; those removed that were there.

    Items that are mapped before and after, by whatever SKU, keep their units.
    """
    if not keys and not drafts:
        return set()
    _take_turn(tx, shop_id)
    old = _lock_mappings(tx, shop_id, [*keys, *drafts])
    pools = {each.pool for each in old.values()} | {PoolKey(each.supplier_id, each.item) for each in drafts}
    # Of two sessions that each remove one of an item's mappings, the later one sees that none is left.
    hold_pools(tx, pools)
    before = _mapped(tx, shop_id, pools)
    removed = _delete_mappings(tx, shop_id, keys)
    written = _write_mappings(tx, shop_id, drafts)
    after = _mapped(tx, shop_id, pools)
    remap_items(tx, shop_id, after - before, [each for each in old.values() if each.pool in before - after])
    tx.emit(
        *(
            ProductUnmapped(shop_id=shop_id, sku=key.sku, supplier_id=key.supplier_id, item=old[key].item)
            for key in sorted(removed)
        ),
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
            if _key_of(draft) in written
        ),
    )
    made = {draft.sku for draft in drafts if _key_of(draft) not in old}
    note_mappings(tx, shop_id, dict.fromkeys(made, False) | {key.sku: True for key in removed})
    return removed


def _take_turn(tx: Tx[Policy], shop_id: int) -> None:
    """One changes a shop's mappings at a time.

    Mappings come before pools, by which it is known which pools they are; but one that somebody has made meanwhile is met
    after them. Two that met each other so would wait in a ring.
    """
    tx.put("select 1 from shops where shop_id = :shop for no key update", shop=shop_id)


def _key_of(draft: Any) -> MappingKey:
    return MappingKey(draft.sku, draft.supplier_id)


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
) -> dict[MappingKey, Unmapped]:
    """The items to which these SKUs are mapped now, by key, their rows locked in key order."""
    found = tx.rows(
        f"select m.sku, m.supplier_id, m.item, m.units from {ROWS} as d(sku text, s bigint) "
        "join mappings m on m.shop_id = :shop and m.sku = d.sku and m.supplier_id = d.s "
        "order by m.sku, m.supplier_id for no key update of m",
        shop=shop_id,
        rows=as_json({"sku": draft.sku, "s": draft.supplier_id} for draft in drafts),
    )
    return {
        MappingKey(row.sku, row.supplier_id): Unmapped(row.supplier_id, row.item, row.sku, row.units)
        for row in found
    }


def _mapped(tx: Tx[Policy], shop_id: int, pools: Collection[PoolKey]) -> set[PoolKey]:
    """Those of the pools whose item some SKU of the shop is mapped to."""
    found = tx.rows(
        f"select distinct m.supplier_id, m.item from {ROWS} as k(s bigint, i text) "
        "join mappings m on m.shop_id = :shop and m.supplier_id = k.s and m.item = k.i",
        shop=shop_id,
        rows=as_json({"s": pool.supplier_id, "i": pool.item} for pool in pools),
    )
    return {PoolKey(row.supplier_id, row.item) for row in found}


def _delete_mappings(tx: Tx[Policy], shop_id: int, keys: Sequence[MappingKey]) -> set[MappingKey]:
    if not keys:
        return set()
    gone = tx.rows(
        f"delete from mappings m using {ROWS} as d(sku text, s bigint) "
        "where m.shop_id = :shop and m.sku = d.sku and m.supplier_id = d.s returning m.sku, m.supplier_id",
        shop=shop_id,
        rows=as_json({"sku": key.sku, "s": key.supplier_id} for key in keys),
    )
    return {MappingKey(row.sku, row.supplier_id) for row in gone}


def _write_mappings(tx: Tx[Policy], shop_id: int, drafts: Sequence[MappingDraft]) -> set[MappingKey]:
    """Write the mappings; those that are new or other than before."""
    if not drafts:
        return set()
    rows = as_json(
        {
            "sku": draft.sku,
            "s": draft.supplier_id,
            "i": draft.item,
            "u": draft.units,
            "p": draft.priority,
            "c": None if draft.supply_price is None else draft.supply_price.minor,
            "h": draft.supply_price_from,
        }
        for draft in drafts
    )
    _write_prices(tx, shop_id, rows)
    changed = tx.rows(
        "insert into mappings as m "
        "(shop_id, sku, supplier_id, item, units, priority, supply_price_minor, supply_price_from, updated_at) "
        "select :shop, d.sku, d.s, d.i, d.u, d.p, d.c, case when d.h is not null then d.h when d.c is null then null "
        "when d.c = o.supply_price_minor then o.supply_price_from else :now end, :now "
        f"from {ROWS} as d(sku text, s bigint, i text, u integer, p integer, c bigint, h timestamptz) "
        "left join mappings o on o.shop_id = :shop and o.sku = d.sku and o.supplier_id = d.s order by d.sku, d.s "
        "on conflict (shop_id, sku, supplier_id) do update set item = excluded.item, units = excluded.units, "
        "priority = excluded.priority, supply_price_minor = excluded.supply_price_minor, "
        "supply_price_from = excluded.supply_price_from, updated_at = excluded.updated_at "
        "where (m.item, m.units, m.priority, m.supply_price_minor, m.supply_price_from) is distinct from "
        "(excluded.item, excluded.units, excluded.priority, excluded.supply_price_minor, excluded.supply_price_from) "
        "returning m.sku, m.supplier_id",
        shop=shop_id,
        now=tx.now,
        rows=rows,
    )
    return {MappingKey(row.sku, row.supplier_id) for row in changed}


def _write_prices(tx: Tx[Policy], shop_id: int, rows: str) -> None:
    """Keep what is said of supply prices where it is news: from the day that is named, or from now on."""
    news = tx.rows(
        "insert into supply_prices as p (shop_id, sku, supplier_id, holds_from, price_minor, set_at) "
        f"select :shop, d.sku, d.s, coalesce(d.h, :now), d.c, :now from {ROWS} "
        "as d(sku text, s bigint, c bigint, h timestamptz) left join lateral ("
        "select price_minor, holds_from from supply_prices where shop_id = :shop and sku = d.sku and supplier_id = d.s "
        "and holds_from <= coalesce(d.h, :now) order by holds_from desc limit 1) k on true "
        "where d.c is distinct from k.price_minor order by d.sku, d.s "
        "on conflict (shop_id, sku, supplier_id, holds_from) do update set price_minor = excluded.price_minor, "
        "set_at = excluded.set_at returning p.sku, p.supplier_id, p.holds_from, p.price_minor",
        shop=shop_id,
        now=tx.now,
        rows=rows,
    )
    if not news:
        return
    currency = shop_of(tx, shop_id).currency
    tx.emit(
        *(
            SupplyPriceSet(
                shop_id=shop_id,
                sku=row.sku,
                supplier_id=row.supplier_id,
                price=None if row.price_minor is None else Money.from_minor(row.price_minor, currency),
                holds_from=row.holds_from,
            )
            for row in news
        )
    )
