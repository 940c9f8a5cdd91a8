"""Holding over HTTP, for the shop and the channel that sold the order."""

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.problems import problems
from andon.orders.holds.service import hold_order, release_order
from andon.orders.holds.views import HoldIn
from andon.orders.order.views import OrderOut, check_order, order_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])


@router.post(
    "/shops/{shop_id}/orders/{order_id}/hold",
    dependencies=[allow("orders.write", "shop", "channel")],
    responses=problems(NotFound, Conflict),
)
def hold(shop_id: int, order_id: int, tx: InTransaction, hold: HoldIn | None = None) -> OrderOut:
    """Hold an order: nothing of it is pushed or labelled, and its clocks stand. Again changes nothing. MODE-3, MODE-4."""
    hold = hold or HoldIn()
    check_order(tx, shop_id, order_id)
    hold_order(tx, shop_id, order_id, hold.reason, hold.note)
    return order_of(tx, shop_id, order_id)


@router.post(
    "/shops/{shop_id}/orders/{order_id}/release",
    dependencies=[allow("orders.write", "shop", "channel")],
    responses=problems(NotFound, Conflict),
)
def release(shop_id: int, order_id: int, tx: InTransaction) -> OrderOut:
    """Let a held order go on; its clocks go on from where they stood. Again changes nothing. MODE-3, MODE-4."""
    check_order(tx, shop_id, order_id)
    release_order(tx, shop_id, order_id)
    return order_of(tx, shop_id, order_id)
