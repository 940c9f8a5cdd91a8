"""A sheet's rows as the items of a call: each is read alone, and what is wrong is told by its row and column."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import from_json

from andon.kernel.errors import Invalid, codes
from andon.kernel.http.bodies import LARGEST_BIGINT, field_code
from andon.kernel.http.sheets.columns import Column, Sheet
from andon.kernel.http.sheets.forms import Form
from andon.kernel.http.sheets.tables import LONGEST_CELL, Formula, Row, Table, read_table
from andon.kernel.http.sheets.writing import rows_of

CODES = codes(
    {
        "cell.formula": (
            "A cell holds a formula or an error instead of a value",
            "单元格为公式或错误值，须填写数值",
        ),
        "cell.date": ("A date stands where a text or number is needed", "此列不应为日期"),
        "cell.too_long": ("A cell holds too much", "单元格内容过长"),
        "row.too_long": ("A row has more cells than the header", "数据行的单元格多于表头"),
        "row.differs": ("Rows of one thing say different things of it", "同一对象的各行内容不一致"),
    }
)

ERROR_COLUMNS = ("error_row", "error_column", "error_code", "error_title", "error_detail")
"""What a file of rejects has beside the rows as they came; a corrected one may be sent as it is."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in one cell; the column is empty where the whole row is meant."""

    row: int
    column: str
    code: str
    detail: str = ""


@dataclass(slots=True)
class Item:
    """One item of a call: its rows, and what they say, or what is wrong with them."""

    rows: list[Row]
    value: dict[str, Any] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came: the header and the items, in the order of their first rows."""

    header: list[str]
    items: list[Item]

    @property
    def sound(self) -> list[int]:
        """The places of the items that have their shape."""
        return [place for place, item in enumerate(self.items) if not item.faults]


def read_sheet(sheet: Sheet, form: Form, body: bytes) -> Reading:
    """The items of a call that came as a sheet; one that is faulty keeps no other from being read.

    Raises what `read_table` does, and Invalid for a header that is not this sheet's, for no rows, or too many.
    """
    table = read_table(form, body, [column.name for column in sheet.columns])
    columns = _check_header(sheet, table.header)
    if not table.rows:
        raise Invalid("sheet.no_rows")
    items = list(_grouped(sheet, columns, table))
    if len(items) > sheet.most:
        raise Invalid("sheet.too_many", f"{len(items)}; the limit is {sheet.most}", limit=sheet.most)
    for item in items:
        _fill(sheet, columns, item)
    return Reading(table.header, items)


def read_items(sheet: Sheet, values: Sequence[Mapping[str, Any]]) -> Reading:
    """Items that came as JSON, as the rows that they would be."""
    items: list[Item] = []
    number = 2
    for value in values:
        lines = rows_of(sheet, value)
        items.append(Item([Row(number + place, line) for place, line in enumerate(lines)], dict(value)))
        number += len(lines)
    return Reading([column.name for column in sheet.columns], items)


def _check_header(sheet: Sheet, header: Sequence[str]) -> list[Column | None]:
    """The column of each place in the header, None for one that is passed over."""
    known = {column.name: column for column in sheet.columns}
    passed = {*sheet.passes, *ERROR_COLUMNS} - known.keys()
    if strange := [name for name in header if name not in known and name not in passed]:
        raise Invalid("sheet.unknown_column", ", ".join(map(repr, strange)), columns=strange)
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise Invalid("sheet.column_twice", ", ".join(twice), columns=twice)
    needed = [column.name for column in sheet.columns if column.required]
    if missing := [name for name in needed if name not in header]:
        raise Invalid("sheet.column_missing", ", ".join(missing), columns=missing)
    return [known.get(name) for name in header]


def _grouped(sheet: Sheet, columns: Sequence[Column | None], table: Table) -> Iterator[Item]:
    """The rows of each item. Those of one need not stand together; a row without its whole key stands alone."""
    if not sheet.rows:
        yield from (Item([row]) for row in table.rows)
        return
    places = [place for place, column in enumerate(columns) if column and column.name in sheet.key]
    items: dict[Any, Item] = {}
    for row in table.rows:
        key = tuple(str(_at(row, place)) if _at(row, place) is not None else None for place in places)
        whole = None not in key and len(places) == len(sheet.key)
        items.setdefault(key if whole else row.number, Item([])).rows.append(row)
    yield from items.values()


def _fill(sheet: Sheet, columns: Sequence[Column | None], item: Item) -> None:
    """Read an item's cells and check its shape; what is wrong is noted on it."""
    inner: list[dict[str, Any]] = []
    for row in item.rows:
        if any(cell is not None for cell in row.cells[len(columns) :]):
            item.faults.append(CellFault(row.number, "", "row.too_long", f"the header has {len(columns)}"))
        line: dict[str, Any] = {}
        for place, column in enumerate(columns):
            raw = _at(row, place)
            if raw is None or column is None:
                continue
            try:
                value = _value_of(column, raw)
            except Invalid as why:
                item.faults.append(CellFault(row.number, column.name, why.code, why.detail))
                continue
            if sheet.rows and column.path[0] == sheet.rows:
                _put(line, column.path[1:], value)
            elif not _put(item.value, column.path, value):
                item.faults.append(CellFault(row.number, column.name, "row.differs"))
        inner.append(line)
    for name, assumed in sheet.assumes:
        item.value.setdefault(name, assumed)
    if sheet.rows:
        item.value[sheet.rows] = inner
    named = {(fault.row, fault.column) for fault in item.faults}
    item.faults += [fault for fault in _faults(sheet, item) if (fault.row, fault.column) not in named]
    item.faults.sort(key=lambda fault: fault.row)


