"""How a product goes while its shop moves off JIT, decided from facts alone."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.membership.moves.rules import MoveDraft, ProductDraft, check_draft, planned_shares, track_of
from andon.partners.tracks.rules import ALL, Choice, Track, leaves
from tests.worlds import NOON

DAY = timedelta(days=1)
WEEK = 7 * DAY
END = NOON + WEEK


def shares_of(track: Track) -> list[int]:
    """The share of each day, at its start, for nine days."""
    return [track.share(NOON + day * DAY) for day in range(9)]


@pytest.mark.clause("MOVE-1")
@pytest.mark.parametrize(
    ("ramp", "choice", "days"),
    [
        (None, None, [ALL] * 9),
        (None, Choice.SUPPLIER_SHIPS, [ALL] * 9),
        ([20, 50], Choice.UNLIST, [ALL] * 9),
        ([20, 50, 80], None, [20, 50, 80, ALL, ALL, ALL, ALL, ALL, ALL]),
        ([0, 0, 0, 0, 0, 0, 40], Choice.SUPPLIER_SHIPS, [0, 0, 0, 0, 0, 0, 40, ALL, ALL]),
        (None, Choice.STOCK_UP, [0, 0, 0, 0, 0, 0, ALL, ALL, ALL]),
        ([20, 50], Choice.STOCK_UP, [0, 0, 0, 0, 0, 0, ALL, ALL, ALL]),
    ],
)
def test_a_product_leaves_at_once_by_its_ramp_or_on_the_last_day(ramp, choice, days):
    assert shares_of(track_of(NOON, END, ramp, choice, in_exit=False)) == days


@pytest.mark.clause("MOVE-1")
@pytest.mark.parametrize(
    ("draft", "products", "planned"),
    [
        (MoveDraft(), 3, [ALL] * 7),
        (MoveDraft([20, 50]), 3, [20, 50, ALL, ALL, ALL, ALL, ALL]),
        (MoveDraft([20, 50], [ProductDraft("A", Choice.STOCK_UP)]), 2, [10, 25, 50, 50, 50, 50, ALL]),
        (MoveDraft([30], [ProductDraft("A", None, [0, 0, 60])]), 3, [20, 67, 87, ALL, ALL, ALL, ALL]),
    ],
)
def test_what_is_planned_for_a_day_is_the_mean_of_the_products(draft, products, planned):
    assert planned_shares(draft, products, NOON, END, in_exit=False) == planned
    assert planned_shares(draft, products, NOON, END, in_exit=True) == [ALL] * 7


@pytest.mark.clause("MOVE-1")
def test_in_an_exit_the_track_says_nothing_of_jit_as_the_intake_is_closed():
    assert shares_of(track_of(NOON, END, None, Choice.SUPPLIER_SHIPS, in_exit=True)) == [0] * 9


def test_a_day_of_a_ramp_begins_at_its_instant():
    track = Track(NOON, END, (10, 60))
    assert track.share(NOON + DAY - timedelta(microseconds=1)) == 10
    assert track.share(NOON + DAY) == 60
    assert track.share(END - timedelta(microseconds=1)) == 60
    assert track.share(END) == ALL


@given(number=st.text(max_size=40), low=st.integers(0, 100), high=st.integers(0, 100))
def test_who_leaves_by_a_share_leaves_by_every_greater_one(number: str, low: int, high: int):
    low, high = sorted((low, high))
    assert leaves(number, low) <= leaves(number, high)
    assert not leaves(number, 0)
    assert leaves(number, ALL)


@pytest.mark.parametrize("share", [10, 37, 90])
def test_of_many_orders_about_the_share_leaves(share: int):
    numbers = Counter(leaves(f"AE-{number:08}", share) for number in range(20_000))
    assert abs(numbers[True] / 20_000 * 100 - share) < 1


@pytest.mark.clause("MOVE-1")
@pytest.mark.parametrize(
    ("draft", "in_exit", "code"),
    [
        (MoveDraft([50, 20]), False, "move.ramp"),
        (MoveDraft([101]), False, "move.ramp"),
        (MoveDraft([-1]), False, "move.ramp"),
        (MoveDraft([]), False, "move.ramp"),
        (MoveDraft([10] * 8), False, "move.ramp"),
        (MoveDraft(None, [ProductDraft("A", Choice.STOCK_UP, [10])]), False, "move.ramp_choice"),
        (MoveDraft(None, [ProductDraft("A", Choice.UNLIST, [10])]), False, "move.ramp_choice"),
        (MoveDraft(None, [ProductDraft("A"), ProductDraft("A")]), False, "move.product_twice"),
        (MoveDraft([10]), True, "move.not_in_exit"),
        (MoveDraft(None, [ProductDraft("A", None, [10])]), True, "move.not_in_exit"),
        (MoveDraft(None, [ProductDraft("A", Choice.STOCK_UP)]), True, "move.not_in_exit"),
    ],
)
def test_what_cannot_be_wanted_is_refused_with_its_code(draft: MoveDraft, in_exit: bool, code: str):
    with pytest.raises(Invalid) as refused:
        check_draft(draft, WEEK, in_exit=in_exit)
    assert refused.value.code == code


def test_what_can_be_wanted_is_not_refused():
    check_draft(MoveDraft([0, 0, 30, 30, 100, 100, 100]), WEEK, in_exit=False)
    check_draft(MoveDraft(None, [ProductDraft("A", Choice.STOCK_UP)]), WEEK, in_exit=False)
    both = [ProductDraft("A", Choice.UNLIST), ProductDraft("B", Choice.SUPPLIER_SHIPS)]
    check_draft(MoveDraft(None, both), WEEK, in_exit=True)
