"""Appealing against a decision, once, and withdrawing a dispute; what is over is closed here."""

from andon.kernel.errors import Forbidden
from andon.kernel.tx import Tx
from andon.money.disputes.events import DisputeAppealed, DisputeWithdrawn
from andon.money.disputes.rules import DISPUTE, DisputeState, check_appealable, is_opener
from andon.money.disputes.service.naming import tell_of
from andon.money.disputes.service.posting import take_back
from andon.money.disputes.service.showing import start_clock
from andon.money.disputes.tables import Dispute
from andon.money.disputes.views import decision_of
from andon.money.settlement.service import release_charges
from andon.orders.erasure.service import look_again
from andon.platform.policies.rules import Policy


def appeal_dispute(tx: Tx[Policy], shop_id: int, dispute_id: int, text: str) -> Dispute:
    """Have a decided dispute decided anew, with a clock of its own; until then what was decided stays posted.

    Conflict `dispute.appealed` the second time, `dispute.state` where it is not decided, or over. The caller is the
    shop, or a party that the dispute names.
    """
    tx.hold(shop_id)
    dispute = tx.lock(Dispute, shop_id, dispute_id)
    check_appealable(DisputeState(dispute.state), appealed=dispute.appealed_at is not None)
    start_clock(tx, dispute)
    dispute.appealed_at, dispute.appealed_by, dispute.appeal_text = tx.now, str(tx.actor), text
    assert dispute.handle_by is not None, "its clock runs"
    tx.emit(
        DisputeAppealed(
            shop_id=shop_id,
            order_id=dispute.order_id,
            dispute_id=dispute_id,
            supplier_id=dispute.supplier_id,
            party=tx.actor.kind,
            due_at=dispute.handle_by,
        )
    )
    tell_of(tx, dispute, "dispute.appealed")
    return dispute


def withdraw_dispute(tx: Tx[Policy], shop_id: int, dispute_id: int) -> Dispute:
    """Withdraw a dispute that waits for its decision; what an earlier one posted is taken back. Again changes nothing.

    Forbidden `dispute.not_opener` for anybody but the party that opened it; Conflict `dispute.state` once it is decided.
    """
    tx.close_head(shop_id)
    dispute = tx.lock(Dispute, shop_id, dispute_id)
    if not is_opener(str(tx.actor), dispute.opened_by):
        raise Forbidden("dispute.not_opener")
    if dispute.state == DisputeState.WITHDRAWN:
        return dispute
    if former := decision_of(tx, dispute):
        take_back(tx, dispute, former)
    close(tx, dispute, DisputeState.WITHDRAWN, waived=())
    tx.emit(
        DisputeWithdrawn(
            shop_id=shop_id,
            order_id=dispute.order_id,
            dispute_id=dispute_id,
            supplier_id=dispute.supplier_id,
        )
    )
    tell_of(tx, dispute, "dispute.withdrawn")
    return dispute


def close(tx: Tx[Policy], dispute: Dispute, state: DisputeState, waived: tuple[int, ...]) -> None:
    """End a dispute: its contested charges are owed again or waived, and what it holds of a buyer may go in time."""
    DISPUTE.check(DisputeState(dispute.state), state)
    dispute.state, dispute.closed_at, dispute.due_at = state, tx.now, None
    tx.session.flush()
    release_charges(
        tx, dispute.shop_id, {charge: "waived" if charge in waived else "owed" for charge in dispute.charges}
    )
    look_again(tx, dispute.shop_id, dispute.order_id)  # the buyer may have been erased while it was open
