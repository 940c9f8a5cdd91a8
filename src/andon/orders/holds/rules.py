"""Why an order may be held, and until when."""

from enum import StrEnum

from andon.kernel.errors import codes
from andon.orders.order.rules import FulfilmentState

CODES = codes(
    {
        "order.not_holdable": ("Nothing of it can be held any more", "订单已无可暂缓的履约单"),
    }
)

HOLDABLE_BELOW = FulfilmentState.SHIPPED
"""What a carrier has nobody holds."""


class Reason(StrEnum):
    """Why an order is held."""

    BUYER_WISH = "buyer_wish"
    ADDRESS = "address"
    RISK = "risk"
    OTHER = "other"
