"""Appeals as they are read."""

from collections.abc import Sequence

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.appeals.rules import AppealState
from andon.membership.appeals.tables import Appeal
from andon.platform.policies.rules import Policy


def open_appeal(tx: Tx[Policy], shop_id: int, exit_id: int) -> Appeal | None:
    """The appeal of an exit that is open, if one is."""
    return tx.session.scalars(
        select(Appeal).where(
            Appeal.shop_id == shop_id, Appeal.exit_id == exit_id, Appeal.state < AppealState.CLOSED.value
        )
    ).first()


def appeals_of_exit(
    tx: Tx[Policy], shop_id: int, exit_id: int, *, before: int | None = None, limit: int
) -> Sequence[Appeal]:
    """The appeals of an exit, the newest first, from the one before `before`."""
    query = select(Appeal).where(Appeal.shop_id == shop_id, Appeal.exit_id == exit_id)
    if before is not None:
        query = query.where(Appeal.appeal_id < before)
    return tx.session.scalars(query.order_by(Appeal.appeal_id.desc()).limit(limit)).all()


def list_appeals(
    tx: Tx[Policy], *, state: AppealState | None = None, after: int = 0, limit: int
) -> Sequence[Appeal]:
    """The appeals of all shops that may be seen here, the oldest first, from the one after `after`."""
    query = select(Appeal).where(Appeal.appeal_id > after)
    if state is not None:
        query = query.where(Appeal.state == state.value)
    return tx.session.scalars(query.order_by(Appeal.appeal_id).limit(limit)).all()


def shop_of_appeal(tx: Tx[Policy], appeal_id: int) -> int:
    """Whose appeal it is; NotFound `appeal.not_found`."""
    found = tx.one("select shop_id from appeals where appeal_id = :appeal", appeal=appeal_id)
    if found is None:
        raise NotFound("appeal.not_found")
    shop_id: int = found.shop_id
    return shop_id
