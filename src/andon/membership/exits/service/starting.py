"""Starting an exit: the intake closes first, so that the queue can drain."""

from typing import Any

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.membership.enrolment.service import leave_jit
from andon.membership.exits.events import ExitStarted
from andon.membership.exits.rules import ExitState, Reason
from andon.membership.exits.service.looking import look_at_exit
from andon.membership.exits.tables import EXIT_IDS, Exit
from andon.membership.exits.views import running_exit
from andon.membership.moves.rules import MoveDraft
from andon.membership.moves.service import begin_move
from andon.partners.catalog.rules import Mode
from andon.partners.plans.views import plan_of
from andon.partners.shops.service import close_jit_intake
from andon.partners.shops.views import shop_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def start_exit(
    tx: Tx[Policy], shop_id: int, reason: Reason, note: str | None = None, move: MoveDraft | None = None
) -> Exit:
    """Begin a shop's leaving: from here on its new orders go the standard way, products and plan stay as they are.

    With `move` it moves gently: standard orders take the smart line first, and products without local stock go as was
    chosen. Conflict `exit.running` (the exit in `exit_id`) while it leaves already, `exit.not_joined` where it is not in
    JIT; a move is refused as `begin_move` does. Source: EXIT-1, MOVE-1.
    """
    tx.close_head(shop_id)
    if running := running_exit(tx, shop_id):
        raise Conflict("exit.running", f"exit {running.exit_id}", exit_id=running.exit_id)
    [exit_id] = tx.take_ids(EXIT_IDS.name, 1)
    enrolment = leave_jit(tx, shop_id, exit_id)
    if enrolment is None:
        raise Conflict("exit.not_joined")

    leaving = tx.add(
        Exit(
            shop_id=shop_id,
            exit_id=exit_id,
            enrolment=enrolment.number,
            state=ExitState.DRAINING,
            reason=reason,
            note=note,
            started_at=tx.now,
            before=_as_it_is(tx, shop_id),
            policy=tx.policy.version,
        )
    )
    tx.emit(ExitStarted(shop_id=shop_id, exit_id=exit_id, enrolment=enrolment.number, reason=reason))
    close_jit_intake(tx, shop_id)
    if move is not None:
        begin_move(tx, shop_id, move, exit_id)
    tell(tx, [Notice(shop_id, "seller", "exit.started", facts={"exit_id": exit_id})])
    look_at_exit(tx, leaving)
    return leaving


def _as_it_is(tx: Tx[Policy], shop_id: int) -> dict[str, Any]:
    """What a withdrawal puts back: whether the intake is open, which products are in JIT mode, and the plan."""
    products = tx.rows(
        "select sku from products where shop_id = :shop and mode = :jit order by sku",
        shop=shop_id,
        jit=Mode.JIT.value,
    )
    return {
        "intake_open": shop_of(tx, shop_id).jit_intake_open,
        "jit_skus": [row.sku for row in products],
        "plan": plan_of(tx, shop_id),
    }
