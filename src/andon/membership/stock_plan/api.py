"""The stock plan over HTTP: JSON, CSV or XLSX, page by page or as one workbook."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import XLSX_TYPE, Form, list_of
from andon.kernel.http.sheets.columns import AMOUNT
from andon.kernel.tx import Tx
from andon.membership.stock_plan.views import StockPlan, stock_plan_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["stock"])

MOST_PRODUCTS = 5_000
"""At most so many are in one workbook; they take some three seconds of a shop that sells a lot."""
_WORKBOOK: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}

Horizon = Annotated[
    int | None, Query(ge=1, le=90, description="For so many days; the move's where not given")
]
Level = Annotated[
    float | None,
    Query(ge=0.5, le=0.999, description="Enough for all of them with that probability; the policy's else"),
]


class PlannedOut(Out):
    """The units of a product to have locally, those that can be sold there now, and those to bring in.

    `demand_a_day` is in units, by expectation, from the `sold_days` on which it sold.
    """

    sku: str
    title: str
    mode: Literal["jit", "standard"]
    demand_a_day: Annotated[float, Field(json_schema_extra=AMOUNT)]
    sold_days: int
    quantity: int
    available: int
    missing: int


class StockPlanOut(Page[PlannedOut]):
    """What to have locally, by SKU, from the demand of the days from `since` until `until`."""

    horizon_days: int
    service_level: float
    since: date
    until: date


@router.get(
    "/shops/{shop_id}/stock_plan", dependencies=[allow("stock.read", "shop")], responses=problems(NotFound)
)
def stock_plan(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    horizon: Horizon = None,
    service_level: Level = None,
) -> StockPlanOut:
    """How many units of each product to have locally so that they last, from the shop's own demand (MOVE-3)."""
    after = str(query.after[0]) if query.after else ""
    days, level, plan = _plan(tx, shop_id, horizon, service_level, after=after, limit=query.fetch)
    page = page_of(plan.products, query, lambda each: [each.sku], PlannedOut.model_validate)
    return StockPlanOut.model_construct(
        items=page.items,
        next_cursor=page.next_cursor,
        horizon_days=days,
        service_level=level,
        since=plan.since,
        until=plan.until,
    )


@router.get(
    "/shops/{shop_id}/stock_plan.xlsx",
    dependencies=[allow("stock.read", "shop")],
    responses=problems(NotFound) | _WORKBOOK,
    response_class=Response,
)
def workbook(
    shop_id: int, tx: InTransaction, horizon: Horizon = None, service_level: Level = None
) -> Response:
    """The plan as one workbook: the shop's first 5,000 products by SKU (MOVE-3)."""
    days, _, plan = _plan(tx, shop_id, horizon, service_level, after="", limit=MOST_PRODUCTS)
    rows = (PlannedOut.model_validate(each).model_dump(mode="json") for each in plan.products)
    named = f'inline; filename="stock-plan-{shop_id}-{plan.until}-{days}d.xlsx"'
    return Response(
        list_of(Form.XLSX, PlannedOut, rows), media_type=XLSX_TYPE, headers={"Content-Disposition": named}
    )


def _plan(
    tx: Tx[Policy], shop_id: int, horizon: int | None, service_level: float | None, *, after: str, limit: int
) -> tuple[int, float, StockPlan]:
    """For how many days, at which level, and the plan: the move's own where the caller names none."""
    days = horizon or tx.policy.move.horizon_days
    level = service_level or float(tx.policy.move.service_level)
    return days, level, stock_plan_of(tx, shop_id, days, level, after=after, limit=limit)
