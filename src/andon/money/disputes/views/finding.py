"""Finding disputes: by shop, by number, over all shops by their clock, and by a party that is named."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, and_, func, literal_column, or_, select

from andon.kernel.errors import NotFound
from andon.kernel.http.models import EARLIEST, LATEST
from andon.kernel.tx import Tx
from andon.money.disputes.rules import DisputeState, is_opener
from andon.money.disputes.tables import Dispute, DisputeAnswer, DisputeDecision, NamedParty
from andon.money.disputes.views.counted import shops_naming
from andon.platform.policies.rules import Policy

START = (EARLIEST, 0)
"""Before every dispute of the queue."""

_IN_THE_LANE = literal_column("disputes.jit and disputes.state < 30", Boolean())
"""JIT disputes that wait for their decision; literals, for the partial index."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which disputes are asked for: of a state, not decided in time (DISP-4) or in time, of JIT orders or of others."""

    state: DisputeState | None = None
    breached: bool | None = None
    jit: bool | None = None


ALL = Wanted()


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
    tx: Tx[Policy], wanted: Wanted, shop_id: int | None = None, *, after: int = 0, limit: int
) -> Sequence[Dispute]:
    """Disputes by number, from the one after `after`: of a shop, or of all that may be seen here.

    A channel sees those that it has opened.
    """
    query = select(Dispute).where(Dispute.dispute_id > after, *_of(wanted))
    if shop_id is not None:
        query = query.where(Dispute.shop_id == shop_id)
    if tx.actor.kind == "channel":
        query = query.where(Dispute.opened_by == str(tx.actor))
    return tx.session.scalars(query.order_by(Dispute.dispute_id).limit(limit)).all()


def queue_of_jit(
    tx: Tx[Policy], wanted: Wanted, *, after: tuple[datetime, int] = START, limit: int
) -> Sequence[Dispute]:
    """The JIT disputes of all shops that wait for a decision, by their clock; those whose clock stands come last.

    `after` is the `turn_of` the last one seen. Source: DISP-4.
    """
    turn = func.coalesce(Dispute.handle_by, LATEST)
    at, number = after
    query = select(Dispute).where(
        *_of(wanted), _IN_THE_LANE, or_(turn > at, and_(turn == at, Dispute.dispute_id > number))
    )
    return tx.session.scalars(query.order_by(turn, Dispute.dispute_id).limit(limit)).all()


def turn_of(dispute: Dispute) -> tuple[datetime, int]:
    """A dispute's place in the queue."""
    return dispute.handle_by or LATEST, dispute.dispute_id


def disputes_naming(
    tx: Tx[Policy], wanted: Wanted, *, lane: bool = False, after: int = 0, limit: int
) -> Sequence[Dispute]:
    """The disputes that name the caller, a supplier or a carrier, of all shops, also of those that it left, by number.

    In the `lane` are those of JIT that wait for a decision. Source: DISP-7.
    """
    party, number = tx.actor.kind, str(tx.actor.id)
    with tx.as_platform(), tx.reaching(shops_naming(tx, party, number)):
        query = (
            select(Dispute)
            .join(
                NamedParty,
                and_(NamedParty.shop_id == Dispute.shop_id, NamedParty.dispute_id == Dispute.dispute_id),
            )
            .where(NamedParty.party == party, NamedParty.party_id == number, Dispute.dispute_id > after)
            .where(*_of(wanted))
        )
        if lane:
            query = query.where(_IN_THE_LANE)
        return tx.session.scalars(query.order_by(Dispute.dispute_id).limit(limit)).all()


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


def _of(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.state is not None:
        yield Dispute.state == wanted.state.value
    if wanted.breached is not None:
        yield Dispute.breaches > 0 if wanted.breached else Dispute.breaches == 0
    if wanted.jit is not None:
        yield Dispute.jit.is_(wanted.jit)
