"""Handing in evidence; with a claimant's first, the clock of DISP-4 begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.money.disputes.events import EvidenceGiven
from andon.money.disputes.rules import (
    DISPUTE,
    MOST_EVIDENCE,
    DisputeState,
    Fault,
    Kind,
    check_undecided,
    named_by,
)
from andon.money.disputes.service.naming import name_parties
from andon.money.disputes.tables import EVIDENCE_IDS, Dispute, Evidence
from andon.money.disputes.views import case_of, evidence_of
from andon.platform.files.service import keep_file
from andon.platform.policies.rules import Policy

CLAIMANTS = frozenset({"shop", "channel", "operator"})
"""Whose evidence makes a claim one with evidence."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence as it is handed in. `personal` is what shows a buyer's name or address."""

    kind: Kind
    body: bytes = field(repr=False)
    shows: Fault | None = None
    personal: bool = False


def give_evidence(tx: Tx[Policy], shop_id: int, dispute_id: int, exhibits: Sequence[Exhibit]) -> Dispute:
    """Add evidence to a dispute that waits for its decision.

    Conflict `dispute.state` once it is decided, `dispute.too_much_evidence`; Invalid `file.*`. Source: DISP-4.
    """
    tx.hold(shop_id)
    dispute = tx.lock(Dispute, shop_id, dispute_id)
    add_exhibits(tx, dispute, exhibits)
    return dispute


def add_exhibits(tx: Tx[Policy], dispute: Dispute, exhibits: Sequence[Exhibit]) -> None:
    """The same for a dispute whose row is this transaction's, and whose shop's head is held."""
    check_undecided(DisputeState(dispute.state))
    if not exhibits:
        return
    if len(evidence_of(tx, dispute)) + len(exhibits) > MOST_EVIDENCE:
        raise Conflict("dispute.too_much_evidence", f"at most {MOST_EVIDENCE} files")
    given = [(_kept(tx, dispute, exhibit), exhibit) for exhibit in exhibits]
    case = case_of(tx, dispute)
    name_parties(tx, dispute, case, named_by(case, tx.policies.named(dispute.policy).dispute))
    if tx.actor.kind in CLAIMANTS and dispute.state == DisputeState.OPENED:
        start_clock(tx, dispute)
    tx.emit(
        *(
            EvidenceGiven(
                shop_id=dispute.shop_id,
                order_id=dispute.order_id,
                dispute_id=dispute.dispute_id,
                supplier_id=dispute.supplier_id,
                evidence_id=evidence.evidence_id,
                evidence=exhibit.kind,
                party=tx.actor.kind,
                sha256=sha256,
                due_at=dispute.handle_by,
            )
            for (evidence, sha256), exhibit in given
        )
    )


def start_clock(tx: Tx[Policy], dispute: Dispute) -> None:
    """Have the dispute handled within the time of the order's policy, from now on. Source: DISP-4."""
    DISPUTE.check(DisputeState(dispute.state), DisputeState.EVIDENCE)
    dispute.state = DisputeState.EVIDENCE
    dispute.handle_by = dispute.due_at = tx.now + tx.policies.named(dispute.policy).dispute.handled_within
    tx.session.flush()
    tx.wake("disputes")


def _kept(tx: Tx[Policy], dispute: Dispute, exhibit: Exhibit) -> tuple[Evidence, str]:
    file = keep_file(tx, dispute.shop_id, tx.actor.kind, tx.actor.id, exhibit.body)
    evidence = Evidence(
        shop_id=dispute.shop_id,
        evidence_id=tx.take_ids(EVIDENCE_IDS.name, 1)[0],
        dispute_id=dispute.dispute_id,
        file_id=file.file_id,
        kind=exhibit.kind,
        shows=exhibit.shows,
        personal=exhibit.personal,
        given_at=tx.now,
        given_by=str(tx.actor),
    )
    return tx.add(evidence), file.sha256
