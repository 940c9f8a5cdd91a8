"""Rows of CSV files with their place, so that what is wrong is told with its file and line."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.ports.history import HistoryUnreadable

_YEARS = range(2000, 2100)
_DIGITS = 9
"""No count, weight or length of a file has more digits than these."""
_MOST = 10**_DIGITS


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row. Every reader of a field raises HistoryUnreadable with the file, the line and the column."""

    file: str
    line_no: int
    cells: dict[str, str]

    def wrong(self, column: str, why: str) -> HistoryUnreadable:
        """What is wrong with that field."""
        return HistoryUnreadable(
            detail=f"{self.file}, line {self.line_no}, {column}: {why}",
            file=self.file,
            line=self.line_no,
            column=column,
        )

    def maybe(self, column: str) -> str:
        """The field's text without white space around it; empty where the file has none."""
        return self.cells[column].strip()

    def text(self, column: str) -> str:
        """The field's text, which is there."""
        found = self.maybe(column)
        if not found:
            raise self.wrong(column, "is empty")
        return found

    def count(self, column: str) -> int:
        """A whole number, 1 or more."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text)):
            raise self.wrong(column, f"not a whole number from 1: {text!r}")
        return int(text)

    def measure(self, column: str, times: int = 1) -> int | None:
        """A weight or length in our unit, of which the file's has `times`; None where it is empty or 0."""
        text = self.maybe(column)
        try:
            value = Decimal(text or 0)
        except InvalidOperation:
            raise self.wrong(column, f"not a number: {text!r}") from None
        if not (value.is_finite() and 0 <= value < _MOST):
            raise self.wrong(column, f"not a measure: {text!r}")
        return None if value == 0 else max(1, round(value * times))

    def money(self, column: str, currency: str) -> Money:
        """An amount, not negative."""
        text = self.text(column)
        try:
            amount = Money.of(text, currency)
        except Invalid as why:
            raise self.wrong(column, str(why)) from why
        if amount.minor < 0:
            raise self.wrong(column, f"an amount is not negative: {text}")
        return amount

    def day(self, column: str, form: str, zone: ZoneInfo) -> datetime:
        """The first instant of a local day that is written in that form of `strptime`."""
        text = self.text(column)
        try:
            day = datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            raise self.wrong(column, f"not a day as {form}: {text!r}") from None
        if day.year not in _YEARS:
            raise self.wrong(column, f"outside the years {_YEARS.start} to {_YEARS.stop - 1}: {text!r}")
        return day.astimezone(UTC)

    def maybe_instant(self, column: str, zone: ZoneInfo | None = None) -> datetime | None:
        """The field's instant, None where it is empty. Without `zone` it must say its own offset from UTC.

        A local time that came twice is taken for its first coming, one that was skipped as if the clock had not
        been put forward yet.
        """
        text = self.maybe(column)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            raise self.wrong(column, f"not an instant: {text!r}") from None
        if zone is not None:
            if instant.tzinfo is not None:
                raise self.wrong(column, f"a local time has no offset: {text!r}")
            instant = instant.replace(tzinfo=zone)
        if instant.tzinfo is None:
            raise self.wrong(column, f"without its offset from UTC: {text!r}")
        if instant.year not in _YEARS:
            raise self.wrong(column, f"outside the years {_YEARS.start} to {_YEARS.stop - 1}: {text!r}")
        return instant.astimezone(UTC)

    def instant(self, column: str, zone: ZoneInfo | None = None) -> datetime:
        """The field's instant, which is there."""
        self.text(column)
        found = self.maybe_instant(column, zone)
        assert found is not None, "a field that is not empty has an instant"
        return found


def read_rows(folder: Path, file: str, columns: Sequence[str]) -> Iterator[CsvRow]:
    """The rows of a CSV file (UTF-8, comma, a header line) that has at least these columns."""
    try:
        # What is no UTF-8 comes as lone surrogates, so that `_lines_of` can say on which line it stands.
        with (folder / file).open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield from _rows_of(file, text, columns)
    except FileNotFoundError:
        raise HistoryUnreadable("history.missing_file", f"{file} is not in {folder}", file=file) from None
    except OSError as why:
        raise HistoryUnreadable(detail=f"{file}: {why}", file=file) from why


def _rows_of(file: str, text: Iterable[str], columns: Sequence[str]) -> Iterator[CsvRow]:
    reader = csv.DictReader(_lines_of(file, text), strict=True)
    try:
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise HistoryUnreadable(detail=f"{file}: no column {', '.join(missing)}", file=file)
        for cells in reader:
            row = CsvRow(file, reader.line_num, cells)
            if None in cells or None in cells.values():
                raise row.wrong("*", f"has not the {len(reader.fieldnames or ())} fields of the header")
            yield row
    except csv.Error as why:
        raise CsvRow(file, reader.reader.line_num, {}).wrong("*", str(why)) from why


def _lines_of(file: str, text: Iterable[str]) -> Iterator[str]:
    """The lines, each of them UTF-8 without a NUL."""
    for line_no, line in enumerate(text, 1):
        if "\0" in line or not (line.isascii() or _is_utf8(line)):
            raise CsvRow(file, line_no, {}).wrong("*", "is not text in UTF-8")
        yield line


def _is_utf8(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
