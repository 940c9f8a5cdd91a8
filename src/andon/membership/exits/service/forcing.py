"""Leaving by force: the switch is thrown with orders still open, and the funds are frozen until they have cleared.

EXIT-1, EXIT-2 and EXIT-3 are waived for the switch alone. The intake stays closed, grants live on for what suppliers
have in hand, and nothing new goes to them. Source: EXIT-7.
"""

from andon.kernel.tx import Tx
from andon.membership.exits.events import ExitForced
from andon.membership.exits.rules import (
    TAKEN_BACK,
    ExitState,
    Force,
    blocking_of,
    check_force,
    counts_of,
)
from andon.membership.exits.service.looking import lock_exit, step_to
from andon.membership.exits.service.throwing import set_countdown
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import facts_of
from andon.membership.unbinding.service import draw_up_all, stay_all
from andon.money.funds.service import free_funds, freeze_funds
from andon.orders.routing.service import take_back
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def force_exit(tx: Tx[Policy], shop_id: int, exit_id: int, force: Force) -> Exit:
    """Throw the switch of an exit with its gates closed, and freeze the shop's funds; again changes nothing.

    Letters of termination are drawn up for every supplier, so that nothing new goes to any; this act is their signature,
    which takes effect as each supplier's last open fulfilment ends. What no supplier was told of yet waits for the seller.
    Refuses with NotFound `exit.not_found`, Conflict `exit.state` once the switch has struck or the exit was withdrawn,
    Invalid `exit.force_note`. Source: EXIT-7.
    """
    leaving = lock_exit(tx, shop_id, exit_id)
    state = ExitState(leaving.state)
    if leaving.forced_at is not None and state < ExitState.DONE:
        return leaving
    check_force(state, force)

    leaving.forced_at, leaving.forced_by = tx.now, force.by
    leaving.forced_name, leaving.forced_factor, leaving.forced_note = force.name, force.factor, force.note
    tx.session.flush()
    waived = blocking_of(counts_of(facts_of(tx, shop_id)))
    bindings = draw_up_all(tx, shop_id)
    taken_back = take_back(tx, shop_id, TAKEN_BACK)
    tx.emit(
        ExitForced(
            shop_id=shop_id,
            exit_id=exit_id,
            forced_by=force.by,
            waived=waived,
            taken_back=len(taken_back),
            bindings=tuple(bindings),
        )
    )
    _tell(tx, leaving)
    freeze_funds(tx, shop_id, exit_id)
    if state is not ExitState.SWITCHING_OFF:
        step_to(tx, leaving, ExitState.SWITCHING_OFF)
    if leaving.thrown_at is None:
        set_countdown(tx, leaving)
    return leaving


def undo_force(tx: Tx[Policy], leaving: Exit) -> None:
    """What forcing an exit brought, taken back with it: the freeze, and the letters that are not signed yet.

    The caller has closed the head. An exit that was not forced stays as it is. Source: EXIT-7.
    """
    if leaving.forced_at is not None:
        stay_all(tx, leaving.shop_id, leaving.forced_at)
        free_funds(tx, leaving.shop_id, leaving.exit_id)


def _tell(tx: Tx[Policy], leaving: Exit) -> None:
    tell(
        tx,
        [
            Notice(leaving.shop_id, audience, "exit.forced", facts={"exit_id": leaving.exit_id})
            for audience in ("seller", "operator")
        ],
    )
