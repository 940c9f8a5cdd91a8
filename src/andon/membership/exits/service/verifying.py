"""Verifying an exit: every check is run and recorded, and once all hold the shop is out."""

from collections.abc import Mapping

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.enrolment.service import end_jit
from andon.membership.exits.events import ExitCheckFailed, ExitDone, ExitPutRight
from andon.membership.exits.rules import ExitState, verify_again_at
from andon.membership.exits.service.checking import CHECKS, Found
from andon.membership.exits.service.looking import go_to, lock_exit
from andon.membership.exits.tables import EXIT_CHECK_IDS, Exit
from andon.membership.exits.views import newest_checks
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def verify_exit(tx: Tx[Policy], shop_id: int, exit_id: int) -> Exit:
    """Run every check of an exit whose switch has struck, and record what each found.

    With all of them holding the exit is done, its membership over, and its certificate due. Else it stays, says which
    do not hold, and is tried again after as long as it has lasted. One that is not being verified stays as it is.
    Source: EXIT-6.
    """
    leaving = lock_exit(tx, shop_id, exit_id)
    if leaving.state != ExitState.VERIFYING:
        return leaving

    before = {check.check for check in newest_checks(tx, shop_id, exit_id) if not check.passed}
    found = {name: check(tx, leaving) for name, check in CHECKS.items()}
    _record(tx, leaving, found)
    failed = tuple(name for name, each in found.items() if not each.passed)
    if failed:
        _try_again(tx, leaving, failed, told=set(failed) != before)
    else:
        _end(tx, leaving)
    return leaving


def verify_soon(tx: Tx[Policy], shop_id: int, exit_id: int) -> None:
    """Have the line verify an exit at once; one that is not being verified stays as it is. The caller has the head."""
    tx.put(
        f"update exits set due_at = :now where shop_id = :shop and exit_id = :exit and state = {ExitState.VERIFYING.value}",
        shop=shop_id,
        exit=exit_id,
        now=tx.now,
    )
    tx.wake("verify")


def _record(tx: Tx[Policy], leaving: Exit, found: Mapping[str, Found]) -> None:
    numbers = tx.take_ids(EXIT_CHECK_IDS.name, len(found))
    tx.put(
        'insert into exit_checks (shop_id, check_id, exit_id, "check", passed, put_right, evidence, at) '
        "select :shop, c.n, :exit, c.c, c.p, c.r, c.e, :now "
        "from json_to_recordset(cast(cast(:rows as text) as json)) "
        "as c(n bigint, c text, p boolean, r boolean, e jsonb)",
        shop=leaving.shop_id,
        exit=leaving.exit_id,
        now=tx.now,
        rows=as_json(
            {"n": number, "c": name, "p": each.passed, "r": each.put_right, "e": dict(each.evidence)}
            for number, (name, each) in zip(numbers, found.items(), strict=True)
        ),
    )
    tx.emit(
        *(
            ExitPutRight(shop_id=leaving.shop_id, exit_id=leaving.exit_id, check=name)
            for name, each in found.items()
            if each.put_right
        )
    )


def _try_again(tx: Tx[Policy], leaving: Exit, failed: tuple[str, ...], *, told: bool) -> None:
    assert leaving.off_at is not None, "the switch has struck"
    leaving.due_at = verify_again_at(leaving.off_at, tx.now)
    tx.session.flush()
    if not told:
        return
    tx.emit(
        ExitCheckFailed(
            shop_id=leaving.shop_id, exit_id=leaving.exit_id, checks=failed, again_at=leaving.due_at
        )
    )
    facts = {"exit_id": leaving.exit_id, "ticket": leaving.ticket, "checks": list(failed)}
    tell(
        tx,
        [
            Notice(leaving.shop_id, "seller", "exit.check_failed", facts=facts),
            Notice(leaving.shop_id, "operator", "exit.check_failed", facts=facts),
        ],
    )


def _end(tx: Tx[Policy], leaving: Exit) -> None:
    go_to(tx, leaving, ExitState.DONE)
    leaving.ended_at = leaving.due_at = tx.now
    tx.session.flush()
    end_jit(tx, leaving.shop_id, leaving.enrolment, leaving.exit_id)
    tx.emit(
        ExitDone(
            shop_id=leaving.shop_id,
            exit_id=leaving.exit_id,
            enrolment=leaving.enrolment,
            checks=tuple(CHECKS),
        )
    )
    facts = {"exit_id": leaving.exit_id, "ticket": leaving.ticket}
    tell(tx, [Notice(leaving.shop_id, "seller", "exit.done", facts=facts)])
