"""From where an exit is forced, and by whom."""

import pytest

from andon.kernel.errors import Conflict, Invalid
from andon.membership.exits.rules import BY_FORCE, ExitState, Force, check_force
from tests.worlds_exits import SELLER


def by_operator(note: str | None) -> Force:
    return Force("operator/key:1", "key:1", BY_FORCE, note, is_operator=True)


@pytest.mark.clause("EXIT-7")
@pytest.mark.parametrize("state", ExitState)
def test_an_exit_is_forced_until_its_switch_strikes(state: ExitState) -> None:
    if state in {ExitState.DRAINING, ExitState.UNBINDING, ExitState.SWITCHING_OFF}:
        check_force(state, SELLER)
        return
    with pytest.raises(Conflict) as no:
        check_force(state, SELLER)
    assert (no.value.code, no.value.facts) == ("exit.state", {"state": state.word})


@pytest.mark.clause("EXIT-7")
@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_the_platform_says_why_and_the_seller_need_not(note: str | None) -> None:
    check_force(ExitState.DRAINING, SELLER)
    check_force(ExitState.DRAINING, by_operator("店铺违规"))
    with pytest.raises(Invalid) as no:
        check_force(ExitState.DRAINING, by_operator(note))
    assert (no.value.code, no.value.clause) == ("exit.force_note", "EXIT-7")
