"""Festival, dead endpoint, short shelf, wrong address, split parcel, lost bag: and every order is accounted for.

Six orders on one day; it is told as it goes, hour by hour.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from tests.clients import Answer, Client
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.journeys.test_a_supplier_is_down_for_a_day import Dock
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_push import cooled
from tests.worlds_supply import Sink, a_sink

ORDERS = ("plain", "short", "wrong", "split", "lost", "unwanted")
FESTIVAL_ENDS = NOON + timedelta(hours=24)


@dataclass
class Day:
    """The parties of the day, and the clock in the operator's hand."""

    world: World
    operator: Client
    orders: dict[str, int]

    @property
    def here(self) -> str:
        return f"/shops/{self.world.shop.shop_id}"

    def advance(self, by: str) -> datetime:
        moved = self.operator.post("/clock/advance", {"by": by})
        assert moved.status == 200, moved
        return datetime.fromisoformat(moved.body["now"])

    def order(self, name: str) -> Any:
        return self.world.seller.get(f"{self.here}/orders/{self.orders[name]}").body

    def part(self, name: str) -> Any:
        """The order's newest fulfilment."""
        return max(self.order(name)["fulfilments"], key=lambda each: int(each["id"]))

    def act(self, name: str, act: str, body: Any = None, who: Client | None = None) -> Answer:
        """Its supplier says something of its newest fulfilment."""
        path = f"/supplier/fulfilments/{self.part(name)['id']}/{act}"
        answer = (who or self.world.first).post(path, body)
        assert answer.status == 200, answer
        return answer

    def scan(self, status: str, *waybills: str) -> None:
        now = self.operator.get("/clock").body["now"]
        told = [{"waybill": each, "status": status, "occurred_at": now} for each in waybills]
        answer = self.world.carrier.post("/carriers/cainiao/scans", told)
        assert [each["status"] for each in answer.body["results"]] == ["recorded"] * len(waybills), answer


@contextmanager
def a_dead_dock(world: World) -> Iterator[tuple[Dock, Sink]]:
    dock = Dock(alive=False)
    with a_sink(dock.take) as sink:
        assert world.first.put("/supplier/endpoint", {"url": sink.url}).status == 200
        yield dock, sink


def a_morning(day: Day) -> None:
    """The first supplier keeps a festival, and its endpoint is dead."""
    festival = {
        "reason": "festival",
        "suppliers": [day.world.shop.supplier_ids[0]],
        "since": NOON.isoformat(),
        "until": FESTIVAL_ENDS.isoformat(),
    }
    assert day.operator.post("/exemptions", festival).status == 201
    for name in ORDERS:
        day.orders[name] = day.world.sell(name)["order_id"]
    day.advance("PT2H")
    assert {day.part(name)["state"] for name in ORDERS} == {"reserved"}, "nobody could be told"


def the_dock_comes_back(day: Day, dock: Dock, sink: Sink, database: Database) -> None:
    dock.alive = True
    cooled(database)
    day.advance("PT3H")
    assert sorted(dock.accepted) == sorted(int(day.part(name)["id"]) for name in ORDERS), "each once"
    assert len({headers["webhook-id"] for headers, _ in sink.heard}) == len(ORDERS)
    pushed = day.part("plain")
    [stop] = pushed["stopped"]
    assert (stop["why"], stop["reason"]) == ("exemption", "festival")
    assert datetime.fromisoformat(pushed["answer_due_at"]) == FESTIVAL_ENDS + timedelta(hours=24)
    day.advance("PT20H")
    assert day.part("plain")["flags"] == [], "within the festival nobody is late"
    acts = [{"id": int(day.part(name)["id"]), "action": "accept"} for name in ORDERS]
    assert {
        each["status"] for each in day.world.first.post("/supplier/fulfilments/bulk", acts).body["results"]
    } == {"done"}


def a_wrong_address_is_put_right(day: Day) -> None:
    path = f"{day.here}/orders/{day.orders['wrong']}/ship_to"
    written = {
        "name": "Ana Sol",
        "line1": "Calle Mayor 1",
        "city": "Madrid",
        "postcode": "ABC",
        "country": "ES",
    }
    said = day.world.seller.put(path, {"ship_to": written, "fault": "buyer"})
    assert "address_problem" in said.body["flags"]
    right = written | {"postcode": "28013", "line1": "Gran Vía 7"}
    said = day.world.seller.put(path, {"ship_to": right, "fault": "buyer"})
    assert (said.body["flags"], said.body["address"]["fault"]) == ([], "buyer")


