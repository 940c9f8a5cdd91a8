"""Many small HTTP calls over connections that stay open, at little cost to the caller's side of the machine."""

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from andon.app.bench.measures import at_once

CONNECTIONS = 8


def asking(path: str, key: str) -> bytes:
    """A GET by the holder of a key, as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\r\n".encode()


def request(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A POST as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "host: bench", f"content-length: {len(body)}"]
    lines += [
        f"{name}: {value}" for name, value in {"content-type": "application/json", **(headers or {})}.items()
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection:
    """One connection that stays open."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self._socket = socket.create_connection((at.hostname or "", at.port or 80), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, sent: bytes) -> tuple[int, bytes]:
        """Send a request; the status and body of its answer."""
        self._socket.sendall(sent)
        answer = self._socket.recv(65536)
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        head = answer[:end].lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        while len(answer) < end + 4 + length:
            answer += self._more()
        return int(answer[9:12]), answer[end + 4 :]

    def _more(self) -> bytes:
        more = self._socket.recv(65536)
        if not more:
            raise ConnectionResetError("the server closed the connection")
        return more


@dataclass(frozen=True, slots=True)
class Round:
    """One round of calls: calls a second, and how long each took."""

    per_second: float
    seconds: list[float]


def call_at_once(connections: Sequence[Connection], requests: Sequence[bytes], status: int = 200) -> Round:
    """Send these over all connections at once, each as soon as its last one was answered; all answer `status`."""
    seconds: list[float] = []

    def caller(place: int) -> Callable[[], None]:
        def call() -> None:
            for sent in requests[place :: len(connections)]:
                begun = time.perf_counter()
                answered, body = connections[place].ask(sent)
                seconds.append(time.perf_counter() - begun)
                assert answered == status, (answered, body[:500])

        return call

    took = at_once([caller(place) for place in range(len(connections))])
    return Round(len(requests) / took, seconds)
