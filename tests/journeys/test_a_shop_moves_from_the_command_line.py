"""`andon move`: a shop moves off JIT day by day, and takes it back."""

import json

import pytest

from andon.kernel.db import Database
from tests.clients import key_for
from tests.journeys.conftest import Running
from tests.journeys.test_a_shop_leaves_from_the_command_line import command
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop


@pytest.fixture
def shop(andon: Running, monkeypatch: pytest.MonkeyPatch) -> str:
    database: Database = andon.database
    with transaction(database) as tx:
        opened = open_demo_shop(tx, suppliers=1)
    monkeypatch.setenv("ANDON_URL", andon.url)
    monkeypatch.setenv("ANDON_KEY", key_for(database, "shop", opened.shop_id))
    monkeypatch.setenv("COLUMNS", "80")
    return str(opened.shop_id)


@pytest.mark.clause("MOVE-1")
def test_a_move_is_begun_shown_and_taken_back(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        command(status, "move", shop, *arguments)
        told = capsys.readouterr()
        return told.err if status else told.out

    assert "andon move SHOP begin" in run(status=1)
    assert "whole percents" in run("begin", "--ramp", "20,x", status=1)
    assert "SKU=CHOICE" in run("begin", "--choice", "unlist", status=1)
    assert "move.ramp" in run("begin", "--ramp", "60,20", status=1)
    begun = json.loads(run("begin", "--ramp", "20,60", "--choice", "S-1=stock_up", "--json"))
    assert (begun["state"], begun["ramp"], begun["choices"]) == (
        "running",
        [20, 60],
        {"none": 1, "stock_up": 1},
    )
    assert [day["planned"] for day in begun["days"]] == [10, 30, 50, 50, 50, 50, 100]
    shown = run()
    assert f"move {begun['id']}: running, until" in shown
    assert "30 %" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "先备货 1" in run("show", "--zh")
    assert "cancelled" in run("cancel")
