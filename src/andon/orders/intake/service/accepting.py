"""Accepting orders, many at a time: look and lock, decide, record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from andon.kernel.errors import Unavailable
from andon.kernel.tx import Tx
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
from andon.orders.routing.rules import Refusal
from andon.orders.routing.views import lock_shelf, look_and_lock
from andon.platform.policies.rules import NoneInForce, Policy

ATTEMPTS = 5
"""How often a call is decided anew because another one was faster."""


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
    locked, in the order of all, before anything is decided. That none of the numbers is known is assumed, until the
    database says otherwise: then nothing was written, and it is looked and decided again. Source: STOCK-1, MODE-2.
    """
    tx.hold({shop_id})
    skus = sorted({line.sku for order in orders for line in order.lines})
    asked = tx.ask_ids(ORDER_IDS.name, len(orders))
    shop, shelf = look_and_lock(tx, shop_id, skus)
    refusals: dict[int, Refusal] = {}
    sound: list[tuple[int, IncomingOrder]] = []
    for index, order in enumerate(orders):
        fault = _fault(tx, order, shop.currency)
        if fault is None:
            sound.append((index, order))
        else:
            refusals[index] = fault

    numbers = asked()
    decisions: list[Decision] = []
    known: dict[tuple[str, str], Known] = {}
    for attempt in range(ATTEMPTS):
        if attempt:
            shelf = lock_shelf(tx, shop_id, skus)
            # A statement of its own after the locks: it sees what a twin of this call has just committed.
            known = _known(tx, shop_id, sound)
        decisions = decide(sound, known, shop.facts, shelf, iter(numbers))
        accepted = [each for each in decisions if isinstance(each, Accepted)]
        if not attempt and len(accepted) < len(sound):
            continue  # what is ours already is not refused because its like cannot be had any more
        try:
            record_accepted(tx, shop_id, shop, orders, accepted)
        except Contended:
            continue
        break
    else:
        raise Unavailable(f"shop {shop_id}: {ATTEMPTS} times another call was faster")
    refusals |= {each.index: each.refusal for each in decisions if isinstance(each, Turned)}
    refuse(tx, shop_id, [(orders[index], refusal) for index, refusal in sorted(refusals.items())])
    return _outcomes(decisions, refusals)


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
    tx: Tx[Policy], shop_id: int, orders: Sequence[tuple[int, IncomingOrder]]
) -> dict[tuple[str, str], Known]:
    """Those of these numbers that are ours already."""
    wanted = {order.number for _, order in orders}
    rows = tx.rows(
        "select channel, channel_order_no, order_id, fingerprint from orders "
        "where shop_id = :shop and channel = any(:channels) and channel_order_no = any(:numbers)",
        shop=shop_id,
        channels=sorted({channel for channel, _ in wanted}),
        numbers=sorted({number for _, number in wanted}),
    )
    return {
        (row.channel, row.channel_order_no): Known(row.order_id, bytes(row.fingerprint))
        for row in rows
        if (row.channel, row.channel_order_no) in wanted
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
