"""Products and mappings over HTTP."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from fastapi import Path, Query
from pydantic import Field

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from andon.kernel.http.bulk import REHEARSABLE, ResultsOut, results_of
from andon.kernel.http.models import Instant, MoneyIn, MoneyOut, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.partners.catalog.rules import (
    LARGEST_GRAMS,
    LARGEST_MM,
    LONGEST_SKU,
    LONGEST_TITLE,
    LOWEST_PRIORITY,
    MOST_UNITS_A_SALE,
    MappingDraft,
    Mode,
    ProductDraft,
)
from andon.partners.catalog.service import (
    EditStatus,
    MappingKey,
    edit_products,
    place_mappings,
    place_products,
    put_mappings,
    put_products,
    remove_mapping,
)
from andon.partners.catalog.tables import Mapping, Product
from andon.partners.catalog.views import list_mappings, list_products, mapping_of, product_of
from andon.partners.goods.rules import Goods
from andon.partners.goods.views import GoodsIn, GoodsOut
from andon.partners.shops.views import shop_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["products"])

B = TypeVar("B")
D = TypeVar("D")

ModeWord = Literal["jit", "standard"]
Sku = Annotated[str, Path(min_length=1, max_length=LONGEST_SKU)]
BULK_LIMIT = 1000
Millimetres = Annotated[int, Field(ge=1, le=LARGEST_MM)]


class ProductIn(Strict):
    """A product as its shop describes it; the price is in the shop's currency.

    Without `mode` a product keeps its own, and a new listing gets standard shipping. Without `goods` what was said of them
    before stands; with an empty one nothing is said of them any more.
    """

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    mode: ModeWord | None = None
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres
    weight_g: Annotated[int, Field(ge=1, le=LARGEST_GRAMS)]
    price: MoneyIn
    goods: GoodsIn | None = None


class ProductOut(Out):
    """A product of a shop; since `delisted_at` orders for it are refused: its stock was not counted (PART-3), or a move unlists it."""

    shop_id: int
    sku: str
    title: str
    mode: ModeWord
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    price: MoneyOut
    goods: GoodsOut | None
    delisted_at: Instant | None
    updated_at: Instant


class ModeIn(Strict):
    """What a batch edit sets."""

    mode: ModeWord


class BatchIn(Strict):
    """SKUs to edit, and what to set."""

    skus: list[Annotated[str, Field(min_length=1, max_length=LONGEST_SKU)]]
    changes: Annotated[ModeIn, Field(alias="set")]


class EditOut(Out):
    """What became of one SKU; `code` says why one was refused."""

    index: int
    sku: str
    status: EditStatus
    code: str | None


class BatchOut(Out):
    """One answer for each SKU, in their order."""

    results: list[EditOut]


class MappingIn(Strict):
    """That a SKU is a supplier's item: one sale takes `units` of it, and a lower `priority` goes first.

    `supply_price` is what the supplier asks for one sale, of orders placed from `supply_price_from` on; from now, if that
    is not said. Without it nothing is said of the price from then on.
    """

    supplier_id: int
    supplier_sku: Annotated[str, Field(min_length=1, max_length=LONGEST_SKU)]
    units: Annotated[int, Field(ge=1, le=MOST_UNITS_A_SALE)]
    priority: Annotated[int, Field(ge=0, le=LOWEST_PRIORITY)]
    supply_price: MoneyIn | None = None
    supply_price_from: Instant | None = None


class OfSku(Strict):
    """A row is about one SKU."""

    sku: Annotated[str, Field(min_length=1, max_length=LONGEST_SKU)]


class ProductRow(ProductIn, OfSku):
    """A product under its SKU."""


class MappingRow(MappingIn, OfSku):
    """A mapping of a SKU."""

    action: Literal["put"]


class MappingGone(OfSku):
    """A mapping that is to be no more."""

    action: Literal["delete"]
    supplier_id: int


MappingAct = Annotated[MappingRow | MappingGone, Field(discriminator="action")]
Products = Annotated[list[ProductRow], Field(min_length=1, max_length=BULK_LIMIT)]
Mappings = Annotated[list[MappingAct], Field(min_length=1, max_length=BULK_LIMIT)]
Within = Annotated[
    str | None, Query(min_length=1, max_length=LONGEST_SKU, description="A text that it contains")
]
LISTED = ("shop_id", "updated_at", "delisted_at", "goods.un_number")
"""What a list says beside what is put: such a list, changed, may be sent as it is."""


class MappingOut(Out):
    """A mapping of a shop; its price is the one that was said last, and holds from `supply_price_from` on."""

    shop_id: int
    sku: str
    supplier_id: int
    supplier_sku: str
    units: int
    priority: int
    supply_price: MoneyOut | None
    supply_price_from: Instant | None
    updated_at: Instant


@router.put(
    "/shops/{shop_id}/products/{sku}",
    dependencies=[allow("products.write", "shop")],
    responses=problems(NotFound, Invalid, Forbidden),
)
def put_product(shop_id: int, sku: Sku, body: ProductIn, tx: InTransaction) -> ProductOut:
    """Make a product, or replace what is said of it; unticking JIT opens its exit (PART-1, EXIT-6)."""
    draft = _product_draft(sku, body)
    put_products(tx, shop_id, [draft])
    return _product(product_of(tx, shop_id, sku), draft.price.currency)


@router.post(
    "/shops/{shop_id}/products/bulk",
    dependencies=[allow("products.write", "shop"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def put_products_in_bulk(
    shop_id: int,
    rows: Annotated[Products, Sheet("products", ProductRow, passes=LISTED)],
    tx: InTransaction,
) -> ResultsOut:
    """Make or replace up to 1,000 products, each by itself; of a SKU that comes twice the first counts."""
    refusals = place_products(tx, shop_id, [_made(_product_draft, row.sku, row) for row in rows])
    return ResultsOut(results=results_of(refusals))


@router.post(
    "/shops/{shop_id}/products/batch_edit",
    dependencies=[allow("products.write", "shop"), REHEARSABLE],
    responses=problems(Invalid, Forbidden),
)
def batch_edit(shop_id: int, body: BatchIn, tx: InTransaction) -> BatchOut:
    """Set the mode of up to 1,000 products (PART-1). Each SKU has its answer; one that is unknown stops no other."""
    edits = edit_products(tx, shop_id, body.skus, Mode[body.changes.mode.upper()])
    return BatchOut(
        results=[
            EditOut(index=index, sku=edit.sku, status=edit.status, code=edit.code)
            for index, edit in enumerate(edits)
        ]
    )


@router.get("/shops/{shop_id}/products", dependencies=[allow("products.read", "shop")])
def products(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    mode: ModeWord | None = None,
    contains: Within = None,
) -> Page[ProductOut]:
    """The shop's products by SKU; those whose SKU or title `contains` a text."""
    currency = shop_of(tx, shop_id).currency
    rows = list_products(
        tx,
        shop_id,
        mode=Mode[mode.upper()] if mode else None,
        contains=contains,
        after=query.after[0] if query.after else None,
        limit=query.fetch,
    )
    return page_of(
        rows, query, key=lambda product: [product.sku], shape=lambda product: _product(product, currency)
    )


