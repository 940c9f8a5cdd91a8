"""Sheets: the CSV and XLSX form of whatever is a list, out of Andon and into it, by the same columns."""

from andon.kernel.http.sheets.columns import Column, Sheet, columns_of
from andon.kernel.http.sheets.forms import CSV_TYPE, XLSX_TYPE, Form, form_of, wanted_form
from andon.kernel.http.sheets.reading import CellFault, Item, Reading, read_items, read_sheet
from andon.kernel.http.sheets.rejects import rejects_of
from andon.kernel.http.sheets.tables import MOST_ROWS, Row, Table, read_table
from andon.kernel.http.sheets.templates import template_of
from andon.kernel.http.sheets.writing import csv_of, guarded, letter_of, list_of, rows_of, titled, written

__all__ = [
    "CSV_TYPE",
    "MOST_ROWS",
    "XLSX_TYPE",
    "CellFault",
    "Column",
    "Form",
    "Item",
    "Reading",
    "Row",
    "Sheet",
    "Table",
    "columns_of",
    "csv_of",
    "form_of",
    "guarded",
    "letter_of",
    "list_of",
    "read_items",
    "read_sheet",
    "read_table",
    "rejects_of",
    "rows_of",
    "template_of",
    "titled",
    "wanted_form",
    "written",
]
