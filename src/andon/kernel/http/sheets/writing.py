"""Sheets as they are written: cells of their own kinds in a workbook, and in neither form one that works."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel

from andon.kernel.http.sheets.columns import Column, Sheet, columns_of
from andon.kernel.http.sheets.forms import Form
from andon.kernel.http.sheets.tables import Formula

_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WORKS = re.compile(r"'*[=+\-@\t\r]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EXACT = 10**15
"""Whole numbers from here on lose digits in a spreadsheet: they stand as texts."""
FORMATS = {
    "text": "@",
    "json": "@",
    "whole": "0",
    "amount": "0.00####",
    "instant": 'yyyy-mm-dd hh:mm:ss "UTC"',
    "day": "yyyy-mm-dd",
    "truth": "General",
}


def list_of(form: Form, shape: type[BaseModel], items: Iterable[Mapping[str, Any]]) -> bytes:
    """Items, as JSON has them, as a sheet: a header, then a row each; the same columns whatever the items."""
    columns = columns_of(shape)
    rows = ([_at(item, column.path) for column in columns] for item in items)
    return written(form, [column.name for column in columns], rows, columns)


def csv_of(shape: type[BaseModel], items: Iterable[Mapping[str, Any]]) -> bytes:
    """The same as CSV (RFC 4180)."""
    return list_of(Form.CSV, shape, items)


def rows_of(sheet: Sheet, item: Mapping[str, Any]) -> list[list[Any]]:
    """The rows of one item of a call: one, or one for each of its inner list."""
    columns = sheet.columns
    if not sheet.rows:
        return [[_at(item, column.path) for column in columns]]
    return [
        [
            _at(line, column.path[1:]) if column.path[0] == sheet.rows else _at(item, column.path)
            for column in columns
        ]
        for line in item.get(sheet.rows) or [{}]
    ]


def written(
    form: Form, header: Sequence[str], rows: Iterable[Sequence[Any]], columns: Sequence[Column | None] = ()
) -> bytes:
    """A header and rows as a sheet; `columns` say what the cells of each place are, where that is known."""
    if form is Form.XLSX:
        return _workbook(header, rows, columns)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(
        [guarded(_text(cell)) if _is_text(cell) else _text(cell) for cell in row] for row in rows
    )
    return out.getvalue().encode()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; what it reads as a number may begin with a minus."""
    return f"'{text}" if _WORKS.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def _at(item: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(item, Mapping):
            return None
        item = item.get(name)
    return item


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else orjson.dumps(cell, default=str).decode()


def _workbook(
    header: Sequence[str], rows: Iterable[Sequence[Any]], columns: Sequence[Column | None]
) -> bytes:
    """A workbook of one sheet, written row by row, its header frozen."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("andon")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header):
        sheet.column_dimensions[letter_of(place)].width = max(12, len(name) + 2)
    sheet.append([titled(sheet, name) for name in header])
    for row in rows:
        sheet.append(list(_cells(sheet, row, columns)))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: Any, row: Sequence[Any], columns: Sequence[Column | None]) -> Iterator[Any]:
    for place, value in enumerate(row):
        column = columns[place] if place < len(columns) else None
        yield cell_of(sheet, value, column.kind if column else "")


def cell_of(sheet: Any, value: Any, kind: str) -> Any:
    """A cell of its own kind: whole numbers, amounts and instants as such, all else a text that works nothing out."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, Formula):  # only where it goes back to whoever sent it
        return WriteOnlyCell(sheet, str(value))
    given = _typed(value, kind)
    if isinstance(given, str):
        # A text is no formula here; only what looks as if it had been guarded is, so that it is read as it was.
        text = guarded(given) if given.startswith("'") else given
        cell = WriteOnlyCell(sheet, _UNWRITABLE.sub("\ufffd", text))
        cell.data_type = "s"
        cell.number_format = "@"
        return cell
    cell = WriteOnlyCell(sheet, given)
    is_at = "instant" if isinstance(given, datetime) else "day" if isinstance(given, date) else kind
    cell.number_format = FORMATS.get(is_at, "General")
    return cell


def _typed(value: Any, kind: str) -> Any:
    if isinstance(value, str) and kind == "instant":
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, str) and kind == "day":
        return date.fromisoformat(value)
    if isinstance(value, str) and kind == "amount" and _PLAIN_NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    if value is None or isinstance(value, int | float | datetime | date):
        return value
    return _text(value)


def titled(sheet: Any, name: str, *, fill: str = "DDE7F3") -> Any:
    """A cell of a header."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(sheet, name)
    cell.data_type = "s"
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=fill)
    return cell


def letter_of(place: int) -> str:
    """The letters of a column by its place, from 0."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))
