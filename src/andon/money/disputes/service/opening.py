"""Opening a dispute: by the shop, the channel for its buyer, or the operator; whenever, also long after the exit."""

from collections.abc import Sequence
from dataclasses import dataclass

from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.disputes.events import DisputeOpened
from andon.money.disputes.rules import Beneficiary, Cause, DisputeState, check_claim, named_by
from andon.money.disputes.service.naming import name_parties, tell_of
from andon.money.disputes.service.showing import Exhibit, add_exhibits
from andon.money.disputes.tables import DISPUTE_IDS, Dispute
from andon.money.disputes.views import Bought, bought
from andon.money.settlement.service import dispute_charges
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed for an order, for whom, and which of its charges are contested.

    Without `beneficiary` it is the buyer where a channel claims, else the shop. `fulfilment_id` says of which part it
    is, where the order has several.
    """

    shop_id: int
    order_id: int
    cause: Cause
    amount: Money
    beneficiary: Beneficiary | None = None
    fulfilment_id: int | None = None
    charges: tuple[int, ...] = ()
    text: str | None = None


def open_dispute(tx: Tx[Policy], claim: Claim, exhibits: Sequence[Exhibit] = ()) -> Dispute:
    """Open a dispute about an order, under the order's policy; whether the shop has left JIT since makes no difference.

    NotFound `order.not_found`; Invalid `dispute.claim`, `dispute.fulfilment`, `dispute.charge` for what is not the
    order's. Contested charges are disputed from here on, and held. Source: DISP-1, DISP-4, DISP-7.
    """
    tx.hold(claim.shop_id)
    order = bought(tx, claim.shop_id, claim.order_id)
    check_claim(claim.amount, order.value.currency, contests=bool(claim.charges))
    if claim.fulfilment_id not in {None, *(part.fulfilment_id for part in order.parts)}:
        raise Invalid("dispute.fulfilment", f"order {claim.order_id} has no fulfilment {claim.fulfilment_id}")

    dispute = tx.add(_made(tx, claim, order))
    _contest(tx, claim, dispute.dispute_id)
    case = order.case(claim.cause, claim.fulfilment_id)
    name_parties(tx, dispute, case, named_by(case, tx.policies.named(order.policy).dispute))
    tx.emit(
        DisputeOpened(
            shop_id=claim.shop_id,
            order_id=claim.order_id,
            dispute_id=dispute.dispute_id,
            supplier_id=dispute.supplier_id,
            carrier=dispute.carrier,
            cause=claim.cause,
            amount=claim.amount,
        )
    )
    add_exhibits(tx, dispute, exhibits)
    tell_of(tx, dispute, "dispute.opened", supplier=False)
    return dispute


def _made(tx: Tx[Policy], claim: Claim, order: Bought) -> Dispute:
    return Dispute(
        shop_id=claim.shop_id,
        dispute_id=tx.take_ids(DISPUTE_IDS.name, 1)[0],
        order_id=claim.order_id,
        fulfilment_id=claim.fulfilment_id,
        jit=order.jit,
        cause=claim.cause,
        claim_minor=claim.amount.minor,
        currency=claim.amount.currency,
        beneficiary=claim.beneficiary or ("buyer" if tx.actor.kind == "channel" else "shop"),
        charges=sorted(set(claim.charges)),
        text=claim.text,
        state=DisputeState.OPENED,
        opened_at=tx.now,
        opened_by=str(tx.actor),
        breaches=0,
        round=0,
        policy=order.policy,
    )


def _contest(tx: Tx[Policy], claim: Claim, dispute_id: int) -> None:
    """Dispute the charges that are contested; all or none: they are this order's, and not settled."""
    wanted = sorted(set(claim.charges))
    own = tx.rows(
        "select charge_id from charges where shop_id = :shop and order_id = :order and charge_id = any(:charges)",
        shop=claim.shop_id,
        order=claim.order_id,
        charges=wanted,
    )
    if len(own) != len(wanted) or dispute_charges(tx, claim.shop_id, wanted, dispute_id) != wanted:
        raise Invalid("dispute.charge", "each is a charge of the order that is provisional or due")
