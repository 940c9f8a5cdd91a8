"""What counts as a stock-out that the seller caused."""

from enum import Enum


class Cause(Enum):
    """How an order ended that the seller's own warehouse could not fill."""

    REFUSED = "refused"
    CANCELLED = "cancelled"
