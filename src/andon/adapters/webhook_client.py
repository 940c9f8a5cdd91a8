"""Signed messages to endpoints that others have set, as Standard Webhooks has them.

By threads, a socket each, the fastest way of those that were measured. An endpoint that does not answer is left alone for the rest of a call, as
is one that keeps order and has not taken a message.
"""

import http.client
import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from andon.adapters.connections import Connections
from andon.kernel.clock import wall
from andon.ports.pushing import Delivery, Message, Reply

THREADS = 16
LANES = 2
"""Threads that one endpoint may keep busy: one that hangs takes an eighth of the line, not all of it."""

TOTAL_SECONDS = 10.0
CALL_SECONDS = 5.0
"""How long a call of `deliver` starts new tries; what is left then is answered None."""

EXCERPT_BYTES = 500
LONGEST_SECONDS = 10**6


@dataclass(slots=True)
class _Lane:
    """What is for one endpoint in one call, and what of it waits."""

    waiting: deque[int]
    ordered: bool
    places: list[int] = field(default_factory=list)
    closed: bool = False


@dataclass
class WebhookClient:
    """Delivers messages, several at once; safe to use from several threads."""

    connections: Connections = field(default_factory=Connections)
    threads: int = THREADS
    lanes: int = LANES
    total_seconds: float = TOTAL_SECONDS
    call_seconds: float = CALL_SECONDS
    most_late: float = THREADS // 2
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _late: int = 0

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="push")

    def close(self) -> None:
        """Let the threads and the connections go."""
        self._pool.shutdown()
        self.connections.close()

    def deliver(self, messages: Sequence[Message], patience_seconds: float = math.inf) -> Delivery:
        """What has come of these messages once all endpoints are done, at the latest after that patience.

        One that was not tried, because its endpoint fell silent before its turn or the time of this call was up, has
        None. While `most_late` threads are with endpoints that are late, every call is waited for to its end.
        """
        replies: list[Reply | None] = [None] * len(messages)
        lanes: dict[str, _Lane] = {}
        for place, message in enumerate(messages):
            lane = lanes.setdefault(message.url, _Lane(deque(), message.ordered))
            lane.waiting.append(place)
            lane.places.append(place)
        stop_at = time.monotonic() + self.call_seconds
        running = {
            self._pool.submit(self._run, lane, messages, replies, stop_at): lane
            # One thread for every endpoint before any has a second.
            for turn in range(self.lanes)
            for lane in lanes.values()
            if len(lane.places) > turn and not (lane.ordered and turn)
        }
        self._await(running, patience_seconds if self._late < self.most_late else math.inf)
        late = {place for lane in running.values() for place in lane.places}
        done = {place: reply for place, reply in enumerate(replies) if place not in late}
        if not running:
            return Delivery(done)
        taken = len(running)
        with self._lock:
            self._late += taken

        def rest() -> dict[int, Reply | None]:
            try:
                self._await(running, math.inf)
            finally:
                with self._lock:
                    self._late -= taken
            return {place: replies[place] for place in sorted(late)}

        return Delivery(done, rest)

    def _await(self, running: dict[Future[None], _Lane], patience_seconds: float) -> None:
        """Wait for these, and take out of them what is done, until all are or the patience is over."""
        until = time.monotonic() + patience_seconds
        while running and (left := until - time.monotonic()) > 0:
            timeout = None if left == math.inf else left
            done, _ = wait(running, timeout=timeout, return_when=FIRST_COMPLETED)
            for each in done:
                del running[each]
                each.result()

    def _run(
        self, lane: _Lane, messages: Sequence[Message], replies: list[Reply | None], stop_at: float
    ) -> None:
        """Deliver what waits in a lane until it is empty, its endpoint is left alone, or the time is up."""
        while not lane.closed and time.monotonic() < stop_at:
            try:
                place = lane.waiting.popleft()
            except IndexError:
                return
            reply = replies[place] = self._try(messages[place])
            if reply.status is None or (lane.ordered and not 200 <= reply.status < 300):
                lane.closed = True

    def _try(self, message: Message) -> Reply:
        begun, sent_at = time.monotonic(), wall()
        until = begun + self.total_seconds
        try:
            answer = self.connections.post(
                urlsplit(message.url), signed_headers(message), message.body, until
            )
        except (OSError, http.client.HTTPException, ValueError) as weather:
            reason = "timed out" if time.monotonic() >= until else _reason(weather)
            return Reply(None, _milliseconds(begun), _excerpt(reason.encode()), sent_at)
        rest = retry_after(answer.retry_after, wall())
        return Reply(answer.status, _milliseconds(begun), _excerpt(answer.head), sent_at, rest)


def signed_headers(message: Message) -> dict[str, str]:
    """The headers of a message that is sent at this instant of machine time."""
    now = wall()
    return {
        "content-type": "application/json",
        "user-agent": "Andon",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(message, now),
    }


def signature(message: Message, instant: datetime) -> str:
    """A message's signatures at an instant of machine time, one under each of its secrets."""
    body = message.body.decode()
    return " ".join(_signer(secret).sign(message.message_id, instant, body) for secret in message.secrets)


@lru_cache(maxsize=1024)
def _signer(secret: str) -> Webhook:
    return Webhook(secret)


def _milliseconds(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _excerpt(answer: bytes) -> str:
    return answer[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def retry_after(said: str | None, now: datetime) -> timedelta:
    """How long a Retry-After asks for, in seconds or as an HTTP date; nothing where it asks for nothing sensible."""
    try:
        if said is None or said.isdigit():
            return timedelta(seconds=min(int(said or 0), LONGEST_SECONDS))
        return max(parsedate_to_datetime(said) - now, timedelta(0))
    except (ValueError, TypeError, OverflowError):
        return timedelta(0)


def _reason(weather: Exception) -> str:
    if isinstance(weather, TimeoutError):
        return "timed out"
    return str(weather) or type(weather).__name__
