"""A disk that is full: callers are told, commands say what to do, nothing is half done, and with room it goes on by itself."""

import random
from pathlib import Path

import psycopg
import pytest

from andon.kernel.postgres import ensure_server
from tests.faults.nursery import Nursery
from tests.faults.outside import Outside, open_endpoint
from tests.faults.running import free_port, soon
from tests.faults.sites import Site, a_site, fill, small_disk
from tests.worlds_audit import assert_all_well
from tests.worlds_history import SAMPLE
from tests.worlds_supply import a_sink


@pytest.mark.parametrize("down", [False, True], ids=["its log has room", "its log has none"])
def test_with_a_full_disk_everybody_is_told_and_with_room_it_goes_on_by_itself(
    nursery: Nursery, own_home: Path, chance: random.Random, tmp_path: Path, down: bool
) -> None:
    """Without room for the next piece of its log PostgreSQL goes down, and does not come up before there is some."""
    with small_disk(own_home, 160), a_site(nursery, tmp_path, own_home) as site:
        outlive_a_full_disk(site, chance, down=down)


def outlive_a_full_disk(site: Site, chance: random.Random, *, down: bool) -> None:
    town, port = site.town, str(free_port())
    api = town.start("serve", "--port", port, "--json")
    worker = town.work()
    outside = Outside([f"http://127.0.0.1:{port}"], site.world, chance, batch=25)
    with a_sink() as sink:
        open_endpoint(outside, site.world.suppliers[0], sink)
        before = outside.funds()
        with outside.busy():
            soon(lambda: len(outside.taken) > 100)
            if not down:
                begin_pieces_of_log(site, 1)
            ballast = fill(site.home)
            if down:
                with pytest.raises(psycopg.OperationalError):
                    begin_pieces_of_log(site, 20)  # one or two may lie ready
            soon(lambda: outside.met["unavailable" if down else "database.full"] > 3, 60, "nobody is told")
            commands_say_what_to_do(site)
            ballast.unlink()
            seen = len(outside.taken)
            soon(lambda: len(outside.taken) > seen + 50, 60, "it did not go on")
        site.database.dispose()
        town.leases_run_out()
        town.until_nothing_is_due()
        outside.settle_books()
        outside.compare_books(before)
        outside.compare_pushes(sink, site.world.suppliers[0])
    for child in (worker, api):
        child.stop()
    ensure_server(site.home)
    assert_all_well(site.database)


def begin_pieces_of_log(site: Site, pieces: int) -> None:
    """Have the server write into a fresh piece of its log, so often: in the last 16 MB are there then."""
    with psycopg.connect(
        host=str(site.home / "postgres" / "socket"), user="postgres", autocommit=True
    ) as root:
        for _ in range(pieces):
            root.execute("select pg_switch_wal()")
            root.execute("select pg_logical_emit_message(false, 'test', 'the first of it')")


def commands_say_what_to_do(site: Site) -> None:
    """A command that has to write ends with a sentence, and no traceback."""
    command = site.town.start("replay", "--format", "andon", str(SAMPLE))
    assert command.wait() == 1
    said = command.log.read_text()
    assert "andon: " in said
    assert "No space left on device" in said
    assert "Make room on the disk that holds the database." in said
    assert "Traceback" not in said
