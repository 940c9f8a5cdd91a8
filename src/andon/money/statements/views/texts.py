"""A statement as JSON and as CSV, in pieces."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from andon.kernel.http.sheets import guarded
from andon.kernel.money import Money
from andon.money.statements.rules import Line

HEADER = (
    "date", "kind", "amount", "balance", "currency", "base", "base_currency", "rate", "clause", "policy", "basis", "delivered_at", "order_id", "channel",
    "channel_order_no", "fulfilment_id", "carrier", "waybill", "parcel_id", "charge_id", "journal_id", "transfer_id",
)  # fmt: skip
"""The columns of a line, in CSV and in a workbook."""


def cells_of(line: Line) -> list[Any]:
    """A line under HEADER: dates and numbers as such; amounts are Decimal with all places of their currency."""
    return [
        line.on, line.kind, Money.from_minor(line.minor, line.currency).amount,
        Money.from_minor(line.balance, line.currency).amount, line.currency, _before(line), line.base_currency, line.rate, line.clause, line.policy, line.basis,
        line.delivered_at, line.order_id, line.channel, line.channel_order_no, line.fulfilment_id, line.carrier,
        line.waybill, line.parcel_id, line.charge_id, line.journal_id, line.transfer_id,
    ]  # fmt: skip


def _before(line: Line) -> Decimal | None:
    if line.base_minor is None or line.base_currency is None:
        return None
    return Money.from_minor(line.base_minor, line.base_currency).amount


def csv_text(lines: Iterable[Sequence[Line]]) -> Iterator[bytes]:
    """The lines as CSV (RFC 4180), a header first."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for some in lines:
        writer.writerows([_text(cell) for cell in cells_of(line)] for line in some)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    if rest := out.getvalue():
        yield rest.encode()


def json_text(head: bytes, lines: Iterable[Sequence[Line]]) -> Iterator[bytes]:
    """The head, a JSON object, with the lines as its last member."""
    yield head.removesuffix(b"}") + b',"lines":['
    comma = b""
    for some in lines:
        if some:
            yield comma + b",".join(orjson.dumps(_object(line)) for line in some)
            comma = b","
    yield b"]}"


def _object(line: Line) -> dict[str, Any]:
    return {
        "date": line.on,
        "at": _instant(line.at),
        "kind": line.kind,
        "amount": _money(line.minor, line.currency),
        "balance": _money(line.balance, line.currency),
        "base": None
        if (base := _before(line)) is None
        else {"amount": str(base), "currency": line.base_currency},
        "rate": None if line.rate is None else f"{line.rate:f}",
        "clause": line.clause,
        "policy": line.policy,
        "basis": line.basis,
        "delivered_at": line.delivered_at and _instant(line.delivered_at),
        "order_id": line.order_id,
        "channel": line.channel,
        "channel_order_no": line.channel_order_no,
        "fulfilment_id": line.fulfilment_id,
        "carrier": line.carrier,
        "waybill": line.waybill,
        "parcel_id": line.parcel_id,
        "charge_id": line.charge_id,
        "journal_id": line.journal_id,
        "transfer_id": line.transfer_id,
        "cause": line.cause,
    }


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"amount": str(Money.from_minor(minor, currency).amount), "currency": currency}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _text(cell: Any) -> Any:
    if isinstance(cell, str):
        return guarded(cell)
    return _instant(cell) if isinstance(cell, datetime) else cell
