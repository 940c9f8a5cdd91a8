"""Cancelling over HTTP: the wish, by whoever sold the order, and the supplier's answer."""

from typing import Literal

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.orders.cancelling.rules import FORCED, IN_HAND, check_force, wisher
from andon.orders.cancelling.service import (
    CancellationAnswer,
    Wish,
    answer_cancellations,
    cancel_orders,
)
from andon.orders.cancelling.views import CancelIn
from andon.orders.order.views import OrderOut, check_order, order_of
from andon.orders.shipping.views import SupplierFulfilment, supplied
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["orders"])

HANDS = frozenset(state.word for state in IN_HAND)


class CancelOut(Out):
    """What became of the wish: its fulfilments by what was done to each, and the order as it is now."""

    cancelled: list[int]
    asked: list[int]
    unchanged: list[int]
    too_late: list[int]
    order: OrderOut


@router.post(
    "/shops/{shop_id}/orders/{order_id}/cancel",
    dependencies=[allow("orders.write", "shop", "channel")],
    responses=problems(NotFound, Conflict, Forbidden, Invalid),
)
def cancel(shop_id: int, order_id: int, tx: InTransaction, wish: CancelIn | None = None) -> CancelOut:
    """Cancel an order: at once where nobody has accepted, else its supplier is asked. Again changes nothing. MODE-3."""
    wish = wish or CancelIn()
    by = wisher(tx.actor.kind, wish.by)
    check_force(tx.actor.kind, wish.force)
    check_order(tx, shop_id, order_id)
    [done] = cancel_orders(
        tx, [Wish(shop_id, order_id, tx.now, wish.reason or by, by, wish.note, wish.force)]
    )
    if done.too_late and not (done.cancelled or done.asked or done.unchanged):
        raise Conflict("order.already_shipped", "nothing of it can be cancelled any more")
    order = order_of(tx, shop_id, order_id)
    if wish.force and _is_undecided(order):
        raise Conflict("cancellation.not_overdue", "a supplier may still answer, or has refused")
    return CancelOut(
        cancelled=done.cancelled,
        asked=done.asked,
        unchanged=done.unchanged,
        too_late=done.too_late,
        order=order,
    )


def _is_undecided(order: OrderOut) -> bool:
    """Whether something of it is in a supplier's hands, and nothing was decided by force."""
    answers = {part.cancellation.answer for part in order.fulfilments if part.cancellation}
    in_hand = any(part.supplier_id is not None and part.state in HANDS for part in order.fulfilments)
    return in_hand and FORCED not in answers


class AnswerIn(Strict):
    """A supplier's answer to a cancellation: `refused` when it has left already."""

    answer: Literal["accepted", "refused"]


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/cancellation",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def answer(fulfilment_id: int, answer: AnswerIn, tx: InTransaction) -> SupplierFulfilment:
    """Answer a cancellation; the same answer again changes nothing."""
    supplier_id = _supplier(tx)
    asked = supplied(tx, supplier_id, fulfilment_id)
    [outcome] = answer_cancellations(
        tx, [CancellationAnswer(asked.shop_id, fulfilment_id, tx.now, answer.answer == "accepted")]
    )
    if outcome.code is not None:
        raise Conflict(outcome.code, state=asked.state)
    return supplied(tx, supplier_id, fulfilment_id)


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
