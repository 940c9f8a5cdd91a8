"""Leaving by force: what it takes, and from where. Source: EXIT-7."""

from dataclasses import dataclass

from andon.kernel.errors import Conflict, Invalid
from andon.membership.exits.rules.states import ExitState

TAKEN_BACK = "exit_forced"
"""Why a fulfilment goes back to the seller that no supplier had been told of."""
BY_FORCE = "forced"
"""By what a letter is proven that the platform has signed for a shop that it made leave."""


@dataclass(frozen=True, slots=True)
class Force:
    """Who forces an exit, and so signs the letters to come: member or key, the name as typed, by what they proved it.

    `note` says why; the platform says so always.
    """

    by: str
    name: str
    factor: str
    note: str | None
    is_operator: bool


def check_force(state: ExitState, force: Force) -> None:
    """Refuse to force an exit whose switch has struck, that is over, or was withdrawn: Conflict `exit.state`.

    Invalid `exit.force_note` where an operator does not say why. Source: EXIT-7.
    """
    if state >= ExitState.VERIFYING:
        raise Conflict("exit.state", f"an exit that is {state.word} is not forced", state=state.word)
    if force.is_operator and not (force.note or "").strip():
        raise Invalid("exit.force_note", clause="EXIT-7")
