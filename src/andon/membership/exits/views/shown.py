"""Exits by their numbers, the one of a shop that runs, and what their verification found."""

from collections.abc import Sequence

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.exits.rules import ExitState
from andon.membership.exits.tables import Exit, ExitCheck
from andon.platform.policies.rules import Policy

_RUNNING = Exit.state < ExitState.DONE.value


def exit_of(tx: Tx[Policy], shop_id: int, exit_id: int) -> Exit:
    """The shop's exit of that number; NotFound `exit.not_found`."""
    found = tx.session.get(Exit, (shop_id, exit_id))
    if found is None:
        raise NotFound("exit.not_found")
    return found


def running_exit(tx: Tx[Policy], shop_id: int) -> Exit | None:
    """The shop's exit that runs, if one does."""
    return tx.session.scalars(select(Exit).where(Exit.shop_id == shop_id, _RUNNING)).first()


def list_exits(tx: Tx[Policy], shop_id: int, *, before: int | None = None, limit: int) -> Sequence[Exit]:
    """A shop's exits, the newest first, from the one before `before`."""
    query = select(Exit).where(Exit.shop_id == shop_id)
    if before is not None:
        query = query.where(Exit.exit_id < before)
    return tx.session.scalars(query.order_by(Exit.exit_id.desc()).limit(limit)).all()


def running_exits(tx: Tx[Policy], *, after: int = 0, limit: int) -> Sequence[Exit]:
    """The exits that run of all shops that may be seen here, by number, from the one after `after`."""
    return tx.session.scalars(
        select(Exit).where(_RUNNING, Exit.exit_id > after).order_by(Exit.exit_id).limit(limit)
    ).all()


def newest_checks(tx: Tx[Policy], shop_id: int, exit_id: int) -> Sequence[ExitCheck]:
    """Each check of an exit's verification as it was run last, in the order in which they are run."""
    found = tx.session.scalars(
        select(ExitCheck)
        .where(ExitCheck.shop_id == shop_id, ExitCheck.exit_id == exit_id)
        .order_by(ExitCheck.check_id)
    ).all()
    newest = max((check.at for check in found), default=None)
    return [check for check in found if check.at == newest]
