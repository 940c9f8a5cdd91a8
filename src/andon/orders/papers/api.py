"""Papers of the packing table over HTTP: labels, pick lists, bins, and goods scanned before their label is printed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.models import Out, Strict, coded
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.threads import in_thread
from andon.kernel.tx import Tx
from andon.orders.papers.papers import labels_pdf, labels_zpl, picks_pdf
from andon.orders.papers.rules import CODES, Parcel, Scan
from andon.orders.papers.service import Place, check_goods, put_bins, set_printing
from andon.orders.papers.views import (
    BinOut,
    Checks,
    PickOut,
    ShelfOut,
    checks_of,
    label_of,
    labels_of,
    list_bins,
    list_picks,
    list_shelves,
    scans_before_print,
    shelf,
)
from andon.orders.shipping.rules import Status
from andon.orders.shipping.views import supplied
from andon.partners.suppliers.views import supplier_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, Visit, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["papers"])

MOST_LABELS = 200
MOST_DRAWN = 50
"""A printer's labels are drawn dot by dot, which takes a tenth of a second each."""
MOST_BINS = 1_000
MOST_UNITS = 1_000_000
PDF_TYPE = "application/pdf"
ZPL_TYPE = "application/vnd.zpl"

Number = Annotated[int, Field(ge=1)]
Code = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^\S(.*\S)?$")]
Dpi = Annotated[Literal["203", "300"], Query(description="The printer's dots to the inch")]


class LabelsIn(Strict):
    """Which parcels' labels, by their numbers, in the order in which they are printed."""

    parcels: Annotated[list[Number], Field(min_length=1, max_length=MOST_LABELS)]


class PrintableIn(Strict):
    """The same for a label printer of so many dots to the inch."""

    parcels: Annotated[list[Number], Field(min_length=1, max_length=MOST_DRAWN)]
    dpi: Literal[203, 300] = 203


class BinIn(Strict):
    """Where an item lies, nowhere if `bin` is null, and the barcode on it if that is not its code."""

    supplier_sku: Annotated[str, Field(min_length=1, max_length=128)]
    bin: (
        Annotated[str, Field(min_length=1, max_length=32, pattern=r"^\S(.*\S)?$", examples=["A-02-3"])] | None
    )
    barcode: Code | None = None


Bins = Annotated[list[BinIn], Field(min_length=1, max_length=MOST_BINS)]


class PlacedOut(Out):
    """What became of one item's bin."""

    index: int
    supplier_sku: str
    status: Status
    code: str | None = None


class PlacesOut(Out):
    """What became of each, in the order of the call."""

    results: list[PlacedOut]


class PrintingIn(Strict):
    """Whether goods are scanned before their label is printed."""

    scan_before_print: bool


class PrintingOut(Out):
    """What the supplier wants of its labels."""

    scan_before_print: bool


class ScanIn(Strict):
    """What was scanned: an item's code or barcode, the number of the order or the fulfilment, and how many units."""

    scanned: Code
    number: Number
    units: Annotated[int, Field(ge=1, le=MOST_UNITS)] = 1


class ScanOut(Out):
    """What became of a scan, and how the fulfilment stands after it. A refused one is kept, with its code."""

    status: Status
    code: Annotated[str, coded(CODES)] | None
    checks: Checks


@router.get(
    "/supplier/parcels/{parcel_id}/label.pdf",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
    responses=problems(NotFound, Conflict),
)
async def label(parcel_id: int, caller: Caller) -> Response:
    """The label of one parcel of the caller's: a page of 100 by 150 mm, until the carrier has the parcel."""
    return await _pdf(caller, parcel_id)


@router.get(
    "/supplier/parcels/{parcel_id}/label.zpl",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
    responses=problems(NotFound, Conflict),
)
async def printable(parcel_id: int, caller: Caller, dpi: Dpi = "203") -> Response:
    """The same label as ZPL II, for a label printer."""
    return await _zpl(caller, parcel_id, int(dpi))


@router.get(
    "/shops/{shop_id}/parcels/{parcel_id}/label.pdf",
    dependencies=[allow("fulfilments.read", "shop")],
    response_class=Response,
    responses=problems(NotFound, Conflict),
)
async def own_label(shop_id: int, parcel_id: int, caller: Caller) -> Response:
    """The label of a parcel that the shop ships from its own location."""
    return await _pdf(caller, parcel_id, shop_id)


@router.get(
    "/shops/{shop_id}/parcels/{parcel_id}/label.zpl",
    dependencies=[allow("fulfilments.read", "shop")],
    response_class=Response,
    responses=problems(NotFound, Conflict),
)
async def own_printable(shop_id: int, parcel_id: int, caller: Caller, dpi: Dpi = "203") -> Response:
    """The same label as ZPL II, for a label printer."""
    return await _zpl(caller, parcel_id, int(dpi), shop_id)


@router.post(
    "/supplier/labels.pdf",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
    responses=problems(Conflict),
)
def labels(wanted: LabelsIn, caller: Caller) -> Response:
    """Up to 200 labels in one PDF, in the order asked: all, or a refusal that names each that is not printed."""
    with caller.step() as tx:
        parcels = labels_of(tx, wanted.parcels)
    return _paper(labels_pdf(parcels), PDF_TYPE, "labels.pdf")


