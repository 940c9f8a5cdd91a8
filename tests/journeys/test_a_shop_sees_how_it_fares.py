"""A shop sells, ships and takes something back; its insights say so, as JSON and as a sheet, and so does its report."""

import csv
import io
import json
from pathlib import Path

import pytest

from andon.app.cli import main
from andon.kernel.settings import Settings
from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds_audit import assert_all_well

WINDOW = "from=2026-03-02&until=2026-03-09"


def advance(operator: Client, *by: str) -> None:
    for each in by:
        assert operator.post("/clock/advance", {"by": each}).status == 200


def test_what_was_shipped_delivered_and_asked_back_stands_in_insights_and_on_the_report(
    andon: Running,
    operator: Client,
    world: World,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = f"/shops/{world.shop.shop_id}"
    orders = [world.sell(f"I-{number}")["order_id"] for number in range(3)]
    work = [each["id"] for each in world.first.get("/supplier/fulfilments?state=pushed").body["items"]]
    for number in work[:2]:
        path = f"/supplier/fulfilments/{number}"
        assert world.first.post(f"{path}/accept").status == 200
        assert world.first.post(f"{path}/labelled", LABEL | {"waybill": f"I{number}"}).status == 200
    assert world.first.post(f"/supplier/fulfilments/{work[2]}/reject", {"code": "other"}).status == 200
    advance(operator, "P5D")
    first, second = (f"I{number}" for number in work[:2])
    told = world.scan((first, "collected", 6), (first, "delivered", 72), (second, "collected", 30.5))
    assert told == ["recorded"] * 3
    asked = {"order_id": orders[0], "lines": [{"sku": "S-1", "quantity": 1}], "reason": "unwanted"}
    body = [asked | {"requested_at": "2026-03-06T04:00:00Z"}]
    back = world.first.post(f"{here}/returns", body)
    assert [each["status"] for each in back.body["results"]] == ["created"], back
    advance(operator, "PT10M")

    found = world.seller.get(f"{here}/insights?{WINDOW}").body
    shares = {each["name"]: each for each in found["shares"] if each["way"] is None}
    assert (shares["return_rate"]["numerator"], shares["return_rate"]["share"]) == (1, "1.0000")
    assert (shares["rejection_rate"]["numerator"], shares["rejection_rate"]["denominator"]) == (1, 3)
    times = {each["name"]: each for each in found["times"] if each["way"] == "jit"}
    assert (times["to_ship"]["mean_hours"], times["to_ship"]["p50_hours"], times["to_ship"]["p90_hours"]) == (
        "18.25",
        6,
        31,
    )
    assert (times["to_deliver"]["orders"], times["to_deliver"]["mean_hours"]) == (1, "72.00")
    assert [day["placed"] for day in found["days"]] == [3, 0, 0, 0, 0, 0, 0]
    assert [day["groups"]["in_transit"] for day in found["days"]] == [1, 2, 2, 1, 1, 1, 1]
    best, worst = found["suppliers"]
    assert (best["supplier_id"], worst["supplier_id"]) == world.shop.supplier_ids, "the second never answered"
    assert (found["maturing"], found["exits"]) == (1, [])

    sheet = world.seller.get(f"{here}/insights?{WINDOW}", Accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(sheet.raw.decode())))
    [rate] = [row for row in rows if row["figure"] == "return_rate" and not row["way"]]
    assert (rate["count"], rate["of"], rate["value"]) == ("1", "1", "1.0000")
    [placed] = [row for row in rows if row["figure"] == "placed" and row["day"] == "2026-03-02"]
    assert placed["count"] == "3"

    assert world.seller.get(f"{here}/insights?from=2026-03-09&until=2026-03-02").code == "insights.window"
    assert world.first.get(f"{here}/insights").status == 403
    assert world.seller.get("/insights/exits").status == 403
    assert operator.get("/insights/exits").body["exits"] == []

    monkeypatch.setenv("ANDON_HOME", str(settings.home))
    file, charts = tmp_path / "march.pdf", tmp_path / "charts"
    arguments = ("report", str(world.shop.shop_id), "--month", "2026-03", "--database", andon.database.name)
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--output", str(file), "--charts", str(charts), "--json"])
    assert ended.value.code == 0
    said = json.loads(capsys.readouterr().out)
    figures = {each["name"][0]: (each["now"], each["of"]) for each in said["figures"]}
    assert figures["orders placed"] == ("3", "")
    assert figures["return rate, 7 days"] == ("100.00 %", "1 / 1")
    assert figures["placed to shipped, hours"] == ("18.25 · 6 · 31", "2")
    assert file.read_bytes().startswith(b"%PDF-")
    paper = world.seller.get(f"{here}/insights/2026-03.pdf")
    assert (paper.status, paper.raw) == (200, file.read_bytes()), "the same facts make the same bytes"
    assert world.seller.get(f"{here}/insights/2026-04.pdf").code == "insights.window"
    assert world.seller.get(f"{here}/insights/2026-13.pdf").status == 422
    assert world.first.get(f"{here}/insights/2026-03.pdf").status == 403
    assert sorted(each.name for each in charts.iterdir()) == [
        f"{name}.{form}" for name in ("days", "groups", "times") for form in ("png", "svg")
    ]
    assert (charts / "days.png").read_bytes().startswith(b"\x89PNG")
    assert (charts / "days.svg").read_bytes().startswith(b"<svg")
    for month in ("2026-13", "2026-04"):
        with pytest.raises(SystemExit) as ended:
            main(["report", str(world.shop.shop_id), "--month", month, "--database", andon.database.name])
        assert ended.value.code == 1
        assert "andon: " in capsys.readouterr().err
    assert_all_well(andon.database)
