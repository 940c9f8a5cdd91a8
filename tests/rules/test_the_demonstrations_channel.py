"""The channel of the demonstration finds what is wrong with a report."""

from typing import Any

import pytest

from andon.app.demo.parties.channel import Ledger

REPORT: dict[str, Any] = {
    "type": "shipment",
    "id": 1,
    "shop_id": 1,
    "channel_order_no": "A-1",
    "carrier": "cainiao",
    "waybill": "W1",
    "extent": "all",
    "lines": [{"line_no": 1, "sku": "S-1", "quantity": 2}],
}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger({"cainiao"})
    ledger.sold(1, "A-1", {"S-1": 2})
    ledger.sold(1, "A-2", {"S-1": 2, "S-2": 1})
    return ledger


def test_a_report_of_its_own_order_is_well_again_and_again(ledger: Ledger) -> None:
    assert [ledger.take(REPORT), ledger.take(dict(REPORT))] == [None, None]
    assert ledger.shipped == {"A-1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"shop_id": 2},
        {"channel_order_no": "A-9"},
        {"carrier": "pigeon"},
        {"lines": [{"line_no": 1, "sku": "S-1", "quantity": 3}]},
        {"lines": [{"line_no": 1, "sku": "S-9", "quantity": 1}]},
        {"channel_order_no": "A-2"},
    ],
    ids=["another shop's", "no order", "no carrier", "too many", "another product", "not whole"],
)
def test_what_is_wrong_with_a_report_is_found(ledger: Ledger, wrong: dict[str, Any]) -> None:
    assert ledger.take(REPORT | wrong)
    assert ledger.shipped == set()


def test_another_word_under_one_number_and_a_waybill_of_two_orders_are_found(ledger: Ledger) -> None:
    assert ledger.take(REPORT) is None
    assert ledger.take(REPORT | {"waybill": "W2"})
    assert ledger.take(REPORT | {"id": 2, "channel_order_no": "A-2", "extent": "part"})
