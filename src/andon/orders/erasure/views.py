"""Whether an order's buyer was erased."""

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


class ErasureOut(Out):
    """How the erasing of an order's buyer stands: when it was asked for, if so, and when it was done, null until then."""

    order_id: int
    asked_at: Instant | None
    erased_at: Instant | None


def erasure_of(tx: Tx[Policy], shop_id: int, order_id: int) -> ErasureOut:
    """The erasing of one order's buyer; NotFound `order.not_found`."""
    row = tx.one(
        "select order_id, erase_asked_at as asked_at, erased_at from recipients "
        "where shop_id = :shop and order_id = :order",
        shop=shop_id,
        order=order_id,
    )
    if row is None:
        raise NotFound("order.not_found")
    return ErasureOut.model_validate(row)
