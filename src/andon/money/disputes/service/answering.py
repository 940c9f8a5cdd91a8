"""Answering by the supplier or the carrier that a dispute names, with its own key, also after its binding has ended."""

from collections.abc import Sequence

from andon.kernel.tx import Tx
from andon.money.disputes.events import DisputeAnswered
from andon.money.disputes.rules import DisputeState, Said, check_undecided
from andon.money.disputes.service.naming import tell_of
from andon.money.disputes.service.showing import Exhibit, add_exhibits
from andon.money.disputes.tables import ANSWER_IDS, Dispute, DisputeAnswer
from andon.money.disputes.views import reaching_named
from andon.platform.policies.rules import Policy


def answer_dispute(
    tx: Tx[Policy], dispute_id: int, said: Said, text: str | None, exhibits: Sequence[Exhibit] = ()
) -> Dispute:
    """Answer a dispute that names the caller; the last answer of a party stands.

    NotFound `dispute.not_found` where it names somebody else, Conflict `dispute.state` once it is decided.
    Source: DISP-7.
    """
    with reaching_named(tx, dispute_id) as shop_id:
        tx.hold(shop_id)
        dispute = tx.lock(Dispute, shop_id, dispute_id)
        check_undecided(DisputeState(dispute.state))
        tx.add(
            DisputeAnswer(
                shop_id=shop_id,
                answer_id=tx.take_ids(ANSWER_IDS.name, 1)[0],
                dispute_id=dispute_id,
                party=tx.actor.kind,
                party_id=str(tx.actor.id),
                answer=said,
                text=text,
                answered_at=tx.now,
                answered_by=str(tx.actor),
            )
        )
        tx.emit(
            DisputeAnswered(
                shop_id=shop_id,
                order_id=dispute.order_id,
                dispute_id=dispute_id,
                supplier_id=dispute.supplier_id,
                party=tx.actor.kind,
                answer=said,
            )
        )
        add_exhibits(tx, dispute, exhibits)
        tell_of(tx, dispute, "dispute.answered", supplier=False)
        return dispute
