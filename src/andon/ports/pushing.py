"""What we ask of a supplier's endpoint: to take a signed message."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message for an endpoint. `secrets` are the texts (`whsec_…`) valid now, the newest first; the id is
    the same on every try.
    """

    url: str
    secrets: tuple[str, ...]
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a try: the status (None when nothing answered), how long it took, the head of the answer."""

    status: int | None
    latency_ms: int
    excerpt: str


class Pusher(Protocol):
    """Delivers messages, several at once, never more than its share to one endpoint."""

    def deliver(self, messages: Sequence[Message]) -> Sequence[Reply | None]:
        """The reply to each message, in their order; None for one that was left for another time, untried."""
        ...
