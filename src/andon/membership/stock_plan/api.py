"""The stock plan over HTTP: JSON, CSV or XLSX."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets.columns import AMOUNT
from andon.membership.stock_plan.views import stock_plan_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["stock"])

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
    days = horizon or tx.policy.move.horizon_days
    level = service_level or float(tx.policy.move.service_level)
    after = str(query.after[0]) if query.after else ""
    plan = stock_plan_of(tx, shop_id, days, level, after=after, limit=query.fetch)
    page = page_of(plan.products, query, lambda each: [each.sku], PlannedOut.model_validate)
    return StockPlanOut.model_construct(
        items=page.items,
        next_cursor=page.next_cursor,
        horizon_days=days,
        service_level=level,
        since=plan.since,
        until=plan.until,
    )
