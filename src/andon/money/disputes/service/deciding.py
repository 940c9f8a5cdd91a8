"""Deciding: who pays how much, by which clause, and one journal in the books."""

from dataclasses import dataclass
from typing import cast

from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.disputes.events import DisputeDecided
from andon.money.disputes.rules import (
    DISPUTE,
    Beneficiary,
    Cause,
    DisputeState,
    Outcome,
    Party,
    award_of,
    clause_of,
    payer_decided,
)
from andon.money.disputes.service.naming import name_parties, tell_of
from andon.money.disputes.service.posting import post_decision, take_back
from andon.money.disputes.tables import Dispute, DisputeDecision
from andon.money.disputes.views import (
    Bought,
    bought,
    cap_of,
    case_of,
    decision_of,
    liability_for,
    shop_of_dispute,
    still_owed,
)
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator decides. Without a payer it is whom liability names; `waived` are contested charges not owed."""

    outcome: Outcome
    note: str
    payer: Party | None = None
    amount: Money | None = None
    waived: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Award:
    payer: Party | None
    clause: str | None
    amount: Money


def decide_dispute(tx: Tx[Policy], dispute_id: int, verdict: Verdict) -> Dispute:
    """Decide a dispute, for the second time after an appeal: then what the first one posted is taken back.

    What it awards is posted at once, and paid when the time for an appeal is over. NotFound `dispute.not_found`;
    Conflict `dispute.state`, `dispute.payer_needed`, `dispute.no_fault_shown`; Invalid `dispute.payer`,
    `dispute.amount`, `dispute.above_cap`, `dispute.charge`, `rates.unknown`. Source: DISP-1..6.
    """
    shop_id = shop_of_dispute(tx, dispute_id)
    # Alone: caps are an order's over all its disputes.
    tx.close_head(shop_id)
    dispute = tx.lock(Dispute, shop_id, dispute_id)
    DISPUTE.check(DisputeState(dispute.state), DisputeState.DECIDED)
    if not set(verdict.waived) <= set(dispute.charges):
        raise Invalid("dispute.charge", "only what is contested is waived")
    order = bought(tx, shop_id, dispute.order_id)
    award = _award(tx, dispute, order, verdict)

    if former := decision_of(tx, dispute):
        take_back(tx, dispute, former)
    within = tx.policies.named(dispute.policy).dispute.handled_within
    dispute.state, dispute.round = DisputeState.DECIDED, dispute.round + 1
    dispute.outcome, dispute.payer, dispute.awarded_minor = verdict.outcome, award.payer, award.amount.minor
    dispute.decided_at, dispute.due_at = tx.now, tx.now + within
    journal = post_decision(tx, dispute, award.payer, award.amount) if award.payer else None
    tx.add(
        DisputeDecision(
            shop_id=shop_id,
            dispute_id=dispute_id,
            round=dispute.round,
            outcome=verdict.outcome,
            payer=award.payer,
            clause=award.clause,
            awarded_minor=award.amount.minor,
            waived=sorted(set(verdict.waived)),
            note=verdict.note,
            decided_at=tx.now,
            decided_by=str(tx.actor),
            journal_id=journal,
        )
    )
    _tell(tx, dispute, award, journal)
    return dispute


def _award(tx: Tx[Policy], dispute: Dispute, order: Bought, verdict: Verdict) -> _Award:
    """Who pays what: a claim of nothing, and one that is rejected, is paid by nobody."""
    claim = Money.from_minor(dispute.claim_minor, dispute.currency)
    if verdict.outcome == "rejected" or claim.minor == 0:
        if verdict.payer is not None:
            raise Invalid("dispute.payer", "nobody pays nothing")
        return _Award(None, None, award_of(verdict.outcome, claim, verdict.amount, claim))
    figures = tx.policies.named(dispute.policy).dispute
    case = case_of(tx, dispute, order)
    liability = liability_for(tx, dispute, case)
    payer = payer_decided(verdict.payer, case, liability, cast("Beneficiary", dispute.beneficiary), figures)
    clause, limit = clause_of(payer, cast("Cause", dispute.cause), liability.shown, figures)
    most = still_owed(tx, dispute, order, clause, cap_of(tx, limit, order))
    amount = award_of(verdict.outcome, claim, verdict.amount, most)
    if amount.minor == 0:
        return _Award(None, None, amount)
    name_parties(tx, dispute, case, {payer})
    return _Award(payer, clause, amount)


def _tell(tx: Tx[Policy], dispute: Dispute, award: _Award, journal: int | None) -> None:
    assert dispute.outcome is not None, "it is decided"
    assert dispute.due_at is not None, "it is looked at again"
    tx.emit(
        DisputeDecided(
            shop_id=dispute.shop_id,
            order_id=dispute.order_id,
            dispute_id=dispute.dispute_id,
            supplier_id=dispute.supplier_id,
            outcome=dispute.outcome,
            payer=award.payer,
            clause=award.clause,
            amount=award.amount,
            journal_id=journal,
            due_at=dispute.due_at,
        )
    )
    tell_of(tx, dispute, "dispute.decided")
