"""Workers and API processes that are killed at random while everybody is busy: each order, parcel and cent is there once."""

import random
import signal
import time
from collections.abc import Callable

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database
from tests.faults.nursery import Child
from tests.faults.outside import Outside, open_endpoint
from tests.faults.running import Town, free_port
from tests.worlds_audit import assert_all_well
from tests.worlds_supply import a_sink


def kill_at_random(town: Town, running: dict[str, Child], chance: random.Random, kills: int) -> None:
    """End processes in the middle of what they do, and have others in their place."""
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.6))
        which = chance.choice(sorted(running))
        running[which].signal(signal.SIGKILL)
        running[which].wait()
        running[which] = begin(town, which)
        town.leases_run_out()


def begin(town: Town, which: str) -> Child:
    """A worker, or an API process at its port."""
    if which.startswith("work"):
        return town.work()
    return town.start("serve", "--port", which, "--json")


@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_processes_killed_at_random_lose_nothing_and_do_nothing_twice(
    kills: int,
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    chance: random.Random,
) -> None:
    name, world = demonstration
    town = town_of(copies(name))
    ports = [str(free_port()), str(free_port())]
    running = {which: begin(town, which) for which in ("work-1", "work-2", *ports)}
    outside = Outside([f"http://127.0.0.1:{port}" for port in ports], world, chance)
    with a_sink() as sink:
        open_endpoint(outside, world.suppliers[0], sink)
        before = outside.funds()
        with outside.busy():
            kill_at_random(town, running, chance, kills)
        town.until_nothing_is_due()
        outside.settle_books()
        outside.compare_books(before)
        outside.compare_pushes(sink, world.suppliers[0])
    assert outside.met["closed"], "nobody noticed"
    assert len(outside.taken) > kills
    for child in running.values():
        child.stop()
    assert_all_well(town.database)
    assert not town.errors()
