"""A connection by hand: bytes as they are sent, and what comes back until it ends or falls silent."""

import socket
from typing import Self
from urllib.parse import urlsplit


class Wire:
    """One connection; closed when its block ends."""

    def __init__(self, url: str, timeout: float = 5, taken_at_once: int | None = None) -> None:
        at = urlsplit(url)
        self.socket = socket.socket()
        if taken_at_once is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, taken_at_once)
        self.socket.settimeout(timeout)
        self.socket.connect((at.hostname, at.port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """Send these; whether the other side took them."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def all(self) -> bytes:
        """All that comes until the other side closes. Raises TimeoutError where it does not."""
        found = b""
        try:
            while more := self.socket.recv(65536):
                found += more
        except ConnectionResetError:
            pass
        return found

    def until(self, words: bytes) -> bytes:
        """All that comes until these words have."""
        found = b""
        while words not in found:
            more = self.socket.recv(65536)
            assert more, found
            found += more
        return found


def said(url: str, data: bytes) -> bytes:
    """What comes back when these bytes are sent, until the other side closes."""
    with Wire(url) as wire:
        wire.send(data)
        return wire.all()


def statuses(answers: bytes) -> list[int]:
    """The statuses of the answers in these bytes."""
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]
