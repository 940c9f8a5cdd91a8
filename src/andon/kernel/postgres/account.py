"""Which account the server runs as. PostgreSQL refuses to run as root."""

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.postgres.errors import ServerUnavailable

SYSTEM_ACCOUNT = "andon-postgres"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system; `other` when it is not the one this process runs as."""

    uid: int
    gid: int
    name: str
    other: bool

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, from the root folder, in a bare environment."""
        return subprocess.run(  # noqa: S603 - our own programs, no shell
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            # The caller's folder may be closed to this account, and PG* variables would steer the server.
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            user=self.uid if self.other else None,
            group=self.gid if self.other else None,
            extra_groups=[] if self.other else None,
            umask=0o077,
            start_new_session=True,
        )

    def may_enter(self, folder: Path) -> bool:
        """Whether it can pass through this folder and all above it. Asked of the system, so that ACLs count."""
        if not self.other:
            return os.access(folder, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0

    def own(self, path: Path) -> None:
        """Make it the owner of a file or folder of ours; its mode stays."""
        if self.other:
            os.chown(path, self.uid, self.gid)


def account_for(data: Path, home: Path) -> Account:
    """The account that the server runs as: ours; as root the data's owner, or the home's, or one of its own."""
    if os.geteuid() != 0:
        return _account(os.geteuid())
    for path in (data, home):
        with contextlib.suppress(FileNotFoundError):
            if owner := path.stat().st_uid:
                return _account(owner)
    return _system_account()


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ServerUnavailable(
            f"user id {uid} has no name on this system, and PostgreSQL wants one; add it to /etc/passwd"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, other=uid != os.geteuid())


def _system_account() -> Account:
    """The account for a server that root starts; made when it is missing."""
    last = ""
    # Several may make it at once: useradd holds a lock, and says so instead of waiting.
    for _ in range(50):
        try:
            return _account(pwd.getpwnam(SYSTEM_ACCOUNT).pw_uid)
        except KeyError:
            pass
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if useradd is None:
            raise ServerUnavailable(
                f"it cannot run as root, there is no user '{SYSTEM_ACCOUNT}' to run it as, and no useradd to "
                "make one; make the user, or run Andon as a normal user"
            )
        made = subprocess.run(  # noqa: S603 - a fixed command
            [
                useradd,
                "--system",
                "--user-group",
                "--home-dir=/nonexistent",
                "--shell=/usr/sbin/nologin",
                SYSTEM_ACCOUNT,
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        last = made.stderr.strip()
        if made.returncode:
            time.sleep(0.1)
    raise ServerUnavailable(f"cannot make the user '{SYSTEM_ACCOUNT}' that it runs as: {last}")
