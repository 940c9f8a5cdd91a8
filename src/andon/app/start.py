"""Starting: the database open and migrated, the clock as the environment asks, the process known to `andon stop`."""

import fcntl
import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import text

from andon.adapters.anchor_file import AnchorFile
from andon.app.allowed import allowed_ranges
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.clock import Clock, read_clock, set_clock, wall
from andon.kernel.db import Database, drop_database, is_current, migrate, open_database
from andon.kernel.errors import Unavailable
from andon.kernel.failpoints import arm
from andon.kernel.http.rates import Rates, lend
from andon.kernel.postgres import ServerUnavailable, ensure_server
from andon.kernel.secrets import derive, secret_key
from andon.kernel.settings import BadSetting, Settings
from andon.kernel.tx import PolicySource
from andon.platform.accounts.counting import Counter
from andon.platform.accounts.doors import Edge
from andon.platform.documents.authority import Authority, BadCertificate
from andon.platform.keyring.views import is_retired
from andon.platform.policies.rules import Policy
from andon.platform.record.service import PURPOSE

log = structlog.get_logger("server")

STOP_SECONDS = 40
LOOK_SECONDS = 2.0
"""How often a process that runs on looks whether the embedded server is up."""


class NotMigrated(Unavailable):
    """The database's schema is not this version's."""


class KeyRetired(Unavailable):
    """Another key took the place of this Andon's in the database; what it sealed here nobody could read."""


@contextmanager
def server_for(settings: Settings) -> Iterator[None]:
    """The embedded server, where one is used; one that this process started ends with it, unless others use it.

    Raises ServerUnavailable.
    """
    server = None if settings.database_url else ensure_server(settings.home)
    try:
        yield
    finally:
        if server is not None and server.started_here:
            server.stop_if_idle()


def let_go(settings: Settings, name: str) -> None:
    """Drop a database, and what is kept outside of it of its record."""
    drop_database(settings, name)
    AnchorFile(settings.home, name).forget()


@contextmanager
def opened(settings: Settings, name: str = DEFAULT_NAME, *, make: bool = True) -> Iterator[Database]:
    """The database, open until the end, and its server with it. Raises DatabaseUnavailable or ServerUnavailable."""
    arm(settings.failpoints)
    with server_for(settings):
        database = open_database(settings, name, make=make)
        try:
            yield database
        finally:
            database.dispose()


@contextmanager
def kept(settings: Settings, name: str) -> Iterator[Database]:
    """The same of one that is there and is only looked at: none is made. Raises NotMigrated, too."""
    with opened(settings, name, make=False) as database:
        if not is_current(database):
            raise NotMigrated(f"the schema of '{database.name}' is not this version's: run `andon migrate`")
        yield database


