"""Endpoints are rows that are leased, called and given back, each with its breaker and its place in line.

`next_at` says when the next message to one is due, `leased_until` that a worker has it. An endpoint is locked last, after
whatever else its transaction takes, and for a moment only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, text

from andon.kernel.chores import Chore
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.rows import as_json
from andon.kernel.secrets import unseal
from andon.kernel.told import LINE_CHANNEL
from andon.kernel.tx import Tx
from andon.platform.calling.rules import (
    ASKS_FOR_TIME,
    GONE,
    Breaker,
    BreakerState,
    Heard,
    breaker_after,
    keeps_its_place,
    retry_at,
    speaks_against,
)
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Reply

LEASE = timedelta(seconds=60)
"""How long a worker has an endpoint, in machine time: longer than its calls take, so that only a dead one's ends."""

PATIENCE_SECONDS = 0.1
"""How long the line waits for endpoints' answers before it goes on without the slower ones, which keep their lease."""

FEWEST_EACH = 4

SENSELESS = timedelta(hours=2)
"""No endpoint is left alone for so long: where one is, the machine's clock was put back."""


@dataclass(frozen=True, slots=True)
class Leased:
    """An endpoint as it was claimed: under which lease, whether it keeps order, and its breaker then."""

    lease: datetime
    ordered: bool
    breaker: Breaker


@dataclass(frozen=True, slots=True)
class Turn:
    """How an endpoint is given back: its breaker; not before `hold_until`, if that is set; and whether it is gone."""

    leased: Leased
    breaker: Breaker
    hold_until: datetime | None = None
    gone: bool = False

    @property
    def is_told(self) -> bool:
        """Whether somebody is told of what became of it."""
        return self.gone or self.breaker.broken != self.leased.breaker.broken


