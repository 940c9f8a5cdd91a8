"""A supplier gives notice itself: from when on, to which shops, and what could take its items' place."""

from datetime import datetime
from typing import Literal

from andon.kernel.errors import Invalid, codes
from andon.orders.order.rules import FulfilmentState

CODES = codes(
    {
        "departure.not_found": ("No such departure", "供应商退出通知不存在"),
        "departure.in_past": ("A departure lies ahead", "退出时间须晚于当前时间"),
        "departure.no_grant": ("The supplier is not bound to this shop", "供应商未与该店铺绑定"),
        "departure.announced": ("A departure from this shop is announced already", "已向该店铺发出退出通知"),
        "departure.under_way": ("The supplier has left", "供应商已退出，无法撤回"),
    }
)

DepartureState = Literal["announced", "withdrawn", "leaving", "left"]

_S = FulfilmentState

UNANSWERED = (_S.RESERVED, _S.PUSHED)
"""What is given to others when the day has come: its supplier has not accepted it. What it accepted it ships."""
UNSHIPPED = (*UNANSWERED, _S.ACCEPTED, _S.PICKED)
"""What the seller may give to others before: no label stands."""
REASON = "supplier_leaves"
"""Why a fulfilment was taken from its supplier."""


def check_ahead(leaves_at: datetime, now: datetime) -> None:
    """Refuse, with Invalid `departure.in_past`, a departure that does not lie ahead."""
    if leaves_at <= now:
        raise Invalid("departure.in_past", f"it is {now.isoformat()}")


def state_of(
    withdrawn_at: datetime | None, begun_at: datetime | None, left_at: datetime | None
) -> DepartureState:
    """Where a departure stands: it is leaving from its day on, and has left once the binding has ended."""
    if withdrawn_at is not None:
        return "withdrawn"
    if left_at is not None:
        return "left"
    return "announced" if begun_at is None else "leaving"
