"""A supplier keeps Spring Festival, works the Saturday that makes up for it, and is hit by a storm told of too late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from andon.app.serve import serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import World, world_of
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_calendars import there
from tests.worlds_orders import MADRID
from tests.worlds_partners import open_demo_shop

FRIDAY = there("2026-02-13", 12)
MOMENT = timedelta(microseconds=1)
NINE_TO_SIX = {"opens": "09:00", "cut_off": "18:00"}
CALENDAR = {
    "zone": "Asia/Shanghai",
    "week": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), NINE_TO_SIX),
    "public_holidays": "CN",
}


@pytest.fixture
def andon(database: Database, settings: Settings) -> Iterator[Running]:
    """The clock stands at the Friday before the festival."""
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, FRIDAY)
    with serving(database, settings) as running:
        yield Running(running.url, database, running)


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database, FRIDAY) as tx:
        shop = open_demo_shop(tx)
    return world_of(andon.url, andon.database, shop)


def advance(operator: Client, to: datetime) -> None:
    now = datetime.fromisoformat(operator.get("/clock").body["now"])
    by = f"PT{(to - now) // MOMENT / 1_000_000:.6f}S"
    assert operator.post("/clock/advance", {"by": by}).status == 200


def sell(world: World, number: str, at: datetime) -> int:
    order = {
        "channel": "demo",
        "channel_order_no": number,
        "placed_at": at.isoformat(),
        "ship_to": MADRID,
        "lines": [{"sku": "S-1", "quantity": 1, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
    }
    answer = world.seller.post(f"/shops/{world.shop.shop_id}/orders/bulk", {"orders": [order]})
    number_of: int = answer.body["results"][0]["order_id"]
    return number_of


def seen(world: World, order: int) -> Any:
    return world.seller.get(f"/shops/{world.shop.shop_id}/orders/{order}").body


def part(world: World, order: int) -> Any:
    return seen(world, order)["fulfilments"][0]


def instant(text: str | None) -> datetime | None:
    return text and datetime.fromisoformat(text)


@pytest.mark.clause("MODE-3")
@pytest.mark.clause("MODE-4")
def test_nothing_is_flagged_while_it_is_closed_and_all_exactly_when_its_clock_has_run(
    world: World, operator: Client, andon: Running
) -> None:
    early = sell(world, "A-1", FRIDAY)
    answer = world.first.put("/supplier/calendar", CALENDAR)
    assert (answer.status, answer.body["holidays_known_until"]) == (200, "2026-12-31")
    assert world.first.get("/supplier/calendar").body == answer.body
    saturday = there("2026-02-14", 15)
    due = there("2026-02-14", 12)
    advance(operator, due - MOMENT)
    assert part(world, early)["flags"] == []
    advance(operator, due)
    assert part(world, early)["flags"] == ["late_answer"], "the Saturday before the festival is worked"

    advance(operator, saturday)
    order = sell(world, "A-2", saturday)
    late = sell(world, "A-3", there("2026-02-14", 14))
    shown = part(world, order)
    assert instant(shown["answer_due_at"]) == there("2026-02-24", 15)
    assert instant(shown["stuck_due_at"]) == there("2026-02-26", 15)
    [stop] = shown["stopped"]
    assert (stop["why"], instant(stop["since"]), instant(stop["until"])) == (
        "day_off", there("2026-02-15"), there("2026-02-24"),
    )  # fmt: skip
    advance(operator, there("2026-02-24", 15) - MOMENT)
    assert [part(world, each)["flags"] for each in (order, late)] == [[], []]
    advance(operator, there("2026-02-24", 16))
    assert part(world, order)["flags"] == ["late_answer"]

    supplier = world.shop.supplier_ids[0]
    assert operator.put(f"/suppliers/{supplier}/place", {"place": "CN-ZJ"}).status == 200
    storm = {
        "reason": "storm",
        "region": "CN-ZJ",
        "note": "台风",
        "since": there("2026-02-24", 10).isoformat(),
        "until": there("2026-02-24", 20).isoformat(),
    }
    declared = operator.post("/exemptions", storm)
    assert declared.status == 201
    soon(lambda: part(world, order)["flags"] == [])
    shown = part(world, order)
    assert instant(shown["answer_due_at"]) == there("2026-02-25", 1)
    assert [(each["why"], each["reason"]) for each in shown["stopped"]] == [
        ("day_off", None),
        ("exemption", "storm"),
    ]
    story = world.seller.get(f"/shops/{world.shop.shop_id}/orders/{order}/story").body
    texts = [each["text"] for each in story["moments"]]
    assert any("a storm" in str(text) and "风暴" in str(text) for text in texts), texts
    assert [each["id"] for each in world.first.get("/exemptions").body["items"]] == [declared.body["id"]]

    advance(operator, there("2026-02-25", 1) - MOMENT)
    assert part(world, order)["flags"] == []
    advance(operator, there("2026-02-25", 1))
    assert part(world, order)["flags"] == ["late_answer"]
    advance(operator, there("2026-02-27", 1) - MOMENT)
    assert part(world, order)["flags"] == ["late_answer"]
    advance(operator, there("2026-02-27", 1))
    assert part(world, order)["flags"] == ["stuck", "late_answer"]
    assert_all_well(andon.database)


@pytest.mark.clause("MODE-3")
def test_an_exemption_that_ends_early_lets_the_clock_run_from_then(world: World, operator: Client) -> None:
    order = sell(world, "A-1", FRIDAY)
    strike = {
        "reason": "strike",
        "suppliers": list(world.shop.supplier_ids),
        "since": FRIDAY.isoformat(),
        "until": (FRIDAY + timedelta(days=9)).isoformat(),
    }
    path = f"/exemptions/{operator.post('/exemptions', strike).body['id']}/end"
    soon(lambda: instant(part(world, order)["answer_due_at"]) == FRIDAY + timedelta(days=10))
    advance(operator, FRIDAY + timedelta(hours=40))
    ended = operator.post(path)
    assert instant(ended.body["until"]) == FRIDAY + timedelta(hours=40)
    assert operator.post(path).body == ended.body, "again changes nothing"
    soon(lambda: instant(part(world, order)["answer_due_at"]) == FRIDAY + timedelta(hours=64))
    advance(operator, FRIDAY + timedelta(hours=64))
    assert part(world, order)["flags"] == ["late_answer"]


def test_others_set_and_end_nothing_and_what_cannot_be_is_refused_with_its_code(
    world: World, operator: Client, andon: Running
) -> None:
    supplier = world.shop.supplier_ids[0]
    assert world.first.get("/supplier/calendar").code == "calendar.not_found"
    assert world.first.delete("/supplier/calendar").code == "calendar.not_found"
    assert world.seller.put("/supplier/calendar", CALENDAR).status == 403
    for client in (world.first, world.seller):
        assert client.put(f"/suppliers/{supplier}/calendar", CALENDAR).status == 403
        assert client.put(f"/suppliers/{supplier}/place", {"place": "CN"}).status == 403
        assert client.post("/exemptions/1/end").status == 403
    assert operator.put("/suppliers/4711/calendar", CALENDAR).code == "supplier.not_found"
    assert operator.put("/suppliers/4711/place", {"place": None}).code == "supplier.not_found"
    day = {"on": "2026-02-30", "hours": None}
    for changes, code in (
        ({"week": {}}, "calendar.week"),
        ({"zone": "Mars"}, "calendar.zone"),
        ({"week": {"monday": NINE_TO_SIX | {"opens": "18:00"}}}, "calendar.hours"),
        ({"week": {"monday": NINE_TO_SIX | {"opens": "9"}}}, "request.invalid"),
        ({"week": {"funday": NINE_TO_SIX}}, "request.invalid"),
        ({"public_holidays": "XX"}, "request.invalid"),
        ({"days": [day]}, "calendar.day"),
        ({"days": [day | {"on": "2036-02-20"}]}, "calendar.day"),
        ({"days": [day | {"on": "2026-02-20"}] * 2}, "calendar.day"),
        ({"days": [day | {"on": "2026-02-20"}] * 401}, "request.invalid"),
    ):
        refused = world.first.put("/supplier/calendar", CALENDAR | changes)
        assert (refused.status, refused.code) == (422, code), changes
    own = CALENDAR | {"days": [{"on": "2026-02-16", "hours": {"opens": "00:00", "cut_off": "24:00"}}]}
    assert world.first.put("/supplier/calendar", own).body["days"] == own["days"]
    assert world.second.get("/supplier/calendar").status == 404
    assert operator.get(f"/suppliers/{supplier}/calendar").body["days"] == own["days"]
    assert world.first.delete("/supplier/calendar").status == 204
    assert operator.get(f"/suppliers/{supplier}/calendar").status == 404
