"""How a what-if is told, over HTTP and on the command line."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from andon.kernel.http.models import MoneyOut, Out
from andon.simulator.what_if.rules import Estimate, Outcome, Spread
from andon.simulator.what_if.views.pasts import Replayed


class EstimateOut(Out):
    """A figure, and between what it lay nine times in ten."""

    value: float
    low: float
    high: float


class SpanOut(Out):
    """Days: their mean, and within how many half and nine in ten are."""

    mean: EstimateOut
    p50: EstimateOut
    p90: EstimateOut


class CostOut(Out):
    """What an order that is shipped costs in fees and freight, and between what that lay nine times in ten."""

    value: MoneyOut
    low: MoneyOut
    high: MoneyOut


class OutcomeOut(Out):
    """What a way would have come to. `unserved` orders are reached by no line, `stock_outs` find no units."""

    way: Literal["jit", "smart", "standard", "mixed"]
    shipped: EstimateOut
    unserved: int
    stock_outs: EstimateOut
    days_to_ship: SpanOut | None
    days_to_deliver: SpanOut | None
    promise_kept: EstimateOut | None
    cost: CostOut | None


class SpreadOut(Out):
    """What a length of time was taken from: the shop's own past (`sample` of them), the seller guide, or a line's promise."""

    what: Literal["ship", "transit"]
    by: str
    country: str | None
    basis: Literal["shop", "guide", "promise"]
    sample: int
    mean_days: float


class WhatIfOut(Out):
    """A shop's past from `since` until `until` under each way, the same for the same seed."""

    shop_id: int
    since: date
    until: date
    orders: int
    seed: int
    repeats: int
    horizon_days: int
    service_level: float
    short_share: float
    ways: list[OutcomeOut]
    spreads: list[SpreadOut]


def what_if_shown(replayed: Replayed, outcomes: Sequence[Outcome], *, seed: int, repeats: int) -> WhatIfOut:
    """The answer: figures rounded to what they can bear."""
    past = replayed.past
    return WhatIfOut(
        shop_id=replayed.shop_id,
        since=replayed.since,
        until=replayed.until,
        orders=len(past.orders),
        seed=seed,
        repeats=repeats,
        horizon_days=past.horizon_days,
        service_level=past.service_level,
        short_share=round(past.short_share, 4),
        ways=[_outcome(each, replayed.currency) for each in outcomes],
        spreads=[
            *(_spread("ship", "supplier" if by else "shop", None, past.ship[by]) for by in (True, False)),
            *(_spread("transit", line, country, each) for (line, country), each in past.transit.items()),
        ],
    )


def _outcome(found: Outcome, currency: str) -> OutcomeOut:
    return OutcomeOut.model_validate(
        {
            "way": found.way.value,
            "shipped": found.shipped,
            "unserved": found.unserved,
            "stock_outs": found.stock_outs,
            "days_to_ship": found.ship,
            "days_to_deliver": found.deliver,
            "promise_kept": found.promise_kept,
            "cost": found.cost and _cost(found.cost, currency),
        }
    )


def _cost(found: Estimate, currency: str) -> CostOut:
    value, low, high = (
        MoneyOut.from_minor(round(minor), currency) for minor in (found.value, found.low, found.high)
    )
    return CostOut(value=value, low=low, high=high)


def _spread(what: Literal["ship", "transit"], by: str, country: str | None, spread: Spread) -> SpreadOut:
    return SpreadOut(
        what=what,
        by=by,
        country=country,
        basis=spread.basis.value,
        sample=spread.sample,
        mean_days=round(spread.mean, 3),
    )
