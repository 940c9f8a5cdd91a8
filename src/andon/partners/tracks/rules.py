"""How new orders for a product go while its shop moves: just in time still, or the standard way. Source: MOVE-1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

ALL = 100
"""All new orders, in percent."""

DAY = timedelta(days=1)


class Choice(StrEnum):
    """What the seller wants of a product without local stock. Source: MOVE-1."""

    STOCK_UP = "stock_up"
    """Its JIT intake closes when the count comes in, at the latest on the move's last day."""
    UNLIST = "unlist"
    """It is off sale until units of it are counted."""
    SUPPLIER_SHIPS = "supplier_ships"
    """Its supplier ships it as a standard order, by the smart line, until the binding ends."""


@dataclass(frozen=True, slots=True)
class Track:
    """How one product moves. `shares` are the percent of new orders that leave JIT, day by day since it began.

    From `closes_at` on all of them do; it is None where the shop's own intake is closed anyway.
    """

    since: datetime
    closes_at: datetime | None = None
    shares: Sequence[int] = ()
    choice: Choice | None = None

    def share(self, now: datetime) -> int:
        """How many of a hundred new orders leave JIT at that instant."""
        if self.closes_at is not None and now >= self.closes_at:
            return ALL
        if not self.shares:
            return 0
        return self.shares[min(max((now - self.since) // DAY, 0), len(self.shares) - 1)]


def leaves(number: str, share: int) -> bool:
    """Whether the order of that number is among the `share` of a hundred that leave JIT.

    By the number alone: an order that is asked about again goes the same way, and one that has left by a share leaves
    by every greater one.
    """
    return crc32(number.encode()) % ALL < share
