"""订单监控: a seller sees where orders stand; a channel cancels and confirms; a supplier answers and counts."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest

from andon.orders.order.rules import FulfilmentState
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.test_an_order_is_taken_whole_and_once_or_refused_with_a_code import an_order, with_line
from tests.worlds import transaction
from tests.worlds_orders import bring_to
from tests.worlds_partners import DemoShop, open_demo_shop


@dataclass
class World:
    """A shop, its first supplier and its channel."""

    shop: DemoShop
    seller: Client
    supplier: Client
    channel: Client
    andon: Running

    @property
    def path(self) -> str:
        return f"/shops/{self.shop.shop_id}/orders"

    def sell(self, *orders: dict[str, Any]) -> list[int]:
        """The numbers of orders that are all taken."""
        answer = self.seller.post(f"{self.path}/bulk", {"orders": list(orders)})
        assert {result["status"] for result in answer.body["results"]} == {"created"}, answer
        return [result["order_id"] for result in answer.body["results"]]

    def show(self, order: int) -> dict[str, Any]:
        """One order."""
        answer = self.seller.get(f"{self.path}/{order}")
        assert answer.status == 200, answer
        found: dict[str, Any] = answer.body
        return found

    def bring(self, order: int, state: FulfilmentState) -> int:
        """Let its only fulfilment come to that state; answers its number."""
        [part] = self.show(order)["fulfilments"]
        with transaction(self.andon.database) as tx:
            bring_to(tx, self.shop.shop_id, part["id"], state)
        number: int = part["id"]
        return number

    def listed(self, query: str = "") -> list[str]:
        """The channel's numbers of the orders that are listed."""
        answer = self.seller.get(f"{self.path}?{query}")
        assert answer.status == 200, answer
        return [order["channel_order_no"] for order in answer.body["items"]]


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, stock=50)
    return World(
        shop,
        Client(andon.url, key_for(andon.database, "shop", shop.shop_id)),
        Client(andon.url, key_for(andon.database, "supplier", shop.supplier_ids[0])),
        Client(andon.url, key_for(andon.database, "channel", "demo")),
        andon,
    )


def test_a_seller_finds_orders_by_group_flag_supplier_number_and_time(world: World) -> None:
    first, second, third = world.sell(
        an_order("A-1", placed_at="2026-03-01T00:00:00Z"), an_order("A-2"), an_order("A-3")
    )
    world.bring(first, FulfilmentState.DELIVERED)
    world.bring(second, FulfilmentState.SHIPPED)
    assert world.listed() == ["A-3", "A-2", "A-1"]
    assert world.listed("group=awaiting_shipment") == ["A-3"]
    assert world.listed("group=in_transit") == ["A-2"]
    assert world.listed("group=delivered") == ["A-1"]
    assert world.listed("flag=stuck") == []
    assert world.listed(f"supplier={world.shop.supplier_ids[0]}&group=delivered") == ["A-1"]
    assert world.listed(f"supplier={world.shop.supplier_ids[1]}") == []
    assert world.listed("channel_order_no=A-2") == ["A-2"]
    assert world.listed("placed_until=2026-03-02T00:00:00Z") == ["A-1"]
    assert world.listed("placed_from=2026-03-02T00:00:00Z") == ["A-3", "A-2"]
    for wrong in ("group=elsewhere", "flag=odd", "placed_from=2026-03-02T00:00:00", "colour=red"):
        assert world.seller.get(f"{world.path}?{wrong}").status == 422, wrong
    shown = world.show(third)
    assert shown["group"] == "awaiting_shipment"
    assert shown["goods"] == {"amount": "49.90", "currency": "CNY"}
    assert [part["state"] for part in shown["fulfilments"]] == ["pushed"]
    assert world.seller.get(f"{world.path}/999").code == "order.not_found"


def test_a_list_comes_in_pages_and_as_csv(world: World) -> None:
    world.sell(*(an_order(f"A-{number}") for number in range(5)))
    page = world.seller.get(f"{world.path}?limit=2").body
    assert [order["channel_order_no"] for order in page["items"]] == ["A-4", "A-3"]
    rest = world.listed(f"cursor={page['next_cursor']}")
    assert rest == ["A-2", "A-1", "A-0"]

    answer = world.seller.get(f"{world.path}?limit=2", Accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert page["next_cursor"] in answer.headers["link"]
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode())))
    assert [(row["channel_order_no"], row["goods"], row["states"]) for row in rows] == [
        ("A-4", "49.90", "pushed"),
        ("A-3", "49.90", "pushed"),
    ]


def test_an_order_that_nobody_has_accepted_is_cancelled_at_once(world: World) -> None:
    [order] = world.sell(an_order("1"))
    [part] = world.show(order)["fulfilments"]
    answer = world.channel.post(f"{world.path}/{order}/cancel", {"reason": "changed_mind"})
    assert (answer.status, answer.body["cancelled"]) == (200, [part["id"]]), answer
    assert answer.body["order"]["group"] == "cancelled"
    again = world.seller.post(f"{world.path}/{order}/cancel")
    assert (again.status, again.body["cancelled"], again.body["unchanged"]) == (200, [], [part["id"]])


