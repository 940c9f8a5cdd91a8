"""Taking back: what no supplier was told of yet goes to none."""

from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.routing.service.rerouting import reroute
from andon.platform.policies.rules import Policy

_RESERVED = FulfilmentState.RESERVED


def take_back(tx: Tx[Policy], shop_id: int, reason: str) -> list[int]:
    """Take every fulfilment of a shop that was not pushed yet from its supplier; answers their successors.

    The caller has closed the shop's head, and no supplier is given anything new: what is taken back waits for the seller.
    Its pushes are not sent any more. Source: EXIT-7.
    """
    unpushed = tx.rows(
        f"select fulfilment_id from fulfilments where shop_id = :shop and state = {_RESERVED.value} "
        "and supplier_id is not null order by fulfilment_id",
        shop=shop_id,
    )
    closes = [Close(shop_id, row.fulfilment_id, tx.now, reason) for row in unpushed]
    closed = close_fulfilments(tx, closes, FulfilmentState.REJECTED, sources=(_RESERVED,)) if closes else []
    return reroute(tx, closed)
