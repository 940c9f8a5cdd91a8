"""Templates: an empty sheet to fill in, with what each column takes."""

import io
from collections.abc import Iterator
from typing import Any

from andon.kernel.http.sheets.columns import Column, Sheet
from andon.kernel.http.sheets.forms import Form
from andon.kernel.http.sheets.words import KINDS, WORDS
from andon.kernel.http.sheets.writing import FORMATS, letter_of, written

NEEDED_FILL = "F8DDB8"
HEADINGS = ("column 列", "needed 必填", "holds 类型", "choices 可选值", "limits 限制", "meaning", "说明")
_LONGEST_LIST = 255
"""How many characters a list of choices may have inside a workbook's rule."""


def template_of(sheet: Sheet, form: Form) -> bytes:
    """The sheet's header and no rows; a workbook also has its kinds of cells, its choices, and a page that explains."""
    if form is Form.CSV:
        return written(form, [column.name for column in sheet.columns], [])
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    assert page is not None, "a new workbook has a page"
    page.title = sheet.name
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns):
        _head(page, place, column)
        _offer(page, place, column, sheet)
    _explain(book.create_sheet("columns 列说明"), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(page: Any, place: int, column: Column) -> None:
    """The header's cell, marked where every row needs it; the cells below are of the column's kind."""
    from openpyxl.styles import Font, PatternFill

    cell = page.cell(1, place + 1, column.name)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=NEEDED_FILL if column.required else "DDE7F3")
    below = page.column_dimensions[letter_of(place)]
    below.number_format = FORMATS[column.kind]
    below.width = max(12, len(column.name) + 2)


def _offer(page: Any, place: int, column: Column, sheet: Sheet) -> None:
    """The choices of a column as a list to pick from."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = column.choices or (("true", "false") if column.kind == "truth" else ())
    offered = f'"{",".join(choices)}"'
    if not choices or len(offered) > _LONGEST_LIST:
        return
    rule = DataValidation("list", formula1=offered, allow_blank=not column.required, showErrorMessage=True)
    rule.add(f"{letter_of(place)}2:{letter_of(place)}{sheet.most + 1}")
    page.add_data_validation(rule)


def _explain(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font

    page.append(HEADINGS)
    for row in _explanations(sheet):
        page.append(row)
        for cell in page[page.max_row]:
            cell.data_type = "s"
    page.freeze_panes = "A2"
    for place, width in enumerate((28, 14, 34, 44, 24, 60, 44)):
        page.column_dimensions[letter_of(place)].width = width
    for row in page.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in page[1]:
        cell.font = Font(bold=True)


def _explanations(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    for column in sheet.columns:
        english, chinese = WORDS.get(column.name) or WORDS.get(column.path[-1]) or ("", "")
        only = ", ".join(column.only)
        yield (
            column.name,
            "yes 是" if column.required else f"{only}" if only else "no 否",
            KINDS[column.kind],
            ", ".join(column.choices),
            column.limits,
            column.description or english,
            chinese,
        )
