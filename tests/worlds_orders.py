"""Orders for tests, as a channel sends them, and what became of them, read from the tables."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.orders.intake.service import IncomingLine, IncomingOrder, accept_orders
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.platform.policies.rules import Policy
from tests.worlds import NOON

MADRID = {
    "name": "Ana Sol",
    "line1": "Calle Mayor 1",
    "city": "Madrid",
    "postcode": "28001",
    "country": "ES",
}


def incoming(
    number: str,
    *skus: str | tuple[str, int],
    channel: str = "demo",
    placed_at: datetime = NOON,
    country: str = "ES",
    price: str = "49.90",
    currency: str = "CNY",
    **changes: Any,
) -> IncomingOrder:
    """An order of one of each SKU, or of as many as stands beside it."""
    lines = tuple(
        IncomingLine(sku, quantity, Money.of(price, currency))
        for sku, quantity in ((each, 1) if isinstance(each, str) else each for each in skus)
    )
    facts: dict[str, Any] = {
        "channel": channel,
        "channel_order_no": number,
        "placed_at": placed_at,
        "ship_to": MADRID | {"country": country},
        "lines": lines,
    }
    return IncomingOrder(**(facts | changes))


def accept(tx: Tx[Policy], shop_id: int, *orders: IncomingOrder) -> list[int]:
    """The numbers of orders that are all taken."""
    outcomes = accept_orders(tx, shop_id, orders)
    assert {each.status for each in outcomes} <= {"created", "existing"}, outcomes
    return [each.order_id for each in outcomes if each.order_id is not None]


def parts_of(tx: Tx[Policy], shop_id: int, order_id: int) -> Sequence[Any]:
    """The fulfilments of an order, in the order they were made."""
    return tx.rows(
        "select * from fulfilments where shop_id = :shop and order_id = :order order by fulfilment_id",
        shop=shop_id,
        order=order_id,
    )


def part_of(tx: Tx[Policy], shop_id: int, order_id: int) -> Any:
    """The only fulfilment of an order."""
    [part] = parts_of(tx, shop_id, order_id)
    return part


def states_of(tx: Tx[Policy], shop_id: int, order_id: int) -> list[str]:
    """The states of an order's fulfilments, in the order they were made."""
    return [FulfilmentState(row.state).word for row in parts_of(tx, shop_id, order_id)]


def bring_to(
    tx: Tx[Policy], shop_id: int, fulfilment_id: int, target: FulfilmentState, at: datetime = NOON
) -> None:
    """Move a pushed fulfilment on, step by step, until it is in that state."""
    for state in FulfilmentState:
        if FulfilmentState.PUSHED < state <= min(target, FulfilmentState.COMPLETED):
            assert move_fulfilments(tx, [Move(shop_id, fulfilment_id, at)], state), state.word


def stock_of(tx: Tx[Policy], shop_id: int) -> dict[tuple[int, str, int], tuple[int, int]]:
    """On hand and reserved by location, item and owner."""
    return {
        (row.location, row.item, row.owner): (row.on_hand, row.reserved)
        for row in tx.rows("select * from stock where shop_id = :shop", shop=shop_id)
    }


def events_of(tx: Tx[Policy], shop_id: int, order_id: int | None = None) -> list[str]:
    """The kinds of what was recorded about a shop's orders, or about one of them, in the order it was."""
    tx.flush()
    return [
        row.kind
        for row in tx.rows(
            "select kind from events where shop_id = :shop "
            "and (kind like 'order.%' or kind like 'fulfilment.%') "
            "and (cast(:order as bigint) is null or order_id = :order) order by event_id",
            shop=shop_id,
            order=order_id,
        )
    ]


def run_together(*jobs: Callable[[], object]) -> None:
    """Run these at once, each in a thread, and raise what any of them raised."""
    raised: list[BaseException] = []
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            ready.wait()
            job()
        except BaseException as error:  # noqa: BLE001 - told to the test
            raised.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in raised:
        raise error
