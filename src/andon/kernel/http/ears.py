"""Ears: requests that wait hear of a commit at once. One connection of a process listens for all of them."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog

log = structlog.get_logger("ears")

SUPPLIER_CHANNEL = "andon_supplier"
"""A supplier has something new; the payload is its number."""

CHANNEL_CHANNEL = "andon_channel"
"""A sales channel has something new in its feed; the payload is its code."""

CHANNELS = (SUPPLIER_CHANNEL, CHANNEL_CHANNEL)
_AGAIN_SECONDS = 1.0
_LOOK_UP_SECONDS = 0.5

Key = tuple[str, str]


class Ear:
    """One waiting request's ear for one payload of one channel."""

    def __init__(self, closing: threading.Event) -> None:
        self._closing = closing
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    async def heard(self, timeout_seconds: float) -> bool:
        """Wait until it rings, at most so long; whether it rang. It may ring for nothing: look again.

        While the process stops there is nothing to wait for.
        """
        if self._closing.is_set():
            return False
        try:
            await asyncio.wait_for(self._rung.wait(), timeout_seconds)
        except TimeoutError:
            return False
        self._rung.clear()
        return not self._closing.is_set()

    def ring(self) -> None:
        """Wake whoever waits; called from any thread."""
        self._loop.call_soon_threadsafe(self._rung.set)


class Ears:
    """All ears of a process. The thread that listens begins with the first request that waits."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        self._connect = connect
        self._ears: dict[Key, set[Ear]] = defaultdict(set)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def listening(self, channel: str, payload: str) -> Iterator[Ear]:
        """An ear for one payload. What is committed from here on rings it, so look first, then wait."""
        assert channel in CHANNELS, channel
        ear = Ear(self._stop)
        with self._lock:
            self._ears[channel, payload].add(ear)
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="ears", daemon=True)
                self._thread.start()
        try:
            yield ear
        finally:
            with self._lock:
                self._ears[channel, payload].discard(ear)
                if not self._ears[channel, payload]:
                    del self._ears[channel, payload]

    def close(self) -> None:
        """Let everybody go who waits, and stop listening."""
        self._stop.set()
        self._ring_all()
        if self._thread is not None:
            self._thread.join(5)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    for channel in CHANNELS:
                        connection.execute(f"listen {channel}".encode())
                    # Whatever was said before anyone listened is found by looking.
                    self._ring_all()
                    while not self._stop.is_set():
                        for said in connection.notifies(timeout=_LOOK_UP_SECONDS, stop_after=1):
                            self._ring(said.channel, said.payload)
            except psycopg.Error as why:
                log.warning("ears.deaf", reason=str(why).partition("\n")[0])
                self._stop.wait(_AGAIN_SECONDS)

    def _ring(self, channel: str, payload: str) -> None:
        with self._lock:
            for ear in self._ears.get((channel, payload), ()):
                ear.ring()

    def _ring_all(self) -> None:
        with self._lock:
            for ears in self._ears.values():
                for ear in ears:
                    ear.ring()
