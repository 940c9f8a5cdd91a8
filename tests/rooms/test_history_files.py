"""Past orders are read from their files, and what is wrong is told with its file and line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from andon.adapters.andon_history import AndonFolder
from andon.adapters.olist import OlistFolder
from andon.kernel.money import Money
from andon.ports.history import HistoricFact, HistoryUnreadable
from tests.worlds_history import SAMPLE, sample, write, written

OLIST = {
    "orders.csv": (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
        "order_delivered_customer_date,order_estimated_delivery_date\n"
        "o1,c1,delivered,2017-11-24 10:00:00,2017-11-24 10:05:00,2017-11-25 09:00:00,2017-12-01 12:00:00,2017-12-10 00:00:00\n"
        "o2,c1,canceled,2017-05-02 10:00:00,,,,2017-05-20 00:00:00\n"
        "o3,c1,canceled,2017-05-01 10:00:00,,,,2017-05-20 00:00:00\n"
    ),
    "order_items.csv": (
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
        "o1,1,p1,s1,2017-11-30 10:00:00,10.5,2\n"
        "o1,2,p1,s1,2017-11-29 10:00:00,10.5,2.1\n"
        "o1,3,p1,s2,2017-11-30 10:00:00,11,0\n"
        "o2,1,p2,s2,2017-05-10 10:00:00,5,1\n"
    ),
    "order_payments.csv": "order_id,payment_sequential,payment_value\no1,1,30\no1,2,6.1\n",
    "customers.csv": "customer_id,customer_zip_code_prefix,customer_city,customer_state\nc1,1234,sao paulo,SP\n",
    "products.csv": (
        "product_id,product_category_name,product_weight_g,product_length_cm,product_height_cm,product_width_cm\n"
        "p1,toys,300,20,5,10\np2,,,,,\n"
    ),
    "sellers.csv": "seller_id,seller_zip_code_prefix\ns1,1\ns2,2\n",
}


def test_olists_files_become_orders_in_our_words(tmp_path: Path) -> None:
    past = OlistFolder(write(tmp_path, OLIST)).read()
    assert [order.channel_order_no for order in past.orders] == ["o3", "o2", "o1"]
    empty, cancelled, delivered = past.orders
    assert (empty.lines, empty.facts) == ((), ())
    assert cancelled.facts == (HistoricFact("cancelled", datetime(2017, 5, 20, 3, tzinfo=UTC)),)
    # Summer time: two hours behind UTC.
    assert delivered.placed_at == datetime(2017, 11, 24, 12, 0, tzinfo=UTC)
    assert delivered.paid == Money.of("36.10", "BRL")
    assert [(line.product, line.supplier, line.quantity, str(line.freight)) for line in delivered.lines] == [
        ("p1", "s1", 2, "BRL 4.10"),
        ("p1", "s2", 1, "BRL 0.00"),
    ]
    assert delivered.lines[0].ship_by == datetime(2017, 11, 29, 12, 0, tzinfo=UTC)
    assert delivered.ship_to["postcode"] == "01234"
    assert past.products["p1"].length_mm == 200
    assert past.products["p2"].weight_g is None


def test_a_local_time_that_was_skipped_or_came_twice_is_still_one_instant(tmp_path: Path) -> None:
    skipped = OLIST["orders.csv"].replace("2017-05-02 10:00:00", "2017-10-15 00:30:00")
    past = OlistFolder(write(tmp_path, OLIST | {"orders.csv": skipped})).read()
    assert past.orders[1].placed_at == datetime(2017, 10, 15, 3, 30, tzinfo=UTC)
    twice = OLIST["orders.csv"].replace("2017-05-02 10:00:00", "2017-02-18 23:30:00")
    past = OlistFolder(write(tmp_path, OLIST | {"orders.csv": twice})).read()
    assert past.orders[0].placed_at == datetime(2017, 2, 19, 1, 30, tzinfo=UTC)


def test_the_shipped_sample_is_what_its_seed_makes() -> None:
    assert {path.name: path.read_text() for path in SAMPLE.iterdir()} == dict(written(sample()))


def test_the_sample_reads_back() -> None:
    past = AndonFolder(SAMPLE).read()
    assert len(past.orders) == len(sample().files["orders.csv"])
    assert past.currency == "CNY"
    [twice] = [order for order in past.orders if order.channel_order_no == "T-TWICE"]
    assert [line.quantity for line in twice.lines] == [3]
    assert {fact.supplier for fact in twice.facts} == {"north"}


def replaced(file: str, old: str, new: str) -> Callable[[dict[str, str]], dict[str, str]]:
    def change(files: dict[str, str]) -> dict[str, str]:
        assert old in files[file]
        return files | {file: files[file].replace(old, new, 1)}

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            replaced("orders.csv", "H0001,", "H0002,"),
            "orders.csv, line 3, order_no: H0002 stands there already",
        ),
        (
            replaced("orders.csv", ",CNY,", ",EUR,"),
            "orders.csv, line 3, currency: one store sells in one currency",
        ),
        (replaced("orders.csv", "+08:00,", ","), "orders.csv, line 2, placed_at: without its offset"),
        (
            replaced("orders.csv", "2026-03-02T", "1926-03-02T"),
            "orders.csv, line 2, placed_at: outside the years",
        ),
        (replaced("orders.csv", "2026-03-02T", "soon"), "orders.csv, line 2, placed_at: not an instant"),
        (replaced("orders.csv", "H0001,", ","), "orders.csv, line 2, order_no: is empty"),
        (replaced("orders.csv", ",421.50,", ",421.505,"), "orders.csv, line 2, paid: money.too_precise"),
        (replaced("orders.csv", "order_no,", "number,"), "orders.csv: no column order_no"),
        (
            replaced("lines.csv", "RUG,south,1", "RUG,south,0"),
            "lines.csv, line 2, quantity: not a whole number",
        ),
        (
            replaced("lines.csv", "RUG,south,1", "RUG,south,-1"),
            "lines.csv, line 2, quantity: not a whole number",
        ),
        (
            replaced("lines.csv", "RUG,south,1", "RUG,south,1.5"),
            "lines.csv, line 2, quantity: not a whole number",
        ),
        (
            replaced("lines.csv", ",399.00,", ",-399.00,"),
            "lines.csv, line 2, unit_price: an amount is not negative",
        ),
        (replaced("lines.csv", ",399.00,", ",NaN,"), "lines.csv, line 2, unit_price: money.malformed"),
        (
            replaced("lines.csv", "H0001,RUG", "H0001,RAG"),
            "lines.csv, line 2, sku: products.csv has no such product",
        ),
        (
            replaced("lines.csv", "H0001,", "H9999,"),
            "lines.csv, line 2, order_no: orders.csv has no such order",
        ),
        (replaced("lines.csv", ",399.00,", ",399.00,7,"), "lines.csv, line 2, *: has not the 7 fields"),
        (
            replaced("events.csv", "H0001,,", "H0001,east,"),
            "events.csv, line 2, supplier: no line of this order",
        ),
        (replaced("events.csv", "collected", ""), "events.csv, line 2, kind: is empty"),
        (replaced("products.csv", ",190,", ",-190,"), "products.csv, line 2, weight_g: not a measure"),
        (replaced("products.csv", ",190,", ",heavy,"), "products.csv, line 2, weight_g: not a number"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, change: Callable[[dict[str, str]], dict[str, str]], says: str
) -> None:
    with pytest.raises(HistoryUnreadable) as told:
        AndonFolder(write(tmp_path, change(dict(written(sample()))))).read()
    assert told.value.code == "history.malformed"
    assert says in told.value.detail


@pytest.mark.parametrize("source", [AndonFolder, OlistFolder])
def test_a_missing_file_is_named(tmp_path: Path, source: type[AndonFolder] | type[OlistFolder]) -> None:
    with pytest.raises(HistoryUnreadable, match=r"products\.csv is not in") as told:
        source(tmp_path).read()
    assert told.value.code == "history.missing_file"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path, dict(written(sample())))
    (tmp_path / "lines.csv").write_bytes(b"order_no,sku\n\xff\xfe\n")
    with pytest.raises(HistoryUnreadable, match=r"lines\.csv"):
        AndonFolder(tmp_path).read()


def test_a_past_without_orders_is_refused(tmp_path: Path) -> None:
    files = dict(written(sample()))
    write(tmp_path, {name: text.splitlines()[0] + "\n" for name, text in files.items()})
    with pytest.raises(HistoryUnreadable) as told:
        AndonFolder(tmp_path).read()
    assert told.value.code == "history.empty"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "order_items.csv",
            "p2,s2",
            "p9,s2",
            "order_items.csv, line 5, product_id: products.csv has no such product",
        ),
        (
            "order_items.csv",
            "p2,s2",
            "p2,s9",
            "order_items.csv, line 5, seller_id: sellers.csv has no such seller",
        ),
        (
            "order_items.csv",
            "o2,1",
            "o9,1",
            "order_items.csv, line 5, order_id: orders.csv has no such order",
        ),
        (
            "orders.csv",
            "o1,c1",
            "o1,c9",
            "orders.csv, line 2, customer_id: customers.csv has no such customer",
        ),
        ("orders.csv", "o2,c1", "o1,c1", "orders.csv, line 3, order_id: o1 stands there already"),
        (
            "orders.csv",
            "10:05:00,",
            "10:05:00Z,",
            "orders.csv, line 2, order_approved_at: a local time has no offset",
        ),
    ],
)
def test_what_is_wrong_in_olists_files_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    with pytest.raises(HistoryUnreadable) as told:
        OlistFolder(write(tmp_path, replaced(file, old, new)(OLIST))).read()
    assert says in told.value.detail
