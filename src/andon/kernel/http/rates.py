"""Rates: how many calls a caller makes in a second, over all processes together.

What is taken of a caller's second stands in one row. A process takes a share of it in one statement and serves the
share from memory; the next second begins with as much as the last one used, so that steady traffic costs a statement
a second. A share that is not used up is lost with its second, so that one is a sixteenth of the whole: callers whose
calls go unevenly over many processes are held to somewhat less than their limit, and never have more.

A second is one of the machine's clock: around its end a caller may make two seconds' calls at once.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Engine

from andon.kernel.chores import Chore
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.errors import TooMany
from andon.kernel.http.threads import in_thread
from andon.kernel.statements import Statements
from andon.kernel.weather import is_weather, reached, said_by

log = structlog.get_logger("edge")

SHARES = 16
"""Into how many shares a caller's second is cut."""
KEPT_SECONDS = 60

_TAKE = (
    "insert into call_counts as held (caller, second, taken) values (:caller, :second, :wanted) "
    "on conflict (caller) do update set "
    # The second of a process whose clock is a little ahead counts as this one; any other is over.
    "taken = excluded.taken + case when held.second - excluded.second in (0, 1) then held.taken else 0 end, "
    "second = case when held.second - excluded.second = 1 then held.second else excluded.second end "
    "returning taken"
)

Lend = Callable[[bytes, int, int, int], int]


def lend(engine: Engine, caller: bytes, second: int, wanted: int, limit: int) -> int:
    """Take up to `wanted` of the `limit` calls that a caller may make in a second; answers how many there were."""

    def take() -> int:
        with engine.begin() as connection:
            [row] = Statements(connection).rows(_TAKE, {"caller": caller, "second": second, "wanted": wanted})
            taken: int = row.taken
            return taken

    return min(wanted, max(0, limit - (reached(take) - wanted)))


@dataclass(slots=True)
class _Share:
    """What this process has of a caller's second."""

    second: int
    wanted: int
    """How much it takes next."""

    left: int = 0
    used: int = 0
    spent: bool = False
    """The second has no more to give."""

    taking: asyncio.Future[None] | None = None


class Rates:
    """The shares that a process has; for use in its event loop alone."""

    def __init__(self, lend: Lend, clock: Callable[[], float] = time.time) -> None:
        self._lend = lend
        self._clock = clock
        self._second = 0
        self._shares: dict[bytes, _Share] = {}
        self._before: dict[bytes, _Share] = {}

    async def count(self, caller: bytes, limit: int) -> int:
        """Count a call; answers how many more are left at hand in this second.

        Raises TooMany, with the seconds to wait. Where the database is away nobody is counted: the call meets the same
        weather, and tells it better.
        """
        share = self._share_of(caller, limit)
        while not share.left:
            if share.spent:
                raise TooMany(detail=f"at most {limit} calls a second", retry_after_seconds=1)
            if share.taking is None:
                share.taking = asyncio.ensure_future(self._take(caller, share, limit))
            # Whoever is cut off while it waits leaves the others their share.
            await asyncio.shield(share.taking)
        share.left -= 1
        share.used += 1
        return share.left

    def _share_of(self, caller: bytes, limit: int) -> _Share:
        second = int(self._clock())
        if second != self._second:
            self._before = self._shares if second == self._second + 1 else {}
            self._shares, self._second = {}, second
        share = self._shares.get(caller)
        if share is None:
            before = self._before.get(caller)
            # Never more than half, so that another process finds some.
            usual = min(before.used, limit // 2) if before else 0
            share = self._shares[caller] = _Share(second, max(usual, limit // SHARES, 1))
        return share

    async def _take(self, caller: bytes, share: _Share, limit: int) -> None:
        wanted, share.wanted = share.wanted, max(limit // SHARES, 1)
        try:
            granted = await in_thread(self._lend, caller, share.second, wanted, limit)
        except Exception as error:
            if not is_weather(error):
                raise
            log.warning("rates.uncounted", reason=said_by(error))
            granted = wanted
        finally:
            share.taking = None
        share.left += granted
        share.spent = granted < wanted


def _forget(database: Database) -> int:
    """Delete the counts of seconds that are over."""
    with database.line.begin() as connection:
        return Statements(connection).run(
            "delete from call_counts where second < :over", {"over": int(wall().timestamp()) - KEPT_SECONDS}
        )


FORGET_COUNTS = Chore("forget_counts", every=timedelta(minutes=1), do=_forget)
