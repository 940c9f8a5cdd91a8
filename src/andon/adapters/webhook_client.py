"""Signed messages to suppliers' endpoints, as Standard Webhooks has them, over connections that stay open.

By threads, a socket each, the fastest way of those that were measured. No redirect is followed and no proxy used. An endpoint that does not answer is left alone for the rest of a call, as
is one that keeps order and has not taken a message.
"""

import contextlib
import http.client
import math
import re
import socket
import ssl
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from standardwebhooks.webhooks import Webhook

from andon.kernel.clock import wall
from andon.ports.pushing import Delivery, Message, Reply

THREADS = 16
LANES = 2
"""Threads that one endpoint may keep busy: one that hangs takes an eighth of the line, not all of it."""

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
BREAK_OFF_SECONDS = 0.25
"""How often it is looked for tries whose time is over."""
CALL_SECONDS = 5.0
"""How long a call of `deliver` starts new tries; what is left then is answered None."""

EXCERPT_BYTES = 500
LONGEST_SECONDS = 10**6
DRAINED_BYTES = 65_536
"""An answer longer than this is not read to its end; its connection is closed instead."""


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

    threads: int = THREADS
    lanes: int = LANES
    connect_seconds: float = CONNECT_SECONDS
    total_seconds: float = TOTAL_SECONDS
    call_seconds: float = CALL_SECONDS
    _idle: dict[tuple[str, str], list[socket.socket]] = field(default_factory=dict, repr=False)
    _under_way: dict[socket.socket, float] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _late: int = 0

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="push")
        self._tls = ssl.create_default_context()
        self._forgotten = weakref.finalize(self, _hang_up, self._idle)

    def close(self) -> None:
        """Let the threads and the connections go."""
        self._pool.shutdown()
        self._forgotten()

    def deliver(self, messages: Sequence[Message], patience_seconds: float = math.inf) -> Delivery:
        """What has come of these messages once all endpoints are done, at the latest after that patience.

        One that was not tried, because its endpoint fell silent before its turn or the time of this call was up, has
        None. While half of the threads are with endpoints that are late, every call is waited for to its end.
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
        self._await(running, patience_seconds if self._late < self.threads // 2 else math.inf)
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
            done, _ = wait(running, timeout=min(left, BREAK_OFF_SECONDS), return_when=FIRST_COMPLETED)
            self._break_off()
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
            answer, head = self._exchange(urlsplit(message.url), message, until)
        except (OSError, http.client.HTTPException, ValueError) as weather:
            reason = "timed out" if time.monotonic() >= until else _reason(weather)
            return Reply(None, _milliseconds(begun), _excerpt(reason.encode()), sent_at)
        rest = retry_after(answer.getheader("retry-after"), wall())
        return Reply(answer.status, _milliseconds(begun), _excerpt(head), sent_at, rest)

    def _exchange(
        self, url: SplitResult, message: Message, until: float
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request and its answer, with the head of its body. A connection that had been idle may be closed by now: then once more."""
        request = _request(url, message)
        peer = self._taken(url)
        if peer is not None:
            try:
                return self._ask(peer, url, request, until)
            except (ConnectionError, http.client.BadStatusLine):
                if time.monotonic() >= until:
                    raise
        return self._ask(self._connect(url, until), url, request, until)

    def _ask(
        self, peer: socket.socket, url: SplitResult, request: bytes, until: float
    ) -> tuple[http.client.HTTPResponse, bytes]:
        keep = False
        with self._watched(peer, until):
            try:
                peer.settimeout(max(until - time.monotonic(), 0.001))
                peer.sendall(request)  # in one piece: two would be two packets
                answer = http.client.HTTPResponse(peer, method="POST")
                answer.begin()
                head = answer.read(DRAINED_BYTES)
                if time.monotonic() >= until:
                    raise TimeoutError  # broken off: what there is of an answer is none
                keep = answer.isclosed() and not answer.will_close
                answer.close()
            finally:
                if not keep:
                    peer.close()
        if keep:
            with self._lock:
                self._idle.setdefault((url.scheme, url.netloc), []).append(peer)
        return answer, head

    @contextlib.contextmanager
    def _watched(self, peer: socket.socket, until: float) -> Iterator[None]:
        """Let the caller's thread break this try off: a peer that answers byte by byte never times out."""
        with self._lock:
            self._under_way[peer] = until
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[peer]

    def _break_off(self) -> None:
        now = time.monotonic()
        with self._lock:
            late = [peer for peer, until in self._under_way.items() if until < now]
        for peer in late:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)

    def _taken(self, url: SplitResult) -> socket.socket | None:
        with self._lock:
            idle = self._idle.get((url.scheme, url.netloc))
            return idle.pop() if idle else None

    def _connect(self, url: SplitResult, until: float) -> socket.socket:
        if not url.hostname:
            raise ValueError("the endpoint's URL names no host")
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        patience = max(min(self.connect_seconds, until - time.monotonic()), 0.001)
        peer = socket.create_connection((url.hostname, port), timeout=patience)
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(peer, server_hostname=url.hostname) if secure else peer
        except BaseException:
            peer.close()
            raise


def _request(url: SplitResult, message: Message) -> bytes:
    """The request as it goes over the wire. Raises ValueError for a URL that is none on the wire."""
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    host = url.netloc.rpartition("@")[2]
    if not _ON_THE_WIRE.fullmatch(target + host):
        raise ValueError("the endpoint's URL holds what none may")
    lines = [
        f"POST {target} HTTP/1.1",
        f"host: {host}",
        f"content-length: {len(message.body)}",
        *(f"{name}: {value}" for name, value in signed_headers(message).items()),
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + message.body


_ON_THE_WIRE = re.compile(r"[!-~]+")


def _hang_up(idle: dict[tuple[str, str], list[socket.socket]]) -> None:
    for peer in (each for peers in idle.values() for each in peers):
        peer.close()
    idle.clear()


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
