"""What a buyer may send back, and what a later word of the same return changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.orders.returns.rules import Condition, Reason, Shipped, Told, fault_of, later_word

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AHEAD = timedelta(minutes=10)
SHIPPED = Shipped(NOW - 100 * HOUR, {"A": 3, "B": 1}, frozenset({"A", "B"}))
TOLD = Told(1, {"A": 2}, Reason.UNWANTED, NOW - 10 * HOUR)


@pytest.mark.parametrize(
    ("told", "shipped", "others", "code"),
    [
        (TOLD, SHIPPED, [], None),
        (TOLD, SHIPPED, [{"A": 1, "B": 1}], None),
        (TOLD, SHIPPED, [{"A": 2}], "return.quantity"),
        (TOLD, None, [], "return.order_unknown"),
        (TOLD, replace(SHIPPED, own=frozenset()), [], "return.not_shipped"),
        (TOLD, replace(SHIPPED, own=frozenset({"B"})), [], "return.line_unknown"),
        (replace(TOLD, units={"C": 1}), SHIPPED, [], "return.line_unknown"),
        (replace(TOLD, requested_at=NOW + AHEAD), SHIPPED, [], None),
        (replace(TOLD, requested_at=NOW + AHEAD + HOUR / 3600), SHIPPED, [], "return.requested_at"),
        (replace(TOLD, requested_at=NOW - 101 * HOUR), SHIPPED, [], "return.requested_at"),
        (replace(TOLD, received_at=NOW - 10 * HOUR), SHIPPED, [], None),
        (replace(TOLD, received_at=NOW - 11 * HOUR), SHIPPED, [], "return.received_at"),
        (replace(TOLD, received_at=NOW + HOUR), SHIPPED, [], "return.received_at"),
    ],
)
def test_a_return_is_of_what_was_shipped_and_did_not_come_back_before(told, shipped, others, code):
    assert fault_of(told, shipped, others, NOW, AHEAD) == code


received = st.none() | st.just(NOW)
conditions = st.none() | st.sampled_from(Condition)


@given(received, conditions, received, conditions)
def test_what_is_told_in_two_calls_stands_whichever_came_first(at, how, again_at, again_how):
    first, second = (
        replace(TOLD, received_at=at, condition=how),
        replace(TOLD, received_at=again_at, condition=again_how),
    )
    after = later_word(first, second)
    assert after == later_word(second, first)
    if after is None:
        assert None not in (how, again_how)
        assert how is not again_how
    else:
        assert later_word(after, first) == later_word(after, second) == after, "a repeat changes nothing"


def test_what_was_told_first_of_its_goods_and_reason_is_not_told_otherwise():
    assert later_word(TOLD, replace(TOLD, units={"A": 1})) is None
    assert later_word(TOLD, replace(TOLD, reason=Reason.QUALITY)) is None