def _at(row: Row, place: int) -> Any:
    return row.cells[place] if place < len(row.cells) else None


def _put(into: dict[str, Any], path: Sequence[str], value: Any) -> bool:
    """Put a value in its place; False where another stands there."""
    for name in path[:-1]:
        into = into.setdefault(name, {})
    return bool(into.setdefault(path[-1], value) == value)


def _value_of(column: Column, raw: Any) -> Any:
    """The cell as JSON has it; what is none of its kind stays as it is, for the shape to refuse. Raises Invalid."""
    if isinstance(raw, Formula):
        raise Invalid("cell.formula", raw[:100])
    if isinstance(raw, datetime | date | time):
        return _instant_of(column, raw)
    if isinstance(raw, str):
        if len(raw) > LONGEST_CELL:
            raise Invalid("cell.too_long", f"{len(raw)} characters; the limit is {LONGEST_CELL}")
        if "\0" in raw:
            raise Invalid("text.nul", "the text holds the character NUL")
    if column.kind == "whole":
        raw = int(raw) if isinstance(raw, str) and _WHOLE.fullmatch(raw.strip()) else raw
        if isinstance(raw, int) and abs(raw) > LARGEST_BIGINT:
            raise Invalid("integer.out_of_range", "beyond what 64 bits hold")
        return raw
    if column.kind == "truth":
        return _TRUTHS.get(raw.strip().lower(), raw) if isinstance(raw, str) else raw
    if column.kind == "json":
        return _json_of(raw)
    return _text_of(raw)


def _instant_of(column: Column, raw: datetime | date | time) -> str:
    """An instant of a workbook, which knows no zones: it is UTC."""
    if column.kind == "day" and isinstance(raw, date):
        return (raw.date() if isinstance(raw, datetime) else raw).isoformat()
    if column.kind != "instant" or isinstance(raw, time):
        raise Invalid("cell.date", f"{raw}: give the column the format of a text")
    at = raw if isinstance(raw, datetime) else datetime(raw.year, raw.month, raw.day)  # noqa: DTZ001 - see above
    return f"{at.isoformat()}Z"


def _text_of(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return format(Decimal(repr(raw)), "f") if isinstance(raw, float) else str(raw)


def _json_of(raw: Any) -> Any:
    """A list or an object in a cell; any other text stands for itself."""
    if not isinstance(raw, str) or raw[:1] not in ("[", "{"):
        return raw
    try:
        return from_json(raw)  # no deeper than a body may be
    except ValueError:
        return raw


def _faults(sheet: Sheet, item: Item) -> Iterable[CellFault]:
    """What the shape refuses of an item, each by the cell that it is about."""
    try:
        sheet.adapter.validate_json(orjson.dumps(item.value))
    except ValidationError as why:
        for error in why.errors(include_url=False, include_input=False, include_context=False):
            row, column = _place_of(sheet, item, error["loc"])
            yield CellFault(row, column, field_code(error["type"]), error["msg"])


def _place_of(sheet: Sheet, item: Item, loc: tuple[Any, ...]) -> tuple[int, str]:
    """The row and the column of an error's place in an item; of an object that is missing, its first column."""
    row = item.rows[0]
    steps = [*loc]
    if sheet.tagged:
        steps = steps[1:] or [next(column.name for column in sheet.columns if column.choices)]
    if sheet.rows and steps[:1] == [sheet.rows] and len(steps) > 1:
        row = item.rows[steps.pop(1)] if len(item.rows) > steps[1] else row
    names = [str(step) for step in steps if not isinstance(step, int)]
    for column in sheet.columns:
        if list(column.path[: len(names)]) == names or names[: len(column.path)] == list(column.path):
            return row.number, column.name
    return row.number, ".".join(names)
