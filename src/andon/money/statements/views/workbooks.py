"""A statement as a workbook: its lines, and a sheet of what they come to, written line by line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from andon.kernel.http.sheets import letter_of, titled
from andon.kernel.money import minor_digits
from andon.money.statements.rules import Line
from andon.money.statements.views.lines import Summary
from andon.money.statements.views.scopes import Scope
from andon.money.statements.views.texts import HEADER, cells_of

MOST_ROWS = 1_000_000
"""A spreadsheet has 1,048,576 rows: what is beyond stands on a further sheet."""
TEXT, DAY, INSTANT, WHOLE = "@", "yyyy-mm-dd", 'yyyy-mm-dd hh:mm:ss "UTC"', "0"
_FORMATS = {"date": DAY, "delivered_at": INSTANT, "base": "#,##0.00#", "rate": "0.########"}
_WIDTHS = {"date": 12, "delivered_at": 24, "basis": 40, "channel_order_no": 22, "waybill": 20}
_AMOUNTS = (HEADER.index("amount"), HEADER.index("balance"))
_CURRENCY = HEADER.index("currency")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LOOKS_ALIVE = re.compile(r"^[=#]|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""A text that openpyxl would take for a formula or an error, or not take at all."""


def write_workbook(
    file: Path, scope: Scope, summary: Summary, lines: Iterable[Sequence[Line]], wanted: str | None = None
) -> None:
    """Write the workbook of a statement. Memory stays the same however many lines there are."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _summary_sheet(book, scope, summary, wanted)
    for number, rows in enumerate(_sheets(lines), start=1):
        sheet = book.create_sheet("lines" if number == 1 else f"lines {number}")
        sheet.freeze_panes = "A2"
        for place, name in enumerate(HEADER):
            sheet.column_dimensions[letter_of(place)].width = _WIDTHS.get(name, max(12, len(name) + 2))
        sheet.append([titled(sheet, name) for name in HEADER])
        _write(sheet, rows)
    book.save(file)


def _write(sheet: Any, rows: Iterable[Line]) -> None:
    """Write lines, each column's cell anew for each: its style is looked up once."""
    from openpyxl.cell import WriteOnlyCell

    cells = [WriteOnlyCell(sheet) for _ in HEADER]
    for cell, name in zip(cells, HEADER, strict=True):
        cell.number_format = _FORMATS.get(name, TEXT)
    currency = ""
    for line in rows:
        if line.currency != currency:
            currency = line.currency
            for place in _AMOUNTS:
                cells[place].number_format = amount_format(currency)
        sheet.append([_placed(cell, value) for cell, value in zip(cells, cells_of(line), strict=True)])


def _placed(cell: Any, value: Any) -> Any:
    """What is written for a value: nothing, a plain text or number, or the cell, filled, that has its style."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str) and not _LOOKS_ALIVE.search(value):
        return value
    _fill(cell, value)
    return cell


def _fill(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        cell.value = _UNWRITABLE.sub("\ufffd", value)
        cell.data_type = "s"  # a text that works nothing out, whatever it begins with
    elif isinstance(value, datetime):
        cell.value = value.astimezone(UTC).replace(tzinfo=None)
    else:
        cell.value = value


def _sheets(lines: Iterable[Sequence[Line]]) -> Iterator[Iterator[Line]]:
    """The lines, so many a sheet; there is one sheet at least."""
    every = (line for some in lines for line in some)
    first = next(every, None)
    yield _some(first, every)
    while (first := next(every, None)) is not None:
        yield _some(first, every)


def _some(first: Line | None, more: Iterator[Line]) -> Iterator[Line]:
    if first is None:
        return
    yield first
    for _ in range(MOST_ROWS - 1):
        if (line := next(more, None)) is None:
            return
        yield line


def amount_format(currency: str) -> str:
    """How a spreadsheet shows an amount: with the decimal places of its currency."""
    places = minor_digits(currency)
    return "#,##0" + ("." + "0" * places if places else "")


def _summary_sheet(book: Any, scope: Scope, summary: Summary, wanted: str | None) -> None:
    sheet = book.create_sheet("summary")
    for place, width in enumerate((18, 18, 18, 12)):
        sheet.column_dimensions[letter_of(place)].width = width
    said = [
        ("number", scope.number),
        ("state", scope.state),
        ("from", scope.since),
        ("until", scope.until),
        ("type", wanted or "all"),
        ("issued_at", scope.issued_at),
        ("lines", summary.lines),
    ]
    for name, value in said:
        sheet.append([titled(sheet, name), _cell(sheet, value)])
    sheet.append([])
    sheet.append([titled(sheet, name) for name in ("currency", "opening", "closing")])
    for opening, closing in scope.balances:
        currency = opening.currency
        sheet.append(
            [_cell(sheet, currency), *(_cell(sheet, each.amount, currency) for each in (opening, closing))]
        )
    sheet.append([])
    sheet.append([titled(sheet, name) for name in ("kind", "lines", "amount", "currency")])
    for each in summary.subtotals:
        currency = each.amount.currency
        values = (each.kind, each.lines, each.amount.amount, currency)
        sheet.append([_cell(sheet, value, currency) for value in values])


def _cell(sheet: Any, value: Any, currency: str = "") -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    _fill(cell, value)
    if isinstance(value, Decimal):
        cell.number_format = amount_format(currency)
    elif isinstance(value, datetime):
        cell.number_format = INSTANT
    elif isinstance(value, date):
        cell.number_format = DAY
    else:
        cell.number_format = WHOLE if isinstance(value, int) else TEXT
    return cell
