"""The embedded server, as those who run Andon meet it: each case in processes of its own, as root and as a user."""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from andon.kernel.postgres import ensure_server, stop_server
from andon.kernel.postgres.cluster import POINTER
from tests.places import roots
from tests.rooms.embedded import (
    ACCOUNTS,
    Caller,
    answer_of,
    cluster_folder,
    copy_of_programs,
    installed_package,
    kill,
    modes,
    postmaster,
    reachable_by,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run the server as somebody else")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment in which every account reaches the server's programs, wherever this checkout lies."""
    if all(reachable_by(account, installed_package()) for account in ACCOUNTS):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="andon-programs-") as folder:
        Path(folder).chmod(0o755)
        yield {"PYTHONPATH": str(copy_of_programs(Path(folder)))}


@pytest.fixture(params=ACCOUNTS)
def caller(request: pytest.FixtureRequest, programs: dict[str, str]) -> Caller:
    return Caller(request.param, programs)


@pytest.fixture
def root(programs: dict[str, str]) -> Caller:
    return Caller("root", programs)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that all may enter; every server below it is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="andon-embedded-", dir=roots()[0]))
    folder.chmod(0o755)
    yield folder
    for lock in folder.rglob("postgres.lock"):
        stop_server(lock.parent)
        if (lock.parent / POINTER).exists():
            shutil.rmtree(cluster_folder(lock.parent))
    shutil.rmtree(folder)


def test_a_home_that_is_not_there_is_made_and_keeps_its_data(caller: Caller, place: Path):
    home = caller.make(place / "mine") / "deep" / "home"
    first = caller.ensure(home, "select 1")
    assert first == {"started_here": True, "sockets": first["sockets"], "rows": [[1]]}
    assert caller.ensure(home, "show listen_addresses") == first | {"started_here": False, "rows": [[""]]}
    assert caller.stop(home)
    assert not caller.stop(home)
    assert caller.ensure(home)["started_here"]


@pytest.mark.parametrize("name", ['it\'s "quoted" $HOME `back` %41 数据', "a, b"])
def test_a_home_may_be_called_anything(caller: Caller, place: Path, name: str):
    home = caller.make(place / name)
    assert caller.ensure(home, "select 1")["rows"] == [[1]]
    assert caller.stop(home)


def test_a_path_too_long_for_a_socket_gets_a_short_one_of_its_own(caller: Caller, place: Path):
    home = caller.make(caller.make(place / ("long" * 20)) / ("longer" * 10))
    answer = caller.ensure(home, "select 1")
    assert answer["rows"] == [[1]]
    sockets = Path(answer["sockets"])
    assert len(str(sockets)) < 90
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert sockets.stat().st_uid == (cluster_folder(home) / "data").stat().st_uid
    assert caller.stop(home)
    assert not sockets.exists()


def test_a_short_socket_folder_that_another_has_taken_is_refused(caller: Caller, place: Path):
    home = caller.make(caller.make(place / ("long" * 20)) / ("longer" * 10))
    sockets = Path(caller.ensure(home)["sockets"])
    caller.stop(home)
    sockets.mkdir()
    sockets.chmod(0o777)
    try:
        assert f"{sockets} must be a folder of" in caller.ensure(home)["refused"]
    finally:
        sockets.rmdir()


def test_a_closed_home_serves_its_owner_and_stays_closed(caller: Caller, place: Path):
    home = caller.make(place / "closed", 0o700)
    assert caller.ensure(home, "select 1")["rows"] == [[1]]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert cluster_folder(home).parent == home
    assert caller.stop(home)


@as_root
def test_under_a_closed_folder_roots_cluster_lies_elsewhere_and_is_found_again(root: Caller, place: Path):
    closed = root.make(place / "closed", 0o700)
    home = root.make(closed / "home", 0o755)
    before = modes([place, closed, home, Path("/var/lib"), Path("/")])
    assert root.ensure(home, "select 1")["rows"] == [[1]]
    assert modes([place, closed, home, Path("/var/lib"), Path("/")]) == before
    assert cluster_folder(home).parent == Path("/var/lib/andon/clusters")
    assert not root.ensure(home)["started_here"]
    assert root.stop(home)
    assert root.ensure(home)["started_here"]


@as_root
def test_data_behind_a_door_that_was_closed_later_is_not_forgotten(root: Caller, place: Path):
    parent = root.make(place / "parent")
    home = root.make(parent / "home")
    root.ensure(home)
    root.stop(home)
    parent.chmod(0o700)
    refused = root.ensure(home)["refused"]
    assert str(home / "postgres" / "data") in refused
    assert "may no longer pass" in refused
    assert not (home / POINTER).exists()


@as_root
def test_a_checkout_that_only_its_owner_may_enter_is_copied_from_and_stays_closed(place: Path):
    checkout = Caller("root").make(place / "checkout", 0o700)
    copy_of_programs(checkout)
    before = modes([checkout, place])
    caller = Caller("root", {"PYTHONPATH": str(checkout)})
    home = place / "home"
    assert caller.ensure(home, "select 1")["rows"] == [[1]]
    assert modes([checkout, place]) == before
    program = Path(f"/proc/{postmaster(home)}/exe").readlink()
    assert program.is_relative_to(home)