@router.get(
    "/shops/{shop_id}/products/{sku}",
    dependencies=[allow("products.read", "shop")],
    responses=problems(NotFound),
)
def product(shop_id: int, sku: Sku, tx: InTransaction) -> ProductOut:
    """One product."""
    return _product(product_of(tx, shop_id, sku), shop_of(tx, shop_id).currency)


@router.put(
    "/shops/{shop_id}/mappings/{sku}",
    dependencies=[allow("products.write", "shop")],
    responses=problems(NotFound, Invalid, Conflict),
)
def put_mapping(shop_id: int, sku: Sku, body: MappingIn, tx: InTransaction) -> MappingOut:
    """Map a SKU to a supplier's item; 409 `mapping.not_bound` without an active binding. STOCK-3."""
    put_mappings(tx, shop_id, [_mapping_draft(sku, body)])
    return _mapping(mapping_of(tx, shop_id, sku, body.supplier_id), shop_of(tx, shop_id).currency)


@router.post(
    "/shops/{shop_id}/mappings/bulk",
    dependencies=[allow("products.write", "shop"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def put_mappings_in_bulk(
    shop_id: int,
    rows: Annotated[Mappings, Sheet("mappings", MappingAct, passes=LISTED, assumes=(("action", "put"),))],
    tx: InTransaction,
) -> ResultsOut:
    """Put or delete up to 1,000 mappings, each by itself; of one that comes twice the first counts. STOCK-3, PART-1."""
    drafts = [
        MappingKey(row.sku, row.supplier_id)
        if isinstance(row, MappingGone)
        else _made(_mapping_draft, row.sku, row)
        for row in rows
    ]
    refusals = place_mappings(tx, shop_id, drafts)
    return ResultsOut(results=results_of(refusals))


@router.delete(
    "/shops/{shop_id}/mappings/{sku}/{supplier_id}",
    status_code=204,
    dependencies=[allow("products.write", "shop")],
    responses=problems(NotFound),
)
def delete_mapping(shop_id: int, sku: Sku, supplier_id: int, tx: InTransaction) -> None:
    """Map the SKU to that supplier no more. Fulfilments that are under way go on. PART-1."""
    remove_mapping(tx, shop_id, sku, supplier_id)


@router.get("/shops/{shop_id}/mappings", dependencies=[allow("products.read", "shop")])
def mappings(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    sku: Annotated[str | None, Query(max_length=LONGEST_SKU)] = None,
    supplier_id: int | None = None,
    contains: Within = None,
) -> Page[MappingOut]:
    """The shop's mappings by SKU and supplier; those whose SKU, item or title `contains` a text."""
    currency = shop_of(tx, shop_id).currency
    after = (query.after[0], query.after[1]) if query.after else None
    rows = list_mappings(
        tx,
        shop_id,
        sku=sku,
        supplier_id=supplier_id,
        contains=contains,
        after=after,
        limit=query.fetch,
    )
    return page_of(
        rows,
        query,
        key=lambda mapping: [mapping.sku, mapping.supplier_id],
        shape=lambda mapping: _mapping(mapping, currency),
    )


def _product_draft(sku: str, body: ProductIn) -> ProductDraft:
    facts = body.model_dump(exclude={"sku", "mode", "price", "goods"})
    goods = body.goods.goods() if body.goods else None
    mode = Mode[body.mode.upper()] if body.mode else None
    return ProductDraft(sku=sku, mode=mode, price=body.price.money(), goods=goods, **facts)


def _mapping_draft(sku: str, body: MappingIn) -> MappingDraft:
    price = body.supply_price.money() if body.supply_price else None
    return MappingDraft(
        sku, body.supplier_id, body.supplier_sku, body.units, body.priority, price, body.supply_price_from
    )


def _made(make: Callable[[str, B], D], sku: str, body: B) -> D | Refused:
    """The draft of one of many, or what it is refused with: an amount that its currency does not have."""
    try:
        return make(sku, body)
    except Refused as no:
        return no


def _product(product: Product, currency: str) -> ProductOut:
    return ProductOut.model_validate(
        {
            "shop_id": product.shop_id,
            "sku": product.sku,
            "title": product.title,
            "mode": Mode(product.mode).word,
            "length_mm": product.length_mm,
            "width_mm": product.width_mm,
            "height_mm": product.height_mm,
            "weight_g": product.weight_g,
            "price": MoneyOut.from_minor(product.price_minor, currency),
            "goods": GoodsOut.of(Goods.kept(product.goods)),
            "delisted_at": product.delisted_at,
            "updated_at": product.updated_at,
        }
    )


def _mapping(mapping: Mapping, currency: str) -> MappingOut:
    price = mapping.supply_price_minor
    return MappingOut(
        shop_id=mapping.shop_id,
        sku=mapping.sku,
        supplier_id=mapping.supplier_id,
        supplier_sku=mapping.item,
        units=mapping.units,
        priority=mapping.priority,
        supply_price=None if price is None else MoneyOut.from_minor(price, currency),
        supply_price_from=mapping.supply_price_from,
        updated_at=mapping.updated_at,
    )
