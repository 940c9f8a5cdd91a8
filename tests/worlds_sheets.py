"""Sheets for tests: some of the product's, and what people and programs send as them."""

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from andon.kernel.http.sheets import (
    Form,
    Reading,
    Sheet,
    read_sheet,
    rows_of,
    written,
)
from andon.orders.intake.api import OrderIn
from andon.orders.routing.api import CountIn
from andon.orders.shipping.api.shapes import Act
from andon.partners.catalog.api import MappingAct, ProductRow

ORDERS = Sheet("orders", OrderIn, "orders", rows="lines", key=("channel", "channel_order_no"))
PRODUCTS = Sheet("products", ProductRow, passes=("shop_id", "updated_at"))
ACTS = Sheet("acts", Act)
MAPPINGS = Sheet("mappings", MappingAct)
COUNTS = Sheet("counts", CountIn)
FORMS = pytest.mark.parametrize("form", Form)


def sent(sheet: Sheet, form: Form, items: list[dict[str, Any]]) -> bytes:
    """Items as a program would write them into this sheet's columns."""
    rows = [row for item in items for row in rows_of(sheet, item)]
    return written(form, [column.name for column in sheet.columns], rows, sheet.columns)


def table(form: Form, *rows: list[Any]) -> bytes:
    """Cells as somebody typed them: in a workbook each of its own kind."""
    if form is Form.CSV:
        return "".join(",".join("" if c is None else str(c) for c in row) + "\r\n" for row in rows).encode()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(reading: Reading) -> list[tuple[int, str, str]]:
    return [(f.row, f.column, f.code) for item in reading.items for f in item.faults]


def alike(value: Any) -> Any:
    """The same with amounts as numbers: a workbook keeps no zeros behind a point."""
    if isinstance(value, dict):
        return {k: Decimal(v) if k == "amount" else alike(v) for k, v in value.items()}
    return [alike(each) for each in value] if isinstance(value, list) else value


HEADER = [
    "sku",
    "title",
    "mode",
    "length_mm",
    "width_mm",
    "height_mm",
    "weight_g",
    "price.amount",
    "price.currency",
]
GOOD = ["007", "Shirt", "jit", 1, 2, 3, 4, "49.90", "CNY"]


def products(form: Form, *rows: list[Any]) -> Reading:
    return read_sheet(PRODUCTS, form, table(form, HEADER, *rows))


ORDER = {
    "channel": "plaza",
    "channel_order_no": "1",
    "placed_at": "2026-05-01T00:00:00Z",
    "ship_to": {"name": "Ana", "line1": "x", "city": "M", "country": "ES"},
    "lines": [
        {"sku": "a", "quantity": 1, "unit_price": {"amount": "1.00", "currency": "CNY"}},
        {"sku": "b", "quantity": 2, "unit_price": {"amount": "2.00", "currency": "CNY"}},
    ],
}