@router.post(
    "/supplier/labels.zpl",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
    responses=problems(Conflict),
)
def printables(wanted: PrintableIn, caller: Caller) -> Response:
    """Up to 50 labels for a label printer, in the order asked; all or none."""
    with caller.step() as tx:
        parcels = labels_of(tx, wanted.parcels)
    return _paper(labels_zpl(parcels, wanted.dpi), ZPL_TYPE, "labels.zpl")


@router.get("/supplier/picklist", dependencies=[allow("fulfilments.read", "supplier")])
def picklist(query: PageQuery, tx: InTransaction) -> Page[PickOut]:
    """What is to pick now, by bin as one walks; `limit` is of fulfilments, and the next page the next wave."""
    return list_picks(tx, _supplier(tx), query)


@router.get(
    "/supplier/picklist.pdf",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
)
async def picklist_paper(query: PageQuery, caller: Caller) -> Response:
    """The same list on paper."""

    def look(tx: Tx[Policy]) -> tuple[str, Sequence[PickOut], datetime]:
        name = supplier_of(tx, _supplier(tx)).name
        return name, list_picks(tx, _supplier(tx), query).items, tx.now

    name, picks, at = await caller.look(look)
    return _paper(await in_thread(picks_pdf, name, picks, at), PDF_TYPE, "picklist.pdf")


@router.put("/supplier/bins", dependencies=[allow("stock.write", "supplier")])
def put(bins: Bins, tx: InTransaction) -> PlacesOut:
    """Say where items lie, with an answer each; the others stay where they are."""
    places = [Place(each.supplier_sku, each.bin, each.barcode) for each in bins]
    verdicts = put_bins(tx, _supplier(tx), places)
    return PlacesOut(
        results=[
            PlacedOut(index=index, supplier_sku=place.item, status=verdict.status, code=verdict.code)
            for index, (place, verdict) in enumerate(zip(places, verdicts, strict=True))
        ]
    )


@router.get("/supplier/bins", dependencies=[allow("stock.read", "supplier")])
def bins(query: PageQuery, tx: InTransaction) -> Page[BinOut]:
    """Where the caller's items lie, by their code."""
    rows = list_bins(tx, _supplier(tx), after=query.after[0] if query.after else "", limit=query.fetch)
    return page_of(rows, query, lambda row: [row.supplier_sku], BinOut.model_validate)


@router.get("/supplier/stock", dependencies=[allow("stock.read", "supplier")])
def shelves(
    query: PageQuery,
    tx: InTransaction,
    code: Annotated[Code | None, Query(description="An item's code or barcode")] = None,
) -> Page[ShelfOut]:
    """What lies on the caller's shelves, by item, to be counted: its own units, and those that shops consigned."""
    after = (query.after[0], query.after[1], query.after[2]) if query.after else None
    rows = list_shelves(tx, _supplier(tx), code=code, after=after, limit=query.fetch)
    return page_of(rows, query, lambda row: [row.item, row.owner, row.shop], shelf)


@router.get("/supplier/printing", dependencies=[allow("fulfilments.read", "supplier")])
def show_printing(tx: InTransaction) -> PrintingOut:
    """What the caller wants of its labels; nothing is to be scanned until it says so."""
    return PrintingOut(scan_before_print=scans_before_print(tx, _supplier(tx)))


@router.put("/supplier/printing", dependencies=[allow("fulfilments.write", "supplier")])
def put_printing(wanted: PrintingIn, tx: InTransaction) -> PrintingOut:
    """Have goods scanned before their label is printed here, or not; labels made elsewhere are not barred."""
    set_printing(tx, _supplier(tx), scan_before_print=wanted.scan_before_print)
    return PrintingOut(scan_before_print=wanted.scan_before_print)


@router.get(
    "/supplier/fulfilments/{fulfilment_id}/checks",
    dependencies=[allow("fulfilments.read", "supplier")],
    responses=problems(NotFound),
)
def checks(fulfilment_id: int, tx: InTransaction) -> Checks:
    """What was scanned of a fulfilment of the caller's, and what was refused."""
    supplied(tx, _supplier(tx), fulfilment_id)
    return checks_of(tx, fulfilment_id)


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/checks",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def check(fulfilment_id: int, scan: ScanIn, tx: InTransaction) -> ScanOut:
    """Scan goods for a parcel. What does not belong there answers a code, and is kept: who, what, when."""
    code = check_goods(tx, fulfilment_id, Scan(scan.scanned, scan.number, scan.units))
    status = Status.DONE if code is None else Status.REFUSED
    return ScanOut(status=status, code=code, checks=checks_of(tx, fulfilment_id))


async def _pdf(caller: Visit, parcel_id: int, own_of: int | None = None) -> Response:
    parcel = await caller.look(lambda tx: label_of(tx, parcel_id, own_of=own_of))
    return _paper(await in_thread(labels_pdf, [parcel]), PDF_TYPE, _name(parcel, "pdf"))


async def _zpl(caller: Visit, parcel_id: int, dpi: int, own_of: int | None = None) -> Response:
    parcel = await caller.look(lambda tx: label_of(tx, parcel_id, own_of=own_of))
    return _paper(await in_thread(labels_zpl, [parcel], dpi), ZPL_TYPE, _name(parcel, "zpl"))


def _name(parcel: Parcel, kind: str) -> str:
    return f"label-{parcel.parcel_id}.{kind}"


def _paper(content: bytes, kind: str, name: str) -> Response:
    """A paper with a buyer's address on it, or what others shall not see: it is kept nowhere on its way."""
    headers = {"Content-Disposition": f"inline; filename={name}", "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
