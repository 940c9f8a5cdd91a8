"""One product leaves: when its exit is open, done or taken back, and what a count of released units changes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.product_exit.rules import parting_of
from andon.partners.parting.rules import PRODUCT_EXIT, ProductExitState, Standing, steps_of
from andon.partners.stock.rules import found_more, transfer_note_number
from andon.partners.stock.service import Units

OPEN, DONE, BACK = ProductExitState
IN, OUT = Standing(jit=True, mapped=True), Standing(jit=False, mapped=False)
UNTICKED, UNMAPPED = Standing(jit=False, mapped=True), Standing(jit=True, mapped=False)
STANDINGS = st.builds(Standing, st.booleans(), st.booleans())


@pytest.mark.clause("PART-1")
@pytest.mark.parametrize(
    ("before", "after", "is_open", "steps"),
    [
        (IN, UNTICKED, False, (OPEN,)),
        (IN, UNMAPPED, False, (OPEN,)),
        (IN, OUT, False, (OPEN, DONE)),
        (IN, IN, False, ()),
        (UNTICKED, OUT, False, ()),
        (UNMAPPED, OUT, False, ()),
        (OUT, IN, False, ()),
        (UNTICKED, OUT, True, (DONE,)),
        (UNMAPPED, OUT, True, (DONE,)),
        (UNTICKED, IN, True, (BACK,)),
        (UNMAPPED, IN, True, (BACK,)),
        (UNTICKED, UNTICKED, True, ()),
        (UNMAPPED, UNTICKED, True, ()),
    ],
)
def test_an_act_opens_ends_or_takes_back_an_exit(
    before: Standing, after: Standing, is_open: bool, steps: tuple[ProductExitState, ...]
) -> None:
    assert steps_of(before, after, is_open=is_open, shop_is_in=True) == steps


def test_the_act_that_is_missing_is_named() -> None:
    assert (UNTICKED.missing, UNMAPPED.missing) == ("remove_mapping", "untick_mode")


@pytest.mark.clause("PART-1")
@given(st.lists(STANDINGS, min_size=1, max_size=20))
def test_an_exit_is_open_just_while_the_product_is_half_out(stood: list[Standing]) -> None:
    is_open = False
    for before, after in zip([IN, *stood], stood, strict=False):
        for step in steps_of(before, after, is_open=is_open, shop_is_in=True):
            assert (step in PRODUCT_EXIT.start) if not is_open else (step in PRODUCT_EXIT.moves[OPEN])
            is_open = step is OPEN
        assert not is_open or after.jit != after.mapped
        if after == IN:
            assert not is_open


@given(STANDINGS, STANDINGS)
def test_a_shop_that_takes_no_jit_orders_opens_none(before: Standing, after: Standing) -> None:
    assert steps_of(before, after, is_open=False, shop_is_in=False) == ()


@pytest.mark.parametrize(
    ("standing", "is_open", "has_left", "shop_is_in", "told"),
    [
        (IN, False, False, True, ("done", None)),
        (IN, False, True, True, ("done", None)),
        (UNMAPPED, True, False, True, ("done", None)),
        (UNTICKED, True, False, False, ("done", None)),
        (OUT, False, True, True, ("unchanged", None)),
        (OUT, False, False, True, ("refused", "product_exit.not_in_jit")),
        (UNTICKED, False, False, True, ("refused", "product_exit.not_in_jit")),
        (IN, False, False, False, ("refused", "product_exit.not_in_jit")),
        (None, False, False, True, ("refused", "product.not_found")),
    ],
)
def test_what_becomes_of_a_product_that_is_to_leave(
    standing: Standing | None, is_open: bool, has_left: bool, shop_is_in: bool, told: tuple[str, str | None]
) -> None:
    parting = parting_of("S", standing, is_open=is_open, has_left=has_left, shop_is_in=shop_is_in)
    assert (parting.status, parting.code) == told


@pytest.mark.clause("PART-3")
@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_count_changes_what_is_on_hand_by_its_difference_and_never_below_nothing(
    others: int, released: int, counted: int
) -> None:
    held = others + released
    assert held + found_more(held, released, counted) == others + counted
    sold_uncounted = min(others, released)
    left = held - sold_uncounted
    assert left + found_more(left, released, counted) == max(left + counted - released, 0)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_what_is_held_is_never_available(sellable: int, reserved: int, held: int) -> None:
    units = Units(sellable + held, reserved, held)
    assert units.available == max(sellable - reserved, 0)


@pytest.mark.clause("PART-2")
def test_a_transfer_notes_number_has_the_year_of_the_platforms_zone() -> None:
    late = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert transfer_note_number(17, late, "Asia/Shanghai") == "JIT-TN-2027-000017"
    assert transfer_note_number(1_234_567, late, "UTC") == "JIT-TN-2026-1234567"
