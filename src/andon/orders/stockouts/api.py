"""Stock-outs over HTTP: what the seller answers for."""

from typing import Annotated, Any, Literal

from fastapi import Query
from sqlalchemy import Row

from andon.kernel.http.models import Instant, Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.orders.stockouts.views import list_stock_outs
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])


class StockOutOut(Out):
    """An order that the seller's own warehouse could not fill: refused, or taken and cancelled for it (STOCK-1).

    Its penalty is the charge of kind `penalty` that has this number in its basis (STOCK-2).
    """

    id: int
    channel: str
    channel_order_no: str
    cause: Literal["refused", "cancelled"]
    sku: str | None
    order_id: int | None
    at: Instant
    policy: str


@router.get("/shops/{shop_id}/stock_outs", dependencies=[allow("orders.read", "shop", "operator")])
def stock_outs(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    since: Annotated[Instant | None, Query(description="At or after")] = None,
) -> Page[StockOutOut]:
    """Stock-outs that the seller caused, the newest first."""
    rows = list_stock_outs(
        tx, shop_id, since=since, after=query.after[0] if query.after else None, limit=query.fetch
    )
    return page_of(rows, query, key=lambda row: [row.stock_out_id], shape=_stock_out)


def _stock_out(row: Row[Any]) -> StockOutOut:
    return StockOutOut.model_validate(row._asdict() | {"id": row.stock_out_id})
