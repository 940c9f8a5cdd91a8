"""An Andon with an embedded server of its own, which a test may break."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database, migrate, open_database
from andon.kernel.outside import LOOPBACK
from andon.kernel.postgres import ensure_server
from andon.kernel.settings import Settings
from tests.conftest import MARK, _remove
from tests.faults.nursery import Nursery
from tests.faults.running import Town, a_demonstration, a_town
from tests.places import roots


@dataclass
class Site:
    """Where it lies, its processes, its demonstration world."""

    home: Path
    town: Town
    world: World
    database: Database


@contextmanager
def a_site(nursery: Nursery, folder: Path, home: Path) -> Iterator[Site]:
    """A fresh one in the folder `home`; logs go into `folder`."""
    settings = Settings(home=home, clock="manual", pool_size=5, allowed_ranges=LOOPBACK)
    server = ensure_server(home)
    database = open_database(settings)
    try:
        migrate(database)
        town = a_town(nursery, server, settings, database, folder)
        del town.environment["ANDON_DATABASE_URL"]
        town.environment["ANDON_PG_FAST"] = "1"
        try:
            yield Site(home, town, a_demonstration(database), database)
        finally:
            town.end()
    finally:
        database.dispose()


@pytest.fixture
def own_home(settings: Settings) -> Iterator[Path]:
    """A home for a server of its own, gone at the end. `settings` has swept away what killed tests left."""
    home = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir=roots()[0]))
    yield home
    _remove(home)
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of its own at a folder, soon full; the test is skipped where none may be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "andon-small-disk", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"only where a small disk may be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1024**2, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
    return ballast
