"""Walking order, and what was scanned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.orders.papers.rules import Line, Need, Scan, check_verdict, picks_of, shared_out, walked


def test_places_come_as_one_walks() -> None:
    places = ["B-1", "a-10-2", "A-2", "A-10-1", "A-2b", "7", "A", "²"]
    assert sorted(places, key=walked) == ["7", "A", "A-2", "A-2b", "A-10-1", "a-10-2", "B-1", "²"]


NEEDS = st.builds(
    Need,
    st.none() | st.sampled_from(["A-1", "A-02", "A-2", "Z9"]),
    st.sampled_from(["X", "Y"]),
    st.integers(1, 5),
    st.just(1),
    st.integers(1, 9),
)


@given(st.lists(NEEDS, max_size=20))
def test_a_pick_list_loses_no_unit_and_ends_with_what_lies_nobody_knows_where(needs: list[Need]) -> None:
    picks = picks_of(needs)
    assert sum(pick.units for pick in picks) == sum(need.units for need in needs)
    unplaced = [pick.bin is None for pick in picks]
    assert unplaced == sorted(unplaced)
    assert len({(pick.bin, pick.item) for pick in picks}) == len(picks)


LINES = [
    Line(1, "X", "690", 2, 1),
    Line(2, "X", "690", 3, 0),
    Line(3, "Y", "691", 1, 1),
    Line(4, "690", None, 1, 0),
]


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        (Scan("X", 7, 4), None),
        (Scan("X", 8, 1), None),
        (Scan("690", 7, 1), None),
        (Scan("690", 7, 2), "check.too_many"),  # an item's code goes before a barcode
        (Scan("X", 7, 5), "check.too_many"),
        (Scan("Y", 7, 1), "check.too_many"),
        (Scan("x", 7, 1), "check.wrong_item"),
        (Scan("X", 9, 1), "check.other_order"),
    ],
)
def test_a_scan_belongs_there_or_answers_why_not(scan: Scan, code: str | None) -> None:
    assert check_verdict(scan, (7, 8), LINES).code == code


def test_units_are_counted_line_by_line() -> None:
    assert shared_out(3, LINES[:2]) == [(1, 1), (2, 2)]
    assert shared_out(1, LINES[:2]) == [(1, 1)]
