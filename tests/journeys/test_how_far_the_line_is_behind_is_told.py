"""What each station of the line waits for is told to the platform, and what it should have done by now."""

from datetime import timedelta

from andon.app.health_api import stations
from andon.kernel.clock import set_clock
from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.worlds import NOON


def test_a_station_is_late_where_nobody_has_run_the_line(
    andon: Running, operator: Client, world: World
) -> None:
    assert operator.post("/clock/advance", {"by": "PT1H"}).status == 200
    told = operator.get("/line").body
    assert [each["name"] for each in told["stations"]] == list(stations())
    assert [each["name"] for each in told["stations"] if each["late"]] == []
    assert (told["failing_messages"], told["broken_suppliers"], told["broken_subscribers"]) == (0, 0, 0)
    with andon.database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON + timedelta(days=40))
    late = {each["name"] for each in operator.get("/line").body["stations"] if each["late"]}
    assert {"statements", "audit"} <= late
    assert world.seller.get("/line").status == 403


def test_what_a_code_of_a_refusal_is_called_is_told_to_anyone(anyone: Client) -> None:
    titles = anyone.get("/problems").body["titles"]
    assert titles["page.cursor"] == {"en": "Not a cursor of this list", "zh-CN": "分页游标无效"}
    refused = anyone.get("/policies/none")
    assert titles[refused.body["code"]]["en"] == refused.body["title"]