def a_shelf_is_short(day: Day) -> None:
    """What the first has not, the second sends."""
    day.act("short", "cannot_fulfil", {"reason": "out_of_stock", "note": "empty bin"})
    assert len(day.order("short")["fulfilments"]) == 2
    assert day.part("short")["supplier_id"] == day.world.shop.supplier_ids[1]
    day.act("short", "accept", who=day.world.second)
    day.act("short", "labelled", {"waybill": "SHORT-1", **LABEL}, who=day.world.second)


def a_buyer_wants_it_no_more(day: Day) -> None:
    path = f"{day.here}/orders/{day.orders['unwanted']}/cancel"
    for _ in range(3):
        assert day.world.seller.post(path, {"reason": "buyer"}).status == 200
    day.act("unwanted", "cancellation", {"answer": "accepted"})


def an_order_leaves_in_two_boxes(day: Day) -> None:
    """The first label of the second box is torn: its number counts for nothing from then on."""
    day.act("split", "labelled", {"waybill": "SPLIT-1", **LABEL})
    day.act("split", "labelled", {"waybill": "SPLIT-TORN", **LABEL})
    day.act("split", "void_label", {"carrier": "cainiao", "waybill": "SPLIT-TORN"})
    day.act("split", "labelled", {"waybill": "SPLIT-2", **LABEL})
    parcels = {each["waybill"]: each for each in day.part("split")["parcels"]}
    assert {number for number, each in parcels.items() if not each["voided_at"]} == {"SPLIT-1", "SPLIT-2"}
    for name in ("plain", "wrong", "lost"):
        day.act(name, "labelled", {"waybill": f"{name.upper()}-1", **LABEL})


def the_van_takes_them(day: Day) -> None:
    note = day.world.first.post("/supplier/handovers", {"carrier": "cainiao"})
    assert (note.status, note.body["parcels"]) == (201, 5)
    path = f"/supplier/handovers/{note.body['id']}"
    own = ["PLAIN-1", "WRONG-1", "LOST-1", "SPLIT-1", "SPLIT-2"]
    assert day.world.first.post(f"{path}/scan", {"waybills": own}).body["missing"] == []
    driver = {"signed_by": "王师傅", "role": "driver", "signature": "pad-17"}
    assert day.world.first.post(f"{path}/sign", driver).status == 200
    day.scan("collected", *own, "SHORT-1")
    day.advance("PT50H")
    day.scan("delivered", "PLAIN-1", "WRONG-1", "SHORT-1", "SPLIT-1")
    day.scan("lost", "LOST-1")
    assert day.part("split")["state"] == "shipped", "one of its boxes is still on its way"
    day.advance("PT5H")
    day.scan("delivered", "SPLIT-2")


@pytest.mark.clause("MODE-3")
@pytest.mark.clause("MODE-4")
@pytest.mark.clause("FEE-4")
def test_every_order_of_a_whole_bad_day_is_accounted_for(
    world: World, operator: Client, andon: Running
) -> None:
    day = Day(world, operator, {})
    funds = {"amount": {"amount": "1000.00", "currency": "CNY"}}
    assert world.seller.post(f"{day.here}/funds/deposits", funds).status == 201
    with a_dead_dock(world) as (dock, sink):
        a_morning(day)
        the_dock_comes_back(day, dock, sink, andon.database)
        a_wrong_address_is_put_right(day)
        a_shelf_is_short(day)
        a_buyer_wants_it_no_more(day)
        an_order_leaves_in_two_boxes(day)
        assert_all_well(andon.database)
        the_van_takes_them(day)
        day.advance("P20D")

    ended = {name: day.order(name)["group"] for name in ORDERS}
    assert ended == dict.fromkeys(("plain", "short", "wrong", "split"), "completed") | {
        "lost": "lost",
        "unwanted": "cancelled",
    }
    charges = world.seller.get(f"{day.here}/charges?limit=100").body["items"]
    states = {(each["order_id"], each["state"]) for each in charges}
    assert states == {(day.orders[name], "settled") for name in ("plain", "short", "wrong", "split")} | {
        (day.orders["lost"], "waived")
    }
    freight = [each for each in charges if each["kind"] == "freight" and each["state"] == "settled"]
    assert len(freight) == 5, "one for each box that arrived; the torn label's costs nothing"
    with transaction(andon.database) as tx:
        [pool] = tx.rows(
            "select counted from pools where supplier_id = :first and item = 'I-S-1'",
            first=world.shop.supplier_ids[0],
        )
    sent = 2 * len(("plain", "wrong", "split", "lost"))
    assert pool.counted < 100 - sent, "what was not on the shelf is not in the books"
    assert_all_well(andon.database)
