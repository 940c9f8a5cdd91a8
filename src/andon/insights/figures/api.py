"""Insights over HTTP: as JSON, and as a sheet by Accept."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response

from andon.insights.figures.rules import window_of
from andon.insights.figures.views import (
    REPORT,
    ExitsOut,
    InsightsOut,
    MeasureOut,
    exits_of,
    insights_of,
    measures_of,
    report_of,
)
from andon.kernel.errors import Invalid
from andon.kernel.http.models import MonthText, Out
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import CSV_TYPE, XLSX_TYPE, list_of, wanted_form
from andon.money.statements.rules import Month
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, Paper, served

router = Router(tags=["insights"])

Since = Annotated[date | None, Query(alias="from", description="The first day, in the platform's zone")]
Until = Annotated[date | None, Query(description="The day after the last")]
_SHEETS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": InsightsOut,
        "content": {
            CSV_TYPE: {"schema": {"type": "string"}},
            XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


class AllExitsOut(Out):
    """The exits of all shops that were started in these days; `until` is the day after the last."""

    since: date
    until: date
    exits: list[ExitsOut]


@router.get(
    "/shops/{shop_id}/insights",
    dependencies=[allow("orders.read", "shop")],
    responses=problems(Invalid) | _SHEETS,
    response_class=Response,
)
def insights(
    shop_id: int, request: Request, tx: InTransaction, since: Since = None, until: Until = None
) -> Response:
    """How the shop fares, in the last 30 days if none are said: times, returns, groups, suppliers, exits. A sheet by Accept."""
    found = insights_of(tx, shop_id, window_of(tx.policy.day_of(tx.now), since, until))
    form = wanted_form(request.headers.get("accept"))
    if form is None:
        return Response(found.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})
    named = f'inline; filename="insights-{shop_id}-{found.since}{form.ending}"'
    return Response(
        list_of(form, MeasureOut, (each.model_dump(mode="json") for each in measures_of(found))),
        media_type=form.value,
        headers={"Vary": "Accept", "Content-Disposition": named},
    )


@router.get(
    "/shops/{shop_id}/insights/{month}.pdf",
    dependencies=[allow("orders.read", "shop")],
    responses=problems(Invalid) | PDF_ANSWER,
    response_class=Response,
)
def report(shop_id: int, month: MonthText, caller: Caller) -> Response:
    """The month's report on paper, made when it is asked for: its figures beside the month before, and charts of its days."""
    wanted = Month.of(month)
    title = f"report-{shop_id}-{wanted}"
    return served(caller, lambda tx: Paper(shop_id, None, 0, title, REPORT, report_of(tx, shop_id, wanted)))


@router.get("/insights/exits", dependencies=[allow("exits.read", "operator")], responses=problems(Invalid))
def exits(tx: InTransaction, since: Since = None, until: Until = None) -> AllExitsOut:
    """How the exits of all shops ended, by reason and by the step at which they failed."""
    window = window_of(tx.policy.day_of(tx.now), since, until)
    return AllExitsOut(since=window.since, until=window.until, exits=exits_of(tx, window))
