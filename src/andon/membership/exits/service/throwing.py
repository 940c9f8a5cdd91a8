"""Throwing the switch: a day later JIT is off."""

from zoneinfo import ZoneInfo

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.membership.exits.events import ExitSwitchThrown
from andon.membership.exits.rules import CHANCES, ExitState, check_gates, ticket_of
from andon.membership.exits.service.looking import lock_exit, look_at_exit
from andon.membership.exits.tables import Exit
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def throw_switch(tx: Tx[Policy], shop_id: int, exit_id: int) -> Exit:
    """Start the countdown that takes the shop out of JIT; asking again changes nothing.

    Raises Blocked, with every blocker, while any gate is closed; Conflict `exit.state` for an exit that was withdrawn.
    Gates are read under the shop's lock, so nothing slips in between looking and leaping. Source: EXIT-1..5.
    """
    leaving = lock_exit(tx, shop_id, exit_id)
    if leaving.state == ExitState.WITHDRAWN:
        raise Conflict("exit.state", "it was withdrawn", state=ExitState.WITHDRAWN.word)
    if leaving.thrown_at is not None:
        return leaving

    check_gates(look_at_exit(tx, leaving))
    set_countdown(tx, leaving)
    return leaving


def set_countdown(tx: Tx[Policy], leaving: Exit) -> None:
    """The switch is thrown: when it strikes, under which ticket, and the seller is told. Source: EXIT-4, EXIT-5."""
    delay = tx.policy.exit.switch_delay
    year = tx.now.astimezone(ZoneInfo(tx.policy.zone)).year
    leaving.thrown_at = tx.now
    leaving.off_at = leaving.due_at = tx.now + delay
    leaving.ticket = ticket_of(year, leaving.exit_id, tx.random.randrange(CHANCES))
    tx.session.flush()
    tx.emit(
        ExitSwitchThrown(
            shop_id=leaving.shop_id, exit_id=leaving.exit_id, ticket=leaving.ticket, off_at=leaving.off_at
        )
    )
    facts = {
        "exit_id": leaving.exit_id,
        "ticket": leaving.ticket,
        "off_at": leaving.off_at.isoformat(),
        "hours": int(delay.total_seconds() // 3600),
    }
    tell(tx, [Notice(leaving.shop_id, "seller", "exit.switch_thrown", facts=facts)])
