"""Many wishes to cancel, each with its answer."""

from collections.abc import Sequence
from typing import NamedTuple

from andon.kernel.errors import Conflict, NotFound, Refused
from andon.kernel.tx import Tx
from andon.orders.cancelling.rules import wisher
from andon.orders.cancelling.service import Cancellation, Wish, cancel_orders
from andon.platform.policies.rules import Policy


class Wished(NamedTuple):
    """That an order be cancelled: why, at whose wish, and a note for people; as it was said, or None."""

    order_id: int
    reason: str | None
    by: str | None
    note: str | None


class Became(NamedTuple):
    """What became of an act: what it was refused with, if it was, and whether it changed anything."""

    refusal: Refused | None
    changed: bool = True


def wish_away(tx: Tx[Policy], shop_id: int, wishes: Sequence[Wished]) -> list[Became]:
    """Cancel, or ask for, each of these orders; an answer each. What is wished again finds it done.

    Refuses one with NotFound `order.not_found`, Invalid `cancellation.by`, or Conflict `order.already_shipped`.
    """
    tx.hold(shop_id)
    own = _own(tx, shop_id, [wish.order_id for wish in wishes])
    results: dict[int, Became] = {}
    waiting = list(enumerate(wishes))
    while waiting:
        turn: dict[int, tuple[int, Wish]] = {}
        later = []
        for place, wish in waiting:
            if wish.order_id in turn:
                later.append((place, wish))
                continue
            try:
                turn[wish.order_id] = place, _meant(tx, shop_id, wish, own)
            except Refused as no:
                results[place] = Became(no)
        for (place, _), done in zip(
            turn.values(), cancel_orders(tx, [wish for _, wish in turn.values()]), strict=True
        ):
            results[place] = _told(done)
        waiting = later
    return [results[place] for place in range(len(wishes))]


def _own(tx: Tx[Policy], shop_id: int, order_ids: Sequence[int]) -> set[int]:
    """Those of the orders that are there, and the calling channel's if a channel calls."""
    found = tx.rows(
        "select order_id, channel from orders where shop_id = :shop and order_id = any(:orders)",
        shop=shop_id,
        orders=list(order_ids),
    )
    return {row.order_id for row in found if tx.actor.kind != "channel" or tx.actor.id == row.channel}


def _meant(tx: Tx[Policy], shop_id: int, wish: Wished, own: set[int]) -> Wish:
    by = wisher(tx.actor.kind, wish.by)
    if wish.order_id not in own:
        raise NotFound("order.not_found")
    return Wish(shop_id, wish.order_id, tx.now, wish.reason or by, by, wish.note)


def _told(done: Cancellation) -> Became:
    if done.cancelled or done.asked:
        return Became(None)
    if done.too_late and not done.unchanged:
        return Became(Conflict("order.already_shipped", "nothing of it can be cancelled any more"))
    return Became(None, changed=False)
