"""One product leaves JIT, over HTTP. Source: PART-1."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.bulk import REHEARSABLE
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.membership.product_exit.rules import PartStatus
from andon.membership.product_exit.service import part_product, part_products
from andon.membership.product_exit.views import (
    ProductExitOut,
    StateWord,
    list_product_exits,
    newest_exit_of,
)
from andon.partners.catalog.rules import LONGEST_SKU
from andon.partners.parting.rules import ProductExitState
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["products"])


class PartIn(Strict):
    """SKUs that are to leave JIT."""

    skus: list[Annotated[str, Field(min_length=1, max_length=LONGEST_SKU)]]


class PartingOut(Out):
    """What became of one SKU; `code` says why one was refused."""

    index: int
    sku: str
    status: PartStatus
    code: str | None


class PartingsOut(Out):
    """One answer for each SKU, in their order."""

    results: list[PartingOut]


@router.post(
    "/shops/{shop_id}/products/{sku}/exit",
    dependencies=[allow("products.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def exit_product(
    shop_id: int, sku: Annotated[str, Path(min_length=1, max_length=LONGEST_SKU)], tx: InTransaction
) -> ProductExitOut:
    """Untick the product's JIT mode and remove its mappings, at once; half done already, do what is missing (PART-1)."""
    part_product(tx, shop_id, sku)
    return ProductExitOut.of(newest_exit_of(tx, shop_id, sku))


@router.post(
    "/shops/{shop_id}/product_exits",
    dependencies=[allow("products.write", "shop"), REHEARSABLE],
    responses=problems(Invalid),
)
def exit_products(shop_id: int, body: PartIn, tx: InTransaction) -> PartingsOut:
    """The same for up to 1,000 products. Each SKU has its answer; one that cannot leave stops no other (PART-1)."""
    return PartingsOut(
        results=[
            PartingOut(index=index, sku=each.sku, status=each.status, code=each.code)
            for index, each in enumerate(part_products(tx, shop_id, body.skus))
        ]
    )


@router.get("/shops/{shop_id}/product_exits", dependencies=[allow("products.read", "shop")])
def product_exits(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    state: StateWord | None = None,
    sku: Annotated[str | None, Query(max_length=LONGEST_SKU)] = None,
) -> Page[ProductExitOut]:
    """The shop's product exits by number; those that are open name the act that they wait for."""
    rows = list_product_exits(
        tx,
        shop_id,
        state=ProductExitState[state.upper()] if state else None,
        sku=sku,
        after=query.after[0] if query.after else 0,
        limit=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.product_exit_id], shape=ProductExitOut.of)
