"""Products and mappings as they are listed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.tables import Mapping, Product
from andon.platform.policies.rules import Policy


def product_of(tx: Tx[Policy], shop_id: int, sku: str) -> Product:
    """The shop's product of that SKU; NotFound `product.not_found`."""
    found = tx.session.get(Product, (shop_id, sku), populate_existing=True)
    if found is None:
        raise NotFound("product.not_found", sku, sku=sku)
    return found


def list_products(
    tx: Tx[Policy],
    shop_id: int,
    *,
    mode: Mode | None = None,
    contains: str | None = None,
    after: str | None = None,
    limit: int,
) -> Sequence[Product]:
    """The shop's products by SKU, from the one after `after`; of one mode, and whose SKU or title `contains` a text, if named.

    No index finds a text within another behind the walls: LIKE may tell what it saw, so rows are walled first. The
    primary key leads through a shop's own products at some half a microsecond each.
    """
    query = select(Product).where(Product.shop_id == shop_id)
    if contains is not None:
        query = query.where(_within(contains, Product.sku, Product.title))
    if after is not None:
        query = query.where(Product.sku > after)
    if mode is not None:
        query = query.where(Product.mode == mode.value)
    return tx.session.scalars(query.order_by(Product.sku).limit(limit)).all()


def mapping_of(tx: Tx[Policy], shop_id: int, sku: str, supplier_id: int) -> Mapping:
    """The mapping of that SKU to that supplier; NotFound `mapping.not_found`."""
    found = tx.session.get(Mapping, (shop_id, sku, supplier_id), populate_existing=True)
    if found is None:
        raise NotFound("mapping.not_found")
    return found


def list_mappings(
    tx: Tx[Policy],
    shop_id: int,
    *,
    sku: str | None = None,
    supplier_id: int | None = None,
    contains: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> Sequence[Mapping]:
    """The shop's mappings by SKU and supplier, from the one after `after`; of one SKU or supplier, if named.

    `contains` keeps those of which the SKU, the supplier's item or the product's title contains that text.
    """
    query = select(Mapping).where(Mapping.shop_id == shop_id)
    if contains is not None:
        # Titles are looked through once, and not product by product beside each mapping.
        titled = select(Product.sku).where(Product.shop_id == shop_id, _within(contains, Product.title))
        query = query.where(or_(_within(contains, Mapping.sku, Mapping.item), Mapping.sku.in_(titled)))
    if after is not None:
        query = query.where(tuple_(Mapping.sku, Mapping.supplier_id) > after)
    if sku is not None:
        query = query.where(Mapping.sku == sku)
    if supplier_id is not None:
        query = query.where(Mapping.supplier_id == supplier_id)
    return tx.session.scalars(query.order_by(Mapping.sku, Mapping.supplier_id).limit(limit)).all()


def _within(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether one of these says that text somewhere, in whatever case."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
