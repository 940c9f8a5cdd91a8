"""`andon bench`, with tiny sizes: every figure is taken and told alone on stdout, and profiles lie beside them."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from andon.app.bench.runner import MEASURES
from tests.conftest import MARK
from tests.journeys.blackbox import ANDON, environment_of, run_andon
from tests.places import roots

FIXED = {
    "intake_bulk_ratio", "intake_wide_ratio", "intake_single_ratio", "accept_per_second", "push_per_second",
    "push_p99_ms", "scans_per_second", "settle_200k_seconds", "settle_ratio", "list_flatness", "gate_flatness", "gate_ms",
    "claim_flatness",
    "score_ms", "what_if_seconds", "insights_ms",
}  # fmt: skip


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir=roots()[0]))
    yield folder / "andon"
    run_andon(folder / "andon", "stop")
    shutil.rmtree(folder)


def bench(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(ANDON), "bench", *arguments],
        env=environment_of(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )


def test_every_figure_has_its_measure_and_its_target():
    assert {
        name for measure in MEASURES for name, target in measure.targets.items() if str(target) != "-"
    } >= FIXED


def test_figures_are_told_alone_on_stdout_and_profiles_lie_beside_them(home: Path):
    done = bench(home, "--quick", "--json", "--only", "bulk", "--only", "settle_200k_seconds")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(figures) == {
        "intake_bulk_ratio", "intake_wide_ratio", "intake_bulk_per_second", "settle_200k_seconds",
        "settle_million_seconds", "settle_bare_seconds", "settle_ratio",
    }  # fmt: skip
    assert all(value > 0 for value in figures.values())
    assert {path.name for path in (home / "bench").iterdir()} == {
        "bulk_hot.txt",
        "bulk_wide.txt",
        "settle.txt",
        "settle_million.txt",
    }


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_figure_is_taken(home: Path):
    done = bench(home, "--quick", "--json")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {name for measure in MEASURES for name in measure.targets}


def test_a_figure_that_there_is_not_is_refused_by_name(home: Path):
    done = bench(home, "--only", "bogomips")
    assert (done.returncode, done.stdout) == (1, "")
    assert "bogomips" in done.stderr
