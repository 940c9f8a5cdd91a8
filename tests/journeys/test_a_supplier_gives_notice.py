"""A supplier says that it leaves: its sellers hear, its open work goes to others, and on its day the binding ends by its own letter."""

from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest

from tests.clients import Client
from tests.journeys.blackbox import good, problem
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.signatures import openssl_says
from tests.worlds import NOON

DAY = (NOON + timedelta(days=7)).isoformat().replace("+00:00", "Z")
NOTICE = {
    "leaves_at": DAY,
    "name": "王五",
    "alternatives": [{"supplier_sku": "I-S-1", "note": "the other warehouse has the same cloth"}],
}


def open_at(client: Client) -> list[int]:
    return [
        each["order_id"]
        for each in good(client.get("/supplier/fulfilments?limit=200"))["items"]
        if each["state"] == "pushed"
    ]


@pytest.mark.clause("EXIT-3")
def test_a_supplier_leaves_by_its_own_notice(
    andon: Running, operator: Client, world: World, anyone: Client, tmp_path: Path
) -> None:
    here, first = f"/shops/{world.shop.shop_id}", world.first
    orders = [world.sell(str(number))["order_id"] for number in range(30)]
    announced = good(first.post("/supplier/departures", NOTICE), 201)["departures"]
    assert [(each["shop_id"], each["state"], each["open"]) for each in announced] == [
        (world.shop.shop_id, "announced", 30)
    ]
    problem(first.post("/supplier/departures", NOTICE), 409, "departure.announced")
    problem(world.second.delete(f"/supplier/departures/{announced[0]['id']}"), 404, "departure.not_found")

    [told] = good(world.seller.get(f"{here}/departures"))["items"]
    assert told["leaves_at"] == DAY
    assert told["alternatives"] == [
        {
            "supplier_sku": "I-S-1",
            "skus": ["S-1"],
            "supplier_id": None,
            "note": NOTICE["alternatives"][0]["note"],
        }
    ]
    assert "departure.announced" in [
        each["kind"] for each in good(world.seller.get(f"{here}/notices"))["items"]
    ]
    assert sorted(open_at(first)) == orders

    rerouted = good(world.seller.post(f"{here}/departures/{told['id']}/reroute"))
    assert rerouted == {"rerouted": 30, "successors": 30}
    assert open_at(first) == []
    assert sorted(open_at(world.second)) == orders

    assert operator.post("/clock/advance", {"by": "P7D"}).status == 200
    [gone] = good(world.seller.get(f"{here}/departures"))["items"]
    assert (gone["state"], gone["left_at"]) == ("left", DAY)
    [letter] = good(first.get("/supplier/letters"))["items"]
    assert (letter["state"], letter["signed_name"], letter["factor"]) == ("proven", "王五", "notice")
    paper = first.get(f"/supplier/letters/{letter['id']}.pdf").raw
    text = pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range()
    assert "王五" in text
    assert "供应商退出通知" in text
    trusted = anyone.get("/documents/authority.pem").raw.decode()
    assert openssl_says(tmp_path, paper, trusted) == "CAdES Verification successful\n"
    world.sell("after")
    assert open_at(first) == []


def test_a_notice_is_taken_back(world: World, operator: Client) -> None:
    [announced] = good(world.first.post("/supplier/departures", NOTICE), 201)["departures"]
    back = good(world.first.delete(f"/supplier/departures/{announced['id']}"))["departure"]
    assert back["state"] == "withdrawn"
    assert operator.post("/clock/advance", {"by": "P8D"}).status == 200
    [binding] = good(world.first.get("/supplier/bindings"))["items"]
    assert binding["state"] == "active"
