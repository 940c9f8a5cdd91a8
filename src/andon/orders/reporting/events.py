"""What a channel was told, and how it is told."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event
from andon.orders.order.events import FulfilmentEvent


@dataclass(frozen=True, kw_only=True)
class ShipmentReported(FulfilmentEvent):
    """The order's channel knows of this parcel: its endpoint took it (push), or it said so of its feed (pull)."""

    kind: ClassVar[str] = "fulfilment.reported"

    parcel_id: int
    channel: str
    by: str


@dataclass(frozen=True, kw_only=True)
class ChannelConnected(Event):
    """A channel is told from here on: it has an endpoint, or has asked for its feed."""

    kind: ClassVar[str] = "channel.connected"
    about: ClassVar[str] = "channel"

    channel: str


@dataclass(frozen=True, kw_only=True)
class ChannelEndpointSet(Event):
    """A channel is told at an address of its own, under a new secret."""

    kind: ClassVar[str] = "channel.endpoint_set"
    about: ClassVar[str] = "channel"

    channel: str


@dataclass(frozen=True, kw_only=True)
class ChannelEndpointRemoved(Event):
    """A channel pulls from now on."""

    kind: ClassVar[str] = "channel.endpoint_removed"
    about: ClassVar[str] = "channel"

    channel: str
