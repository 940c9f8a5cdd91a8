"""Which remedies are open, by where a fulfilment stands and what is flagged."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Conflict, TooMany
from andon.orders.order.rules import Flag, FulfilmentState, Mode
from andon.orders.remedies.rules import Action, Cause, causes_of, check_open, check_pace
from tests.worlds import NOON

S, A, C = FulfilmentState, Action, Cause
EVERY = set(Action)
FLAGS = st.integers(0, sum(Flag))
HOUR = timedelta(hours=1)


def open_to(state: S, flags: int, mode: Mode = Mode.JIT, *, cancelling: bool = False) -> set[Action]:
    found = set()
    for action in Action:
        try:
            check_open(action, state, mode, flags, cancelling=cancelling)
            found.add(action)
        except Conflict:
            pass
    return found


@pytest.mark.parametrize(
    ("state", "flags", "causes", "actions"),
    [
        (S.WAITING, 0, [C.WAITING], EVERY - {A.REMIND}),
        (S.WAITING, Flag.SHORT, [C.WAITING], EVERY - {A.REMIND}),
        (S.RESERVED, 0, [], set()),
        (S.RESERVED, Flag.UNPUSHED, [C.UNPUSHED], EVERY),
        (S.PUSHED, 0, [], set()),
        (S.PUSHED, Flag.LATE_ANSWER, [C.LATE_ANSWER], EVERY),
        (S.PUSHED, Flag.STUCK | Flag.LATE_ANSWER, [C.LATE_ANSWER, C.STUCK], EVERY),
        (S.ACCEPTED, Flag.SHORT, [C.SHORT], EVERY),
        (S.ACCEPTED, Flag.LATE_ANSWER, [C.CANCELLATION], {A.REMIND}),
        (S.LABELLED, Flag.STUCK, [C.STUCK], EVERY),
        (S.LABELLED, 0, [], set()),
        (S.SHIPPED, Flag.STALE, [C.STALE], {A.REMIND}),
        (S.SHIPPED, Flag.STUCK, [], set()),
        (S.REJECTED, Flag.STUCK, [], set()),
        (S.LOST, Flag.STALE, [], set()),
    ],
)
@pytest.mark.clause("MODE-4")
def test_each_cause_opens_its_remedies(
    state: S, flags: Flag, causes: list[Cause], actions: set[Action]
) -> None:
    assert causes_of(state, flags) == causes
    assert open_to(state, flags) == actions


def test_while_a_supplier_is_asked_to_cancel_nobody_else_gets_the_work() -> None:
    assert open_to(S.LABELLED, Flag.STUCK, cancelling=True) == {A.REMIND, A.CANCEL}


def test_nobody_but_the_seller_ever_has_a_standard_one() -> None:
    assert open_to(S.WAITING, 0, Mode.STANDARD) == {A.TAKE_OVER, A.CANCEL}


def test_a_refusal_says_what_is_open() -> None:
    with pytest.raises(Conflict) as told:
        check_open(A.CANCEL, S.SHIPPED, Mode.JIT, Flag.STALE, cancelling=False)
    assert (told.value.code, told.value.facts["open"]) == ("remedy.not_open", ["remind"])
    with pytest.raises(Conflict) as told:
        check_open(A.CANCEL, S.DELIVERED, Mode.JIT, 0, cancelling=False)
    assert (told.value.code, told.value.facts["state"]) == ("remedy.not_needed", "delivered")


@given(state=st.sampled_from(S), flags=FLAGS, mode=st.sampled_from(Mode), cancelling=st.booleans())
def test_nothing_that_has_left_or_ended_is_taken_away(
    state: S, flags: int, mode: Mode, cancelling: bool
) -> None:
    actions = open_to(state, flags, mode, cancelling=cancelling)
    if state >= S.SHIPPED:
        assert actions <= {A.REMIND}
    if not causes_of(state, flags):
        assert not actions


def test_reminders_come_no_closer_than_the_pause() -> None:
    check_pace(NOON, None, HOUR)
    check_pace(NOON, NOON - HOUR, HOUR)
    with pytest.raises(TooMany) as told:
        check_pace(NOON, NOON - timedelta(minutes=59, milliseconds=1), HOUR)
    assert told.value.facts["retry_after_seconds"] == 60
