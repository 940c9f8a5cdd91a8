"""Erasing over HTTP, for the shop and the operator."""

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.problems import problems
from andon.orders.erasure.service import ask_erasure
from andon.orders.erasure.views import ErasureOut, erasure_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])


@router.post(
    "/shops/{shop_id}/orders/{order_id}/erase",
    dependencies=[allow("orders.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def erase(shop_id: int, order_id: int, tx: InTransaction) -> ErasureOut:
    """Have the buyer of an ended order erased, wherever it stands; the line does it soon after. Again looks again."""
    ask_erasure(tx, shop_id, order_id)
    return erasure_of(tx, shop_id, order_id)
