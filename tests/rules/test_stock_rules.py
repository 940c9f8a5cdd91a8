"""How a pool is shared out, and who gets the last unit."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.partners.stock.rules import (
    check_count,
    location_of,
    location_word,
    next_midnight,
    refused_takes,
    share_out,
)

UNITS = st.integers(0, 10_000)
SHOPS = st.integers(1, 12)
RESERVED = st.dictionaries(SHOPS, st.integers(1, 500), max_size=8)
WEIGHTS = st.dictionaries(SHOPS, st.integers(1, 50), max_size=8)


@pytest.mark.clause("STOCK-3")
@pytest.mark.parametrize(
    ("counted", "reserved", "weights", "shares"),
    [
        (10, {}, {1: 1, 2: 1}, {1: 5, 2: 5}),
        (11, {}, {7: 1, 3: 1}, {3: 6, 7: 5}),
        (2, {}, {1: 1, 2: 1, 3: 1}, {1: 1, 2: 1, 3: 0}),
        (10, {1: 6}, {1: 1, 2: 1}, {1: 8, 2: 2}),
        (10, {1: 10}, {1: 1, 2: 1}, {1: 10, 2: 0}),
        (10, {}, {1: 3, 2: 1}, {1: 8, 2: 2}),
        (10, {2: 4}, {1: 1}, {1: 6, 2: 4}),
        (10, {2: 4}, {}, {2: 4}),
        (10, {}, {}, {}),
        (0, {}, {1: 1}, {1: 0}),
        (5, {1: 6, 2: 4}, {1: 1, 2: 1}, {1: 3, 2: 2}),
        (3, {1: 2, 2: 2}, {1: 1, 2: 1, 3: 1}, {1: 2, 2: 1, 3: 0}),
        (0, {1: 2}, {1: 1}, {1: 0}),
    ],
)
def test_a_pool_is_shared_out(counted, reserved, weights, shares):
    assert share_out(counted, reserved, weights) == shares


@pytest.mark.clause("STOCK-3")
@given(UNITS, RESERVED, WEIGHTS)
def test_shares_never_add_up_to_more_than_the_count(counted, reserved, weights):
    shares = share_out(counted, reserved, weights)
    assert sum(shares.values()) <= counted
    assert min(shares.values(), default=0) >= 0
    assert shares.keys() == reserved.keys() | weights.keys()


@given(UNITS, RESERVED, WEIGHTS)
def test_everyone_keeps_what_it_has_reserved_while_there_is_enough(counted, reserved, weights):
    shares = share_out(counted, reserved, weights)
    if sum(reserved.values()) <= counted:
        assert all(shares[shop] >= units for shop, units in reserved.items())
        if weights:
            assert sum(shares.values()) == counted, "no unit is left with nobody"
    else:
        assert sum(shares.values()) == counted
        assert all(shares[shop] <= reserved.get(shop, 0) for shop in shares)


@given(UNITS, st.sets(SHOPS, min_size=1))
def test_equal_weights_differ_by_one_unit_at_most(counted, shops):
    shares = share_out(counted, {}, dict.fromkeys(shops, 1))
    assert max(shares.values()) - min(shares.values()) <= 1
    assert [shares[shop] for shop in sorted(shops)] == sorted(shares.values(), reverse=True)


def test_takes_are_served_in_their_order():
    takes = [("a", 3), ("b", 1), ("a", 3), ("a", 2), ("c", 1)]
    assert refused_takes({"a": 5, "b": 1}, takes) == {2, 4}


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)),
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5))),
)
def test_what_is_served_was_there(available, takes):
    refused = refused_takes(available, takes)
    for row in "abcd":
        served = sum(units for place, (at, units) in enumerate(takes) if at == row and place not in refused)
        assert served <= available.get(row, 0)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "Local",
        "supplier",
        "supplier:",
        "supplier:0",
        "supplier:-1",
        "supplier:x",
        "supplier:1²",
        "supplier:9223372036854775808",
        "7",
    ],
)
def test_a_text_that_is_no_location_is_refused(word):
    with pytest.raises(Invalid) as refusal:
        location_of(word)
    assert refusal.value.code == "stock.location"


@pytest.mark.parametrize("location", [0, 1, 7, 2**63 - 1])
def test_a_locations_name_leads_back_to_it(location):
    assert location_of(location_word(location)) == location


@pytest.mark.parametrize("counted", [-1, 1_000_000_001, 2**63])
def test_a_count_that_nobody_has_is_refused(counted):
    with pytest.raises(Invalid) as refusal:
        check_count(counted)
    assert refusal.value.code == "stock.count"


@pytest.mark.parametrize(
    ("now", "zone", "midnight"),
    [
        (datetime(2026, 3, 2, 4, tzinfo=UTC), "Asia/Shanghai", datetime(2026, 3, 2, 16, tzinfo=UTC)),
        (datetime(2026, 3, 2, 16, tzinfo=UTC), "Asia/Shanghai", datetime(2026, 3, 3, 16, tzinfo=UTC)),
        (datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC), "Asia/Shanghai", datetime(2026, 3, 2, 16, tzinfo=UTC)),
        # Clocks went forward at midnight: that day began at one.
        (datetime(2018, 11, 3, 12, tzinfo=UTC), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ],
)
def test_the_next_midnight_is_the_platforms(now, zone, midnight):
    assert next_midnight(now, zone) == midnight
