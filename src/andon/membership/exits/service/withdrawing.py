"""Withdrawing an exit: the shop stays in JIT, as it was."""

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.membership.enrolment.service import keep_jit
from andon.membership.exits.events import ExitWithdrawn
from andon.membership.exits.rules import ExitState
from andon.membership.exits.service.forcing import undo_force
from andon.membership.exits.service.looking import go_to, lock_exit
from andon.membership.exits.tables import Exit
from andon.membership.moves.service import undo_move
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import switch_modes
from andon.partners.plans.service import put_plan
from andon.partners.plans.views import plan_of
from andon.partners.shops.service import open_jit_intake
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def withdraw_exit(tx: Tx[Policy], shop_id: int, exit_id: int) -> Exit:
    """Take an exit back until its switch strikes: intake, modes and plan are as the exit found them; again changes nothing.

    Bindings that were ended stay ended; products that were listed meanwhile stay as they are, and so do lines that the
    policy no longer has. Conflict `exit.struck` from the instant of the strike on, also before the line has come to it;
    `exit.state` once it is verified. Source: EXIT-4.
    """
    leaving = lock_exit(tx, shop_id, exit_id)
    if leaving.state == ExitState.WITHDRAWN:
        return leaving
    if leaving.off_at is not None and leaving.off_at <= tx.now:
        raise Conflict("exit.struck", clause="EXIT-4", off_at=leaving.off_at.isoformat())

    go_to(tx, leaving, ExitState.WITHDRAWN)
    leaving.ended_at, leaving.due_at = tx.now, None
    tx.session.flush()
    restored = switch_modes(tx, shop_id, Mode.JIT, leaving.before["jit_skus"])
    if plan := [line for line in leaving.before["plan"] if line in tx.policy.lines]:
        put_plan(tx, shop_id, plan)
    keep_jit(tx, shop_id, leaving.enrolment)
    if leaving.before["intake_open"]:
        open_jit_intake(tx, shop_id)
    undo_move(tx, shop_id, exit_id)
    undo_force(tx, leaving)
    tx.emit(
        ExitWithdrawn(
            shop_id=shop_id,
            exit_id=exit_id,
            intake_open=leaving.before["intake_open"],
            modes_restored=len(restored),
            plan=tuple(plan_of(tx, shop_id)),
        )
    )
    tell(tx, [Notice(shop_id, "seller", "exit.withdrawn", facts={"exit_id": exit_id})])
    return leaving
