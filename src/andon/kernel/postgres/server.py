"""Start, stop, and whether it is up.

"Up" is a connection that answers, not a process id: after kill -9 the dead postmaster may linger as a zombie, and
its file with it. A lock in ANDON_HOME lets one process at a time start or stop.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import pq
from sqlalchemy import URL

from andon.kernel.clock import wall
from andon.kernel.postgres.binaries import programs_for
from andon.kernel.postgres.cluster import (
    PORT,
    SOCKET,
    SUPERUSER,
    Cluster,
    cluster_of,
    configure,
    initialise,
    place_cluster,
)
from andon.kernel.postgres.errors import ServerUnavailable

PATIENCE_SECONDS = 60
TRIES = 3
HAS_PROC = Path("/proc/self/cwd").exists()


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server. `started_here`: this process started it, and stops it if it is a one-shot."""

    home: Path
    started_here: bool
    sockets: Path

    def url(self, database: str, login: str) -> URL:
        """Where a login reaches a database of this server."""
        return _url(self.sockets, database, login)

    def stop(self) -> None:
        """Stop it, whoever uses it."""
        stop_server(self.home)

    def stop_if_idle(self) -> bool:
        """Stop it unless somebody is connected; True when it was stopped. Close your own connections first.

        One that is gone, or that somebody else is stopping at this moment, is theirs: False.
        """
        try:
            with _connect(self.sockets) as connection:
                others = connection.execute(
                    "select count(*) from pg_stat_activity where backend_type = 'client backend' "
                    "and pid <> pg_backend_pid()"
                ).fetchone()
        except psycopg.OperationalError:
            return False
        if others is None or others[0]:
            return False
        return stop_server(self.home)


def ensure_server(home: Path) -> Server:
    """The server of this home, started if it is not up.

    Raises ServerUnavailable, saying what is wrong, where its log is and what it says.
    """
    try:
        home = home.resolve()
        home.mkdir(mode=0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        cluster = cluster_of(home)
        if cluster is not None and _answers(cluster):
            return Server(home, started_here=False, sockets=cluster.sockets)
        with _locked(home):
            cluster = place_cluster(home)
            if _answers(cluster):
                return Server(home, started_here=False, sockets=cluster.sockets)
            _start(cluster)
            return Server(home, started_here=True, sockets=cluster.sockets)
    except OSError as error:
        raise ServerUnavailable(f"{error.strerror or error}: {error.filename or home}") from error


def stop_server(home: Path) -> bool:
    """Stop the server of this home, wherever its cluster lies; False when it was not running."""
    home = home.resolve()
    if not home.is_dir():
        return False
    with _locked(home):
        cluster = cluster_of(home)
        if cluster is None or (pid := _postmaster(cluster)) is None:
            return False
        # Fast shutdown ends every session in order; immediate, if that takes too long, leaves it to recovery.
        for ask in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, ask)
            if _until(lambda: not _alive(pid), PATIENCE_SECONDS):
                if cluster.sockets.parent != cluster.folder:
                    with contextlib.suppress(OSError):
                        cluster.sockets.rmdir()
                return True
        raise ServerUnavailable(f"process {pid} does not end", log=cluster.log)


def _start(cluster: Cluster) -> None:
    programs = programs_for(cluster.account, cluster.folder, cluster.version())
    if not cluster.pgdata.exists():
        initialise(cluster, programs)
    configure(cluster)

    since = wall().timestamp()
    for _ in range(TRIES):
        # The sessions of a killed postmaster end on their own, a moment later; until then none can start.
        if not _until(lambda: _answers(cluster) or not _holders(cluster), PATIENCE_SECONDS):
            raise _unavailable(cluster, since, f"processes {_holders(cluster)} hold {cluster.pgdata}")
        if _answers(cluster):
            return
        _forget_dead_postmaster(cluster)
        pid = _launch(cluster, programs)
        _until(lambda pid=pid: _answers(cluster) or not _alive(pid), PATIENCE_SECONDS)  # type: ignore[misc]
        if _answers(cluster):
            return
        if _alive(pid):
            raise _unavailable(
                cluster,
                since,
                f"process {pid} does not answer after {PATIENCE_SECONDS} s; it may be recovering",
            )
        time.sleep(0.2)
    raise _unavailable(cluster, since, f"the server in {cluster.pgdata} does not start")


def _unavailable(cluster: Cluster, since: float, what: str) -> ServerUnavailable:
    log, last_lines = cluster.last_lines(since)
    return ServerUnavailable(what, log=log, last_lines=last_lines)


def _launch(cluster: Cluster, programs: Path) -> int:
    """Start the postmaster as an orphan in a session of its own, and answer its process id."""
    script = 'log=$1; shift; "$@" >"$log" 2>&1 </dev/null & echo $!'
    started = cluster.account.run(
        ["/bin/sh", "-c", script, "sh", cluster.start_log, programs / "postgres", "-D", cluster.pgdata]
    )
    if started.returncode:
        raise ServerUnavailable(f"cannot run {programs / 'postgres'}: {started.stderr.strip()}")
    return int(started.stdout)


def _answers(cluster: Cluster) -> bool:
    # As pg_isready asks: a server whose connections are all taken is up, one that is still recovering is not.
    asked = (
        f"host='{_quoted(cluster.sockets)}' port={PORT} user={SUPERUSER} dbname=postgres connect_timeout=5"
    )
    return pq.PGconn.ping(asked.encode()) == pq.Ping.OK


def _connect(sockets: Path) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(
        host=str(sockets), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=5, autocommit=True
    )


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")


def _url(sockets: Path, database: str, login: str) -> URL:
    # As query parameters, which SQLAlchemy percent-encodes: a path has no place in a URL's host.
    return URL.create(
        "postgresql+psycopg",
        username=login,
        database=database,
        query={"host": str(sockets), "port": str(PORT)},
    )


def _postmaster(cluster: Cluster) -> int | None:
    """The process id of this cluster's living postmaster."""
    try:
        pid = int((cluster.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    if HAS_PROC:
        return pid if pid in _holders(cluster) else None
    return pid if _alive(pid) else None


def _holders(cluster: Cluster) -> list[int]:
    """The living processes of this cluster, found by the folder they work in; none where /proc is missing.

    Asked as their own account: root in a container may not look into other accounts' processes.
    """
    script = 'for p in /proc/[1-9]*; do [ "$p/cwd" -ef "$1" ] && echo "${p#/proc/}"; done; :'
    found = cluster.account.run(["/bin/sh", "-c", script, "sh", cluster.pgdata]).stdout.split()
    return [pid for pid in map(int, found) if _alive(pid)]


def _forget_dead_postmaster(cluster: Cluster) -> None:
    """Remove the files that a postmaster that is no more has left.

    PostgreSQL does so itself, unless the number in them lives: as a zombie that nobody reaps, or as somebody
    else's process after a restart of the machine or container.
    """
    if HAS_PROC and not _holders(cluster):
        for left in (cluster.pgdata / "postmaster.pid", cluster.sockets / f"{SOCKET}.lock"):
            left.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        # The state follows the command's name, which may itself hold brackets.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of this home."""
    path = home / "postgres.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.geteuid() == 0 and (owner := home.stat()).st_uid != 0:
            # Root in a user's home: the user must be able to lock it tomorrow.
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait until it is true; False when it is not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
