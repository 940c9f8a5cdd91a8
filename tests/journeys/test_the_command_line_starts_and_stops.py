"""`andon init`, `serve`, `work`, `stop`, `migrate`: what they say, and that nothing of them is left."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients import Client
from tests.conftest import MARK
from tests.journeys.blackbox import ANDON, environment_of, run_andon, running_under
from tests.places import roots


@pytest.fixture
def home() -> Iterator[Path]:
    """A place for an Andon, with a space in its path, that does not exist yet."""
    folder = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir=roots()[0]))
    yield folder / "an andon"
    if (folder / "an andon").exists():
        run_andon(folder / "an andon", "stop")
    shutil.rmtree(folder)


@contextmanager
def started(home: Path, *arguments: str) -> Iterator[tuple[dict[str, Any], "subprocess.Popen[bytes]"]]:
    """A command that goes on, and what it said first."""
    with subprocess.Popen(
        [str(ANDON), *arguments, "--json"],
        env=environment_of(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline()), process
        finally:
            process.kill()


def failing(home: Path, *arguments: str, **environment: str) -> str:
    """What a command says on standard error when it fails; nothing on standard output, and no traceback."""
    done = subprocess.run(
        [str(ANDON), *arguments],
        env=environment_of(home) | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_first_key_is_printed_once_and_opens_the_api(home: Path) -> None:
    made = json.loads(run_andon(home, "init", "--json"))
    assert "init.has_operator" in failing(home, "init", "--json")
    another = json.loads(run_andon(home, "init", "--json", "--another-key"))
    assert made["operator_key"] != another["operator_key"]
    with started(home, "serve", "--port", "0") as (said, process):
        assert said["clock"] == "manual"
        for key in (made["operator_key"], another["operator_key"]):
            assert Client(said["url"], key).get("/keys").status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert running_under(home) == []


def test_serving_needs_no_preparation_and_ends_with_everything_it_started(home: Path) -> None:
    with started(home, "serve", "--port", "0") as (said, process):
        assert Client(said["url"]).get("/readyz").status == 200
        stood = Client(said["url"]).get("/clock").body["now"]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert running_under(home) == []
    with started(home, "serve", "--port", "0") as (said, _):
        assert Client(said["url"]).get("/clock").body == {"now": stood, "kind": "manual", "rate": 0.0}


def test_stop_ends_api_and_worker_and_server(home: Path) -> None:
    with started(home, "serve", "--port", "0") as (said, api), started(home, "work") as (works, worker):
        assert works["working"] is True
        assert Client(said["url"]).get("/readyz").status == 200
        stopped = json.loads(run_andon(home, "stop", "--json"))
        assert stopped["processes"] == [f"serve-{api.pid}", f"work-{worker.pid}"]
        assert (api.wait(30), worker.wait(30)) == (0, 0)
    assert running_under(home) == []
    assert json.loads(run_andon(home, "stop", "--json")) == {"processes": [], "server": False}


def test_the_note_of_a_killed_process_stops_nobody(home: Path) -> None:
    with started(home, "serve", "--port", "0") as (_, process):
        process.kill()
        process.wait()
        stopped = json.loads(run_andon(home, "stop", "--json"))
    assert stopped == {"processes": [], "server": True}


def test_an_address_that_is_taken_is_told(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = failing(home, "serve", "--port", str(taken.getsockname()[1]))
    assert "cannot listen on 127.0.0.1" in said


def test_a_setting_that_cannot_be_is_told_by_its_name(home: Path) -> None:
    assert "ANDON_CLOCK" in failing(home, "serve", ANDON_CLOCK="sometimes")
    assert not home.exists()


def test_a_clock_that_is_ahead_of_the_wall_is_not_put_back(home: Path) -> None:
    key = json.loads(run_andon(home, "init", "--json"))["operator_key"]
    with started(home, "serve", "--port", "0") as (said, _):
        assert Client(said["url"], key).post("/clock/advance", {"by": "P30D"}).status == 200
        run_andon(home, "stop")
    assert "clock.backwards" in failing(home, "serve", "--port", "0", ANDON_CLOCK="real")


def test_the_schema_is_brought_up_to_date_once(home: Path) -> None:
    assert json.loads(run_andon(home, "migrate", "--json")) == {"database": "andon", "migrated": True}
    assert json.loads(run_andon(home, "migrate", "--json")) == {"database": "andon", "migrated": False}
    roles = run_andon(home, "migrate", "--print-roles")
    for login in ("andon_owner", "andon_app", "andon_line"):
        assert f'create role "{login}"' in roles
    assert "nobypassrls" in roles


def test_help_names_every_command(home: Path) -> None:
    shown = run_andon(home, "--help")
    for command in ("serve", "work", "stop", "migrate", "init"):
        assert command in shown
    run_andon(home, "no-such-command", status=2)
