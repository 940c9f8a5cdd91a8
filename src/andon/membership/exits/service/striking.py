"""The switch strikes: JIT is off for the shop, in one transaction."""

from andon.kernel.tx import Tx
from andon.membership.exits.events import ExitSwitchedOff
from andon.membership.exits.rules import ExitState
from andon.membership.exits.service.looking import go_to, lock_exit
from andon.membership.exits.tables import Exit
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import switch_modes
from andon.partners.plans.service import remove_jit_lines
from andon.partners.shops.service import stop_offering_jit
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def strike(tx: Tx[Policy], shop_id: int, exit_id: int) -> Exit:
    """Take the shop out of JIT, if it is due: every product goes to standard, JIT lines leave the plan, JIT is not offered.

    What is left over, if anything, the verification finds, which is due at once. Source: EXIT-4, EXIT-6.
    """
    leaving = lock_exit(tx, shop_id, exit_id)
    due = leaving.off_at is not None and leaving.off_at <= tx.now
    if leaving.state != ExitState.SWITCHING_OFF or not due:
        return leaving

    go_to(tx, leaving, ExitState.VERIFYING)
    leaving.due_at = tx.now
    tx.session.flush()
    products, lines = switch_off(tx, shop_id)
    tx.emit(ExitSwitchedOff(shop_id=shop_id, exit_id=exit_id, products=len(products), lines=tuple(lines)))
    facts = {"exit_id": exit_id, "ticket": leaving.ticket}
    tell(tx, [Notice(shop_id, "seller", "exit.switched_off", facts=facts)])
    return leaving


def switch_off(tx: Tx[Policy], shop_id: int) -> tuple[list[str], list[str]]:
    """What the strike does to the shop: JIT is not offered, its products go to standard, its JIT lines leave the plan.

    Answers those products and lines. The caller has closed the head. Source: EXIT-4.
    """
    stop_offering_jit(tx, shop_id)
    return switch_modes(tx, shop_id, Mode.STANDARD), remove_jit_lines(tx, shop_id)