@dataclass(frozen=True)
class Doors:
    """A table of endpoints by `key`, and the table of what waits for them, by `number`."""

    endpoints: str
    key: str
    waiting: str
    number: str

    @property
    def callable(self) -> str:
        """Which of them are called. Literals, so that the partial index serves."""
        return f"next_at is not null and enabled and breaker <> {BreakerState.OPEN.value}"

    @property
    def due(self) -> str:
        """A scalar query for the earliest due instant. A lease is machine time and stands in none: a station that finds
        all endpoints leased did nothing. Nor does cooling off: an endpoint that is left alone is due for nothing until a
        chore lets it be probed.
        """
        return f"select min(next_at) from {self.endpoints} where {self.callable}"

    def lease(self, tx: Tx[Policy], limit: int) -> dict[int, Row[Any]]:
        """Lease up to `limit` endpoints whose turn it is; their rows."""
        lease = tx.wall() + LEASE
        rows = tx.rows(
            f"update {self.endpoints} e set leased_until = :lease from (select {self.key} from {self.endpoints} "
            f"where {self.callable} and next_at <= :now "
            # A lease that ends later than any that is given was given before the machine's clock was put back.
            "and (leased_until is null or leased_until < :wall or leased_until > :senseless) "
            "order by next_at limit :endpoints for no key update skip locked) d "
            f"where e.{self.key} = d.{self.key} returning e.*",
            lease=lease,
            now=tx.now,
            wall=tx.wall(),
            senseless=lease + LEASE,
            endpoints=limit,
        )
        return {getattr(row, self.key): row for row in rows}

    def what_waits(
        self, tx: Tx[Policy], leased: Mapping[int, Leased], batch: int, columns: str, joined: str
    ) -> Sequence[Row[Any]]:
        """What is due at these endpoints, about `batch` in all, those that wait longest first, with these columns beside.

        Each gives its share, so that one with a long queue takes no other's turn; one that comes back gives less. Where order
        is kept: those that wait, by number, up to the first that is not due yet.
        """
        each = max(batch // len(leased), FEWEST_EACH)
        limited = f"where w.{self.key} = s.u and w.due_at is not null"
        queue = f"select * from {self.waiting} w {limited}"
        rows = tx.rows(
            f"select p.*, {columns} from json_to_recordset(cast(:leased as json)) as s(u bigint, n int, o boolean) "
            f"cross join lateral (({queue} and not s.o and w.due_at <= :now order by w.due_at, w.{self.number} limit s.n) "
            f"union all ({queue} and s.o order by w.{self.number} limit s.n)) p {joined} "
            f"order by p.due_at, p.{self.number}",
            leased=as_json(
                {"u": number, "n": min(lease.breaker.share or each, each), "o": lease.ordered}
                for number, lease in leased.items()
            ),
            now=tx.now,
        )

        def place(row: Row[Any]) -> tuple[int, int]:
            return getattr(row, self.key), getattr(row, self.number)

        free = [row for row in rows if not leased[place(row)[0]].ordered]
        in_order = sorted(
            (row for row in rows if leased[place(row)[0]].ordered), key=lambda row: place(row)[1]
        )
        early: dict[int, int] = {}
        for row in reversed(in_order):
            if row.due_at > tx.now:
                early[place(row)[0]] = place(row)[1]
        return free + [row for row in in_order if place(row)[1] < early.get(place(row)[0], place(row)[1] + 1)]

    def call_at_once(self, tx: Tx[Policy], numbers: Collection[int], *, out_of_turn: bool = False) -> None:
        """Let these endpoints be called now; their rows stay locked until the commit.

        Locked even where they are due already: whoever has just found nothing waiting waits for this commit, and looks
        again. Where order is kept, the first that waits says when, unless one came `out_of_turn` before it.
        """
        tx.put(
            f"update {self.endpoints} e set next_at = case when e.ordered and not :out_of_turn "
            f"then coalesce(e.next_at, :now) else least(e.next_at, :now) end from (select {self.key} from "
            f"{self.endpoints} where {self.key} = any(:numbers) order by {self.key} for no key update) held "
            f"where e.{self.key} = held.{self.key}",
            now=tx.now,
            out_of_turn=out_of_turn,
            numbers=sorted(numbers),
        )

    def still_ours(self, tx: Tx[Policy], turns: Mapping[int, Turn]) -> dict[int, Turn]:
        """Those of these endpoints whose lease is still the one that they were claimed under."""
        if not turns:
            return {}
        leases = tx.rows(
            f"select {self.key} as number, leased_until from {self.endpoints} where {self.key} = any(:numbers)",
            numbers=sorted(turns),
        )
        return {
            row.number: turns[row.number]
            for row in leases
            if row.leased_until == turns[row.number].leased.lease
        }

    def line_up(self, tx: Tx[Policy], turns: Mapping[int, Turn]) -> None:
        """Give leased endpoints back, each with its breaker and its next turn: when its earliest message is due, or its
        first where it keeps order; or when silence ends.

        They are locked first and looked at in a statement of its own, so that a message queued meanwhile is seen. One whose
        lease has ended and that another worker has, or that was set anew, is that one's.
        """
        if not turns:
            return
        tx.rows(
            f"select from {self.endpoints} where {self.key} = any(:numbers) order by {self.key} for no key update",
            numbers=sorted(turns),
        )
        queue = f"{self.waiting} p where p.{self.key} = e.{self.key} and p.due_at is not null"
        tx.put(
            f"update {self.endpoints} e set leased_until = null, enabled = e.enabled and not r.g, "
            f"next_at = greatest(r.q, case when e.ordered then (select p.due_at from {queue} "
            f"order by p.{self.number} limit 1) else (select min(p.due_at) from {queue}) end), "
            "breaker = r.b, counted_from = r.c, tries = r.t, failed = r.f, open_until = r.o, trips = r.n, share = r.h "
            "from json_to_recordset(cast(:rows as json)) as r(u bigint, l timestamptz, q timestamptz, g boolean, "
            "b smallint, c timestamptz, t int, f int, o timestamptz, n int, h int) "
            f"where e.{self.key} = r.u and e.leased_until = r.l",
            rows=as_json(_given_back(number, turn) for number, turn in sorted(turns.items())),
        )

    def probing(self, name: str, station: str) -> Chore:
        """The chore that lets endpoints which have cooled off be probed, by one message each."""
        cooled = text(
            f"update {self.endpoints} set breaker = {BreakerState.HALF_OPEN.value} where open_until is not null "
            f"and breaker = {BreakerState.OPEN.value} and (open_until <= :wall or open_until > :senseless)"
        )

        def let_probe(database: Database) -> int:
            with database.line.begin() as connection:
                found = connection.execute(cooled, {"wall": wall(), "senseless": wall() + SENSELESS}).rowcount
                if found:
                    connection.execute(
                        text("select pg_notify(:channel, :station)"),
                        {"channel": LINE_CHANNEL, "station": station},
                    )
            return found

        return Chore(name, every=timedelta(seconds=1), do=let_probe)


def leased_of(row: Row[Any]) -> Leased:
    """An endpoint's row as it was claimed."""
    breaker = Breaker(
        BreakerState(row.breaker),
        row.counted_from,
        row.tries,
        row.failed,
        row.open_until,
        row.trips,
        row.share,
    )
    return Leased(row.leased_until, row.ordered, breaker)


def breaker_heard(tx: Tx[Policy], leased: Leased, replies: Iterable[Reply | None], most: int) -> Breaker:
    """An endpoint's breaker after a claim; its silence speaks for the messages that it held up, too."""
    replies = list(replies)
    made = [reply for reply in replies if reply is not None]
    silent = any(reply.status is None for reply in made)
    held_up = len(replies) - len(made) if silent else 0
    heard = Heard(
        len(made) + held_up,
        sum(speaks_against(reply.status) for reply in made) + held_up,
        max((reply.retry_after for reply in made if reply.status in ASKS_FOR_TIME), default=timedelta(0)),
    )
    return breaker_after(leased.breaker, heard, tx.wall(), tx.policy.breaker, most)


def next_try(tx: Tx[Policy], leased: Leased, tries: int, breaker: Breaker) -> datetime | None:
    """When a message that failed after so many tries is tried again; None where it keeps its place."""
    if keeps_its_place(leased.breaker, breaker, ordered=leased.ordered):
        return None
    push = tx.policy.push
    return retry_at(tx.now, tries + 1, push.retry_delays, push.jitter_share, tx.random.random())


def turn_of(leased: Leased, breaker: Breaker, tried: Iterable[tuple[Reply | None, datetime | None]]) -> Turn:
    """How an endpoint is given back after these replies, each with the instant of its message's next try."""
    tried = list(tried)
    silent = [at for reply, at in tried if reply is not None and reply.status is None and at is not None]
    gone = any(reply is not None and reply.status == GONE for reply, _ in tried)
    return Turn(leased, breaker, min(silent, default=None), gone)


class Signed(Protocol):
    """An endpoint's sealed secrets."""

    @property
    def secret(self) -> bytes: ...
    @property
    def old_secret(self) -> bytes | None: ...
    @property
    def old_secret_until(self) -> datetime | None: ...


def signing_secrets(endpoint: Signed, key: bytes, instant: datetime) -> list[str]:
    """The secrets that sign a message to it at that instant of machine time, the newest first; two while one rotates."""
    secrets = [unseal(endpoint.secret, key).decode()]
    if (
        endpoint.old_secret is not None
        and endpoint.old_secret_until is not None
        and instant < endpoint.old_secret_until
    ):
        secrets.append(unseal(endpoint.old_secret, key).decode())
    return secrets


def _given_back(number: int, turn: Turn) -> dict[str, Any]:
    return {
        "u": number,
        "l": turn.leased.lease,
        "q": turn.hold_until,
        "g": turn.gone,
        "b": turn.breaker.state,
        "c": turn.breaker.counted_from,
        "t": turn.breaker.tries,
        "f": turn.breaker.failed,
        "o": turn.breaker.open_until,
        "n": turn.breaker.trips,
        "h": turn.breaker.share,
    }