@as_root
def test_root_serves_a_users_home_as_that_user(root: Caller, programs: dict[str, str], place: Path):
    user = Caller("nobody", programs)
    home = user.make(place / "home", 0o700)
    assert root.ensure(home)["started_here"]
    assert user.ensure(home, "select 1") == root.ensure(home, "select 1")
    assert root.stop(home)
    assert user.ensure(home)["started_here"]
    assert user.stop(home)


def test_of_three_processes_at_once_one_starts_it_and_all_connect(caller: Caller, place: Path):
    home = caller.make(place / "home")
    answers = [answer_of(p) for p in [caller.start(home, "select 1") for _ in range(3)]]
    assert [answer["rows"] for answer in answers] == [[[1]]] * 3
    assert sorted(answer["started_here"] for answer in answers) == [False, False, True]


def test_after_kill_9_it_comes_back_with_what_was_committed(caller: Caller, place: Path):
    home = caller.make(place / "home")
    caller.ensure(home, "select lo_create(4711)")
    kill(home)
    answers = [answer_of(p) for p in [caller.start(home, "select lo_get(4711)::text") for _ in range(3)]]
    assert [answer["rows"] for answer in answers] == [[["\\x"]]] * 3


def test_a_killed_server_that_nobody_buries_does_not_stand_in_the_way(caller: Caller, place: Path):
    home = caller.make(place / "home")
    reaper = caller.start(home, "select 1", linger="reaper")
    assert reaper.stdout is not None
    assert reaper.stdout.readline()
    pid = postmaster(home)
    kill(home)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    try:
        assert caller.ensure(home, "select 1") | {"sockets": ""} == {
            "started_here": True,
            "sockets": "",
            "rows": [[1]],
        }
    finally:
        reaper.communicate(timeout=10)


def test_a_process_number_that_another_has_since_got_does_not_stand_in_the_way(caller: Caller, place: Path):
    home = caller.make(place / "home")
    caller.ensure(home)
    file = cluster_folder(home) / "data" / "postmaster.pid"
    left = file.read_text()
    caller.stop(home)
    owner = cluster_folder(home).stat()
    as_owner = owner.st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "100"], user=as_owner) as stranger:
        file.write_text("\n".join([str(stranger.pid), *left.splitlines()[1:]]))
        os.chown(file, owner.st_uid, owner.st_gid)
        try:
            assert not caller.stop(home)
            assert caller.ensure(home)["started_here"]
        finally:
            stranger.kill()


def test_one_that_cannot_start_says_what_where_and_why(caller: Caller, place: Path):
    home = caller.make(place / "home")
    caller.ensure(home)
    caller.stop(home)
    (cluster_folder(home) / "local.conf").write_text("shared_buffers = 'as much as there is'\n")
    began = time.monotonic()
    refused = caller.ensure(home)["refused"]
    assert time.monotonic() - began < 50, "it does not wait for what cannot come"
    assert f"the server in {cluster_folder(home) / 'data'} does not start" in refused
    assert f"Its log: {cluster_folder(home) / 'start.log'}" in refused
    assert "shared_buffers" in refused


def test_data_of_another_version_is_told_and_left_alone(caller: Caller, place: Path):
    home = caller.make(place / "home")
    caller.ensure(home)
    caller.stop(home)
    (cluster_folder(home) / "data" / "PG_VERSION").write_text("12\n")
    refused = caller.ensure(home)["refused"]
    assert "written by PostgreSQL 12" in refused
    assert "docs/runbooks/upgrade.md" in refused


def test_a_first_start_that_was_cut_short_is_begun_anew(caller: Caller, place: Path):
    home = caller.make(place / "home")
    half = caller.make(caller.make(home / "postgres", 0o700) / "data.new", 0o700)
    (half / "PG_VERSION").write_text("18\n")
    if caller.is_root:
        shutil.rmtree(home / "postgres")
    assert caller.ensure(home, "select 1")["rows"] == [[1]]


def test_a_home_that_may_not_be_written_is_told(place: Path, programs: dict[str, str]):
    caller = Caller(ACCOUNTS[-1], programs)
    refused = caller.ensure(Path("/proc/andon"))["refused"]
    assert "/proc/andon" in refused


def test_a_strict_umask_and_variables_of_other_servers_change_nothing(caller: Caller, place: Path):
    home = caller.make(place / "home")
    caller.environment = caller.environment | {"PGDATA": "/nowhere", "PGPORT": "1", "TMPDIR": str(place)}
    before = os.umask(0o077)
    try:
        assert caller.ensure(home, "select 1")["rows"] == [[1]]
    finally:
        os.umask(before)


def test_one_that_somebody_else_has_stopped_is_not_stopped_again(place: Path):
    server = ensure_server(place / "home")
    assert server.started_here
    assert stop_server(place / "home")
    assert server.stop_if_idle() is False
