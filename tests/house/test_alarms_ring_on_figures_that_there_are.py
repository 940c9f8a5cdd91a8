"""The alarms that an operator is given look at figures that there are, and each is explained."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from andon.kernel.http.metrics import Metrics

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
ALARMS = (RUNBOOKS / "alarms.yml").read_text()
FIGURE = re.compile(r"\bandon_[a-z0-9_]+")


def test_every_figure_that_an_alarm_looks_at_is_one_of_ours() -> None:
    expressions = "\n".join(re.findall(r"expr: (.*(?:\n {12}.*)*)", ALARMS))
    wanted = set(FIGURE.findall(expressions)) - {"andon_line"}  # a label's value
    metrics = Metrics()
    metrics.watch_pools({})
    kept = {family.name for family in metrics.registry.collect()}
    assert len(wanted) > 10
    assert {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in wanted} <= kept


def test_every_alarm_is_explained() -> None:
    explained = (RUNBOOKS / "alarms.md").read_text()
    names = re.findall(r"- alert: (\w+)", ALARMS)
    assert len(names) == len(set(names))
    assert [name for name in names if f"`{name}`" not in explained] == []


@pytest.mark.skipif(not shutil.which("promtool"), reason="only where Prometheus' promtool is installed")
@pytest.mark.parametrize("asked", [("check", "alarms.yml"), ("test", "alarms-tried.yml")])
def test_prometheus_takes_them_and_they_ring_as_they_should(asked: tuple[str, str]) -> None:
    what, file = asked
    done = subprocess.run(
        ["promtool", what, "rules", file], cwd=RUNBOOKS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
