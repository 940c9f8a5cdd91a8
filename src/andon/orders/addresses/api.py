"""Corrections over HTTP, for the shop and the channel that sold the order."""

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.problems import problems
from andon.orders.addresses.service import correct_ship_to
from andon.orders.addresses.views import CorrectionIn
from andon.orders.order.views import OrderOut, check_order, order_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])


@router.put(
    "/shops/{shop_id}/orders/{order_id}/ship_to",
    dependencies=[allow("orders.write", "shop", "channel")],
    responses=problems(NotFound, Conflict),
)
def correct(shop_id: int, order_id: int, correction: CorrectionIn, tx: InTransaction) -> OrderOut:
    """Correct where an order goes, until its first label. The same address again changes nothing."""
    check_order(tx, shop_id, order_id)
    ship_to = correction.ship_to.model_dump(exclude_none=True)
    correct_ship_to(tx, shop_id, order_id, ship_to, correction.fault, correction.note)
    return order_of(tx, shop_id, order_id)
