"""What an order is declared as, over HTTP."""

from typing import Annotated, get_args

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.models import MoneyOut, Out, coded
from andon.kernel.http.problems import problems
from andon.orders.customs.rules import Declaration, DeclaredLine
from andon.orders.customs.service import complete_papers
from andon.orders.customs.views import declarations_of
from andon.orders.order.views import check_order, fulfilments_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.values import GoodsMark, GoodsPaper

router = Router(tags=["orders"])


class DeclaredLineOut(Out):
    """A line as it is declared; `unit_value` is the price where no value is declared."""

    line_no: int
    sku: str
    quantity: int
    name: str | None
    hs_code: str | None
    origin: str | None
    unit_value: MoneyOut
    value: MoneyOut
    marks: list[Annotated[str, coded(get_args(GoodsMark))]]
    un_number: str | None


class DeclarationOut(Out):
    """What one fulfilment is declared as; `missing` are the papers that its line needs and nobody has said."""

    fulfilment_id: int
    country: str
    lines: list[DeclaredLineOut]
    value: MoneyOut
    tax_kind: str | None
    tax_number: str | None
    eori: str | None
    missing: list[Annotated[str, coded(get_args(GoodsPaper))]]


class DeclarationsOut(Out):
    """What each fulfilment of an order is declared as."""

    order_id: int
    fulfilments: list[DeclarationOut]


@router.get(
    "/shops/{shop_id}/orders/{order_id}/declaration",
    dependencies=[allow("orders.read", "shop")],
    responses=problems(NotFound),
)
def declaration(shop_id: int, order_id: int, tx: InTransaction) -> DeclarationsOut:
    """What the order's fulfilments are declared as, by what was said of the goods when the order came."""
    return _shown(tx, shop_id, order_id)


@router.post(
    "/shops/{shop_id}/orders/{order_id}/declaration",
    dependencies=[allow("orders.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def complete(shop_id: int, order_id: int, tx: InTransaction) -> DeclarationsOut:
    """Say the papers that the order lacks, as its products say them by now; 409 once nothing is left to ship."""
    complete_papers(tx, shop_id, order_id)
    return _shown(tx, shop_id, order_id)


def _shown(tx: InTransaction, shop_id: int, order_id: int) -> DeclarationsOut:
    check_order(tx, shop_id, order_id)
    parts = [(shop_id, part.id) for part in fulfilments_of(tx, shop_id, [order_id])[order_id]]
    declared = declarations_of(tx, parts)
    return DeclarationsOut(order_id=order_id, fulfilments=[_declaration(declared[part]) for part in parts])


def _declaration(declaration: Declaration) -> DeclarationOut:
    return DeclarationOut(
        fulfilment_id=declaration.fulfilment_id,
        country=declaration.country,
        lines=[_line(line) for line in declaration.lines],
        value=MoneyOut.of(declaration.value),
        tax_kind=declaration.tax_kind,
        tax_number=declaration.tax_number,
        eori=declaration.eori,
        missing=list(declaration.missing),
    )


def _line(line: DeclaredLine) -> DeclaredLineOut:
    return DeclaredLineOut(
        line_no=line.line_no,
        sku=line.sku,
        quantity=line.quantity,
        name=line.name,
        hs_code=line.hs_code,
        origin=line.origin,
        unit_value=MoneyOut.of(line.unit_value),
        value=MoneyOut.of(line.value),
        marks=list(line.marks),
        un_number=line.un_number,
    )
