"""An appeal goes from opened to answered to closed, by the ticket of its exit and no other."""

from datetime import timedelta

import pytest

from andon.kernel.errors import Invalid
from andon.membership.appeals.rules import APPEAL, AppealState, check_ticket, look_at
from tests.worlds import NOON

S = AppealState


@pytest.mark.clause("EXIT-5")
def test_an_appeal_is_answered_once_and_then_closed() -> None:
    moves = {(a, b) for a in AppealState for b in AppealState if APPEAL.allows(a, b)}
    assert moves == {(S.OPENED, S.ANSWERED), (S.ANSWERED, S.CLOSED)}
    assert APPEAL.ends() == {S.CLOSED}
    assert look_at(NOON, timedelta(hours=48)) == NOON + timedelta(days=2)


@pytest.mark.clause("EXIT-5")
@pytest.mark.parametrize(
    ("ticket", "own"), [("JIT-1", None), ("", None), ("", "JIT-1"), ("JIT-2", "JIT-1"), ("jit-1", "JIT-1")]
)
def test_every_other_ticket_gets_one_and_the_same_answer(ticket: str, own: str | None) -> None:
    with pytest.raises(Invalid) as no:
        check_ticket(ticket, own)
    assert (no.value.code, no.value.detail, no.value.facts) == ("appeal.ticket", "", {})


def test_a_ticket_may_be_pasted_with_blanks_around_it() -> None:
    check_ticket(" JIT-1\n", "JIT-1")
