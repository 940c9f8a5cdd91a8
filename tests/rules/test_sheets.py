"""What is wrong in a sheet is told by its row and column, and keeps no other row from being read."""

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from starlette.requests import Request

from andon.kernel.errors import Refused
from andon.kernel.http.bulk import merged, rejected
from andon.kernel.http.models import Strict
from andon.kernel.http.sheets import (
    Form,
    Sheet,
    read_sheet,
    rejects_of,
    rows_of,
    template_of,
    written,
)
from tests.worlds_sheets import (
    ACTS,
    COUNTS,
    FORMS,
    GOOD,
    HEADER,
    MAPPINGS,
    ORDER,
    ORDERS,
    PRODUCTS,
    alike,
    products,
    table,
    told,
)


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


@FORMS
def test_a_row_of_an_order_without_a_line_is_named_and_moves_no_other(form: Form) -> None:
    header = [column.name for column in ORDERS.columns]
    first, second = rows_of(ORDERS, ORDER)
    empty = [None if name.startswith("lines.") else cell for name, cell in zip(header, first, strict=True)]
    second[header.index("lines.quantity")] = "two"
    reading = read_sheet(ORDERS, form, written(form, header, [empty, second]))
    assert {(row, column) for row, column, _ in told(reading)} == {
        (2, "lines.sku"),
        (2, "lines.quantity"),
        (2, "lines.unit_price.amount"),
        (3, "lines.quantity"),
    }


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


def test_an_answer_that_is_made_twice_is_the_same() -> None:
    reading = products(Form.CSV, GOOD, ["b", "", *GOOD[2:]])
    request = Request({"type": "http", "headers": []})
    refusal = {"status": "refused", "code": "product.currency", "detail": "EUR"}
    answers = [rejected(request, Form.CSV, reading, merged(reading, [refusal])).body for _ in range(2)]
    assert answers[0] == answers[1]
    assert reading.sound == [0], "the act may be tried again, where the database undid it"


class Deep(Strict):
    sku: str
    more: list[Any]


@pytest.mark.parametrize("deep", ["[" * 300 + "]" * 300, "[" * 20_000])
def test_a_cell_that_holds_deeper_json_than_a_body_may_is_a_fault_of_that_cell(deep: str) -> None:
    rows = table(Form.CSV, ["sku", "more"], ["a", deep], ["b", "[1]"])
    reading = read_sheet(Sheet("goods", Deep), Form.CSV, rows)
    assert told(reading) == [(2, "more", "field.type")]
    assert reading.sound == [1]
