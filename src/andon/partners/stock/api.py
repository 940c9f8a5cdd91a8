"""A shop's stock over HTTP, and what of it is to be counted; counts come in beside routing, since one may reroute."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from sqlalchemy import Row

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.partners.stock.rules import Owner, location_of, location_word
from andon.partners.stock.views import (
    CalibrationOut,
    CalibrationState,
    list_calibrations,
    list_stock,
    transfer_note_of,
)
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, served

router = Router(tags=["stock"])


class StockOut(Out):
    """Units of one item at one location that the shop may sell; `available` is what is neither reserved nor held.

    `location` is `local`, or `supplier:` and the number that `supplier_id` repeats; `item` is the supplier's code there,
    and `skus` are the shop's own that are sold from it. After a count that fell short `reserved` may exceed `on_hand`. `held` was
    released and is to be counted first (PART-3).
    """

    location: str
    supplier_id: int | None
    item: str
    skus: list[str]
    owner: Literal["supplier", "shop"]
    on_hand: int
    reserved: int
    held: int
    available: int
    counted_at: Instant | None


@router.get("/shops/{shop_id}/stock", dependencies=[allow("stock.read", "shop")], responses=problems(Invalid))
def stock(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    location: Annotated[str | None, Query(max_length=32, examples=["local", "supplier:7"])] = None,
    sku: Annotated[str | None, Query(max_length=128)] = None,
) -> Page[StockOut]:
    """The shop's stock by location, item and owner."""
    after = (query.after[0], query.after[1], query.after[2]) if query.after else None
    rows = list_stock(
        tx,
        shop_id,
        location=location_of(location) if location is not None else None,
        sku=sku,
        after=after,
        limit=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.location, row.item, row.owner], shape=_shown)


@router.get("/shops/{shop_id}/calibrations", dependencies=[allow("stock.read", "shop")])
def calibrations(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    state: CalibrationState | None = None,
    sku: Annotated[str | None, Query(max_length=128)] = None,
) -> Page[CalibrationOut]:
    """What came back to the shop's own warehouse and is to be counted, or was, by number (PART-3)."""
    rows = list_calibrations(
        tx, shop_id, state=state, sku=sku, after=query.after[0] if query.after else 0, limit=query.fetch
    )
    return page_of(rows, query, key=lambda row: [row.calibration_id], shape=CalibrationOut.of)


@router.get(
    "/shops/{shop_id}/transfer_notes/{number}.pdf",
    dependencies=[allow("stock.read", "shop")],
    responses=problems(NotFound) | PDF_ANSWER,
    response_class=Response,
)
def transfer_note(
    shop_id: int, number: Annotated[str, Path(max_length=64, examples=["JIT-TN-2026-000001"])], caller: Caller
) -> Response:
    """The signed transfer note under which consigned stock came back, made once (PART-2)."""
    return served(caller, lambda tx: transfer_note_of(tx, shop_id, number))


def _shown(row: Row[Any]) -> StockOut:
    return StockOut.model_validate(
        {
            "location": location_word(row.location),
            "supplier_id": row.location or None,
            "item": row.item,
            "skus": row.skus,
            "owner": Owner(row.owner).word,
            "on_hand": row.on_hand,
            "reserved": row.reserved,
            "held": row.held,
            "available": row.available,
            "counted_at": row.counted_at,
        }
    )
