"""Trying, as a supplier would, whether something of a shop still opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from andon.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that works, by its number and the SHA-256 of its secret: nobody has the secret but its holder."""

    key_id: int
    secret_hash: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call to make: its path and query, and its body as JSON has it. `named` is the call by its template."""

    named: str
    method: str
    target: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one thing tried. `said` is the JSON that was answered, None where it was none."""

    named: str
    key_id: int | None
    status: int
    said: Any = None


class Trier(Protocol):
    """Whoever tries. What a call would do is undone."""

    def call(self, key: LiveKey, attempts: Sequence[Attempt]) -> list[Tried]:
        """Make these calls as the holder of that key; what each was answered."""
        ...

    def look(self, supplier_id: int, shop_id: int) -> Mapping[str, bool]:
        """For each table of shops: whether a row of that shop is seen where a request of that supplier's would look."""
        ...


class _Nobody:
    """Nobody tries: there is no application in this process."""

    def call(self, key: LiveKey, attempts: Sequence[Attempt]) -> list[Tried]:
        raise Unavailable("nobody tries in this process")

    def look(self, supplier_id: int, shop_id: int) -> Mapping[str, bool]:
        raise Unavailable("nobody tries in this process")


NOBODY: Trier = _Nobody()
"""Where there is no application to try by: what is due waits for a worker that has one."""
