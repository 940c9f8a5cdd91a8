"""Looking at an exit: it stands at its first unfinished step."""

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.exits.events import ExitSwitchingOff, ExitUnbinding
from andon.membership.exits.rules import EXIT, ExitState, Facts, counts_of, state_reached
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import facts_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def lock_exit(tx: Tx[Policy], shop_id: int, exit_id: int) -> Exit:
    """The exit, under its shop's closed head: nothing slips in between looking and leaping. NotFound `exit.not_found`."""
    tx.close_head(shop_id)
    try:
        return tx.lock(Exit, shop_id, exit_id)
    except NotFound:
        raise NotFound("exit.not_found") from None


def look_at_exit(tx: Tx[Policy], leaving: Exit) -> Facts:
    """Move an exit on to the step that it has reached; what was looked at. It never moves back. Source: EXIT-1, EXIT-3."""
    facts = facts_of(tx, leaving.shop_id)
    state = ExitState(leaving.state)
    reached = state_reached(state, counts_of(facts))
    if reached is not state:
        step_to(tx, leaving, reached)
        tell(
            tx,
            [
                Notice(
                    leaving.shop_id,
                    "seller",
                    "exit.step_reached",
                    facts={"exit_id": leaving.exit_id, "state": reached.word},
                )
            ],
        )
    return facts


def step_to(tx: Tx[Policy], leaving: Exit, state: ExitState) -> None:
    """Move an exit on to a step that is to be done now, and say so; Conflict `exit.state` where it cannot be."""
    go_to(tx, leaving, state)
    event = {ExitState.UNBINDING: ExitUnbinding, ExitState.SWITCHING_OFF: ExitSwitchingOff}[state]
    tx.emit(event(shop_id=leaving.shop_id, exit_id=leaving.exit_id))


def go_to(tx: Tx[Policy], leaving: Exit, state: ExitState) -> None:
    """Move an exit to a state, which its caller tells of; Conflict `exit.state` where its lifecycle has no such move."""
    EXIT.check(ExitState(leaving.state), state)
    leaving.state = state
    tx.session.flush()
