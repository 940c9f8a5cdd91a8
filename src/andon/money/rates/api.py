"""Rates of exchange over HTTP: the operator sets them by hand or by sheet, shops read them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy import Row

from andon.kernel.errors import Invalid, Refused
from andon.kernel.http.bulk import REHEARSABLE, ResultsOut, result_of
from andon.kernel.http.models import CURRENCY, Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.money.rates.rules import RateDraft
from andon.money.rates.service import set_rates
from andon.money.rates.views import list_missing_rates, list_rates
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["rates"])

Currency = Annotated[str, Field(pattern=CURRENCY, examples=["CNY"])]
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1), examples=["2026-03-02"])]
BULK_LIMIT = 1000
LISTED = ("round", "set_at")
"""What the list says beside what is sent."""


class ExchangeRateIn(Strict):
    """One unit of `base` is `rate` units of `quote`, from that day on until the next that is known."""

    base: Currency
    quote: Currency
    valid_on: Day
    rate: Annotated[
        str,
        Field(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?$", examples=["0.1268"]),
        Field(json_schema_extra={"format": "decimal"}),
    ]


class ExchangeRateOut(Out):
    """A rate that holds; `round` counts how often that day's was corrected."""

    base: str
    quote: str
    valid_on: date
    rate: str
    round: int
    set_at: Instant


class MissingRateOut(Out):
    """A rate that charges of a day wait for."""

    base: str
    quote: str
    wanted_on: date
    since: Instant


class MissingRatesOut(Out):
    """What is to be set before all charges are converted; at most a thousand."""

    missing: list[MissingRateOut]


Rates = Annotated[list[ExchangeRateIn], Field(min_length=1, max_length=BULK_LIMIT)]


@router.post(
    "/rates",
    dependencies=[allow("rates.write", "operator"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def put_rates(
    rows: Annotated[Rates, Sheet("rates", ExchangeRateIn, passes=LISTED)], tx: InTransaction
) -> ResultsOut:
    """Set up to 1,000 rates, each by itself; what was converted already stays as it was."""
    drafts = [RateDraft(row.base, row.quote, row.valid_on, Decimal(row.rate)) for row in rows]
    answers = set_rates(tx, drafts)
    return ResultsOut(
        results=[
            result_of(index, answer)
            if isinstance(answer, Refused)
            else result_of(index, None, changed=answer)
            for index, answer in enumerate(answers)
        ]
    )


@router.get("/rates", dependencies=[allow("rates.read", "operator", "shop")])
def rates(
    query: PageQuery,
    tx: InTransaction,
    base: Annotated[str | None, Query(pattern=CURRENCY)] = None,
    quote: Annotated[str | None, Query(pattern=CURRENCY)] = None,
    valid_from: Annotated[date | None, Query(alias="from", description="Of this day or later")] = None,
    valid_until: Annotated[date | None, Query(alias="until", description="Of a day before this one")] = None,
) -> Page[ExchangeRateOut]:
    """The rates that hold, by pair and day."""
    rows = list_rates(
        tx,
        base=base,
        quote=quote,
        valid_from=valid_from,
        valid_until=valid_until,
        after=(query.after[0], query.after[1], query.after[2]) if query.after else None,
        limit=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.base, row.quote, row.valid_on.isoformat()], shape=_rate)


@router.get("/rates/missing", dependencies=[allow("rates.read", "operator")])
def missing_rates(tx: InTransaction) -> MissingRatesOut:
    """The rates that charges wait for, and since when."""
    return MissingRatesOut(missing=[MissingRateOut.model_validate(row) for row in list_missing_rates(tx)])


def _rate(row: Row[Any]) -> ExchangeRateOut:
    return ExchangeRateOut(
        base=row.base,
        quote=row.quote,
        valid_on=row.valid_on,
        rate=f"{row.rate:f}",
        round=row.round,
        set_at=row.set_at,
    )