def test_a_supplier_that_has_accepted_is_asked_and_answers(world: World) -> None:
    agreed, refused = world.sell(an_order("1"), an_order("2"))
    for order, answer, state in ((agreed, "accepted", "cancelled"), (refused, "refused", "labelled")):
        number = world.bring(order, FulfilmentState.LABELLED)
        path = f"/supplier/fulfilments/{number}/cancellation"
        assert world.supplier.post(path, {"answer": answer}).code == "cancellation.not_requested"
        assert world.seller.post(f"{world.path}/{order}/cancel").body["asked"] == [number]
        for _ in range(2):
            told = world.supplier.post(path, {"answer": answer})
            assert (told.status, told.body["state"]) == (200, state), told
        other = {"accepted": "refused", "refused": "accepted"}[answer]
        assert world.supplier.post(path, {"answer": other}).code == "cancellation.answered"
    assert world.supplier.post("/supplier/fulfilments/999/cancellation", {"answer": "accepted"}).status == 404


def test_what_has_left_is_not_cancelled_and_is_confirmed_once_it_is_delivered(world: World) -> None:
    [order] = world.sell(an_order("1"))
    confirm, cancel = f"{world.path}/{order}/confirm", f"{world.path}/{order}/cancel"
    assert world.channel.post(confirm).code == "order.not_delivered"
    world.bring(order, FulfilmentState.DELIVERED)
    assert (world.channel.post(cancel).status, world.channel.post(cancel).code) == (
        409,
        "order.already_shipped",
    )
    for _ in range(2):
        answer = world.channel.post(confirm)
        assert (answer.status, answer.body["group"]) == (200, "completed")


def test_a_channel_touches_its_own_orders_alone(world: World) -> None:
    [order] = world.sell(an_order("1", channel="other"))
    for act in ("cancel", "confirm"):
        assert world.channel.post(f"{world.path}/{order}/{act}").code == "order.not_found"


@pytest.mark.clause("STOCK-3")
def test_a_supplier_counts_less_than_was_promised_and_the_newest_go_to_the_next(world: World) -> None:
    old, new = world.sell(with_line("1", quantity=2), with_line("2", quantity=3))
    counted = world.supplier.put("/supplier/stock", [{"supplier_sku": "I-S-1", "counted": 4, "expected": 50}])
    assert (counted.status, counted.body) == (200, {"counted": 1}), counted
    assert [part["state"] for part in world.show(old)["fulfilments"]] == ["pushed"]
    rejected, successor = world.show(new)["fulfilments"]
    assert (rejected["state"], rejected["reason"]) == ("rejected", "short")
    assert (successor["supplier_id"], successor["replaces"]) == (world.shop.supplier_ids[1], rejected["id"])
    stale = world.supplier.put("/supplier/stock", [{"supplier_sku": "I-S-1", "counted": 9, "expected": 50}])
    assert (stale.status, stale.code, stale.body["counted"]) == (409, "stock.changed", 4)


def test_counts_that_cannot_be_are_refused(world: World) -> None:
    for count, code in (
        ({"supplier_sku": "I-S-1", "counted": -1}, "stock.count"),
        ({"supplier_sku": "I-S-1", "counted": 1, "owner": "shop"}, "stock.owner"),
        ({"supplier_sku": "I-S-1", "counted": 1, "shop_id": 1}, "stock.owner"),
        ({"supplier_sku": "I-S-1", "counted": 1, "owner": "shop", "shop_id": 999}, "stock.unknown_item"),
        ({"supplier_sku": "I-S-1", "counted": 1, "colour": "red"}, "request.invalid"),
    ):
        assert world.supplier.put("/supplier/stock", [count]).code == code
    assert world.supplier.put("/supplier/stock", []).status == 422


def test_a_shop_counts_its_own_warehouse(world: World) -> None:
    path = f"/shops/{world.shop.shop_id}/stock/S-1"
    counted = world.seller.put(path, {"location": "local", "counted": 7})
    assert (counted.status, counted.body) == (
        200,
        {"location": "local", "item": "S-1", "on_hand": 7, "reserved": 0, "available": 7},
    )
    assert world.seller.put(path, {"location": "local", "counted": 8, "expected": 6}).code == "stock.changed"
    assert world.seller.put(path, {"location": "moon", "counted": 8}).code == "stock.location"
    assert world.seller.put(path, {"location": "supplier:1", "counted": 8}).code == "stock.location"
    unknown = f"/shops/{world.shop.shop_id}/stock/none"
    assert world.seller.put(unknown, {"location": "local", "counted": 8}).code == "stock.unknown_item"
