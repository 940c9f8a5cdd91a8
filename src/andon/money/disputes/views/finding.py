"""Finding disputes: by shop, by number, over all shops by their clock, and by a party that is named."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from andon.kernel.errors import NotFound
from andon.kernel.http.models import EARLIEST, LATEST
from andon.kernel.tx import Tx
from andon.money.disputes.rules import DisputeState, is_opener
from andon.money.disputes.tables import Dispute, DisputeAnswer, DisputeDecision, NamedParty
from andon.platform.policies.rules import Policy

START = (EARLIEST, 0)
"""Before every dispute of the queue."""


def dispute_of(tx: Tx[Policy], shop_id: int, dispute_id: int) -> Dispute:
    """A shop's dispute; NotFound `dispute.not_found`. A channel finds those that it has opened."""
    found = tx.session.get(Dispute, (shop_id, dispute_id))
    if found is None or (tx.actor.kind == "channel" and not is_opener(str(tx.actor), found.opened_by)):
        raise NotFound("dispute.not_found")
    return found


def shop_of_dispute(tx: Tx[Policy], dispute_id: int) -> int:
    """Whose dispute it is, of the shops that may be seen here; NotFound `dispute.not_found`."""
    found = tx.one("select shop_id from disputes where dispute_id = :dispute", dispute=dispute_id)
    if found is None:
        raise NotFound("dispute.not_found")
    shop_id: int = found.shop_id
    return shop_id


def list_disputes(
    tx: Tx[Policy],
    shop_id: int | None = None,
    *,
    state: DisputeState | None = None,
    breached: bool | None = None,
    after: int = 0,
    limit: int,
) -> Sequence[Dispute]:
    """Disputes by number, from the one after `after`: of a shop, or of all that may be seen here.

    A channel sees those that it has opened. `breached` are those that were not decided in time. Source: DISP-4.
    """
    query = select(Dispute).where(Dispute.dispute_id > after, *_of(state, breached))
    if shop_id is not None:
        query = query.where(Dispute.shop_id == shop_id)
    if tx.actor.kind == "channel":
        query = query.where(Dispute.opened_by == str(tx.actor))
    return tx.session.scalars(query.order_by(Dispute.dispute_id).limit(limit)).all()


def queue_of_jit(tx: Tx[Policy], *, after: tuple[datetime, int] = START, limit: int) -> Sequence[Dispute]:
    """The JIT disputes of all shops that wait for a decision, by their clock; those whose clock stands come last.

    `after` is the `turn_of` the last one seen. Source: DISP-4.
    """
    turn = func.coalesce(Dispute.handle_by, LATEST)
    at, number = after
    query = select(Dispute).where(
        Dispute.jit,
        Dispute.state < DisputeState.DECIDED.value,
        or_(turn > at, and_(turn == at, Dispute.dispute_id > number)),
    )
    return tx.session.scalars(query.order_by(turn, Dispute.dispute_id).limit(limit)).all()


def turn_of(dispute: Dispute) -> tuple[datetime, int]:
    """A dispute's place in the queue."""
    return dispute.handle_by or LATEST, dispute.dispute_id


def disputes_naming(tx: Tx[Policy], *, after: int = 0, limit: int) -> Sequence[Dispute]:
    """The disputes that name the caller, a supplier or a carrier, of all shops, also of those that it left. Source: DISP-7."""
    rows = tx.session.execute(
        select(NamedParty.shop_id, NamedParty.dispute_id)
        .where(
            NamedParty.party == tx.actor.kind,
            NamedParty.party_id == str(tx.actor.id),
            NamedParty.dispute_id > after,
        )
        .order_by(NamedParty.dispute_id)
        .limit(limit)
    ).all()
    numbers = [row.dispute_id for row in rows]
    with tx.as_platform(), tx.reaching({row.shop_id for row in rows}):
        query = select(Dispute).where(
            Dispute.shop_id.in_({row.shop_id for row in rows}), Dispute.dispute_id.in_(numbers)
        )
        return tx.session.scalars(query.order_by(Dispute.dispute_id)).all()


@contextmanager
def reaching_named(tx: Tx[Policy], dispute_id: int) -> Iterator[int]:
    """Act on the shop of a dispute that names the caller, a supplier or a carrier, whatever it may see else.

    NotFound `dispute.not_found` where it names somebody else. Source: DISP-7.
    """
    named = tx.session.get(NamedParty, (tx.actor.kind, str(tx.actor.id), dispute_id))
    if named is None:
        raise NotFound("dispute.not_found")
    with tx.as_platform(), tx.reaching({named.shop_id}):
        yield named.shop_id


def decision_of(tx: Tx[Policy], dispute: Dispute) -> DisputeDecision | None:
    """The last decision of a dispute, None before the first."""
    return tx.session.get(DisputeDecision, (dispute.shop_id, dispute.dispute_id, dispute.round))


def decisions_of(tx: Tx[Policy], dispute: Dispute) -> Sequence[DisputeDecision]:
    """The decisions of a dispute, the first one first."""
    return tx.session.scalars(
        select(DisputeDecision)
        .where(
            DisputeDecision.shop_id == dispute.shop_id,
            DisputeDecision.dispute_id == dispute.dispute_id,
        )
        .order_by(DisputeDecision.round)
    ).all()


def answers_of(tx: Tx[Policy], dispute: Dispute) -> Sequence[DisputeAnswer]:
    """What parties answered, oldest first."""
    return tx.session.scalars(
        select(DisputeAnswer)
        .where(DisputeAnswer.shop_id == dispute.shop_id, DisputeAnswer.dispute_id == dispute.dispute_id)
        .order_by(DisputeAnswer.answer_id)
    ).all()


def _of(state: DisputeState | None, breached: bool | None) -> Iterator[ColumnElement[bool]]:
    if state is not None:
        yield Dispute.state == state.value
    if breached is not None:
        yield Dispute.breaches > 0 if breached else Dispute.breaches == 0
