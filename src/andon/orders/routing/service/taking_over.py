"""Taking over: the seller ships from its own location what a supplier was to."""

from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.orders.holds.service import keep_address_flags, keep_held
from andon.orders.routing.rules import Refusal, choose
from andon.orders.routing.service.opening import (
    Opening,
    fresh_numbers,
    open_fulfilments,
    promise_parts,
)
from andon.orders.routing.views import look_and_lock, wants_of
from andon.platform.policies.rules import Policy


def take_over(tx: Tx[Policy], closed: Row[Any]) -> list[int]:
    """Give a closed fulfilment the seller's own successor on the plan's standard line, or one by each line it needs.

    Answers their numbers. `closed` is a row that `close_fulfilments` answered in this transaction. Refuses with
    Conflict where the location lacks units (`remedy.no_local_stock`), no standard line goes there
    (`order.no_line_serves`), or none takes the goods (`order.no_line_flies`). Source: MODE-4.
    """
    shop_id = closed.shop_id
    wants = wants_of(tx, shop_id, [closed.fulfilment_id])[closed.fulfilment_id]
    skus = sorted({want.sku for want in wants})
    place = tx.one(
        "select o.policy, r.country from orders o join recipients r "
        "on r.shop_id = o.shop_id and r.order_id = o.order_id where o.shop_id = :shop and o.order_id = :order",
        shop=shop_id,
        order=closed.order_id,
    )
    assert place is not None, "a fulfilment has its order, and that its recipient"
    shop, shelf = look_and_lock(tx, shop_id, skus, tx.now)()
    parts = choose(wants, place.country, shop.facts.sellers_own(), shelf)
    if isinstance(parts, Refusal):
        lacking = parts.code == "order.out_of_stock"
        raise Conflict("remedy.no_local_stock" if lacking else parts.code, parts.detail)
    policy = tx.policies.named(place.policy)
    openings = [
        Opening(closed.order_id, part, policy, closed.placed_at, closed.at, closed.fulfilment_id)
        for part in parts
    ]
    promise_parts(tx, shop_id, parts, ())()
    numbers = open_fulfilments(tx, shop_id, openings, (), fresh_numbers(tx, len(openings)))
    keep_held(tx, shop_id, numbers)
    keep_address_flags(tx, shop_id, numbers)
    return numbers
