"""SCMS delivery history, row by row: what is taken, what is rejected, and what is said of it."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from andon.adapters.scms import FILE, FORMS, NUMBERS, TEXTS, ScmsFolder
from andon.kernel.money import Money
from andon.ports.history import OWN, HistoricFact, History, HistoryUnreadable
from tests.worlds_history import write

COLUMNS = (*TEXTS, *FORMS, *NUMBERS)
DROPPED = {
    "ID": "1",
    "Project Code": "100-CI-T01",
    "PO / SO #": "SCMS-4",
    "ASN/DN #": "ASN-8",
    "Country": "Côte d'Ivoire",
    "Fulfill Via": "Direct Drop",
    "Vendor": "Vendor, Ltd",
    "Item Description": "Tests, 30 Tests",
    "PQ First Sent to Client Date": "Pre-PQ Process",
    "PO Sent to Vendor Date": "6/1/06",
    "Scheduled Delivery Date": "2-Jun-06",
    "Delivered to Client Date": "13-Jun-06",
    "Delivery Recorded Date": "13-Jun-06",
    "Line Item Quantity": "19",
    "Line Item Value": "551",
    "Pack Price": "29",
    "Unit Price": "0.97",
    "Unit of Measure (Per Pack)": "30",
    "Weight (Kilograms)": "13",
    "Freight Cost (USD)": "780.34",
    "Line Item Insurance (USD)": "1.5",
}
STOCKED = DROPPED | {
    "ID": "2",
    "PO / SO #": "SO-7",
    "ASN/DN #": "DN-9",
    "Fulfill Via": "From RDC",
    "Vendor": "SCMS from RDC",
    "PQ First Sent to Client Date": "12/31/05",
    "PO Sent to Vendor Date": "N/A - From RDC",
}


def text_of(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(folder: Path, *rows: dict[str, str]) -> History:
    return ScmsFolder(write(folder, {FILE: text_of(*rows)})).read()


def said(past: History) -> list[tuple[str, str, str, bool]]:
    return [(each.row.id, each.column, each.code, each.rejects) for each in past.remarks]


def test_a_shipment_is_an_order_and_its_rows_are_its_lines(tmp_path: Path) -> None:
    second = DROPPED | {
        "ID": "4",
        "Line Item Quantity": "2",
        "Line Item Value": "58.01",
        "Weight (Kilograms)": "See ASN-8 (ID#:1)",
        "Freight Cost (USD)": "See ASN-8 (ID#:1)",
    }
    past = read(tmp_path, DROPPED, second)
    [order] = past.orders
    assert order.channel_order_no == "SCMS-4/ASN-8"
    # Midnight in Washington, in summer time.
    assert order.placed_at == datetime(2006, 6, 1, 4, tzinfo=UTC)
    assert order.facts == (HistoricFact("delivered", datetime(2006, 6, 13, 4, tzinfo=UTC)),)
    assert order.ship_to["country"] == "CI"
    assert [
        (line.quantity, str(line.unit_price), str(line.freight), line.weight_g) for line in order.lines
    ] == [
        (19, "USD 29.00", "USD 780.34", 13_000),
        (2, "USD 29.00", "USD 0.00", 0),
    ]
    assert order.paid == Money.of("1389.35", "USD")
    assert [supplier.name for supplier in past.suppliers] == ["Vendor, Ltd"]
    assert [product.title for product in past.products.values()] == ["Tests, 30 Tests"]
    assert (past.rows, past.currency) == (2, "USD")
    assert said(past) == [
        ("1", "PQ First Sent to Client Date", "scms.before_quotations", False),
        ("4", "PQ First Sent to Client Date", "scms.before_quotations", False),
        ("4", "Freight Cost (USD)", "scms.on_another_row", False),
        ("4", "Weight (Kilograms)", "scms.on_another_row", False),
        ("4", "Line Item Value", "scms.value_differs", False),
    ]


def test_what_came_from_stock_is_the_shops_own_and_placed_on_the_day_of_the_quotation(tmp_path: Path) -> None:
    past = read(tmp_path, STOCKED)
    [order] = past.orders
    assert (order.suppliers, past.suppliers) == ((OWN,), ())
    assert order.placed_at == datetime(2005, 12, 31, 5, tzinfo=UTC)
    assert said(past) == [("2", "PO Sent to Vendor Date", "scms.from_stock", False)]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"PO Sent to Vendor Date": "Date Not Captured"}, "PO Sent to Vendor Date", "scms.not_captured"),
        ({"PO Sent to Vendor Date": "N/A - From RDC"}, "PO Sent to Vendor Date", "scms.from_stock"),
        # The other columns' way of writing a day, a day that is none, and one of another century.
        ({"PO Sent to Vendor Date": "1-Jun-06"}, "PO Sent to Vendor Date", "scms.unreadable"),
        ({"PO Sent to Vendor Date": "31/12/06"}, "PO Sent to Vendor Date", "scms.unreadable"),
        ({"PO Sent to Vendor Date": "2/29/07"}, "PO Sent to Vendor Date", "scms.unreadable"),
        ({"PO Sent to Vendor Date": "6/1/99"}, "PO Sent to Vendor Date", "scms.unreadable"),
        ({"PO Sent to Vendor Date": ""}, "PO Sent to Vendor Date", "scms.empty"),
        ({"Line Item Quantity": "a few"}, "Line Item Quantity", "scms.unreadable"),
        ({"Line Item Quantity": "0"}, "Line Item Quantity", "scms.unreadable"),
        ({"Line Item Quantity": "-3"}, "Line Item Quantity", "scms.unreadable"),
        ({"Line Item Quantity": "1.5"}, "Line Item Quantity", "scms.unreadable"),
        ({"Line Item Quantity": "9" * 5000}, "Line Item Quantity", "scms.unreadable"),
        ({"Pack Price": "2.999"}, "Pack Price", "scms.unreadable"),
        ({"Pack Price": "NaN"}, "Pack Price", "scms.unreadable"),
        ({"Pack Price": "-1"}, "Pack Price", "scms.unreadable"),
        ({"Country": "Atlantis"}, "Country", "scms.country"),
        ({"Country": "European Union"}, "Country", "scms.country"),
        ({"Fulfill Via": "Pigeon"}, "Fulfill Via", "scms.unreadable"),
        ({"Vendor": " "}, "Vendor", "scms.empty"),
        ({"Vendor": "V" * 201}, "Vendor", "scms.unreadable"),
        ({"Item Description": "two\nlines"}, "Item Description", "scms.unreadable"),
        ({"ID": ""}, "ID", "scms.empty"),
        ({"ID": "2"}, "ID", "scms.id_twice"),
    ],
)
def test_a_row_without_what_its_line_needs_is_rejected(
    tmp_path: Path, changed: dict[str, str], column: str, code: str
) -> None:
    past = read(tmp_path, STOCKED, DROPPED | changed)
    assert [order.channel_order_no for order in past.orders] == ["SO-7/DN-9"]
    assert [(each.row.line_no, each.column, each.code) for each in past.remarks if each.rejects] == [
        (3 + changed.get("Item Description", "").count("\n"), column, code)
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Weight (Kilograms)": "Weight Captured Separately"}, "scms.captured_separately"),
        ({"Weight (Kilograms)": "heavy"}, "scms.unreadable"),
        # A column's own words are strange in another.
        ({"Weight (Kilograms)": "Invoiced Separately"}, "scms.unreadable"),
        ({"Freight Cost (USD)": "Freight Included in Commodity Cost"}, "scms.included"),
        ({"Freight Cost (USD)": "Invoiced Separately"}, "scms.invoiced_separately"),
        ({"Freight Cost (USD)": "See ASN-8 (ID#:77)"}, "scms.row_unknown"),
        ({"Freight Cost (USD)": "See ASN-8 (ID#:1)"}, "scms.row_unknown"),
        ({"Freight Cost (USD)": "See DN-9 (ID#:2)"}, "scms.row_unknown"),
        ({"Line Item Insurance (USD)": ""}, "scms.empty"),
        ({"Line Item Value": "much"}, "scms.unreadable"),
        ({"Line Item Value": "550.99"}, "scms.value_differs"),
        ({"Unit Price": "cheap"}, "scms.unreadable"),
        ({"Unit of Measure (Per Pack)": "box"}, "scms.unreadable"),
        ({"Scheduled Delivery Date": "6/2/06"}, "scms.unreadable"),
        ({"Delivered to Client Date": "Date Not Captured"}, "scms.unreadable"),
        ({"Delivery Recorded Date": "13-Jum-06"}, "scms.unreadable"),
    ],
)
def test_a_row_goes_on_without_what_its_line_does_not_need(
    tmp_path: Path, changed: dict[str, str], code: str
) -> None:
    past = read(tmp_path, STOCKED, DROPPED | changed)
    assert len(past.orders) == 2
    [column] = changed
    assert [each.code for each in past.remarks if each.column == column and each.row.id == "1"] == [code]
    assert not any(each.rejects for each in past.remarks)
    dropped = next(order for order in past.orders if order.channel_order_no == "SCMS-4/ASN-8")
    assert (dropped.facts == ()) is (column == "Delivered to Client Date")
    assert (dropped.lines[0].freight.minor == 0) is (column == "Freight Cost (USD)")
    assert (dropped.lines[0].weight_g is None) is (column == "Weight (Kilograms)")
    assert (dropped.paid is None) is (changed.get(column) == "much")


@pytest.mark.parametrize(
    "changed",
    [
        {"Country": "Zambia"},
        {"Vendor": "Another vendor"},
        {"Project Code": "other"},
        {"PO Sent to Vendor Date": "6/2/06"},
        {"Delivered to Client Date": "14-Jun-06"},
    ],
)
def test_a_row_that_says_otherwise_of_its_shipment_is_rejected(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    past = read(tmp_path, DROPPED, DROPPED | {"ID": "2"} | changed)
    [column] = changed
    assert [(each.column, each.code) for each in past.remarks if each.rejects] == [
        (column, "scms.shipment_differs")
    ]
    assert [len(order.lines) for order in past.orders] == [1]


def test_a_past_of_which_every_row_is_rejected_has_no_orders_and_says_why(tmp_path: Path) -> None:
    past = read(tmp_path, DROPPED | {"Pack Price": ""})
    assert (past.orders, past.rows) == ((), 1)
    assert ("1", "Pack Price", "scms.empty", True) in said(past)


def lines(*changed: bytes) -> bytes:
    return b"\n".join((*text_of(DROPPED).encode().splitlines(), *changed)) + b"\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lines(b"3" + b"," * 1_000_000), "line 3, *: has not the 21 fields"),
        (lines(b"3,short"), "line 3, *: has not the 21 fields"),
        (lines(b"3,\x00"), "line 3, *: is not text in UTF-8"),
        (lines(b"3,C\xf4te d'Ivoire"), "line 3, *: is not text in UTF-8"),
        (lines(b'3,"never ends'), "line 3, *: "),
        (lines(b"3," + b"x" * 200_000), "line 3, *: field larger"),
        (text_of(DROPPED).encode("utf-16"), "line 1, *: is not text in UTF-8"),
        (b"", "no column ID"),
        (b"ID,Country\n", "no column Project Code"),
    ],
)
def test_a_file_that_is_no_table_is_told_with_its_line(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(HistoryUnreadable) as told:
        ScmsFolder(tmp_path).read()
    assert told.value.code == "history.malformed"
    assert says in told.value.detail


def test_a_file_without_rows_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnreadable) as told:
        ScmsFolder(tmp_path).read()
    assert told.value.code == "history.missing_file"
    with pytest.raises(HistoryUnreadable) as told:
        read(tmp_path)
    assert told.value.code == "history.empty"
