"""Accepting orders, many at a time: look and lock, decide, record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from andon.kernel.errors import Unavailable
from andon.kernel.rows import as_array
from andon.kernel.tx import Numbers, Tx
from andon.orders.intake.rules import (
    Accepted,
    Decision,
    Existing,
    IncomingOrder,
    Known,
    Turned,
    decide,
    fault_of,
)
from andon.orders.intake.service.recording import Contended, record_accepted, refuse
from andon.orders.order.tables import ORDER_IDS
from andon.orders.routing.rules import Refusal, Shelf
from andon.orders.routing.service import Fresh, fresh_numbers
from andon.orders.routing.views import RoutingShop, lock_shelf, look_and_lock
from andon.platform.policies.rules import NoneInForce, Policy

ATTEMPTS = 5
"""How often a call is decided anew because another one was faster."""
AT_ONCE = 250
"""How many orders are decided and sent off before the next ones are looked at."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the order at `index` of the call; a refusal has its code."""

    index: int
    status: Literal["created", "existing", "refused"]
    order_id: int | None = None
    code: str | None = None
    detail: str | None = None


def accept_orders(tx: Tx[Policy], shop_id: int, orders: Sequence[IncomingOrder]) -> list[Outcome]:
    """Make these orders ours: each whole or not at all, each number of a channel once; an outcome for each, in order.

    A repeat answers `existing` with the order's number; another body under the same number is refused. Whoever is
    first in the call gets the last unit. The shop's head is shared and the stock rows of all these products are
    locked, in the order of all, before anything is decided. Source: STOCK-1, MODE-2.
    """
    tx.hold({shop_id})
    skus = sorted({line.sku for order in orders for line in order.lines})
    since = min((order.at or tx.now for order in orders), default=tx.now)
    routing = look_and_lock(tx, shop_id, skus, since)
    # A statement of its own after the locks: it sees what a twin of this call has just committed.
    known = _known(tx, shop_id, orders)
    order_ids, fresh = tx.numbers(ORDER_IDS.name, len(orders)), fresh_numbers(tx, len(orders))
    shop, shelf = routing()
    refusals: dict[int, Refusal] = {}
    sound: list[tuple[int, IncomingOrder]] = []
    for index, order in enumerate(orders):
        fault = _fault(tx, order, shop.currency)
        if fault is None:
            sound.append((index, order))
        else:
            refusals[index] = fault

    decisions: list[Decision] = []
    for attempt in range(ATTEMPTS):
        if attempt:
            shelf, known = lock_shelf(tx, shop_id, skus, shop.daily), _known(tx, shop_id, orders)
        seen = known()
        try:
            with tx.undone_by(Contended):
                decisions = _decide_and_record(
                    tx, shop_id, shop, shelf, orders, sound, seen, order_ids, fresh
                )
        except Contended:
            continue
        break
    else:
        raise Unavailable(f"shop {shop_id}: {ATTEMPTS} times another call was faster")
    refusals |= {each.index: each.refusal for each in decisions if isinstance(each, Turned)}
    refuse(tx, shop_id, [(orders[index], refusal) for index, refusal in sorted(refusals.items())])
    return _outcomes(decisions, refusals)


def _decide_and_record(
    tx: Tx[Policy],
    shop_id: int,
    shop: RoutingShop,
    shelf: Shelf,
    orders: Sequence[IncomingOrder],
    sound: Sequence[tuple[int, IncomingOrder]],
    seen: dict[tuple[str, str], Known],
    order_ids: Numbers,
    fresh: Fresh,
) -> list[Decision]:
    """Decide some and write them down, and while the database is at it the next ones. Raises Contended."""
    decisions: list[Decision] = []
    checks: list[Callable[[], None]] = []
    for start in range(0, len(sound), AT_ONCE):
        some = sound[start : start + AT_ONCE]
        decided = decide(some, seen, shop.facts, shelf, iter(order_ids.take(len(some))))
        accepted = [each for each in decided if isinstance(each, Accepted)]
        checks.append(record_accepted(tx, shop_id, shop, orders, accepted, fresh))
        decisions += decided
    for check in checks:
        check()
    return decisions


def _fault(tx: Tx[Policy], order: IncomingOrder, currency: str) -> Refusal | None:
    """What is wrong with the order whatever the shop has, or with who sends it."""
    if tx.actor.kind == "channel" and tx.actor.id != order.channel:
        return Refusal("order.channel", f"this caller is the channel {tx.actor.id}")
    try:
        tx.policies.at(order.placed_at)
    except NoneInForce as none:
        return Refusal("order.placed_at", none.detail)
    return fault_of(order, currency, order.at or tx.now)


def _known(
    tx: Tx[Policy], shop_id: int, orders: Sequence[IncomingOrder]
) -> Callable[[], dict[tuple[str, str], Known]]:
    """Ask which of these numbers are ours already; the answer comes later."""
    numbers = {order.number for order in orders}
    rows = tx.ask(
        "select o.channel, o.channel_order_no, o.order_id, o.fingerprint "
        "from unnest(cast(:channels as text[]), cast(:numbers as text[])) as k(channel, number) "
        "join orders o on o.shop_id = :shop and o.channel = k.channel and o.channel_order_no = k.number",
        shop=shop_id,
        channels=as_array(channel for channel, _ in numbers),
        numbers=as_array(number for _, number in numbers),
    )
    return lambda: {
        (row.channel, row.channel_order_no): Known(row.order_id, bytes(row.fingerprint)) for row in rows()
    }


def _outcomes(decisions: Sequence[Decision], refusals: dict[int, Refusal]) -> list[Outcome]:
    outcomes = [
        Outcome(index, "refused", code=refusal.code, detail=refusal.detail)
        for index, refusal in refusals.items()
    ]
    for each in decisions:
        if isinstance(each, Accepted | Existing):
            status: Literal["created", "existing"] = "created" if isinstance(each, Accepted) else "existing"
            outcomes.append(Outcome(each.index, status, each.order_id))
    return sorted(outcomes, key=lambda outcome: outcome.index)
