"""A transaction as a use case sees it: the session, the instant, the actor, the policy, and what it emits.

Only the edge commits. Time is `tx.now`; chance is `tx.random`. What was emitted is written at the end of the
transaction, in one statement, under the head rows that the use case took at its start.
"""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.orm import Session, SessionTransaction

from andon.kernel import clock
from andon.kernel.errors import NotFound
from andon.kernel.events import Event
from andon.kernel.heads import FEW, SHARE, SHARE_IN_TURN
from andon.kernel.rows import as_array
from andon.kernel.statements import Statements
from andon.kernel.told import LINE_CHANNEL, WRITE

P_co = TypeVar("P_co", covariant=True)
T = TypeVar("T")

UNASKED: Mapping[str, str] = {}


class PolicySource(Protocol[P_co]):
    """Dated policies: the one in force at an instant, or the one of a name."""

    def at(self, instant: datetime) -> P_co: ...

    def named(self, version: str) -> P_co: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a kind (`shop`, `supplier`, `carrier`, `channel`, `operator`, `person`, `line`) and which one.

    `user` is the person who acts for that party, where one does.
    """

    kind: str
    id: int | str | None = None
    user: int | None = None

    def __str__(self) -> str:
        party = self.kind if self.id is None else f"{self.kind}:{self.id}"
        return party if self.user is None else f"{party}/user:{self.user}"


LINE = Actor("line")


class Tx(Generic[P_co]):
    """One transaction. Reads and writes go through it; nobody but the edge ends it."""

    def __init__(
        self,
        session: Session | Connection,
        *,
        now: datetime,
        actor: Actor,
        policies: PolicySource[P_co],
        seed: int | None = None,
        statements: Statements | None = None,
        walls: Mapping[str, str] | None = UNASKED,
        address: str | None = None,
    ) -> None:
        self._session = session if isinstance(session, Session) else None
        self._begun = session if isinstance(session, Connection) else None
        self.now = now
        self.actor = actor
        self.address = address  # where the call came from, if it is one
        self.policies = policies
        self.random = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311
        # On a connection its statements are piped; whoever has begun the transaction hands on its own.
        self._ready: tuple[SessionTransaction | None, Statements] | None = (
            None if statements is None else (None, statements)
        )
        self._written: list[Callable[[], Sequence[Row[Any]]]] = []
        self._blocks: list[tuple[int, int]] = []
        self._events: list[Event] = []
        self.held: set[int] = set()  # the shops whose heads it shares, or has alone
        self._woken: set[str] = set()
        # How the walls stand, as far as that is known; to a login that sees all there are none.
        self._walls: dict[str, str] | None = None if walls is None else dict(walls)

    @property
    def policy(self) -> P_co:
        """The policy in force at `now`, without any shop's overrides."""
        return self.policies.at(self.now)

    def wall(self) -> datetime:
        """Machine time, for leases and time-outs alone."""
        return clock.wall()

    @property
    def connection(self) -> Connection:
        """The connection under the session, for statements over sets."""
        if self._begun is None:
            return self.session.connection()
        self._statements().surface()
        return self._begun

    @property
    def session(self) -> Session:
        """The session, for single things. A transaction that began on a connection has none until it needs one."""
        if self._session is None:
            self._statements().surface()
            self._session = Session(self._begun, join_transaction_mode="rollback_only")
        return self._session

    def close(self) -> None:
        """Let go of what a session was made for; the transaction has ended."""
        if self._session is not None:
            self._session.close()

    # --- statements -----------------------------------------------------------------------------------------

    def run(self, sql: str, **params: Any) -> int:
        """Run one statement and answer how many rows it touched."""
        return self._statements().run(sql, params)

    def put(self, sql: str, **params: Any) -> None:
        """Run one statement of which nothing is asked: it need not be waited for before the next."""
        self._statements().put(sql, params)

    def rows(self, sql: str, **params: Any) -> Sequence[Row[Any]]:
        """All rows of one statement."""
        return self._statements().rows(sql, params)

    def ask(self, sql: str, **params: Any) -> Callable[[], Sequence[Row[Any]]]:
        """Run one statement whose rows are fetched later, once: several are asked in one trip, and others run meanwhile."""
        return self._statements().ask(sql, params)

    def count(self, sql: str, **params: Any) -> Callable[[], int]:
        """Run one statement of which it is asked later how many rows it touched, before the transaction ends."""
        return self._statements().count(sql, params)

    @contextmanager
    def undone_by(self, reason: type[Exception]) -> Iterator[None]:
        """What is done inside is undone where that is raised, with what was emitted."""
        if self._events:
            self._write_events()  # what happened before is not undone, also if it is written inside
        held, walls = set(self.held), self._walls and dict(self._walls)
        self.put("savepoint undone")
        try:
            yield
        except reason:
            # Released, too: one that stayed would be found by whoever undoes what lies around it.
            self.put("rollback to savepoint undone")
            self.put("release savepoint undone")
            self._events.clear()
            self.held, self._walls = held, walls
            raise
        self.put("release savepoint undone")

    def plan_once(self) -> None:
        """Run what follows by plans made once, whatever is asked for: where all rows are found by their keys."""
        # Else each list has its statement planned anew: a short one looks cheaper than the average.
        self.put("set local plan_cache_mode = force_generic_plan")

    def one(self, sql: str, **params: Any) -> Row[Any] | None:
        """The first row of one statement, or None."""
        return next(iter(self.rows(sql, **params)), None)

    def _statements(self) -> Statements:
        if self._begun is not None:
            if self._ready is None:
                self._ready = None, Statements(self._begun, piped=True)
            return self._ready[1]
        began = self._session.get_transaction() if self._session is not None else None
        if self._ready is None or began is not self._ready[0]:
            statements = Statements(self.connection)
            self._ready = self.session.get_transaction(), statements
        return self._ready[1]

    def take_ids(self, sequence: str, count: int) -> list[int]:
        """A block of `count` fresh numbers from a plain sequence, ascending."""
        return self.ask_ids(sequence, count)() if count else []

    def ask_ids(self, sequence: str, count: int) -> Callable[[], list[int]]:
        """The same, to be looked at later."""
        found = self.ask(f"select nextval('{sequence}') from generate_series(1, :count)", count=count)
        return lambda: [row[0] for row in found()]

    def numbers(self, sequence: str, ahead: int) -> "Numbers":
        """Fresh numbers of a plain sequence, so many of them asked for at once."""
        return Numbers(self, sequence, ahead)

    # --- single things ---------------------------------------------------------------------------------------

    def get(self, entity: type[T], *key: Any) -> T:
        """The thing of that key; NotFound (`<table>.not_found`) if it is not there or not visible here."""
        found = self.session.get(entity, key if len(key) > 1 else key[0])
        if found is None:
            raise NotFound(detail=f"no such {entity.__name__.lower()}")
        return found

    def lock(self, entity: type[T], *key: Any) -> T:
        """The thing of that key, its row locked and read anew; NotFound if it is not visible here."""
        found = self.session.get(
            entity,
            key if len(key) > 1 else key[0],
            with_for_update={"key_share": True},
            populate_existing=True,
        )
        if found is None:
            raise NotFound(detail=f"no such {entity.__name__.lower()}")
        return found

    def add(self, thing: T) -> T:
        """Put a new thing into the database; it is there for the next statement."""
        self.session.add(thing)
        self.session.flush()
        return thing

    # --- heads -------------------------------------------------------------------------------------------------

    def hold(self, shop_ids: int | Collection[int]) -> None:
        """Share these shops' head rows, lowest first; needed before anything else of a use case that emits."""
        wanted = sorted({shop_ids} if isinstance(shop_ids, int) else set(shop_ids) - self.held)
        if wanted:
            self.put(SHARE_IN_TURN if len(wanted) <= FEW else SHARE, shops=wanted)
            self.held.update(wanted)

    def already_held(self, shop_ids: Iterable[int]) -> None:
        """Note head rows that a claim has locked for this transaction."""
        self.held.update(shop_ids)

    def close_head(self, shop_id: int) -> None:
        """Take a shop's head row alone: no other writer of its events is under way until this one ends.

        Take it before anything is read, and read in statements of their own. Who asks to share it from here on waits.
        """
        assert shop_id not in self.held, "close the head first: two sharers that both want it alone never end"
        self.put("select pg_advisory_xact_lock(:shop)", shop=shop_id)
        self.put("select shop_id from heads where shop_id = :shop for update", shop=shop_id)
        self.held.add(shop_id)

    # --- what happened -----------------------------------------------------------------------------------------

    def emit(self, *events: Event) -> None:
        """Record that these things happened; they are written with the transaction."""
        for event in events:
            assert event.shop_id in self.held, f"{event.kind}: hold the shop's head before writing its events"
        self._events.extend(events)

    def wake(self, station: str = "") -> None:
        """Tell the line, at commit, that something is due at once."""
        self._woken.add(station)

    @contextmanager
    def as_platform(self) -> Iterator[None]:
        """Act for the platform inside a supplier's request: its wall is lifted, the shops' stays.

        For what follows by rule from a supplier's act and touches others, such as a reroute.
        """
        held = self._wall("supplier") if self.actor.kind == "supplier" else ""
        if not held:
            yield
            return
        self._put_things()
        self._set_wall("supplier", "")
        yield
        self._put_things()
        self._set_wall("supplier", str(int(held)))

    @contextmanager
    def reaching(self, shop_ids: Collection[int]) -> Iterator[None]:
        """Act on these shops as well, inside a request that is walled to others; its own walls stand again after.

        For what follows by rule from a party's act and touches a shop that is not its own to see: the shop it
        opens, the binding it accepts, the other allotments of a pool. What was emitted is written before the
        walls stand again.
        """
        held = self._wall("shops")
        own = {int(number) for number in held.split(",") if number}
        wider = own | set(shop_ids)
        if self._walls is None or wider == own:
            yield
            return
        self._set_wall("shops", ",".join(str(int(shop)) for shop in sorted(wider)))
        yield
        self._put_things()
        if self._events:
            self._write_events()
        self._set_wall("shops", held)

    def see_shops(self, shop_ids: Iterable[int]) -> None:
        """See these shops, and no others, from here to the end of the transaction.

        For a use case that learns by a reference table whose shops it is about (a carrier's scans), or that
        opens a shop. The walls of a request are the edge's otherwise.
        """
        self._put_things()
        self._set_wall("shops", ",".join(str(int(shop)) for shop in sorted(set(shop_ids))))

    def _wall(self, name: str) -> str:
        if self._walls is None:
            return ""
        if name not in self._walls:
            seen = self.one(f"select coalesce(current_setting('andon.{name}', true), '')")
            self._walls[name] = str(seen[0]) if seen else ""
        return self._walls[name]

    def _set_wall(self, name: str, value: str) -> None:
        if self._walls is None:
            return
        # Not through `run`, which keeps each text that it was ever given: there is one for every party.
        self._statements().put_text(f"set local andon.{name} = '{value}'")
        self._walls[name] = value

    def _put_things(self) -> None:
        if self._session is not None:
            self._session.flush()

    def flush(self) -> None:
        """Write what is pending: things added, events emitted, the wake-up. The edge calls it before the commit."""
        self._put_things()
        woken, self._woken = sorted(self._woken), set()
        if written := bool(self._events):
            self._write_events(woken)
        for station in () if written else woken:
            self.put("select pg_notify(:channel, :station)", channel=LINE_CHANNEL, station=station)

    def commit(self) -> None:
        """Write what is pending and end the transaction, in one trip where it can be. For the line's edge."""
        self.flush()
        self._statements().commit()

    def abandon(self) -> None:
        """Let go of what is under way: the transaction will be undone."""
        if self._ready is not None:
            self._ready[1].abandon()

    def tell(self, sql: str, shop_ids: Collection[int], **params: Any) -> Callable[[], Sequence[Row[Any]]]:
        """Ask a statement that writes events of these shops (`andon.kernel.told`), whose heads are held.

        Each of its rows says `first` and `last`: the numbers of the events.
        """
        assert self.held.issuperset(shop_ids), "hold the shops' heads before writing their events"
        answer = self.ask(
            sql,
            **params,
            told=sorted(shop_ids),
            now=self.now,
            actor=str(self.actor),
            policy=getattr(self.policy, "version", ""),
            address=self.address,
        )
        self._written.append(answer)
        return answer

    def _write_events(self, woken: Sequence[str] = ()) -> None:
        events, self._events = self._events, []
        with self.as_platform():
            self.tell(
                WRITE,
                {event.shop_id for event in events},
                woken=as_array(woken),
                shops=as_array(event.shop_id for event in events),
                kinds=as_array(event.kind for event in events),
                subjects=as_array(event.subject for event in events),
                orders=as_array(event.order_id for event in events),
                ats=as_array(event.at or self.now for event in events),
                bodies=as_array(event.body() for event in events),
            )

    @property
    def event_ids(self) -> tuple[int, int] | None:
        """The first and the last number of the events that were written, for the log; also after the end."""
        found = [row for answer in self._written for row in answer() if row.first is not None]
        self._blocks += [(row.first, row.last) for row in found]
        self._written.clear()
        ends = [end for block in self._blocks for end in block]
        return (min(ends), max(ends)) if ends else None


class Numbers:
    """Fresh numbers, asked for ahead and taken as they are needed; more are got where those do not suffice."""

    def __init__(self, tx: Tx[Any], sequence: str, ahead: int) -> None:
        self._tx = tx
        self._sequence = sequence
        self._asked: Callable[[], list[int]] | None = tx.ask_ids(sequence, ahead)
        self._left: list[int] = []

    def take(self, count: int) -> list[int]:
        """So many of them, ascending."""
        if self._asked is not None:
            self._left, self._asked = self._asked(), None
        if (missing := count - len(self._left)) > 0:
            self._left += self._tx.take_ids(self._sequence, missing)
        taken, self._left = self._left[:count], self._left[count:]
        return taken
