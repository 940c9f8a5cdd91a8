"""Taking products off sale, and putting them back."""

from collections.abc import Collection

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.listing.events import ProductDelisted, ProductRelisted
from andon.platform.policies.rules import Policy

_ROWS = "json_to_recordset(cast(cast(:rows as text) as json)) as k(s bigint, k text)"

Sale = tuple[int, str]
"""A product: its shop and its SKU."""


def delist_products(tx: Tx[Policy], products: Collection[Sale]) -> set[Sale]:
    """Refuse orders for these products from now on; those that were on sale before. Source: PART-3."""
    gone = _set(tx, products, "is null", "cast(:now as timestamptz)")
    tx.emit(*(ProductDelisted(shop_id=shop_id, sku=sku) for shop_id, sku in sorted(gone)))
    return gone


def relist_products(tx: Tx[Policy], products: Collection[Sale]) -> set[Sale]:
    """Take orders for these products again; those that were delisted before."""
    back = _set(tx, products, "is not null", "null")
    tx.emit(*(ProductRelisted(shop_id=shop_id, sku=sku) for shop_id, sku in sorted(back)))
    return back


def _set(tx: Tx[Policy], products: Collection[Sale], where: str, value: str) -> set[Sale]:
    if not products:
        return set()
    rows = as_json({"s": shop_id, "k": sku} for shop_id, sku in sorted(set(products)))
    tx.put(
        f"select from {_ROWS} join products p on p.shop_id = k.s and p.sku = k.k "
        "order by p.shop_id, p.sku for no key update of p",
        rows=rows,
    )
    found = tx.rows(
        f"update products p set delisted_at = {value} from {_ROWS} "
        f"where p.shop_id = k.s and p.sku = k.k and p.delisted_at {where} returning p.shop_id, p.sku",
        rows=rows,
        **({"now": tx.now} if ":now" in value else {}),
    )
    return {(row.shop_id, row.sku) for row in found}
