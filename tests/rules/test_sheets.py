"""A list, as a sheet, says the same; and what is wrong in a sheet is told by its row and column."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from andon.kernel.errors import Refused
from andon.kernel.http.models import MoneyOut, Out
from andon.kernel.http.sheets import (
    Form,
    Reading,
    Sheet,
    list_of,
    read_sheet,
    rejects_of,
    rows_of,
    template_of,
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


# --- there and back ---------------------------------------------------------------------------------------------------

# Texts that a cell can hold as they are; a workbook has its own escapes for carriage returns.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="=+-@'\"\t\n;,", exclude_characters="\ufffe\uffff"),
    min_size=1, max_size=40,
)  # fmt: skip
WORDS = st.sampled_from(
    ["001", "1e5", "TRUE", "=1+1", "'=x", "''@", "+34 600", "-5", "2026-05-01", " a ", "null", "[1", "{"]
)
TITLES = TEXTS | WORDS
AMOUNTS = st.decimals(0, 10**9, places=2).map(str)
INSTANTS = st.integers(0, 3 * 10**9).map(
    lambda s: (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=s)).isoformat().replace("+00:00", "Z")
)
MONEY = st.fixed_dictionaries({"amount": AMOUNTS, "currency": st.just("CNY")})
SHIP_TO = st.fixed_dictionaries(
    {"name": TITLES, "line1": TITLES, "city": TITLES, "country": st.just("ES")},
    optional={"postcode": st.sampled_from(["01001", "0070 A", "=B"]), "phone": WORDS},
)
LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": TITLES, "quantity": st.integers(1, 10**6), "unit_price": MONEY},
        optional={"freight": MONEY, "ship_by": INSTANTS},
    ),
    min_size=1,
    max_size=4,
)
SOLD = st.lists(
    st.fixed_dictionaries(
        {
            "channel": st.just("plaza"),
            "channel_order_no": st.from_regex(r"[0-9A-Z]{1,12}", fullmatch=True),
            "placed_at": INSTANTS,
            "ship_to": SHIP_TO,
            "lines": LINES,
        },
        optional={"paid_at": INSTANTS, "ship_by": INSTANTS},
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda order: order["channel_order_no"],
)
NUMBERS = st.integers(1, 2**63 - 1)
SAID = st.lists(
    st.one_of(
        st.fixed_dictionaries({"id": NUMBERS, "action": st.sampled_from(["accept", "picked"])}),
        st.fixed_dictionaries({"id": NUMBERS, "action": st.just("reject"), "code": st.just("other")}, optional={"note": TITLES}),
        st.fixed_dictionaries({"id": NUMBERS, "action": st.just("cannot_fulfil"), "reason": st.just("damaged"), "lines": st.lists(NUMBERS, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"id": NUMBERS, "action": st.just("shipped")}, optional={"handed_over_at": INSTANTS}),
    ),
    min_size=1,
)  # fmt: skip


def alike(value: Any) -> Any:
    """The same with amounts as numbers: a workbook keeps no zeros behind a point."""
    if isinstance(value, dict):
        return {k: Decimal(v) if k == "amount" else alike(v) for k, v in value.items()}
    return [alike(each) for each in value] if isinstance(value, list) else value


@FORMS
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(orders=SOLD)
def test_orders_that_go_through_a_sheet_are_the_same(form: Form, orders: list[dict[str, Any]]) -> None:
    reading = read_sheet(ORDERS, form, sent(ORDERS, form, orders))
    assert alike([item.value for item in reading.items]) == alike(orders)
    assert told(reading) == []


@FORMS
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(acts=SAID)
def test_acts_that_go_through_a_sheet_are_the_same(form: Form, acts: list[dict[str, Any]]) -> None:
    reading = read_sheet(ACTS, form, sent(ACTS, form, acts))
    assert [item.value for item in reading.items] == acts
    assert told(reading) == []


@settings(max_examples=300)
@given(text=TEXTS | WORDS)
def test_no_cell_of_a_csv_works_anything_out(text: str) -> None:
    raw = sent(COUNTS, Form.CSV, [{"supplier_sku": text, "counted": 1}]).decode()
    cell = raw.split("\r\n", 1)[1].lstrip('"')
    assert cell[0] not in "=+-@\t\r" or cell.split(",")[0].lstrip("-").replace(".", "").isdigit()


def test_no_cell_of_a_workbook_works_anything_out() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(sent(COUNTS, Form.XLSX, [{"supplier_sku": "=HYPERLINK(1)", "counted": 1}]))
    )
    cell = book.active["A2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert book.active.freeze_panes == "A2"


class Sold(Out):
    id: int
    at: datetime
    price: MoneyOut
    big: int
    done: bool
    tags: list[str]


def test_a_list_has_cells_of_their_own_kinds() -> None:
    item = {
        "id": 7,
        "at": "2026-05-01T08:30:00Z",
        "price": {"amount": "49.90", "currency": "CNY"},
        "big": 2**60,
        "done": True,
        "tags": ["a"],
    }
    page = openpyxl.load_workbook(io.BytesIO(list_of(Form.XLSX, Sold, [item]))).active
    assert [cell.value for cell in page[1]] == [
        "id",
        "at",
        "price.amount",
        "price.currency",
        "big",
        "done",
        "tags",
    ]
    cells = page[2]
    assert [cell.value for cell in cells] == [
        7,
        datetime.fromisoformat("2026-05-01T08:30"),
        49.9,
        "CNY",
        str(2**60),
        True,
        '["a"]',
    ]
    assert "UTC" in cells[1].number_format
    assert (
        list_of(Form.CSV, Sold, [item])
        .decode()
        .splitlines()[1]
        .startswith("7,2026-05-01T08:30:00Z,49.90,CNY,")
    )


# --- what people send -------------------------------------------------------------------------------------------------

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


@FORMS
def test_each_bad_cell_is_named_and_the_other_rows_go_on(form: Form) -> None:
    reading = products(
        form,
        GOOD,
        ["a", "", "fast", 0, "x", 3, 4, "4,9" if form is Form.XLSX else "4.9.1", "CNY"],
        [],
        ["b", *GOOD[1:]],
        [None, *GOOD[1:7], None, "CNY"],
    )
    assert set(told(reading)) == {
        (3, "title", "field.missing"),
        (3, "mode", "field.choice"),
        (3, "length_mm", "field.range"),
        (3, "width_mm", "field.type"),
        (3, "price.amount", "field.pattern"),
        (6, "price.amount", "field.missing"),
        (6, "sku", "field.missing"),
    }
    assert reading.sound == [0, 2]
    assert reading.items[0].value["sku"] == "007"


@FORMS
def test_a_header_that_is_not_the_sheets_refuses_all(form: Form) -> None:
    for header, code in (
        ([*HEADER, "colour"], "sheet.unknown_column"),
        ([*HEADER, "sku"], "sheet.column_twice"),
        (HEADER[1:], "sheet.column_missing"),
        ([*HEADER[:2], None, *HEADER[2:]], "sheet.unknown_column"),
    ):
        with pytest.raises(Refused) as no:
            read_sheet(PRODUCTS, form, table(form, header, GOOD))
        assert no.value.code == code
    with pytest.raises(Refused, match=r"sheet\.no_rows"):
        read_sheet(PRODUCTS, form, table(form, HEADER))
    with pytest.raises(Refused, match=r"sheet\.empty"):
        read_sheet(PRODUCTS, form, table(form))


@FORMS
def test_a_sheet_has_a_thousand_items_at_most(form: Form) -> None:
    rows = [[f"S-{number}", *GOOD[1:]] for number in range(1001)]
    assert len(products(form, *rows[:-1]).items) == 1000
    with pytest.raises(Refused, match=r"sheet\.too_many"):
        products(form, *rows)
    with pytest.raises(Refused, match=r"sheet\.too_many"):
        products(form, *([[]] * 20_000), GOOD)


@FORMS
def test_a_list_that_was_exported_may_be_sent_back(form: Form) -> None:
    header = ["shop_id", *HEADER, "updated_at"]
    row = [1, *GOOD, "2026-05-01T00:00:00Z"]
    assert told(read_sheet(PRODUCTS, form, table(form, header, row))) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_is_read_whichever_program_wrote_it(ending: str, separator: str, mark: bytes) -> None:
    text = ending.join(separator.join(map(str, row)) for row in (HEADER, GOOD, []))
    [item] = read_sheet(PRODUCTS, Form.CSV, mark + text.encode()).items
    assert (item.value["sku"], item.value["price"], item.faults) == (
        "007",
        {"amount": "49.90", "currency": "CNY"},
        [],
    )


def test_a_csv_that_is_no_utf8_or_has_an_open_quote_is_refused() -> None:
    for raw, code in (
        (",".join(HEADER).encode("utf-16"), "request.not_utf8"),
        ("sku\n衣".encode("gbk"), "request.not_utf8"),
        (b'sku,title\n"x', "sheet.malformed"),
        (b'sku,title\n"x"y,1', "sheet.malformed"),
        (b"", "sheet.empty"),
        (b"sku\n" + b"x" * 200_000, "sheet.malformed"),
    ):
        with pytest.raises(Refused) as no:
            read_sheet(PRODUCTS, Form.CSV, raw)
        assert no.value.code == code, raw[:20]


def test_cells_that_hold_too_much_or_what_cannot_be_kept_are_named() -> None:
    rows = [
        ["x" * 40_000, *GOOD[1:]],
        ["a\0b", *GOOD[1:]],
        ["a", *GOOD[1:3], 2**70, *GOOD[4:]],
        [*GOOD, "more"],
    ]
    assert told(products(Form.CSV, *rows)) == [
        (2, "sku", "cell.too_long"),
        (3, "sku", "text.nul"),
        (4, "length_mm", "integer.out_of_range"),
        (5, "", "row.too_long"),
    ]


def test_a_workbook_says_numbers_dates_and_formulas() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(
        [
            "channel",
            "channel_order_no",
            "placed_at",
            "ship_to.name",
            "ship_to.line1",
            "ship_to.city",
            "ship_to.country",
            "ship_to.postcode",
            "lines.sku",
            "lines.quantity",
            "lines.unit_price.amount",
            "lines.unit_price.currency",
        ]
    )
    page.append(
        [
            "plaza",
            12,
            datetime.fromisoformat("2026-05-01T08:00"),
            "Ana",
            "x",
            "M",
            "ES",
            701,
            5.0,
            2.0,
            4.5,
            "CNY",
        ]
    )
    page["H2"].number_format = "00000"
    page.append(
        [
            "plaza",
            13,
            datetime.fromisoformat("2026-05-01T08:00"),
            "Ana",
            "x",
            "M",
            "ES",
            datetime.fromisoformat("2026-01-02"),
            "=A1",
            "=1+1",
            4.5,
            "CNY",
        ]
    )
    out = io.BytesIO()
    book.save(out)
    reading = read_sheet(ORDERS, Form.XLSX, out.getvalue())
    first, second = reading.items
    assert first.faults == []
    assert (first.value["channel_order_no"], first.value["placed_at"]) == ("12", "2026-05-01T08:00:00Z")
    assert first.value["ship_to"]["postcode"] == "00701"
    assert first.value["lines"] == [
        {"sku": "5", "quantity": 2, "unit_price": {"amount": "4.5", "currency": "CNY"}}
    ]
    assert {(f.column, f.code) for f in second.faults} == {
        ("ship_to.postcode", "cell.date"),
        ("lines.sku", "cell.formula"),
        ("lines.quantity", "cell.formula"),
    }


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in parts.items():
            into.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_what_is_no_workbook_or_unpacks_without_end_is_refused() -> None:
    good = template_of(PRODUCTS, Form.XLSX)
    billion = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for raw, code in (
        (b"", "sheet.malformed"),
        (b"PK\x03\x04", "sheet.malformed"),
        (good[: len(good) // 2], "sheet.malformed"),
        (packed(a_xml=b"<x/>"), "sheet.malformed"),
        (packed(xl__workbook_xml=b" " * (65 * 1024 * 1024)), "sheet.too_large"),
        (packed(**{f"p{n}": b"" for n in range(1001)}), "sheet.too_large"),
        (packed(xl__workbook_xml=billion), "sheet.malformed"),
    ):
        with pytest.raises(Refused) as no:
            read_sheet(PRODUCTS, Form.XLSX, raw)
        assert no.value.code == code, raw[:40]


# --- orders in rows ---------------------------------------------------------------------------------------------------

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


@FORMS
def test_rows_of_one_order_need_not_stand_together(form: Form) -> None:
    other = ORDER | {"channel_order_no": "2"}
    rows = [*rows_of(ORDERS, ORDER), *rows_of(ORDERS, other)]
    mixed = [rows[0], rows[2], rows[1], rows[3]]
    header = [column.name for column in ORDERS.columns]
    reading = read_sheet(ORDERS, form, written(form, header, mixed, ORDERS.columns))
    assert alike([item.value for item in reading.items]) == alike([ORDER, other])
    assert [[row.number for row in item.rows] for item in reading.items] == [[2, 4], [3, 5]]


@FORMS
def test_rows_of_one_order_that_differ_and_bad_lines_are_named_by_their_own_row(form: Form) -> None:
    rows = rows_of(ORDERS, ORDER)
    header = [column.name for column in ORDERS.columns]
    rows[1][header.index("ship_to.city")] = "Barcelona"
    rows[1][header.index("lines.quantity")] = "two"
    without = list(rows[0])
    without[header.index("channel_order_no")] = None
    reading = read_sheet(ORDERS, form, written(form, header, [*rows, without, without]))
    assert set(told(reading)) == {
        (3, "ship_to.city", "row.differs"),
        (3, "lines.quantity", "field.type"),
        (4, "channel_order_no", "field.missing"),
        (5, "channel_order_no", "field.missing"),
    }
    assert len(reading.items) == 3


# --- rejects and templates --------------------------------------------------------------------------------------------


@FORMS
def test_a_file_of_rejects_has_each_row_once_and_may_be_sent_when_it_is_put_right(form: Form) -> None:
    reading = products(form, ["007", "", "fast", *GOOD[3:]], GOOD)
    bad = [item for item in reading.items if item.faults]
    raw = rejects_of(form, reading.header, bad, str.upper)
    again = read_sheet(PRODUCTS, form, raw)
    assert [item.value["sku"] for item in again.items] == ["007"]
    assert set(told(again)) == {(2, "title", "field.missing"), (2, "mode", "field.choice")}
    assert again.header[-5:] == ["error_row", "error_column", "error_code", "error_title", "error_detail"]
    [row] = again.items[0].rows
    line = dict(zip(again.header, row.cells, strict=False))
    assert str(line["error_row"]) == "2"
    assert set(line["error_column"].split("; ")) == {"title", "mode"}
    assert set(line["error_title"].split("; ")) == {"FIELD.MISSING", "FIELD.CHOICE"}


@pytest.mark.parametrize("sheet", [ORDERS, PRODUCTS, ACTS, MAPPINGS, COUNTS], ids=lambda sheet: sheet.name)
def test_a_template_has_the_columns_and_explains_them(sheet: Sheet) -> None:
    names = [column.name for column in sheet.columns]
    assert template_of(sheet, Form.CSV).decode().strip().split(",") == names
    book = openpyxl.load_workbook(io.BytesIO(template_of(sheet, Form.XLSX)))
    page, explained = book.worksheets
    assert [cell.value for cell in page[1]] == names
    assert page.freeze_panes == "A2"
    assert [row[0].value for row in explained.iter_rows(min_row=2)] == names
    chosen = {str(rule.sqref).split("2:")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    for place, column in enumerate(sheet.columns):
        letter = openpyxl.utils.get_column_letter(place + 1)
        if column.choices and len(",".join(column.choices)) < 250:
            assert chosen[letter] == f'"{",".join(column.choices)}"'
        if column.kind == "text":
            assert page.column_dimensions[letter].number_format == "@"
