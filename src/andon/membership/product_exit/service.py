"""Taking products out of JIT: both acts at once. Source: PART-1."""

from collections.abc import Sequence

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Tx
from andon.membership.product_exit.rules import Parting, parting_of
from andon.partners.catalog.rules import Mode, check_batch
from andon.partners.catalog.service import MappingKey, edit_products, remove_mappings
from andon.partners.parting.rules import Standing
from andon.platform.policies.rules import Policy


def part_products(tx: Tx[Policy], shop_id: int, skus: Sequence[str]) -> list[Parting]:
    """Remove the mappings of these products and untick their JIT mode; one answer for each SKU, in their order.

    Their consigned stock is released (PART-2), their open fulfilments go on. A SKU that cannot leave is refused by
    itself. Refuses the whole call with Invalid (`product.no_skus`, `product.batch_limit`).
    """
    check_batch(skus, tx.policy.part.batch_limit)
    tx.hold(shop_id)
    partings = _partings(tx, shop_id, skus)
    leaving = [each.sku for each in partings if each.status == "done"]
    if leaving:
        mapped = tx.rows(
            "select sku, supplier_id from mappings where shop_id = :shop and sku = any(:skus) order by sku, supplier_id",
            shop=shop_id,
            skus=leaving,
        )
        # Mappings first: they take pools and stock, which come before products.
        remove_mappings(tx, shop_id, [MappingKey(row.sku, row.supplier_id) for row in mapped])
        edit_products(tx, shop_id, leaving, Mode.STANDARD)
    return partings


def part_product(tx: Tx[Policy], shop_id: int, sku: str) -> None:
    """Take one product out of JIT; one that has left already stays as it is.

    Refuses with NotFound (`product.not_found`) and Conflict (`product_exit.not_in_jit`).
    """
    [parting] = part_products(tx, shop_id, [sku])
    if parting.code == "product.not_found":
        raise NotFound(parting.code, sku, sku=sku)
    if parting.code is not None:
        raise Conflict(parting.code, sku, clause="PART-1", sku=sku)


def _partings(tx: Tx[Policy], shop_id: int, skus: Sequence[str]) -> list[Parting]:
    """What becomes of each; the products are locked by the acts themselves, which note the exits."""
    found = {
        row.sku: row
        for row in tx.rows(
            "select p.sku, p.mode = 2 as jit, exists (select from mappings m where m.shop_id = p.shop_id "
            "and m.sku = p.sku) as mapped, s.jit_intake_open, "
            "exists (select from product_exits e where e.shop_id = p.shop_id and e.sku = p.sku and e.state < 80) as is_open, "
            "exists (select from product_exits e where e.shop_id = p.shop_id and e.sku = p.sku and e.state = 80) as has_left "
            "from products p join shops s on s.shop_id = p.shop_id "
            "where p.shop_id = :shop and p.sku = any(:skus)",
            shop=shop_id,
            skus=list(skus),
        )
    }
    return [
        parting_of(
            sku,
            Standing(row.jit, row.mapped) if (row := found.get(sku)) else None,
            is_open=bool(row and row.is_open),
            has_left=bool(row and row.has_left),
            shop_is_in=bool(row and row.jit_intake_open),
        )
        for sku in skus
    ]
