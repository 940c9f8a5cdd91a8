"""What a supplier is owed over a period, as it is printed: the balances by shop, and the first entries."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.payables.rules import CAUSE_WORDS, Account
from andon.money.payables.views import PayableLine, list_accounts, list_payable_lines
from andon.partners.suppliers.views import supplier_of
from andon.platform.policies.rules import Policy

TEMPLATE = Path(__file__).parent / "templates" / "payables.typ"
MOST_PRINTED = 500
"""So many accounts and so many entries are printed; where there are more, the paper says so."""


def paper_facts(
    tx: Tx[Policy], supplier_id: int, account: str, since: datetime, until: datetime
) -> dict[str, Any]:
    """What stands on the paper. A shop is named by its number: the paper outlives the binding."""
    zone = ZoneInfo(tx.policy.zone)
    accounts, count = list_accounts(tx, account, since, until)
    lines = list_payable_lines(tx, account, since=since, until=until, limit=MOST_PRINTED)
    return {
        "number": number_of(supplier_id, since, until, zone),
        "supplier": {"id": supplier_id, "name": supplier_of(tx, supplier_id).name},
        "since": _said(since, zone),
        "until": _said(until, zone),
        "made_at": _said(tx.now, zone),
        "totals": [_account(each) for each in totals_of(accounts)],
        "shops": len(accounts),
        "accounts": [{"shop": each.shop_id, **_account(each)} for each in accounts[:MOST_PRINTED]],
        "count": count,
        "lines": [_line(each, zone) for each in lines],
    }


def number_of(supplier_id: int, since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """What the paper is called: the supplier, and the first and the last day of the period."""
    last = until - timedelta(microseconds=1)
    return f"AP-{supplier_id}-{since.astimezone(zone):%Y%m%d}-{last.astimezone(zone):%Y%m%d}"


def totals_of(accounts: list[Account]) -> list[Account]:
    """The accounts of all shops together, by currency."""
    found: dict[str, Account] = {}
    for each in accounts:
        before = found.get(each.closing.currency)
        found[each.closing.currency] = (
            each
            if before is None
            else Account(
                0,
                before.charged + each.charged,
                before.paid_out + each.paid_out,
                before.taken_back + each.taken_back,
                before.closing + each.closing,
            )
        )
    return [found[currency] for currency in sorted(found)]


def _account(account: Account) -> dict[str, Any]:
    names = ("opening", "charged", "taken_back", "paid_out", "closing")
    return {"currency": account.closing.currency} | {name: _amount(getattr(account, name)) for name in names}


def _line(line: PayableLine, zone: ZoneInfo) -> dict[str, Any]:
    words = CAUSE_WORDS.get(line.cause, (line.cause, ""))
    return {
        "at": f"{line.at.astimezone(zone):%Y-%m-%d %H:%M}",
        "shop": line.shop_id,
        "cause": words,
        "of": line.reference or (f"#{line.fulfilment_id}" if line.fulfilment_id else ""),
        "waybill": line.waybill or "",
        "amount": _amount(line.amount),
        "currency": line.amount.currency,
        "journal": str(line.journal_id),
    }


def _amount(money: Money) -> str:
    return f"{money.amount:,}"


def _said(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M} (UTC{(there.utcoffset() or timedelta()) / timedelta(hours=1):+g})"
