"""Where one ANDON_HOME's cluster lies, how it comes into being, and its settings."""

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.postgres.account import Account, account_for
from andon.kernel.postgres.errors import ServerUnavailable

SHELTER = Path("/var/lib/andon/clusters")
"""Where root's clusters lie when the server's account cannot pass through the way to ANDON_HOME."""

SUPERUSER = "postgres"
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_BYTES = 103  # sun_path holds 107 on Linux, 103 on the others
POINTER = "postgres.at"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster: its folder, and the account its server runs as."""

    folder: Path
    account: Account

    @property
    def pgdata(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def start_log(self) -> Path:
        """What the server says before it opens its log."""
        return self.folder / "start.log"

    @property
    def sockets(self) -> Path:
        """The folder of its socket: inside the cluster, or a short one where its path cannot be a socket's."""
        inside = self.folder / "socket"
        # A comma parts one host from the next.
        if len(os.fsencode(inside / SOCKET)) <= LONGEST_SOCKET_BYTES and "," not in str(inside):
            return inside
        # Not TMPDIR: every process must come to the same place.
        return Path("/tmp") / f"andon-{self.account.uid}-{_short_hash(self.folder)}"  # noqa: S108 - see _own_folder

    def last_lines(self, since: float, count: int = 8) -> tuple[Path, str]:
        """The log written since an instant, and its last lines."""
        logs = [path for path in [self.start_log, *self.log.glob("*.log")] if path.exists()]
        fresh = [path for path in logs if path.stat().st_mtime >= since - 1 and path.stat().st_size]
        newest = max(fresh, key=lambda path: path.stat().st_mtime, default=self.start_log)
        if not newest.exists():
            return newest, ""
        return newest, "\n".join(newest.read_text(errors="replace").splitlines()[-count:])

    def version(self) -> int | None:
        """The major version that wrote the data, None before there is any."""
        try:
            return int((self.pgdata / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            raise ServerUnavailable(f"{self.pgdata / 'PG_VERSION'} is not a version") from None


def cluster_of(home: Path) -> Cluster | None:
    """The cluster that this home has, by its pointer or in place; None before it has one."""
    pointer = home / POINTER
    try:
        folder = Path(pointer.read_text().strip())
    except FileNotFoundError:
        folder = home / "postgres"
    if not folder.is_dir():
        return None
    return Cluster(folder, account_for(folder / "data", home))


def place_cluster(home: Path) -> Cluster:
    """The cluster of this home with all its folders, placed where its account can reach it. Call it locked."""
    cluster = cluster_of(home) or Cluster(home / "postgres", account_for(home / "postgres" / "data", home))
    account = cluster.account
    if account.other and cluster.folder.parent == home and not account.may_enter(home):
        cluster = _within_reach(home, cluster)
    for folder in (cluster.folder, cluster.log):
        _own_folder(folder, account)
    _own_folder(cluster.sockets, account)
    return cluster


def _within_reach(home: Path, cluster: Cluster) -> Cluster:
    """Root's cluster behind a closed door: hand the home over, or put the cluster under our own roof."""
    account = cluster.account
    if account.may_enter(home.parent) and home.stat().st_uid == 0:
        account.own(home)
    if account.may_enter(home):
        return cluster
    if cluster.pgdata.exists():
        raise ServerUnavailable(
            f"its data lies in {cluster.pgdata}, and its account '{account.name}' may no longer pass through a "
            "folder above it; open that folder to it, or move ANDON_HOME"
        )
    elsewhere = Cluster(SHELTER / _short_hash(home), account)
    SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not account.may_enter(SHELTER):
        for folder in (SHELTER.parent, SHELTER):
            account.own(folder)
    fresh = home / f"{POINTER}.new"
    fresh.write_text(f"{elsewhere.folder}\n")
    fresh.rename(home / POINTER)
    return elsewhere


def _own_folder(folder: Path, account: Account) -> None:
    """A folder that only its account may enter. One that another has put in its place is refused."""
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        pass
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != account.uid or stat.S_IMODE(seen.st_mode) & 0o077:
        raise ServerUnavailable(
            f"{folder} must be a folder of '{account.name}' that nobody else may enter (mode 0700)"
        )


def initialise(cluster: Cluster, programs: Path) -> None:
    """Make the data of a new cluster: beside its place first, so that a half-made one is never taken for whole."""
    fresh = cluster.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    sync = ["--no-sync"] if fast() else []
    result = cluster.account.run(
        [
            *(str(programs / "initdb"), "-D", str(fresh), "-U", SUPERUSER),
            *("--auth=trust", "--encoding=UTF8", "--no-instructions", *sync),
            # The server's own locale: what the system has or lacks changes nothing.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
    )
    if result.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise ServerUnavailable(
            f"initdb could not make {cluster.pgdata}", last_lines=(result.stderr or result.stdout).strip()
        )
    # Trust is for the socket alone, and only its account and root may enter the socket's folder.
    _write(fresh / "pg_hba.conf", "local all all trust\n", cluster.account)
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude 'andon.conf'\ninclude_if_exists '../local.conf'\n")
    _write(fresh / "andon.conf", "", cluster.account)
    fresh.rename(cluster.pgdata)


def configure(cluster: Cluster) -> None:
    """Write Andon's part of the server's settings; `local.conf` beside the data may override it."""
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{str(cluster.sockets).replace(chr(34), chr(34) * 2)}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        # Fresh tables soon have statistics: without them a plan picks any index that begins with the shop.
        "autovacuum_naptime": "10s",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(cluster.log),
        # A file for each weekday, written anew a week later.
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
    if fast():
        settings |= {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
    lines = ["# Written by Andon at every start; put changes into ../local.conf."]
    lines += [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    _write(cluster.pgdata / "andon.conf", "\n".join(lines) + "\n", cluster.account)


def fast() -> bool:
    """Whether the data may be lost with the machine, though not with the server: for tests (ANDON_PG_FAST=1)."""
    return os.environ.get("ANDON_PG_FAST") == "1"


def _write(path: Path, text: str, account: Account) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    account.own(fresh)
    fresh.rename(path)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
