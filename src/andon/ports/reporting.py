"""What we ask of a channel: to take signed messages about what shipped and what is left to sell."""

from collections.abc import Sequence
from typing import Protocol

from andon.ports.pushing import Delivery, Message


class Reporter(Protocol):
    """Tells channels, several messages at once, never more than its share to one of them."""

    def deliver(self, messages: Sequence[Message], patience_seconds: float) -> Delivery:
        """What has come of these messages as soon as every channel is done, at the latest after that patience."""
        ...
