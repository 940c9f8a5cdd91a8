"""A shop's tax numbers over HTTP."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.partners.taxes.rules import LONGEST_NUMBER, TaxKind
from andon.partners.taxes.service import remove_tax_number, set_tax_number
from andon.partners.taxes.views import tax_number, tax_numbers
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["products"])

KindWord = Literal["ioss", "eu_vat", "eori", "uk_vat", "voec", "au_gst"]


class TaxNumberIn(Strict):
    """A tax number; spaces, dots and hyphens in it do not count."""

    number: Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER, examples=["IM3720000224"])]


class TaxNumberOut(Out):
    """A number under which the shop's parcels are taxed; the policy says which parcels bear it."""

    kind: KindWord
    number: str
    set_at: Instant


@router.get("/shops/{shop_id}/tax_numbers", dependencies=[allow("products.read", "shop")])
def numbers(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[TaxNumberOut]:
    """The shop's tax numbers by kind."""
    after = query.after[0] if query.after else ""
    rows = [row for row in tax_numbers(tx, shop_id) if row.kind > after]
    return page_of(rows[: query.fetch], query, key=lambda row: [row.kind], shape=TaxNumberOut.model_validate)


@router.put(
    "/shops/{shop_id}/tax_numbers/{kind}",
    dependencies=[allow("products.write", "shop")],
    responses=problems(NotFound, Invalid),
)
def put_number(shop_id: int, kind: KindWord, body: TaxNumberIn, tx: InTransaction) -> TaxNumberOut:
    """Have this number of that kind from now on; 422 `tax_number.invalid` where its check digit is wrong."""
    set_tax_number(tx, shop_id, TaxKind(kind), body.number)
    return TaxNumberOut.model_validate(tax_number(tx, shop_id, TaxKind(kind)))


@router.delete(
    "/shops/{shop_id}/tax_numbers/{kind}",
    status_code=204,
    dependencies=[allow("products.write", "shop")],
    responses=problems(NotFound),
)
def delete_number(shop_id: int, kind: KindWord, tx: InTransaction) -> None:
    """Have no number of that kind any more."""
    remove_tax_number(tx, shop_id, TaxKind(kind))
