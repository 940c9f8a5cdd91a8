"""A statement as it is printed: what it comes to, and its first lines."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.statements.rules import KIND_WORDS, SERVICE_FEE, Line, subtotals_of
from andon.money.statements.views.lines import Summary, lines_of, summary_of
from andon.money.statements.views.scopes import Scope
from andon.partners.shops.views import shop_of
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy

TEMPLATE = Path(__file__).parents[1] / "templates" / "statement.typ"
MOST_PRINTED = 500
"""So many lines are printed; where there are more, the paper says where all of them are."""


def paper_of(tx: Tx[Policy], scope: Scope) -> Paper:
    """The statement of a month on paper: signed and kept where it is issued, else a draft. Source: FEE-5."""
    assert scope.month is not None, "a month's statement is printed"
    zone = ZoneInfo(tx.policy.zone)
    shop = shop_of(tx, scope.shop_id)
    summary = summary_of(tx, scope)
    lines = next(lines_of(lambda question: question(tx), scope, most=MOST_PRINTED), [])
    issued = scope.state == "issued"
    facts = {
        "number": scope.number,
        "issued": issued,
        "shop": {"id": shop.shop_id, "name": shop.name},
        "month": str(scope.month),
        "since": str(scope.since),
        "through": str(scope.until - timedelta(days=1)),
        "issued_at": _said(scope.issued_at, zone),
        "made_at": "" if issued else _said(tx.now, zone),
        "policy": scope.policy or tx.policy.version,
        "balances": [
            {"currency": opening.currency, "opening": _amount(opening), "closing": _amount(closing)}
            for opening, closing in scope.balances
        ],
        **_totals(summary),
        "count": summary.lines,
        "lines": [_printed(line, zone) for line in lines],
        "whole": f"/v1/shops/{scope.shop_id}/statements/{scope.month}.csv",
        "seal": scope.seal and {**scope.seal, "at": _said(datetime.fromisoformat(scope.seal["at"]), zone)},
    }
    return Paper(
        scope.shop_id,
        "statement" if issued else None,
        scope.month.number,
        scope.number,
        TEMPLATE,
        facts,
        reason=f"账单明细 Statement {scope.number}",
    )


def _totals(summary: Summary) -> dict[str, Any]:
    """The subtotals by kind, and what the kinds of JIT服务费 come to together."""
    found = [(each.kind, each.lines, each.amount.minor, each.amount.currency) for each in summary.subtotals]
    fees: dict[str, int] = {}
    for each in subtotals_of(found, SERVICE_FEE):
        fees[each.amount.currency] = fees.get(each.amount.currency, 0) + each.amount.minor
    return {
        "subtotals": [
            {"kind": KIND_WORDS[each.kind], "lines": each.lines, "amount": _money(each.amount)}
            for each in summary.subtotals
        ],
        "fees": [_money(Money.from_minor(minor, currency)) for currency, minor in sorted(fees.items())],
    }


def _printed(line: Line, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "on": str(line.on),
        "kind": KIND_WORDS[line.kind],
        "order": line.channel_order_no or "",
        "waybill": line.waybill or "",
        "clause": line.clause or "",
        "basis": line.basis or "",
        "delivered": _day(line.delivered_at, zone),
        "amount": _amount(Money.from_minor(line.minor, line.currency)),
        "balance": _amount(Money.from_minor(line.balance, line.currency)),
        "currency": line.currency,
        "journal": str(line.journal_id),
    }


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d}"


def _amount(money: Money) -> str:
    return f"{money.amount:,}"


def _money(money: Money) -> str:
    return f"{money.currency} {money.amount:,}"


def _said(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    there = at.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M} (UTC{(there.utcoffset() or timedelta()) / timedelta(hours=1):+g})"
