"""`andon exit` and `andon explain`: a shop looks before it leaps, leaves, and is told its story."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from andon.app.cli import main
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World, world_of
from tests.worlds import transaction
from tests.worlds_audit import everything
from tests.worlds_partners import open_demo_shop

Run = Callable[..., str]


def command(status: int, *arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == status


def await_made(database: Database, table: str, seconds: float = 30) -> None:
    """Wait for what is made beside the line."""
    began = time.monotonic()
    while not everything(database)[table]:
        assert time.monotonic() - began < seconds, f"nothing came into {table}"
        time.sleep(0.05)


def told_apart(database: Database) -> dict[str, list[Any]]:
    """Every row but those of the night's audit, which runs beside whatever else does, and of how often somebody called."""
    rows = everything(database)
    del rows["audits"], rows["call_counts"]
    return rows | {"events": [row for row in rows["events"] if not row.startswith("(0,")]}


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, suppliers=2)
    world = world_of(andon.url, andon.database, shop)
    world.sell("one")
    return world


@pytest.fixture
def run(
    andon: Running, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("ANDON_URL", andon.url)
    monkeypatch.setenv("ANDON_KEY", key_for(andon.database, "shop", world.shop.shop_id))
    monkeypatch.setenv("COLUMNS", "80")

    def said(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        command(status, "exit", str(world.shop.shop_id), *arguments)
        told = capsys.readouterr()
        return told.err if status else told.out

    return said


@pytest.mark.clause("EXIT-1")
def test_a_shop_sees_what_leaving_would_be_and_nothing_changes(
    andon: Running, world: World, run: Run
) -> None:
    assert "If it left now" in run()
    await_made(andon.database, "documents")  # the paper of its authorisation
    before = told_apart(andon.database)
    found: dict[str, Any] = json.loads(run("rehearse", "--reason", "mistake", "--json"))
    assert told_apart(andon.database) == before
    assert found["offers"] == ["withdraw", "product_exit"]
    assert found["blocker_counts"] == {"open_order": 1, "unanswered_order": 1, "live_grant": 2}
    assert found["orders"] == {"open": 1, "by_state": {"pushed": 1}}
    assert found["products"] == {"count": 2, "skus": ["S-1", "S-2"]}
    assert (found["before"]["plan"], found["after"]["plan"]) == (
        ["cainiao_jit", "cainiao_standard"],
        ["cainiao_standard"],
    )
    assert [(each["after"], each["open_fulfilments"]) for each in found["grants"]] == [
        ("ended", 1),
        ("ended", 0),
    ]
    assert found["unsold"][0]["choices"] == ["stock_up", "unlist", "supplier_ships"]
    assert found["forecast"]["parts"][0]["basis"] == "policy"
    shown = run("rehearse")
    assert "nothing was changed" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.clause("EXIT-1", "EXIT-3", "EXIT-4", "EXIT-5", "EXIT-6")
def test_a_shop_leaves_step_by_step_and_is_told_its_story(
    andon: Running,
    world: World,
    operator: Client,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> None:
    assert "1 Clear the queue" in run("start", "--reason", "cost")
    started = json.loads(run("--json"))
    assert started["state"] == "draining"
    assert started["forecast"]["p90"] > started["started_at"]
    assert "exit.blocked" in run("switch-off", status=1)
    [binding, other] = json.loads(run("unbind", "--json"))
    assert "binding.blocked" in run("unbind", str(binding["id"]), status=1)
    assert "a number is wanted" in run("unbind", "x", status=1)
    assert "say --name" in run("sign", "1", status=1)

    [part] = world.first.get("/supplier/fulfilments").body["items"]
    own = f"/supplier/fulfilments/{part['id']}"
    assert world.first.post(f"{own}/accept").status == 200
    assert world.first.post(f"{own}/labelled", LABEL | {"waybill": "W-1"}).status == 200
    assert world.scan(("W-1", "collected", 0), ("W-1", "delivered", 0)) == ["recorded"] * 2
    for each in (binding, other):
        letter = json.loads(run("unbind", str(each["id"]), "--json"))["letter_id"]
        assert json.loads(run("sign", str(letter), "--name", "李山", "--json"))["state"] == "signed"
    deposit = {"amount": {"amount": "100.00", "currency": "CNY"}}
    assert world.seller.post(f"/shops/{world.shop.shop_id}/funds/deposits", deposit).status == 201
    assert operator.post("/clock/advance", {"by": "P4D"}).status == 200
    thrown = run("switch-off")
    assert "strikes" in thrown
    assert "in 24 h 00 min" in thrown
    assert operator.post("/clock/advance", {"by": "PT25H"}).status == 200
    assert "✓  4 Verify" in run("--watch")  # it is over, so it looks once

    file = tmp_path / "certificate.pdf"
    run("certificate", str(file))
    assert file.read_bytes().startswith(b"%PDF-")

    leaving = json.loads(run("--json"))
    monkeypatch.setenv("ANDON_HOME", str(settings.home))
    for word in (f"exit:{leaving['id']}", leaving["ticket"]):
        command(0, "explain", word, "--database", andon.database.name, "--json")
        story = json.loads(capsys.readouterr().out)
        kinds = [moment["kind"] for moment in story["moments"]]
        assert kinds[:2] == ["enrolment.leaving", "exit.started"]
        assert kinds.count("letter.signed") == 2
        assert kinds.index("letter.signed") < kinds.index("exit.switch_thrown") < kinds.index("exit.done")
        assert kinds[-1] == "exit.certified"
        assert all(moment["text"]["en"] != moment["kind"] for moment in story["moments"])
    over_http = world.seller.get(f"/shops/{world.shop.shop_id}/exits/{leaving['id']}/story").body
    assert [moment["kind"] for moment in over_http["moments"]] == kinds
