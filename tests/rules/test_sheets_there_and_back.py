"""A list, as a sheet, says the same when it is read again; and no cell of it works anything out."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from andon.kernel.http.models import MoneyOut, Out
from andon.kernel.http.sheets import (
    Form,
    list_of,
    read_sheet,
)
from tests.worlds_sheets import ACTS, COUNTS, FORMS, ORDERS, alike, sent, told

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
