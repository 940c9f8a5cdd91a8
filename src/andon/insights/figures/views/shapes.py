"""The shape of insights on the wire, and as rows of a sheet."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from andon.insights.figures.rules import WAY_WORDS
from andon.insights.figures.views.exits import ExitsOut
from andon.kernel.http.models import Instant, Out, coded
from andon.membership.qualification.rules import FIGURES
from andon.orders.days.rules import TIMES

TimesWord = Annotated[str, coded(figure.name.lower() for figure in TIMES)]
ShareWord = Annotated[str, coded(("return_rate", "stale_rate", *FIGURES))]
WayWord = Annotated[str, coded(WAY_WORDS)]


class ShareOut(Out):
    """`numerator` of `denominator`, which is `share`, to four places rounded down; null of none. `way` is null for all."""

    name: ShareWord
    way: WayWord | None = None
    numerator: int
    denominator: int
    share: str | None


class TimesOut(Out):
    """How long so many orders took: the mean, and the whole hours within which half and nine tenths were done."""

    name: TimesWord
    way: WayWord | None
    orders: int
    mean_hours: str | None
    p50_hours: int | None
    p90_hours: int | None


class DayOut(Out):
    """A day: how many orders were placed, shipped and delivered on it, and how many stood in each group at its end."""

    day: date
    placed: int
    shipped: int
    delivered: int
    groups: dict[str, int]


class RatedOut(Out):
    """The mean of the shipping axis of these ratings, to two places rounded down; null without one."""

    since: Instant
    until: Instant
    ratings: int
    mean: str | None


class LeagueOut(Out):
    """How a supplier did for this shop: the shares of its scorecard, and their score, 0 to 1. The best comes first."""

    supplier_id: int
    name: str
    fulfilments: int
    score: str | None
    shares: list[ShareOut]


class InsightsOut(Out):
    """How a shop fares in these days of the platform's zone; `until` is the day after the last. docs/howto/insights.md.

    Counted is what was sealed by `counted_until`. `maturing` orders of the return rate were delivered in the last seven days.
    """

    shop_id: int
    since: date
    until: date
    counted_until: Instant | None
    maturing: int
    logistics_score: RatedOut
    shares: list[ShareOut]
    times: list[TimesOut]
    days: list[DayOut]
    suppliers: list[LeagueOut]
    exits: list[ExitsOut]


class MeasureOut(Out):
    """One figure as a row: `count` is of `of` where it is a share, and `value` what it comes to."""

    figure: str
    day: date | None = None
    way: str | None = None
    supplier_id: int | None = None
    reason: str | None = None
    outcome: str | None = None
    step: int | None = None
    count: int
    of: int | None = None
    value: str | None = None


def measures_of(found: InsightsOut) -> Iterator[MeasureOut]:
    """The same, a figure a row."""
    yield MeasureOut(
        figure="logistics_score", count=found.logistics_score.ratings, value=found.logistics_score.mean
    )
    yield from (_share(each) for each in found.shares)
    for each in found.times:
        for name in ("mean_hours", "p50_hours", "p90_hours"):
            value = getattr(each, name)
            yield MeasureOut(
                figure=f"{each.name}_{name}",
                way=each.way,
                count=each.orders,
                value=None if value is None else str(value),
            )
    for day in found.days:
        for name, count in (
            ("placed", day.placed),
            ("shipped", day.shipped),
            ("delivered", day.delivered),
            *((f"group_{name}", count) for name, count in day.groups.items()),
        ):
            yield MeasureOut(figure=name, day=day.day, count=count)
    for supplier in found.suppliers:
        yield MeasureOut(
            figure="score",
            supplier_id=supplier.supplier_id,
            count=supplier.fulfilments,
            value=supplier.score,
        )
        yield from (_share(each, supplier.supplier_id) for each in supplier.shares)
    for exits in found.exits:
        yield MeasureOut(
            figure="exits_forced" if exits.forced else "exits",
            reason=exits.reason,
            outcome=exits.outcome,
            step=exits.failed_at,
            count=exits.exits,
        )


def _share(share: ShareOut, supplier_id: int | None = None) -> MeasureOut:
    return MeasureOut(
        figure=share.name,
        way=share.way,
        supplier_id=supplier_id,
        count=share.numerator,
        of=share.denominator,
        value=share.share,
    )
