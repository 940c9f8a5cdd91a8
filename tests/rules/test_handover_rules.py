"""Hand-over rules: what a signature covers, and on whose side the evidence lies."""

from datetime import UTC, date, datetime, timedelta

import pytest

from andon.kernel.errors import Invalid
from andon.orders.handovers.rules import (
    Side,
    Trace,
    content_hash,
    going,
    number_of,
    scan_out,
    side_of,
    side_of_all,
    window_of,
)

NOW = datetime(2026, 3, 5, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


@pytest.mark.clause("MODE-4")
@pytest.mark.parametrize(
    ("trace", "first_scan_at", "side"),
    [
        (None, None, Side.SUPPLIER),
        (None, BEFORE, Side.NONE),
        (Trace(None, None, True, False, BEFORE), None, Side.SUPPLIER),
        (Trace(None, None, True, True, BEFORE), None, Side.SUPPLIER),
        (Trace(BEFORE, BEFORE, False, False, None), None, Side.CARRIER),
        (Trace(BEFORE, BEFORE, False, False, None), NOW, Side.NONE),
        (Trace(None, None, False, True, None), None, Side.CARRIER),
        (Trace(BEFORE, None, False, False, BEFORE), None, Side.CARRIER),
        (Trace(BEFORE, None, False, False, AFTER), None, Side.NONE),
        (Trace(BEFORE, None, False, False, None), None, Side.NONE),
        (Trace(None, None, False, False, BEFORE), None, Side.NONE),
    ],
)
def test_the_evidence_lies_with_whoever_had_it_last(
    trace: Trace | None, first_scan_at: datetime | None, side: Side
) -> None:
    assert side_of(trace, first_scan_at, NOW) is side


def test_what_its_supplier_kept_back_decides_for_a_fulfilment_of_several_parcels() -> None:
    assert side_of_all({Side.CARRIER, Side.SUPPLIER}) is Side.SUPPLIER
    assert side_of_all({Side.CARRIER, Side.NONE}) is Side.CARRIER
    assert side_of_all(set()) is Side.NONE


def test_a_scan_out_names_what_is_new_missing_and_surplus() -> None:
    found = scan_out({"A": True, "B": False, "C": False}, ["B", "B", "X", "A"])
    assert (found.fresh, found.missing, found.surplus) == (["B"], ["C"], ["X"])
    assert going({1: True, 2: False}) == {1}
    assert going({1: False, 2: False}) == {1, 2}


def test_a_day_of_collection_is_the_suppliers_own_and_a_window_ends_after_it_begins() -> None:
    start, end = window_of(date(2026, 3, 2), None, None)
    assert start == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert end == start + timedelta(days=1)
    assert window_of(None, None, None) == (None, None)
    with pytest.raises(Invalid):
        window_of(None, AFTER, BEFORE)


def test_a_number_says_the_day_and_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert number_of(date(2026, 3, 2), 7) == "HO-20260302-0007"
    assert content_hash({"a": 1, "b": NOW}) == content_hash({"b": NOW, "a": 1})
