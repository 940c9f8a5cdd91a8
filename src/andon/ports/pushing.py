"""What we ask of somebody's endpoint: to take a signed message."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from andon.kernel.line import Called


@dataclass(frozen=True, slots=True)
class Message:
    """One message for an endpoint. `secrets` are the texts (`whsec_…`) valid now, the newest first; the id is
    the same on every try. An `ordered` one is sent when those before it to its endpoint were taken, and not else.
    """

    url: str
    secrets: tuple[str, ...]
    message_id: str
    body: bytes
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a try: the status (None when nothing answered), how long it took, the head of the answer.

    `sent_at` is when it was sent, `retry_after` how long the endpoint asks to be left alone, both machine time.
    """

    status: int | None
    latency_ms: int
    excerpt: str
    sent_at: datetime | None = None
    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What has come of messages so far: the reply to each by its place, None for one left for another time, untried.

    Those of endpoints that are not done yet are missing; `rest` waits for them, and answers theirs.
    """

    replies: Mapping[int, Reply | None]
    rest: Callable[[], Mapping[int, Reply | None]] | None = None

    def called(self, outcome: Callable[[int, Reply | None], Any]) -> Called:
        """The same as a station tells it: the outcome of each message by its place and the reply to it."""

        def outcomes(replies: Mapping[int, Reply | None]) -> list[Any]:
            return [outcome(place, reply) for place, reply in sorted(replies.items())]

        rest = self.rest
        return Called(outcomes(self.replies), None if rest is None else lambda: outcomes(rest()))


class Pusher(Protocol):
    """Delivers messages, several at once, never more than its share to one endpoint."""

    def deliver(self, messages: Sequence[Message], patience_seconds: float) -> Delivery:
        """What has come of these messages as soon as every endpoint is done, at the latest after that patience."""
        ...
