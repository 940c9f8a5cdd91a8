"""The database stopped, killed and started again while everybody is busy: callers are told to come back, and nothing is
lost or twice.
"""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database, migrate, open_database
from andon.kernel.postgres import ensure_server, stop_server
from andon.kernel.settings import Settings
from tests.conftest import MARK, _remove
from tests.faults.nursery import Nursery
from tests.faults.outside import Outside, open_endpoint
from tests.faults.running import Town, a_demonstration, a_town, free_port, soon
from tests.places import roots
from tests.rooms.embedded import kill, postmaster
from tests.worlds_due import assert_all_well
from tests.worlds_supply import a_sink


@dataclass
class Site:
    """An Andon with an embedded server of its own."""

    home: Path
    town: Town
    world: World
    database: Database


@pytest.fixture
def site(nursery: Nursery, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    home = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir=roots()[0]))
    own = Settings(home=home, clock="manual", pool_size=5)
    server = ensure_server(home)
    database = open_database(own)
    try:
        migrate(database)
        town = a_town(nursery, server, own, database, tmp_path)
        del town.environment["ANDON_DATABASE_URL"]
        town.environment["ANDON_PG_FAST"] = "1"
        yield Site(home, town, a_demonstration(database), database)
        town.end()
    finally:
        database.dispose()
        _remove(home)
        shutil.rmtree(home, ignore_errors=True)


def stopped(home: Path) -> None:
    """Stopped in order, as for a change of its settings, and started by nobody's hand."""
    assert stop_server(home)


def killed(home: Path) -> None:
    """Killed as by the system when memory is short."""
    kill(home)


def one_session_killed(home: Path) -> None:
    """One of its sessions is killed: it ends all others, and recovers by itself."""
    own = postmaster(home)
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    sessions = [pid for pid in children if b"_app" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(int(sessions[0]), signal.SIGKILL)


FAULTS: tuple[Callable[[Path], None], ...] = (stopped, killed, one_session_killed)


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_a_database_that_goes_and_comes_back_loses_nothing_and_has_nothing_done_twice(
    rounds: int, site: Site, chance: random.Random
) -> None:
    town, port = site.town, str(free_port())
    api = town.start("serve", "--port", port, "--json")
    worker = town.work()
    outside = Outside([f"http://127.0.0.1:{port}"], site.world, chance)
    with a_sink() as sink:
        open_endpoint(outside, site.world.suppliers[0], sink)
        before = outside.funds()
        with outside.busy():
            for fault in FAULTS * rounds:
                time.sleep(chance.uniform(1, 3))
                seen = len(outside.taken)
                fault(site.home)
                soon(lambda seen=seen: len(outside.taken) > seen + outside.batch, what="it did not go on")
        site.database.dispose()
        town.leases_run_out()
        town.until_nothing_is_due()
        outside.settle_books()
        outside.compare_books(before)
        outside.compare_pushes(sink, site.world.suppliers[0])
    assert outside.met["503"], "nobody noticed"
    for child in (worker, api):
        child.stop()
    ensure_server(site.home)
    assert_all_well(site.database)
    assert not town.errors()
