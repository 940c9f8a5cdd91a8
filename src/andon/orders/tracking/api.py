"""What carriers tell over HTTP: scans, and measures; and a parcel's way as its shop sees it."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Row

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.bulk import REHEARSABLE
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.orders.tracking.rules import LONGEST_RAW
from andon.orders.tracking.service import IncomingMeasure, IncomingScan, record_measures, record_scans
from andon.orders.tracking.views import ParcelScan, scans_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["tracking"])

BULK_LIMIT = 1000
Waybill = Annotated[str, Field(pattern=r"^[!-~]{1,64}$", examples=["CN0012345678"])]


def _storable(raw: Any) -> str | None:
    if raw is None:
        return None
    text = raw if isinstance(raw, str) else orjson.dumps(raw).decode()
    if len(text) > LONGEST_RAW:
        raise PydanticCustomError("scan.raw", "a carrier's own record has at most 10,000 characters")
    return text


class ScanIn(Strict):
    """One scan. `status` is a neutral status, `occurred_at` the carrier's own instant, `raw` its own record."""

    waybill: Waybill
    status: Annotated[str, Field(min_length=1, max_length=64)]
    sub_status: Annotated[str, Field(max_length=64)] | None = None
    occurred_at: Instant
    place: Annotated[str, Field(max_length=200)] | None = None
    raw: Annotated[Any, AfterValidator(_storable)] = None


class MeasureIn(Strict):
    """What a carrier weighed and measured of a parcel: grams and millimetres."""

    waybill: Waybill
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


class ToldOut(Out):
    """What became of one thing told: `recorded`, `known` already, `pending` until its label comes, or `refused`."""

    index: int
    status: str
    code: str | None = None


class ToldsOut(Out):
    """What became of each, in the order of the call."""

    results: list[ToldOut]


@router.post(
    "/carriers/{carrier}/scans",
    dependencies=[allow("scans.write", "carrier"), REHEARSABLE],
    responses=problems(NotFound, Invalid),
)
def scans(
    carrier: str,
    told: Annotated[list[ScanIn], Field(min_length=1, max_length=BULK_LIMIT), Sheet("scans", ScanIn)],
    tx: InTransaction,
) -> ToldsOut:
    """Up to 1,000 scans of the caller's own parcels, in any order and any number of times."""
    incoming = [
        IncomingScan(carrier, s.waybill, s.status, s.sub_status, s.occurred_at, s.place, s.raw) for s in told
    ]
    return ToldsOut(results=[ToldOut.model_validate(each) for each in record_scans(tx, carrier, incoming)])


@router.post(
    "/carriers/{carrier}/waybills",
    dependencies=[allow("scans.write", "carrier"), REHEARSABLE],
    responses=problems(NotFound, Invalid),
)
def waybills(
    carrier: str,
    told: Annotated[
        list[MeasureIn], Field(min_length=1, max_length=BULK_LIMIT), Sheet("measures", MeasureIn)
    ],
    tx: InTransaction,
) -> ToldsOut:
    """Up to 1,000 parcels as the caller weighed and measured them. FEE-3."""
    measures = [IncomingMeasure(m.waybill, m.weight_g, m.length_mm, m.width_mm, m.height_mm) for m in told]
    return ToldsOut(results=[ToldOut.model_validate(each) for each in record_measures(tx, carrier, measures)])


@router.get(
    "/shops/{shop_id}/parcels/{parcel_id}/scans",
    dependencies=[allow("orders.read", "shop")],
    responses=problems(NotFound),
)
def parcels_way(shop_id: int, parcel_id: int, query: PageQuery, tx: InTransaction) -> Page[ParcelScan]:
    """What the carrier saw of a parcel, by its own instants, the earliest first."""
    after = None
    if query.after is not None:
        at, status, sub_status = query.after
        after = (datetime.fromisoformat(at), status, sub_status)
    rows = scans_of(tx, shop_id, parcel_id, after=after, limit=query.fetch)
    return page_of(rows, query, _fact, ParcelScan.model_validate)


def _fact(scan: Row[Any]) -> list[str]:
    return [scan.occurred_at.isoformat(), scan.status, scan.sub_status]
