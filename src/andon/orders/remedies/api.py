"""Remedies over HTTP, for the shop; an operator may enter."""

from andon.kernel.errors import Conflict, NotFound, TooMany
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.problems import problems
from andon.orders.order.views import OrderOut, order_of_fulfilment
from andon.orders.remedies.rules import Action
from andon.orders.remedies.service import remedy_fulfilment
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])


class RemedyIn(Strict):
    """What is to be done about it."""

    action: Action


class RemedyOut(Out):
    """The fulfilment, those that stand in its place, and the order as it is now."""

    fulfilment_id: int
    successors: list[int]
    order: OrderOut


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/remedy",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict, TooMany),
)
def remedy(shop_id: int, fulfilment_id: int, remedy: RemedyIn, tx: InTransaction) -> RemedyOut:
    """Remind its supplier, give it to another, ship it oneself, or cancel it: of what went wrong alone. MODE-4."""
    remedy_fulfilment(tx, shop_id, fulfilment_id, remedy.action)
    order = order_of_fulfilment(tx, shop_id, fulfilment_id)
    successors = [part.id for part in order.fulfilments if part.replaces == fulfilment_id]
    return RemedyOut(fulfilment_id=fulfilment_id, successors=successors, order=order)
