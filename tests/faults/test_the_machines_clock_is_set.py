"""The machine's clock put on and put back by hours while Andon runs: nothing is lost, twice, or stuck for hours."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from andon.app.demo.world import World
from andon.kernel.clock import set_clock, wall
from andon.kernel.db import Database
from andon.kernel.postgres import Server
from andon.kernel.settings import Settings
from tests.faults.nursery import Nursery, a_nursery
from tests.faults.outside import Outside, open_endpoint
from tests.faults.running import a_town, free_port, soon
from tests.worlds_audit import assert_all_well
from tests.worlds_supply import a_sink

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """The file that says how far off the machine's clock is."""
    file = tmp_path / "clock"
    put(file, 0)
    return file


@pytest.fixture
def elsewhen(clock: Path) -> Iterator[Nursery]:
    """Processes that see another time of the machine: that of the test, put on or back by what the file says."""
    if FAKETIME is None:
        pytest.skip("needs libfaketime: install Debian's package faketime")
    environment = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with a_nursery(environment) as nursery:
        yield nursery


def put(clock: Path, hours: float) -> None:
    """Put the machine's clock so many hours off."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(f"{hours * 3600:+.0f}\n")
    fresh.rename(clock)


def test_hours_forth_and_back_lose_nothing_do_nothing_twice_and_hold_nothing_up(
    elsewhen: Nursery,
    clock: Path,
    server: Server,
    settings: Settings,
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    chance: random.Random,
    tmp_path: Path,
) -> None:
    name, world = demonstration
    town = a_town(elsewhen, server, settings, copies(name), tmp_path, clock="real")
    with town.database.owner.begin() as connection:
        set_clock(connection, "real", 1.0, wall() + timedelta(seconds=1))
    ports = [str(free_port()), str(free_port())]
    apis = [town.start("serve", "--port", port, "--json") for port in ports]
    outside = Outside([f"http://127.0.0.1:{port}" for port in ports], world, chance)
    with a_sink() as sink:
        open_endpoint(outside, world.suppliers[0], sink)
        before = outside.funds()
        with outside.busy():
            for hours in (3, -4, 6, 0):
                put(clock, hours)
                seen, told = len(outside.taken), len(sink.heard)
                soon(lambda s=seen, t=told: len(outside.taken) > s + 10 and len(sink.heard) > t, 40)
        soon(lambda: not waiting(town.database), 40, "pushes wait")
        for supplier in world.suppliers:
            while outside.ship(supplier, 100):
                pass
        outside.compare_pushes(sink, world.suppliers[0])
    orders = list(outside.pages(world.shops[0]["key"], f"{outside.here}/orders"))
    assert {order["channel_order_no"]: order["id"] for order in orders} == outside.taken
    assert outside.funds()["deposited"] - before["deposited"] == 1000 * outside.deposits
    assert_time_went_on(town.database)
    for headers, _ in sink.heard:
        sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        off = min(abs((sent - wall()).total_seconds() - hours * 3600) for hours in (3, -4, 6, 0))
        assert off < 120, "the wire goes by the machine's clock"
    for api in apis:
        api.stop()
    assert_all_well(town.database)
    town.end()


def waiting(database: Database) -> int:
    """How many pushes wait."""
    with database.line.connect() as connection:
        return int(connection.scalar(text("select count(*) from pushes where due_at is not null")) or 0)


UNDER_WAY = 16
"""As many transactions may be under way, of callers and lines together, at the two moments when the clock is put forward."""


def assert_time_went_on(database: Database) -> None:
    """Business time has not gone back: no transaction is of an instant hours before one that is recorded already.

    But for those that had begun when the clock was put forward: they end after others that began later. Each of the
    two steps back was lived through by more orders than that.
    """
    with database.line.connect() as connection:
        back = connection.scalars(
            text(
                "select distinct recorded_at from (select event_id, recorded_at, "
                "max(recorded_at) over (order by event_id rows between unbounded preceding and 1 preceding) as before "
                "from events) e where recorded_at < before - interval '5 seconds'"
            )
        ).all()
    assert len(back) <= UNDER_WAY, back
