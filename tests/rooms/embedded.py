"""Runs the embedded server's use cases in processes of their own, as root or as a normal user."""

import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from andon.kernel.postgres.binaries import PACKAGE
from andon.kernel.postgres.cluster import POINTER

ACCOUNTS = ("root", "nobody") if os.geteuid() == 0 else (pwd.getpwuid(os.geteuid()).pw_name,)
"""Whom the tests can run as: only root can become somebody else."""

SCRIPT = r"""
import json, os, sys, traceback
from pathlib import Path

import psycopg, psycopg.errors
from andon.kernel.postgres import ensure_server, stop_server, ServerUnavailable

# All is imported: from here on the account need not be able to read the interpreter's folder.
uid, gid, home, statement, linger = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5]
if linger == "reaper":
    import ctypes
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans come here, and nobody buries them
if os.geteuid() != uid:
    os.setgroups([]), os.setgid(gid), os.setuid(uid)
try:
    if statement == "stop":
        answer = {"stopped": stop_server(home)}
    else:
        server = ensure_server(home)
        url = server.url("postgres", "postgres")
        with psycopg.connect(host=url.query["host"], port=url.query["port"], user="postgres", autocommit=True) as c:
            rows = c.execute(statement).fetchall() if statement else []
        answer = {"started_here": server.started_here, "sockets": str(server.sockets), "rows": rows}
except ServerUnavailable as error:
    answer = {"refused": str(error)}
print(json.dumps(answer), flush=True)
if linger == "reaper":
    sys.stdin.read()
"""


@dataclass
class Caller:
    """Somebody who runs Andon: an account, with its environment."""

    account: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.account).pw_uid

    @property
    def gid(self) -> int:
        return pwd.getpwnam(self.account).pw_gid

    @property
    def is_root(self) -> bool:
        return self.uid == 0

    def start(self, home: Path, statement: str = "", linger: str = "") -> "subprocess.Popen[str]":
        """A process that ensures the home's server and runs a statement as its superuser."""
        return subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(self.uid), str(self.gid), str(home), statement, linger],
            env=os.environ | {"ANDON_PG_FAST": "1"} | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ensure(self, home: Path, statement: str = "") -> dict[str, Any]:
        """Ensure the server, run a statement; the answer, or `refused` with the text."""
        return answer_of(self.start(home, statement))

    def stop(self, home: Path) -> bool:
        """`andon stop`."""
        return bool(answer_of(self.start(home, "stop"))["stopped"])

    def make(self, folder: Path, mode: int = 0o755) -> Path:
        """A folder of this account."""
        folder.mkdir()
        folder.chmod(mode)
        if os.geteuid() != self.uid:
            os.chown(folder, self.uid, self.gid)
        return folder


def answer_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a caller's process says once it has ended."""
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return answer


def cluster_folder(home: Path) -> Path:
    """Where a home's cluster lies."""
    pointer = home / POINTER
    return Path(pointer.read_text().strip()) if pointer.exists() else home / "postgres"


def postmaster(home: Path) -> int:
    """The process id that the cluster's file names."""
    return int((cluster_folder(home) / "data" / "postmaster.pid").read_text().split()[0])


def kill(home: Path) -> None:
    """What a crash does to the server."""
    os.kill(postmaster(home), signal.SIGKILL)


def modes(folders: Sequence[Path]) -> list[tuple[Path, int, int]]:
    """Each folder's mode and owner."""
    return [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in folders]


def installed_package() -> Path:
    """Where the server's package is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def copy_of_programs(target: Path) -> Path:
    """A folder for PYTHONPATH that holds the server's package, as a virtual environment does."""
    package = Path(
        next(iter(__import__("importlib.util").util.find_spec(PACKAGE).submodule_search_locations))
    )
    for folder in (package, package.with_name(f"{PACKAGE}.libs")):
        shutil.copytree(folder, target / folder.name, symlinks=True)
    return target


def reachable_by(account: str, folder: Path) -> bool:
    """Whether an account can pass through a folder and all above it."""
    entry = pwd.getpwnam(account)
    if entry.pw_uid == os.geteuid():
        return True
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder],
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        check=False,
    )
    return asked.returncode == 0
