"""What happens to an order and its fulfilments. Every state of a fulfilment is backed by the event of that name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money
from andon.orders.order.rules import FulfilmentState


@dataclass(frozen=True, kw_only=True)
class OrderAccepted(Event):
    """An order became ours. `recipient` is the salted commitment to where it goes, in hexadecimal."""

    kind: ClassVar[str] = "order.accepted"
    about: ClassVar[str] = "order_id"

    channel: str
    channel_order_no: str
    lines: int
    goods: Money
    freight: Money
    recipient: str


@dataclass(frozen=True, kw_only=True)
class OrderRefused(Event):
    """An order that a channel sent did not become ours; `code` says why. Source: STOCK-1."""

    kind: ClassVar[str] = "order.refused"
    about: ClassVar[str] = "channel_order_no"

    channel: str
    channel_order_no: str
    code: str
    source_status: str | None = None


@dataclass(frozen=True, kw_only=True)
class FulfilmentEvent(Event):
    """Something happened to one fulfilment; `supplier_id` is None for the seller's own."""

    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    supplier_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class FulfilmentReserved(FulfilmentEvent):
    """Units were promised to it. `passed_over` names the suppliers before it that could not take a line, and the lines
    of the plan before its own that refuse its goods, and why; `over_capacity` says that its supplier's day was full.
    """

    kind: ClassVar[str] = "fulfilment.reserved"

    mode: str
    line: str | None
    replaces: int | None = None
    passed_over: list[dict[str, Any]] | None = None
    over_capacity: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FulfilmentWaiting(FulfilmentEvent):
    """No supplier can take it; it waits for the seller."""

    kind: ClassVar[str] = "fulfilment.waiting"

    mode: str
    replaces: int | None = None
    passed_over: list[dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class FulfilmentPushed(FulfilmentEvent):
    """Its supplier has it: the endpoint took the push, or it lies in the pull queue."""

    kind: ClassVar[str] = "fulfilment.pushed"


@dataclass(frozen=True, kw_only=True)
class FulfilmentAccepted(FulfilmentEvent):
    """Its supplier will fulfil it."""

    kind: ClassVar[str] = "fulfilment.accepted"


@dataclass(frozen=True, kw_only=True)
class FulfilmentPicked(FulfilmentEvent):
    """Its goods are off the shelf."""

    kind: ClassVar[str] = "fulfilment.picked"


@dataclass(frozen=True, kw_only=True)
class FulfilmentLabelled(FulfilmentEvent):
    """Its first parcel has a waybill."""

    kind: ClassVar[str] = "fulfilment.labelled"


@dataclass(frozen=True, kw_only=True)
class FulfilmentShipped(FulfilmentEvent):
    """A carrier scanned a parcel of it for the first time."""

    kind: ClassVar[str] = "fulfilment.shipped"


@dataclass(frozen=True, kw_only=True)
class FulfilmentDelivered(FulfilmentEvent):
    """Its last parcel reached the buyer."""

    kind: ClassVar[str] = "fulfilment.delivered"


@dataclass(frozen=True, kw_only=True)
class FulfilmentCompleted(FulfilmentEvent):
    """The buyer confirmed it, or the time for that ran out. Source: MODE-6."""

    kind: ClassVar[str] = "fulfilment.completed"


@dataclass(frozen=True, kw_only=True)
class FulfilmentReturned(FulfilmentEvent):
    """It came back to the sender."""

    kind: ClassVar[str] = "fulfilment.returned"


@dataclass(frozen=True, kw_only=True)
class FulfilmentLost(FulfilmentEvent):
    """Its carrier lost it."""

    kind: ClassVar[str] = "fulfilment.lost"


@dataclass(frozen=True, kw_only=True)
class FulfilmentRejected(FulfilmentEvent):
    """It will not be fulfilled by this party; `reason` is a code."""

    kind: ClassVar[str] = "fulfilment.rejected"

    reason: str


@dataclass(frozen=True, kw_only=True)
class FulfilmentCancelled(FulfilmentEvent):
    """It is not wanted any more; `reason` is a code."""

    kind: ClassVar[str] = "fulfilment.cancelled"

    reason: str


@dataclass(frozen=True, kw_only=True)
class FulfilmentFlagged(FulfilmentEvent):
    """A person should look at it; `flag` says why. Source: MODE-3, MODE-4, MODE-5."""

    kind: ClassVar[str] = "fulfilment.flagged"

    flag: str


@dataclass(frozen=True, kw_only=True)
class FlagLifted(FulfilmentEvent):
    """A flag that time had set holds no more: the time was exempted, or its supplier's calendar is another."""

    kind: ClassVar[str] = "fulfilment.flag_lifted"

    flag: str


@dataclass(frozen=True, kw_only=True)
class DeadlinesMoved(FulfilmentEvent):
    """Its supplier's clock stands at times: when MODE-3 and MODE-4 are due, and why (codes); null where one is over."""

    kind: ClassVar[str] = "fulfilment.deadlines_moved"

    answer_due_at: datetime | None
    stuck_due_at: datetime | None
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class CancellationRequested(FulfilmentEvent):
    """Cancelling was asked of a party that had accepted already, `by` buyer, seller or operator; `reason` is a code."""

    kind: ClassVar[str] = "fulfilment.cancel_requested"

    reason: str
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class CancellationAnswered(FulfilmentEvent):
    """The party answered a cancellation: `accepted`, or `refused` because it is too late."""

    kind: ClassVar[str] = "fulfilment.cancel_answered"

    answer: str


MOVED: dict[FulfilmentState, type[FulfilmentEvent]] = {
    FulfilmentState.PUSHED: FulfilmentPushed,
    FulfilmentState.ACCEPTED: FulfilmentAccepted,
    FulfilmentState.PICKED: FulfilmentPicked,
    FulfilmentState.LABELLED: FulfilmentLabelled,
    FulfilmentState.SHIPPED: FulfilmentShipped,
    FulfilmentState.DELIVERED: FulfilmentDelivered,
    FulfilmentState.COMPLETED: FulfilmentCompleted,
    FulfilmentState.RETURNED: FulfilmentReturned,
    FulfilmentState.LOST: FulfilmentLost,
}
"""The event of each state that a fulfilment simply moves to, with nothing more to say."""

CLOSED: dict[FulfilmentState, type[FulfilmentRejected] | type[FulfilmentCancelled]] = {
    FulfilmentState.REJECTED: FulfilmentRejected,
    FulfilmentState.CANCELLED: FulfilmentCancelled,
}
"""The event of each state in which a fulfilment ends before it was shipped."""
