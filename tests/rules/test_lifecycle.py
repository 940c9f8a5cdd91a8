"""A lifecycle is its table of moves, and every state of it can be reached."""

import pytest

from andon.kernel.errors import Conflict
from andon.kernel.lifecycle import Lifecycle, State
from andon.orders.order.rules import FULFILMENT, FulfilmentState, Group, group_of

S = FulfilmentState


class Lamp(State):
    OFF = 1
    ON = 2
    BROKEN = 80


def test_a_state_that_no_way_leads_to_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="broken"):
        Lifecycle("lamp", Lamp, frozenset({Lamp.OFF}), {Lamp.OFF: frozenset({Lamp.ON})})


def test_a_move_that_is_not_in_the_table_is_refused_by_name() -> None:
    with pytest.raises(Conflict) as refusal:
        FULFILMENT.check(S.DELIVERED, S.SHIPPED)
    assert refusal.value.code == "fulfilment.state"
    assert refusal.value.facts["state"] == "delivered"


def test_a_word_is_its_state() -> None:
    assert all(S.of(state.word) is state for state in S)


@pytest.mark.parametrize("state", list(S))
def test_a_state_below_80_is_open_and_one_above_leads_back_to_none_below(state: FulfilmentState) -> None:
    after = FULFILMENT.moves.get(state, frozenset())
    assert state < 80 or all(target >= 80 for target in after)


@pytest.mark.parametrize(
    ("states", "group"),
    [
        ([S.RESERVED], Group.AWAITING),
        ([S.WAITING], Group.AWAITING),
        ([S.REJECTED], Group.AWAITING),
        ([S.REJECTED, S.PUSHED], Group.AWAITING),
        ([S.SHIPPED, S.LABELLED], Group.AWAITING),
        ([S.SHIPPED, S.DELIVERED], Group.IN_TRANSIT),
        ([S.DELIVERED, S.COMPLETED], Group.DELIVERED),
        ([S.COMPLETED, S.REJECTED], Group.COMPLETED),
        ([S.COMPLETED, S.CANCELLED], Group.COMPLETED),
        ([S.CANCELLED], Group.CANCELLED),
        ([S.CANCELLED, S.LOST], Group.CANCELLED),
        ([S.RETURNED], Group.RETURNED),
        ([S.LOST], Group.LOST),
    ],
)
def test_an_order_is_in_the_group_of_its_least_advanced_fulfilment(
    states: list[FulfilmentState], group: Group
) -> None:
    assert group_of(states) is group
