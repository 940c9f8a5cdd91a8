"""The database stopped, killed and started again while everybody is busy: callers are told to come back, and nothing is
lost or twice.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from andon.kernel.postgres import ensure_server, stop_server
from tests.faults.nursery import Nursery
from tests.faults.outside import Outside, open_endpoint
from tests.faults.running import free_port, soon
from tests.faults.sites import Site, a_site
from tests.rooms.embedded import kill, postmaster
from tests.worlds_audit import assert_all_well
from tests.worlds_supply import a_sink


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


def is_up(site: Site) -> bool:
    """Whether the server answers: an answer that was under way when it went says nothing of it."""
    try:
        with site.database.line.connect():
            return True
    except OperationalError:
        return False


FAULTS: tuple[Callable[[Path], None], ...] = (stopped, killed, one_session_killed)


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_a_database_that_goes_and_comes_back_loses_nothing_and_has_nothing_done_twice(
    rounds: int, nursery: Nursery, own_home: Path, chance: random.Random, tmp_path: Path
) -> None:
    with a_site(nursery, tmp_path, own_home) as site:
        outlive(site, rounds, chance)


def outlive(site: Site, rounds: int, chance: random.Random) -> None:
    """Everybody at work, and each fault so many times."""
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
                fault(site.home)
                seen = len(outside.taken)  # what was taken before it went says nothing of its return
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
