"""What time makes of disputes: undecided ones are escalated, decided ones are paid, or closed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.disputes.events import DisputeClosed, DisputeEscalated, DisputePaid
from andon.money.disputes.rules import UNDECIDED, DisputeState
from andon.money.disputes.service.ending import close
from andon.money.disputes.service.naming import tell_of
from andon.money.disputes.service.posting import post_payment
from andon.money.disputes.tables import Dispute
from andon.money.disputes.views import decision_of
from andon.platform.policies.rules import Policy


def move_on(tx: Tx[Policy], claimed: Iterable[Row[Any]]) -> None:
    """Escalate what nobody has decided in time, and pay or close what nobody has appealed against.

    `claimed` are disputes locked by this transaction, their shops' heads held. Each is a person's matter, and few are
    due at once: they are looked at one by one. Source: DISP-4.
    """
    for row in claimed:
        dispute = tx.lock(Dispute, row.shop_id, row.dispute_id)
        if dispute.state in UNDECIDED:
            _escalate(tx, dispute)
        else:
            _carry_out(tx, dispute)


def _escalate(tx: Tx[Policy], dispute: Dispute) -> None:
    dispute.due_at, dispute.breached_at, dispute.breaches = None, tx.now, dispute.breaches + 1
    tx.session.flush()
    tx.emit(DisputeEscalated(**_about(dispute)))
    tell_of(tx, dispute, "dispute.escalated", supplier=False)


def _carry_out(tx: Tx[Policy], dispute: Dispute) -> None:
    decision = decision_of(tx, dispute)
    assert decision is not None, "what is decided has a decision"
    waived = tuple(decision.waived)
    if decision.journal_id is None:
        close(tx, dispute, DisputeState.CLOSED, waived)
        tx.emit(DisputeClosed(**_about(dispute)))
        return
    journal = dispute.paid_journal_id = post_payment(tx, dispute, decision)
    close(tx, dispute, DisputeState.PAID, waived)
    tx.emit(
        DisputePaid(
            **_about(dispute),
            amount=Money.from_minor(decision.awarded_minor, dispute.currency),
            beneficiary=dispute.beneficiary,
            journal_id=journal,
        )
    )
    tell_of(tx, dispute, "dispute.paid")


def _about(dispute: Dispute) -> dict[str, Any]:
    return {
        "shop_id": dispute.shop_id,
        "order_id": dispute.order_id,
        "dispute_id": dispute.dispute_id,
        "supplier_id": dispute.supplier_id,
    }
