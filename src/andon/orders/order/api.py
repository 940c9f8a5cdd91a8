"""Orders over HTTP: 订单监控, one order, and the buyer's confirmation."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.models import Instant
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.orders.order.rules import Flag, Group
from andon.orders.order.service import confirm_order
from andon.orders.order.views import (
    OrderFilter,
    OrderOut,
    check_order,
    list_orders,
    order_of,
)
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])

GroupWord = Literal[
    "awaiting_shipment", "in_transit", "delivered", "completed", "cancelled", "returned", "lost"
]
FlagWord = Literal[
    "stuck", "stale", "late_answer", "unpushed", "address_problem", "held", "short", "not_reported", "no_measure",
    "papers_missing",
]  # fmt: skip
DueWord = Literal["overdue", "24h"]
DUE = {"overdue": timedelta(0), "24h": timedelta(hours=24)}
GROUPS = {group.word: group for group in Group}


@router.get(
    "/shops/{shop_id}/orders",
    dependencies=[allow("orders.read", "shop")],
)
def list_of_orders(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    group: Annotated[GroupWord | None, Query(description="Only those in this group")] = None,
    flag: Annotated[FlagWord | None, Query(description="Only those so flagged")] = None,
    supplier: Annotated[int | None, Query(ge=1, description="Only those of which it has a part")] = None,
    channel_order_no: Annotated[str | None, Query(max_length=128)] = None,
    placed_from: Annotated[Instant | None, Query(description="Placed then or later")] = None,
    placed_until: Annotated[Instant | None, Query(description="Placed before then")] = None,
    ship_by_until: Annotated[
        Instant | None, Query(description="Not shipped, and to ship before then")
    ] = None,
    due: Annotated[
        DueWord | None, Query(description="Not shipped: overdue, or to ship within 24 hours")
    ] = None,
) -> Page[OrderOut]:
    """The shop's orders, the latest placed first; as CSV or XLSX by `Accept`, the next page in `Link`.

    With `due` or `ship_by_until` (of both the earlier) only what has not shipped, the most urgent first.
    """
    limits = [at for at in (ship_by_until, tx.now + DUE[due] if due else None) if at is not None]
    after = (datetime.fromisoformat(query.after[0]), int(query.after[1])) if query.after else None
    wanted = OrderFilter(
        GROUPS[group] if group else None,
        Flag[flag.upper()] if flag else None,
        supplier,
        channel_order_no,
        placed_from,
        placed_until,
        min(limits, default=None),
    )
    orders = list_orders(tx, shop_id, wanted, after=after, limit=query.fetch)
    return page_of(orders, query, key=lambda order: [order.ship_by if limits else order.placed_at, order.id])


@router.get(
    "/shops/{shop_id}/orders/{order_id}",
    dependencies=[allow("orders.read", "shop")],
    responses=problems(NotFound),
)
def show_order(shop_id: int, order_id: int, tx: InTransaction) -> OrderOut:
    """One order with its fulfilments."""
    return order_of(tx, shop_id, order_id)


@router.post(
    "/shops/{shop_id}/orders/{order_id}/confirm",
    dependencies=[allow("orders.write", "channel")],
    responses=problems(NotFound, Conflict),
)
def confirm(shop_id: int, order_id: int, tx: InTransaction) -> OrderOut:
    """The buyer confirms: what was delivered is completed. MODE-6."""
    check_order(tx, shop_id, order_id)
    confirm_order(tx, shop_id, order_id)
    return order_of(tx, shop_id, order_id)
