"""Whose calls are counted, and how many of one caller are answered at once, so that none keeps the others waiting.

A key or a session is counted as itself from the time on at which it has held in this process; whoever shows nothing,
or what has not held yet, is counted by address. So nobody uses up another's calls, and nobody has a count for each
key that they make up.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request

from andon.kernel.http.rates import Rates
from andon.platform.accounts.credentials import address_of
from andon.platform.people.rules import place_of

MOST_PROVEN = 10_000
"""How many keys and sessions a process remembers to have held."""


@dataclass(slots=True)
class _Queue:
    """The calls of one caller that are under way or wait for it."""

    free: asyncio.Semaphore
    calls: int = 0


class Counter:
    """Calls by their callers; for use in the event loop, but `proved` and `disproved`."""

    def __init__(self, rates: Rates, key: bytes, *, each: int, strangers: int, at_once: int) -> None:
        self._rates = rates
        self._key = key
        self._each = each
        self._strangers = strangers
        self._at_once = at_once
        self._proven: set[bytes] = set()
        self._queues: dict[bytes, _Queue] = {}

    async def count(self, request: Request, shown: bytes | None) -> None:
        """Count a call by what it shows, as the hash of it. Raises TooMany.

        What is left of the second stands in the answer's head (draft-ietf-httpapi-ratelimit-headers).
        """
        if shown in self._proven and shown is not None:
            caller, name, limit = b"shown" + shown, b"caller", self._each
        else:
            place = place_of(address_of(request)).encode()
            caller, name, limit = b"place" + place, b"address", self._strangers
        # A keyed hash gives neither addresses nor keys away.
        caller = hashlib.blake2b(caller, key=self._key, digest_size=16).digest()
        request.state.caller = caller
        request.scope["andon.rate"] = name, limit, 0
        request.scope["andon.rate"] = name, limit, await self._rates.count(caller, limit)

    def proved(self, shown: bytes) -> None:
        """It held just now."""
        if len(self._proven) >= MOST_PROVEN:
            self._proven.clear()
        self._proven.add(shown)

    def disproved(self, shown: bytes) -> None:
        """It does not hold, or no longer."""
        self._proven.discard(shown)

    @asynccontextmanager
    async def turn(self, caller: bytes) -> AsyncIterator[None]:
        """A place among those calls of one caller that are answered at once; the rest of them wait for one another."""
        queue = self._queues.setdefault(caller, _Queue(asyncio.Semaphore(self._at_once)))
        queue.calls += 1
        try:
            async with queue.free:
                yield
        finally:
            queue.calls -= 1
            if not queue.calls:
                del self._queues[caller]
