"""States, flags and groups of an order, and what cancelling does to each state."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.orders.cancelling.rules import Step, late_answer, step_for
from andon.orders.order.rules import (
    FLAGS_CLEARED,
    FULFILMENT,
    OPEN_BELOW,
    Flag,
    FulfilmentState,
    Group,
    Mode,
    flag_words,
    group_of,
    line_promise,
)

S = FulfilmentState


def test_every_state_is_reached_and_those_that_end_it_lie_at_80_and_above():
    assert FULFILMENT.unreachable() == []
    assert {state for state in S if state >= OPEN_BELOW} == FULFILMENT.ends() | {S.DELIVERED}


def test_what_has_left_the_warehouse_is_neither_rejected_nor_cancelled():
    assert not FULFILMENT.allows(S.SHIPPED, S.CANCELLED)
    assert not FULFILMENT.allows(S.SHIPPED, S.REJECTED)


@given(st.sampled_from(sorted(S)), st.sampled_from(sorted(S)))
def test_no_move_goes_back(source, target):
    assert not FULFILMENT.allows(source, target) or target > source


@pytest.mark.parametrize(
    ("states", "group"),
    [
        ([S.RESERVED], Group.AWAITING),
        ([S.LABELLED, S.DELIVERED], Group.AWAITING),
        ([S.SHIPPED, S.DELIVERED], Group.IN_TRANSIT),
        ([S.DELIVERED, S.COMPLETED], Group.DELIVERED),
        ([S.COMPLETED, S.CANCELLED], Group.COMPLETED),
        ([S.CANCELLED, S.CANCELLED], Group.CANCELLED),
        ([S.REJECTED, S.DELIVERED], Group.DELIVERED),
        ([S.REJECTED], Group.AWAITING),
        ([S.REJECTED, S.WAITING], Group.AWAITING),
        ([S.RETURNED], Group.RETURNED),
        ([S.LOST], Group.LOST),
    ],
)
def test_an_order_is_in_the_group_of_its_least_advanced_part_and_a_rejected_one_counts_as_its_successor(
    states, group
):
    assert group_of(states) is group


def test_flags_are_told_by_name_in_one_order():
    assert flag_words(Flag.SHORT | Flag.STUCK) == ["stuck", "short"]
    assert flag_words(0) == []


def test_a_fulfilment_that_is_closed_keeps_no_flag_that_calls_for_work():
    for state in (S.REJECTED, S.CANCELLED):
        for flag in (Flag.STUCK, Flag.LATE_ANSWER, Flag.UNPUSHED, Flag.SHORT, Flag.STALE, Flag.HELD):
            assert FLAGS_CLEARED[state] & flag


@pytest.mark.parametrize(
    ("state", "mode", "asked", "step"),
    [
        (S.WAITING, Mode.JIT, False, Step.CANCEL),
        (S.RESERVED, Mode.JIT, False, Step.CANCEL),
        (S.PUSHED, Mode.JIT, False, Step.CANCEL),
        (S.ACCEPTED, Mode.JIT, False, Step.ASK),
        (S.LABELLED, Mode.JIT, False, Step.ASK),
        (S.LABELLED, Mode.JIT, True, Step.NOTHING),
        (S.LABELLED, Mode.STANDARD, False, Step.CANCEL),
        (S.SHIPPED, Mode.JIT, False, Step.TOO_LATE),
        (S.SHIPPED, Mode.STANDARD, False, Step.TOO_LATE),
        (S.COMPLETED, Mode.JIT, False, Step.TOO_LATE),
        (S.CANCELLED, Mode.JIT, False, Step.NOTHING),
        (S.REJECTED, Mode.JIT, False, Step.NOTHING),
    ],
)
def test_cancelling_is_done_asked_for_or_too_late_by_where_a_fulfilment_stands(state, mode, asked, step):
    assert step_for(state, supplied=mode is Mode.JIT, asked=asked) is step


@pytest.mark.parametrize(
    ("state", "asked", "answered", "accepted", "code"),
    [
        (S.CANCELLED, True, True, True, None),
        (S.CANCELLED, False, False, True, None),
        (S.CANCELLED, True, True, False, "cancellation.answered"),
        (S.ACCEPTED, True, True, False, None),
        (S.ACCEPTED, True, True, True, "cancellation.answered"),
        (S.ACCEPTED, False, False, True, "cancellation.not_requested"),
        (S.SHIPPED, True, False, True, "order.already_shipped"),
    ],
)
def test_an_answer_that_nobody_waits_for_is_refused_unless_it_says_what_is_so(
    state, asked, answered, accepted, code
):
    assert late_answer(state, asked=asked, answered=answered, accepted=accepted) == code


@pytest.mark.clause("MOVE-2")
@pytest.mark.parametrize(
    ("shipped", "delivered", "ended", "now", "kept"),
    [
        (0, 7, 7, 9, True),
        (0, 7 + 1 / 86_400, 8, 9, False),
        (0, None, None, 7, None),
        (0, None, None, 7.01, False),
        (0, None, 8, 30, False),
        (0, None, 3, 30, "none"),
        (None, None, 3, 30, "none"),
    ],
)
def test_a_line_keeps_its_promise_up_to_its_last_instant(shipped, delivered, ended, now, kept):
    def at(days: float | None) -> datetime | None:
        return None if days is None else datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=days)

    day = at(now)
    assert day is not None
    promise = line_promise(7, at(shipped), at(delivered), at(ended), day)
    assert (promise.kept if promise else "none") == kept
    assert promise is None or promise.until == at(7)
