"""A shop's month as it is printed: its figures beside those of the month before, and charts of its days."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from andon.insights.figures.rules import (
    EARLIEST,
    FIGURE_WORDS,
    GROUP_WORDS,
    OUTCOME_WORDS,
    REASON_WORDS,
    WAY_WORDS,
    Window,
    Words,
)
from andon.insights.figures.views.shapes import InsightsOut, ShareOut, TimesOut
from andon.insights.figures.views.shops import insights_of
from andon.kernel.errors import Invalid
from andon.kernel.tx import Tx
from andon.membership.qualification.rules import FIGURES
from andon.money.statements.rules import Month
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policy

_TEMPLATES = Path(__file__).parents[1] / "templates"
REPORT, CHART = _TEMPLATES / "report.typ", _TEMPLATES / "chart.typ"
STANDING = ("awaiting_shipment", "in_transit", "delivered")
"""The groups in which an order is under way."""
NOTHING = "–"
CENTS = Decimal("0.01")


def report_of(tx: Tx[Policy], shop_id: int, month: Month) -> dict[str, Any]:
    """What stands on the report of a month, up to today; `charts` are the facts of each.

    Refuses with NotFound `shop.not_found`, and Invalid `insights.window` a month that has not begun, or is before EARLIEST.
    """
    if month.first_day < EARLIEST:
        raise Invalid("insights.window", f"a month from {EARLIEST} on")
    shop, zone = shop_of(tx, shop_id), ZoneInfo(tx.policy.zone)
    window, before = _days_of(month, tx), _days_of(month.before, tx)
    found, earlier = insights_of(tx, shop_id, window), insights_of(tx, shop_id, before)
    return {
        "title": f"{shop.name} {month}",
        "shop": {"id": shop.shop_id, "name": shop.name},
        "month": str(month),
        "since": str(window.since),
        "through": str(window.until - timedelta(days=1)),
        "zone": tx.policy.zone,
        "policy": tx.policy.version,
        "counted_until": _said(found.counted_until, zone),
        "figures": [
            {"name": words, "now": now, "of": of, "before": then}
            for (words, now, of), (_, then, _) in zip(_figures(found), _figures(earlier), strict=True)
        ],
        "charts": charts_of(found),
        "supplier_columns": [
            ("fulfilments", "履约单"),
            ("score", "评分"),
            *(_SHORT[name] for name in FIGURES),
        ],
        "suppliers": [
            [
                each.name,
                str(each.fulfilments),
                each.score or NOTHING,
                *(_percent(share) for share in each.shares),
            ]
            for each in found.suppliers
        ],
        "exits": [
            [
                REASON_WORDS[each.reason],
                OUTCOME_WORDS[each.outcome],
                ("yes", "是") if each.forced else NOTHING,
                str(each.failed_at or NOTHING),
                str(each.exits),
            ]
            for each in found.exits
        ],
    }


def charts_of(found: InsightsOut) -> list[dict[str, Any]]:
    """The charts of these insights: the days, who stood where, and how long it took."""
    days = [f"{day.day:%m-%d}" for day in found.days]
    return [
        {
            "name": "days",
            "kind": "lines",
            "title": ("Orders a day", "每日订单"),
            "unit": None,
            "days": days,
            "series": [
                {"name": FIGURE_WORDS[name], "values": [getattr(day, name) for day in found.days]}
                for name in ("placed", "shipped", "delivered")
            ],
        },
        {
            "name": "groups",
            "kind": "stacked",
            "title": ("Orders under way at the end of the day", "日终在途订单"),
            "unit": None,
            "days": days,
            "series": [
                {"name": GROUP_WORDS[name], "values": [day.groups[name] for day in found.days]}
                for name in STANDING
            ],
        },
        {
            "name": "times",
            "kind": "spans",
            "title": ("How long it took", "履约时效"),
            "unit": "小时 hours",
            "rows": [_span(each) for each in found.times if each.way is not None and each.orders],
        },
    ]


def _days_of(month: Month, tx: Tx[Policy]) -> Window:
    first, after = month.first_day, month.following.first_day
    today = tx.policy.day_of(tx.now)
    if first > today:
        raise Invalid("insights.window", "that month has not begun")
    return Window(first, min(after, today + timedelta(days=1)))


def _figures(found: InsightsOut) -> Iterator[tuple[Words, str, str]]:
    """Each key figure: its words, what it comes to, and of how many."""
    for name in ("placed", "shipped", "delivered"):
        yield FIGURE_WORDS[name], f"{sum(getattr(day, name) for day in found.days):,}", ""
    score = found.logistics_score
    yield FIGURE_WORDS["logistics_score"], score.mean or NOTHING, f"{score.ratings:,}"
    for share in found.shares:
        if share.way is None:
            yield FIGURE_WORDS[share.name], _percent(share), f"{share.numerator:,} / {share.denominator:,}"
    for each in found.times:
        if each.way is None:
            shown = (each.mean_hours, each.p50_hours, each.p90_hours)
            text = " · ".join(NOTHING if value is None else str(value) for value in shown)
            yield FIGURE_WORDS[each.name], text, f"{each.orders:,}"


def _span(times: TimesOut) -> dict[str, Any]:
    assert times.way is not None, "a way's own"
    english, chinese = FIGURE_WORDS[times.name]
    way = WAY_WORDS[times.way]
    return {
        "name": (f"{english.partition(',')[0]}, {way[0]}", f"{chinese.partition('（')[0]} {way[1]}"),
        "mean": float(times.mean_hours or 0),
        "p50": times.p50_hours,
        "p90": times.p90_hours,
    }


def _percent(share: ShareOut) -> str:
    if not share.denominator:
        return NOTHING
    found = Decimal(100 * share.numerator) / Decimal(share.denominator)
    return f"{found.quantize(CENTS, ROUND_DOWN)} %"


def _said(at: datetime | None, zone: ZoneInfo) -> str:
    return NOTHING if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


_SHORT: Mapping[str, Words] = {
    "acceptance_on_time": ("on time", "按时接单"),
    "collection_on_time": ("collected", "按时揽收"),
    "stuck_rate": ("stuck", "滞留"),
    "rejection_rate": ("rejected", "拒单"),
    "dispute_rate": ("disputed", "纠纷"),
}
