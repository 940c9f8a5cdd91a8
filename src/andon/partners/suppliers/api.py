"""Suppliers over HTTP: the operator takes applications up; a supplier sets its endpoint."""

from typing import Annotated

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.outside import LONGEST_URL
from andon.partners.suppliers.rules import (
    LONGEST_NAME,
    MOST_DOCUMENTS,
    Application,
    SupplierState,
)
from andon.partners.suppliers.service import (
    apply_suppliers,
    remove_endpoint,
    set_endpoint,
    take_under_review,
)
from andon.partners.suppliers.tables import Endpoint
from andon.partners.suppliers.views import (
    Kind,
    StateWord,
    SupplierFileOut,
    SupplierOut,
    endpoint_of,
    list_suppliers,
    shown_supplier,
    supplier_file,
    supplier_of,
)
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow

router = Router(tags=["suppliers"])

Scalar = Annotated[str, Field(max_length=2_000)] | int | bool | None
Document = Annotated[dict[Annotated[str, Field(max_length=64)], Scalar], Field(max_length=20)]


class SupplierIn(Strict):
    """An application. A document is what the supplier shows of itself, kept as it is sent: kind, number, address …"""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    kind: Kind
    documents: Annotated[list[Document], Field(max_length=MOST_DOCUMENTS)] = []


class EndpointIn(Strict):
    """Where pushes go: an http or https address. `ordered` asks for one push after another, in their order."""

    url: Annotated[str, Field(max_length=LONGEST_URL, examples=["https://wms.example/andon"])]
    ordered: bool = False


class EndpointOut(Out):
    """Where pushes go. While a secret rotates, the old one signs beside the new until `old_secret_until`."""

    url: str
    ordered: bool
    set_at: Instant
    old_secret_until: Instant | None


class EndpointSetOut(EndpointOut):
    """An endpoint that was set; `secret` is shown this once."""

    secret: str


@router.post(
    "/suppliers",
    status_code=201,
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(Invalid),
)
def apply(body: SupplierIn, tx: InTransaction) -> SupplierFileOut:
    """Take a supplier's application. No shop can bind to it before it is qualified (QUAL-1)."""
    [supplier] = apply_suppliers(tx, [Application(body.name, body.kind, body.documents)])
    return supplier_file(tx, supplier)


@router.post(
    "/suppliers/{supplier_id}/review",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def review(supplier_id: int, tx: InTransaction) -> SupplierFileOut:
    """Take an application up: somebody looks at it. Again changes nothing; 409 `supplier.state` once it is decided."""
    return supplier_file(tx, take_under_review(tx, supplier_id))


@router.get("/suppliers", dependencies=[allow("suppliers.read", "operator", "shop")])
def suppliers(query: PageQuery, tx: InTransaction, state: StateWord | None = None) -> Page[SupplierOut]:
    """Suppliers by number, which is also the order in which their reviews fall due.

    A shop sees those that it can bind to, the qualified ones.
    """
    wanted = SupplierState[state.upper()] if state else None
    if tx.actor.kind == "shop":
        if wanted not in {None, SupplierState.QUALIFIED}:
            return page_of([], query, key=lambda _: [])
        wanted = SupplierState.QUALIFIED
    rows = list_suppliers(tx, state=wanted, after=query.after[0] if query.after else 0, limit=query.fetch)
    return page_of(
        rows,
        query,
        key=lambda supplier: [supplier.supplier_id],
        shape=lambda supplier: shown_supplier(tx, supplier),
    )


@router.get(
    "/suppliers/{supplier_id}",
    dependencies=[allow("suppliers.read", "operator", "supplier")],
    responses=problems(NotFound),
)
def supplier(supplier_id: int, tx: InTransaction) -> SupplierFileOut:
    """One supplier with what it applied with; a supplier sees itself."""
    return supplier_file(tx, supplier_of(tx, supplier_id))


@router.put(
    "/supplier/endpoint",
    dependencies=[allow("suppliers.write", "supplier")],
    responses=problems(Invalid),
)
def put_endpoint(body: EndpointIn, tx: InTransaction, caller: Caller) -> EndpointSetOut:
    """Take pushes at this address from now on. The secret that signs them is answered once.

    Setting it again makes a new secret; the old one signs beside it for 24 hours. Where it is `ordered`, a push that
    fails holds back those behind it.
    """
    supplier_id = _own(tx)
    secret = set_endpoint(
        tx,
        supplier_id,
        body.url,
        caller.edge.secret,
        ordered=body.ordered,
        allowed=caller.edge.allowed,
    )
    return EndpointSetOut(**_endpoint(endpoint_of(tx, supplier_id)).model_dump(), secret=secret)


@router.delete(
    "/supplier/endpoint",
    status_code=204,
    dependencies=[allow("suppliers.write", "supplier")],
    responses=problems(NotFound),
)
def delete_endpoint(tx: InTransaction) -> None:
    """Pull from now on; nothing that waits is lost."""
    remove_endpoint(tx, _own(tx))


def _own(tx: InTransaction) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _endpoint(endpoint: Endpoint) -> EndpointOut:
    return EndpointOut(
        url=endpoint.url,
        ordered=endpoint.ordered,
        set_at=endpoint.set_at,
        old_secret_until=endpoint.old_secret_until,
    )
