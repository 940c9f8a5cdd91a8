"""Requests to addresses that others chose, over connections that stay open.

A name is looked up once for each connection, all that it stands for is judged, and one of the addresses that were judged is connected
to: it cannot be another one by then. No redirect is followed, no proxy used and nothing unpacked; time and size have limits.
"""

import http.client
import io
import re
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import SplitResult

from andon.kernel.outside import Ranges, literal, why_not
from andon.ports.resolving import Resolver

CONNECT_SECONDS = 3.0
DRAINED_BYTES = 65_536
"""An answer longer than this is not read to its end; its connection is closed instead."""
LOOK_UPS = 8
"""How many names are looked up at once."""

_ON_THE_WIRE = re.compile(r"[!-~]+")


class Barred(ValueError):
    """What a name stands for may not be called; the text is the code that says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, the head of the body, and how long to wait, as it was said."""

    status: int
    head: bytes
    retry_after: str | None


def looked_up(host: str) -> Sequence[str]:
    """The addresses that a name stands for, as this machine knows them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts, read once: that takes 20 ms."""
    return ssl.create_default_context()


@dataclass
class Connections:
    """Makes requests; safe to use from several threads. `allowed` are the operator's ranges."""

    allowed: Ranges = ()
    resolver: Resolver = looked_up
    connect_seconds: float = CONNECT_SECONDS
    tls: ssl.SSLContext = field(default_factory=trusted, repr=False)
    idle: dict[tuple[str, str], list[socket.socket]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        # Apart, since a look-up knows no limit of time.
        self._look_ups = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="names")
        self._forgotten = weakref.finalize(self, _hang_up, self.idle)

    def close(self) -> None:
        """Let the connections go."""
        self._look_ups.shutdown(wait=False, cancel_futures=True)
        self._forgotten()

    def post(self, url: SplitResult, headers: Mapping[str, str], body: bytes, until: float) -> Answer:
        """What is answered to a POST before `until`, by the monotonic clock.

        A connection that had been idle may be closed by now: then once more. Raises OSError, HTTPException, ValueError.
        """
        request = _request(url, headers, body)
        with self._lock:
            idle = self.idle.get((url.scheme, url.netloc))
            peer = idle.pop() if idle else None
        if peer is not None:
            try:
                return self._ask(peer, url, request, until)
            except (ConnectionError, http.client.BadStatusLine):
                if time.monotonic() >= until:
                    raise
        return self._ask(self._connect(url, until), url, request, until)

    def _ask(self, peer: socket.socket, url: SplitResult, request: bytes, until: float) -> Answer:
        keep = False
        try:
            peer.settimeout(_left(until))
            peer.sendall(request)  # in one piece: two would be two packets
            heard: Any = _Heard(peer, until)
            answer = http.client.HTTPResponse(heard, method="POST")
            answer.begin()
            head = answer.read(DRAINED_BYTES)
            keep = answer.isclosed() and not answer.will_close
            answer.close()
        finally:
            if not keep:
                peer.close()
        if keep:
            with self._lock:
                self.idle.setdefault((url.scheme, url.netloc), []).append(peer)
        return Answer(answer.status, head, answer.getheader("retry-after"))

    def _connect(self, url: SplitResult, until: float) -> socket.socket:
        host = url.hostname
        if not host:
            raise ValueError("the endpoint's URL names no host")
        until = min(until, time.monotonic() + self.connect_seconds)
        addresses = self._addresses(host, until)
        if code := why_not(addresses, url, self.allowed):
            raise Barred(code)
        secure = url.scheme == "https"
        peer = _first_of(addresses, url.port or (443 if secure else 80), until)
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.settimeout(_left(until))
            return self.tls.wrap_socket(peer, server_hostname=host) if secure else peer
        except BaseException:
            peer.close()
            raise

    def _addresses(self, host: str, until: float) -> Sequence[str]:
        if address := literal(host):
            return [address]
        return self._look_ups.submit(self.resolver, host).result(_left(until))


class _Heard(io.RawIOBase):
    """What a peer says until an instant: one that says it byte by byte gains no time."""

    def __init__(self, peer: socket.socket, until: float) -> None:
        self._peer = peer
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._peer.settimeout(_left(self._until))
        return self._peer.recv_into(buffer)


def _first_of(addresses: Sequence[str], port: int, until: float) -> socket.socket:
    """A connection to the first of these that answers."""
    weather: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(until))
        except OSError as why:
            weather = why
    assert weather is not None, "a name stands for something"
    raise weather


def _left(until: float) -> float:
    """The seconds that are left. Raises TimeoutError where none are."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(url: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    """The request as it goes over the wire. Raises ValueError for a URL that is none on the wire."""
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    host = url.netloc.rpartition("@")[2]
    if not _ON_THE_WIRE.fullmatch(target + host):
        raise ValueError("the endpoint's URL holds what none may")
    lines = [
        f"POST {target} HTTP/1.1",
        f"host: {host}",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _hang_up(idle: dict[tuple[str, str], list[socket.socket]]) -> None:
    for peer in (each for peers in idle.values() for each in peers):
        peer.close()
    idle.clear()
