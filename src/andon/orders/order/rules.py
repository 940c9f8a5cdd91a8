"""The states of a fulfilment, its flags, and the five groups that a seller sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, IntFlag

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State
from andon.partners.catalog.rules import Mode

__all__ = [
    "CODES",
    "FLAGS_CLEARED",
    "FULFILMENT",
    "OPEN_BELOW",
    "Flag",
    "FulfilmentState",
    "Group",
    "LinePromise",
    "Mode",
    "flag_words",
    "group_of",
    "line_promise",
    "ship_by_next",
]


CODES = codes(
    {
        "order.not_found": ("No such order", "订单不存在"),
        "order.not_delivered": ("Not delivered yet", "订单尚未签收"),
    }
)


class FulfilmentState(State):
    """Where a fulfilment stands. Below 80 it is open (EXIT-1); 90 and up it ended without a delivery."""

    WAITING = 5
    RESERVED = 10
    PUSHED = 20
    ACCEPTED = 30
    PICKED = 40
    LABELLED = 50
    SHIPPED = 60
    DELIVERED = 80
    COMPLETED = 81
    REJECTED = 90
    CANCELLED = 91
    RETURNED = 92
    LOST = 93


_S = FulfilmentState

FULFILMENT = Lifecycle(
    "fulfilment",
    FulfilmentState,
    start=frozenset({_S.RESERVED, _S.WAITING}),
    moves={
        _S.WAITING: frozenset({_S.REJECTED, _S.CANCELLED}),
        _S.RESERVED: frozenset({_S.PUSHED, _S.PICKED, _S.LABELLED, _S.REJECTED, _S.CANCELLED}),
        _S.PUSHED: frozenset({_S.ACCEPTED, _S.REJECTED, _S.CANCELLED}),
        _S.ACCEPTED: frozenset({_S.PICKED, _S.LABELLED, _S.REJECTED, _S.CANCELLED}),
        _S.PICKED: frozenset({_S.LABELLED, _S.REJECTED, _S.CANCELLED}),
        _S.LABELLED: frozenset({_S.SHIPPED, _S.REJECTED, _S.CANCELLED}),
        _S.SHIPPED: frozenset({_S.DELIVERED, _S.RETURNED, _S.LOST}),
        _S.DELIVERED: frozenset({_S.COMPLETED}),
    },
)
"""The allowed moves. What the seller ships goes from reserved to picked or labelled: nobody is asked.

One that waits and finds somebody after all is closed as well: its successor names it as what it replaces.
"""

OPEN_BELOW = 80


class Flag(IntFlag):
    """What a person should know of a fulfilment besides its state."""

    STUCK = 1
    STALE = 2
    LATE_ANSWER = 4
    UNPUSHED = 8
    ADDRESS_PROBLEM = 16
    HELD = 32
    SHORT = 64
    NOT_REPORTED = 128
    NO_MEASURE = 256
    PAPERS_MISSING = 512


FLAG_WORDS = tuple(str(flag.name).lower() for flag in Flag)
"""The names of all flags, in their order."""


def flag_words(flags: int) -> list[str]:
    """The names of the flags that are set, in a fixed order."""
    return [(flag.name or "").lower() for flag in Flag if flags & flag]


_CLOSING = (
    Flag.STUCK | Flag.STALE | Flag.LATE_ANSWER | Flag.UNPUSHED | Flag.HELD | Flag.SHORT | Flag.PAPERS_MISSING
)

FLAGS_CLEARED: dict[FulfilmentState, Flag] = {
    _S.PUSHED: Flag.UNPUSHED,
    _S.ACCEPTED: Flag.LATE_ANSWER,
    _S.SHIPPED: Flag.STUCK | Flag.SHORT | Flag.LATE_ANSWER | Flag.HELD | Flag.PAPERS_MISSING,
    _S.DELIVERED: Flag.STUCK | Flag.STALE,
    _S.COMPLETED: Flag.STALE,
    _S.RETURNED: Flag.STALE,
    _S.LOST: Flag.STALE,
    _S.REJECTED: _CLOSING,
    _S.CANCELLED: _CLOSING,
}
"""What no longer holds of a fulfilment once it has come to a state."""


class Group(IntEnum):
    """The five groups of 订单监控, and the two ends beside them."""

    AWAITING = 1
    IN_TRANSIT = 2
    DELIVERED = 3
    COMPLETED = 4
    CANCELLED = 5
    RETURNED = 6
    LOST = 7

    @property
    def word(self) -> str:
        """The group's name in a filter."""
        return "awaiting_shipment" if self is Group.AWAITING else self.name.lower()


def group_of(states: list[FulfilmentState]) -> Group:
    """The group of an order, from its fulfilments' states: that of the least advanced which still counts.

    A rejected one counts as its successor does; where nothing else is left the order awaits shipment.
    """
    counted = [state for state in states if state is not _S.REJECTED]
    least = min(counted, default=_S.WAITING)
    if least < _S.SHIPPED:
        return Group.AWAITING
    return {
        _S.SHIPPED: Group.IN_TRANSIT,
        _S.DELIVERED: Group.DELIVERED,
        _S.COMPLETED: Group.COMPLETED,
        _S.CANCELLED: Group.CANCELLED,
        _S.RETURNED: Group.RETURNED,
        _S.LOST: Group.LOST,
    }[least]


@dataclass(frozen=True, slots=True)
class LinePromise:
    """What a line promises of a fulfilment: so many days from its collection, until then.

    `kept` is None while that is open: it is neither delivered nor late. Source: MOVE-2.
    """

    days: int
    until: datetime
    kept: bool | None


def line_promise(
    days: int,
    shipped_at: datetime | None,
    delivered_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
) -> LinePromise | None:
    """Whether a line keeps its promise; None before the first scan, and for what ended in time without a delivery.

    A delivery at the promised instant is in time. Source: MOVE-2.
    """
    if shipped_at is None:
        return None
    until = shipped_at + timedelta(days=days)
    if delivered_at is not None:
        return LinePromise(days, until, kept=delivered_at <= until)
    if ended_at is not None and ended_at <= until:
        return None
    return LinePromise(days, until, kept=False if (ended_at or now) > until else None)


def ship_by_next(parts: Iterable[tuple[FulfilmentState, datetime | None]]) -> datetime | None:
    """By when the next of an order's parts is to ship, of their states and limits; None where none waits for one."""
    return min((limit for state, limit in parts if state < _S.SHIPPED and limit is not None), default=None)
