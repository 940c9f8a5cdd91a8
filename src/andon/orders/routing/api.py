"""Counts over HTTP: a supplier's of its warehouse, and a shop's of its own. A count may reroute."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound, Refused
from andon.kernel.http.bulk import REHEARSABLE, ResultsOut, result_of, results_of
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.kernel.tx import Tx
from andon.orders.routing.service import (
    SupplierCount,
    take_calibration,
    take_each_count,
    take_local_count,
    take_local_counts,
    take_supplier_counts,
)
from andon.orders.routing.views import local_row
from andon.partners.stock.rules import location_of, location_word
from andon.partners.stock.service import LocalCount
from andon.partners.stock.views import CalibrationOut, calibration_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["stock"])

MOST_COUNTS = 1_000


class CountIn(Strict):
    """An absolute count of an item in the supplier's warehouse, what is reserved included.

    Owner `shop` is that shop's consigned stock. `expected` is the count that the caller takes to be the present one.
    """

    supplier_sku: Annotated[str, Field(min_length=1, max_length=128)]
    counted: int
    owner: Literal["supplier", "shop"] = "supplier"
    shop_id: int | None = None
    expected: int | None = None

    def count(self) -> SupplierCount:
        """The same for the use case. Raises Invalid `stock.owner` where owner and shop do not fit."""
        if (self.owner == "shop") is (self.shop_id is None):
            raise Invalid("stock.owner", "shop_id goes with the owner shop, and with it alone")
        return SupplierCount(self.supplier_sku, self.counted, self.shop_id, self.expected)


Counts = Annotated[list[CountIn], Field(min_length=1, max_length=MOST_COUNTS)]


class CountedOut(Out):
    """How many items were counted."""

    counted: int


@router.put(
    "/supplier/stock",
    dependencies=[allow("stock.write", "supplier"), REHEARSABLE],
    responses=problems(Invalid, Conflict),
)
def count_supplier_stock(counts: Counts, tx: InTransaction) -> CountedOut:
    """Take absolute counts, all or none; what a count leaves uncovered is rerouted or waits. STOCK-3."""
    take_supplier_counts(tx, _supplier(tx), [count.count() for count in counts])
    return CountedOut(counted=len(counts))


@router.post(
    "/supplier/stock/bulk",
    dependencies=[allow("stock.write", "supplier"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def count_supplier_stock_in_bulk(
    counts: Annotated[Counts, Sheet("supplier_stock", CountIn)], tx: InTransaction
) -> ResultsOut:
    """Take up to 1,000 absolute counts, each by itself; of an item that comes twice the first counts. STOCK-3."""
    return ResultsOut(
        results=results_of(take_each_count(tx, _supplier(tx), [_made(each) for each in counts]))
    )


class LocalCountIn(Strict):
    """An absolute count of a SKU in the shop's own warehouse, what is reserved included."""

    location: Annotated[str, Field(max_length=32, examples=["local"])]
    counted: int
    expected: int | None = None


class OfSku(Strict):
    """A row is about one SKU."""

    sku: Annotated[str, Field(min_length=1, max_length=128)]


class LocalCountRow(LocalCountIn, OfSku):
    """A count of one SKU of many."""

    location: Annotated[str, Field(max_length=32, examples=["local"])] = "local"


LocalCounts = Annotated[list[LocalCountRow], Field(min_length=1, max_length=MOST_COUNTS)]


class LocalCountOut(Out):
    """The stock row as it is after the count, by which nothing is held any more; more may be reserved than is on hand."""

    location: str
    item: str
    on_hand: int
    reserved: int
    available: int


@router.post(
    "/shops/{shop_id}/stock/bulk",
    dependencies=[allow("stock.write", "shop"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def count_local_stock_in_bulk(
    shop_id: int,
    rows: Annotated[LocalCounts, Sheet("stock", LocalCountRow)],
    tx: InTransaction,
) -> ResultsOut:
    """Take up to 1,000 absolute counts, each by itself; of a SKU that comes twice the first counts."""
    refusals: dict[int, Refused] = {}
    counts: dict[int, LocalCount] = {}
    for place, row in enumerate(rows):
        try:
            counts[place] = LocalCount(location_of(row.location), row.sku, row.counted, row.expected)
        except Refused as no:
            refusals[place] = no
    places = list(counts)
    told = take_local_counts(tx, shop_id, list(counts.values()))
    refusals |= {places[index]: no for index, no in told.items()}
    return ResultsOut(results=[result_of(place, refusals.get(place)) for place in range(len(rows))])


@router.put(
    "/shops/{shop_id}/stock/{sku}",
    dependencies=[allow("stock.write", "shop")],
    responses=problems(Invalid, Conflict),
)
def count_local_stock(shop_id: int, sku: str, count: LocalCountIn, tx: InTransaction) -> LocalCountOut:
    """Take an absolute count of a SKU; orders that it leaves uncovered wait."""
    location = location_of(count.location)
    take_local_count(tx, shop_id, location, sku, count.counted, count.expected)
    row = local_row(tx, shop_id, sku)
    return LocalCountOut(
        location=location_word(location),
        item=sku,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=max(row.on_hand - row.reserved, 0),
    )


class CalibrationIn(Strict):
    """How many of the units that a line of a transfer note released were found."""

    counted: int


@router.post(
    "/shops/{shop_id}/calibrations/{calibration_id}",
    dependencies=[allow("stock.write", "shop")],
    responses=problems(NotFound, Invalid, Conflict),
)
def count_released_stock(
    shop_id: int, calibration_id: int, count: CalibrationIn, tx: InTransaction
) -> CalibrationOut:
    """Take a count of released units: so many are sellable from now on, and their product is on sale (PART-3)."""
    take_calibration(tx, shop_id, calibration_id, count.counted)
    return CalibrationOut.of(calibration_of(tx, shop_id, calibration_id))


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _made(count: CountIn) -> SupplierCount | Refused:
    """The count of one of many, or what it is refused with."""
    try:
        return count.count()
    except Refused as no:
        return no