def spare_the_collector() -> None:
    """Let the garbage collector leave alone what is loaded, which lives as long as the process, and come more rarely.

    By its own default it walks all of it again and again while a call of a thousand orders is worked on: a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@contextmanager
def kept_up(settings: Settings) -> Iterator[None]:
    """While this lasts the embedded server, where one is used, is started again whenever it is gone."""
    if settings.database_url is not None:
        yield
        return
    told = threading.Event()
    keeper = threading.Thread(target=_keep_up, args=(settings.home, told), name="server", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        told.set()
        keeper.join(STOP_SECONDS)


def _keep_up(home: Path, told: threading.Event) -> None:
    while not told.wait(LOOK_SECONDS):
        try:
            if ensure_server(home).started_here:
                log.warning("server.started_again")
        except ServerUnavailable as why:
            log.warning("server.unavailable", reason=str(why))


def make_ready(database: Database, settings: Settings) -> Clock:
    """Bring an embedded database's schema up to date, and run by the clock that the settings name; answers it.

    Another server's schema is brought up to date by `andon migrate` alone: raises NotMigrated. A clock that stands
    where no other may follow is refused with Conflict `clock.backwards`.
    """
    if settings.database_url is None:
        migrate(database)
    elif not is_current(database):
        raise NotMigrated(f"the schema of '{database.name}' is not this version's: run `andon migrate`")
    clock = settle_clock(database, settings.clock, rate_of(settings))
    # After the clock, which a rotation holds: whoever waited for it looks at what it has left.
    refuse_retired_key(database, settings)
    return clock


def refuse_retired_key(database: Database, settings: Settings) -> None:
    """See that the key is not one that another has taken the place of. Raises KeyRetired, which says what to do."""
    with database.line.connect() as connection:
        if not is_retired(connection, secret_key(settings), PURPOSE):
            return
    todo = (
        "a rotation has not come to its end: run `andon rotate-secret` again"
        if settings.secret_key is None
        else "set ANDON_SECRET_KEY to the key that took its place"
    )
    raise KeyRetired(f"the secret key was retired in '{database.name}': {todo}")


def authority_of(settings: Settings) -> Authority:
    """Who signs documents: the operator's own certificate, or the one that the secret key makes. Raises BadSetting."""
    path = settings.signing_certificate
    if path is None:
        return Authority.made_from(secret_key(settings))
    try:
        return Authority.opened(path, settings.signing_passphrase)
    except BadCertificate as why:
        raise BadSetting("ANDON_SIGNING_CERTIFICATE", str(path), str(why)) from None


def edge_of(
    database: Database, clock: Clock, policies: PolicySource[Policy], settings: Settings, pages: str = ""
) -> Edge:
    """What requests need of this process; `pages` is where people find it."""
    key = secret_key(settings)
    ranges = allowed_ranges(settings)
    return Edge(
        database,
        clock,
        policies,
        key,
        authority_of(settings),
        _counter(database, settings, key),
        pages,
        ranges,
    )


def _counter(database: Database, settings: Settings, key: bytes) -> Counter:
    """What counts the calls of this process, and lets one caller have four fifths of its connections at most."""
    return Counter(
        Rates(partial(lend, database.app)),
        derive(key, "andon counts"),
        each=settings.calls_per_second,
        strangers=settings.stranger_calls_per_second,
        at_once=max(1, settings.pool_size * 4 // 5),
    )


def rate_of(settings: Settings) -> float:
    """Business seconds in a machine's second, by the clock that the settings name; 0 where time stands."""
    return {"scaled": settings.clock_rate, "real": 1.0, "manual": 0.0}[settings.clock]


def settle_clock(database: Database, kind: str, wanted: float) -> Clock:
    """Run by a clock of that kind; one that runs already keeps its place, another takes over where it stands."""
    with database.owner.begin() as connection:
        connection.execute(text("lock table clock in exclusive mode"))
        row = connection.execute(text("select kind, rate from clock where id = 1")).first()
        if row is None or (row.kind, row.rate) != (kind, wanted):
            stands = wall() if kind == "real" else read_clock(connection).now(connection)
            set_clock(connection, kind, wanted, stands)
        return read_clock(connection)


@contextmanager
def noted(settings: Settings, command: str) -> Iterator[None]:
    """While this lasts `andon stop` knows of the process. Its note is locked, so that a dead one's tells nothing."""
    folder = _notes(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{command}-{os.getpid()}"
    with path.open("w") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.write(str(os.getpid()))
        note.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def stop_processes(settings: Settings) -> list[str]:
    """Tell every process of this Andon to stop, and wait until they have; answers which they were."""
    told = []
    for path in sorted(_notes(settings).glob("*-*")):
        if (pid := _holder(path)) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                told.append(path)
    until = time.monotonic() + STOP_SECONDS
    while any(_holder(path) is not None for path in told) and time.monotonic() < until:
        time.sleep(0.05)
    return [path.name for path in told]


def _notes(settings: Settings) -> Path:
    return settings.home / "processes"


def _holder(path: Path) -> int | None:
    """The process that holds a note; the note of a dead one is removed."""
    with suppress(OSError, ValueError), path.open("r+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(note.read())
        path.unlink(missing_ok=True)
    return None
