"""What a sheet's bytes hold: a header and rows of cells, before anybody knows what they mean."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from andon.kernel.errors import Invalid, codes
from andon.kernel.http.bodies import Malformed, NotUtf8
from andon.kernel.http.sheets.forms import Form

CODES = codes(
    {
        "sheet.malformed": ("Not a sheet that can be read", "无法读取的表格"),
        "sheet.empty": ("The sheet has no header", "表格没有表头"),
        "sheet.no_rows": ("The sheet has a header and no rows", "表格只有表头，没有数据行"),
        "sheet.too_many": ("Too many rows for one call", "单次请求的行数过多"),
        "sheet.too_large": ("The workbook unpacks to more than is read", "工作簿解压后过大"),
        "sheet.unknown_column": ("A column that there is not", "表头含有未知列"),
        "sheet.column_twice": ("A column stands twice in the header", "表头列重复"),
        "sheet.column_missing": ("A column is missing that every row needs", "表头缺少必填列"),
    }
)

MOST_ROWS = 20_000
MOST_COLUMNS = 256
MOST_PARTS = 1_000
LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_OF_CELLS = 1_500_000
MOST_OTHERS = 50_000
MOST_IN_ROW = 16_384
"""How many elements a workbook has: of cells and texts, of all else (styles above all), and cells of one row."""
_OF_CELLS = frozenset(("row", "c", "v", "is", "t", "f", "si", "r"))
LONGEST_CELL = 32_767
"""As many characters as a cell of a workbook has."""
SEPARATORS = ",;\t"
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


class BadSheet(Malformed):
    """The bytes are no sheet of the form that they say they are."""

    code = "sheet.malformed"


class Formula(str):
    """A cell that is worked out from others, or could not be: its text is the formula, or the error."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row under its number in the sheet, the header's being 1; a cell that is empty is None."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows under it that are not empty."""

    header: list[str]
    rows: list[Row] = field(default_factory=list)


def read_table(form: Form, body: bytes, known: Iterable[str], most: int = MOST_ROWS) -> Table:
    """The table in these bytes; `known` are the names by which a CSV's separator is told, `most` how many rows are read.

    Raises NotUtf8, BadSheet, or Invalid `sheet.empty`, `sheet.too_many`, `sheet.too_large`.
    """
    lines = _csv_lines(body, set(known)) if form is Form.CSV else _workbook_lines(body)
    header: list[str] = []
    rows = []
    for number, cells in enumerate(lines, 1):
        if number > most:
            raise Invalid("sheet.too_many", f"more than {most} rows")
        if number == 1:
            header = _header(cells)
        elif any(cell is not None for cell in cells):
            rows.append(Row(number, cells))
    if not header:
        raise Invalid("sheet.empty")
    return Table(header, rows)


def unguarded(text: str) -> str:
    """A text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return text[1:] if _GUARDED.match(text) else text


def _header(cells: Sequence[Any]) -> list[str]:
    header = ["" if cell is None else str(cell).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


# --- CSV ------------------------------------------------------------------------------------------------------------


def _csv_lines(body: bytes, known: set[str]) -> Iterator[list[str | None]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        told = f"byte {why.start} is no part of a UTF-8 text: save the sheet as CSV UTF-8, or as XLSX"
        raise NotUtf8(detail=told) from None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, known), strict=True)
    try:
        for cells in rows:
            yield [unguarded(cell) if cell else None for cell in cells]
    except csv.Error as why:
        raise BadSheet(detail=f"line {rows.line_num}: {why}", line=rows.line_num) from None


def _separator(text: str, known: set[str]) -> str:
    """The separator by which the first line names most of what is known; Excel takes its own from the country."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0][:LONGEST_CELL]

    def named(separator: str) -> int:
        return len(known.intersection(cell.strip(' "') for cell in first.split(separator)))

    return max(SEPARATORS, key=named)


# --- XLSX -----------------------------------------------------------------------------------------------------------


def _workbook_lines(body: bytes) -> Iterator[list[Any]]:
    """The rows of a workbook's first sheet. Nothing is unpacked before its size is known; formulas are not worked out."""
    from openpyxl import load_workbook

    try:
        _check_parts(body)
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
        sheets = book.worksheets
        if not sheets:
            raise BadSheet(detail="the workbook has no sheet")
        for cells in sheets[0].iter_rows(max_col=MOST_COLUMNS):
            yield [_cell(cell) for cell in cells]
    except (
        zipfile.BadZipFile,
        ParseError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        EOFError,
        OverflowError,
    ) as why:
        # What is wrong with a workbook comes as whatever its reader stumbles over.
        raise BadSheet(detail=f"not a workbook: {type(why).__name__}") from None


def _check_parts(body: bytes) -> None:
    """Refuse what unpacks to too much, what declares entities, and what has more elements than a reader should build.

    Whatever a part is called, its reader may find it: all are looked at, none is built.
    """
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = packed.infolist()
        # A part that says less than it holds is cut there by its reader, and its checksum fails.
        unpacked = sum(part.file_size for part in parts)
        if unpacked > LARGEST_UNPACKED_BYTES or len(parts) > MOST_PARTS:
            raise Invalid("sheet.too_large", f"{unpacked} bytes in {len(parts)} parts")
        weight = _Weight()
        for part in parts:
            with (
                packed.open(part) as opened,
                suppress(expat.ExpatError),
            ):  # what is no XML is none to its reader either
                parser = expat.ParserCreate(namespace_separator=" ")
                parser.StartDoctypeDeclHandler = weight.declare
                parser.StartElementHandler = weight.begin
                while chunk := opened.read(65_536):
                    parser.Parse(chunk)


class _Weight:
    """How many elements the parts of a workbook have: cells and their texts, and the far dearer all else."""

    def __init__(self) -> None:
        self.of_cells = self.others = self.in_row = 0

    def declare(self, *_: Any) -> None:
        """A document type declares entities: a workbook has none."""
        raise BadSheet(detail="a part of the workbook declares entities")

    def begin(self, name: str, _: Any) -> None:
        """Count an element."""
        local = name.rpartition(" ")[2]
        if local not in _OF_CELLS:
            self.others += 1
        else:
            self.of_cells += 1
            self.in_row = 0 if local == "row" else self.in_row + (local == "c")
        if self.others > MOST_OTHERS or self.of_cells > MOST_OF_CELLS or self.in_row > MOST_IN_ROW:
            raise Invalid("sheet.too_large", "more elements than a sheet has")


def _cell(cell: Any) -> Any:
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type in ("f", "e"):
        return Formula(value if isinstance(value, str) else getattr(value, "text", "") or "=")
    if isinstance(value, str):
        return unguarded(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int and (zeros := re.fullmatch("0+", cell.number_format or "")):
        return str(value).zfill(len(zeros[0]))  # what is shown as 00701 is 00701
    if isinstance(value, int | float | date | datetime | time | bool):
        return value
    return str(value)
