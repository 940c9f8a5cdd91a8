"""A channel sends orders in bulk: each gets an answer of its own, and a faulty one stops no other."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import DemoShop, open_demo_shop


def an_order(number: str, **changes: Any) -> dict[str, Any]:
    """An order as a channel sends it."""
    order = {
        "channel": "demo",
        "channel_order_no": number,
        "placed_at": "2026-03-02T12:00:00+08:00",
        "ship_to": {"name": "Ana Sol", "line1": "Calle Mayor 1", "city": "Madrid", "country": "ES"},
        "lines": [{"sku": "S-1", "quantity": 1, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
        "source_status": "paid",
    }
    return order | changes


def with_line(number: str, **changes: Any) -> dict[str, Any]:
    """The same with its line changed."""
    order = deepcopy(an_order(number))
    order["lines"][0] |= changes
    return order


@dataclass
class World:
    """A shop and the channel that sells for it."""

    shop: DemoShop
    seller: Client
    channel: Client
    andon: Running

    @property
    def bulk(self) -> str:
        return f"/shops/{self.shop.shop_id}/orders/bulk"

    def place(self, *orders: Any, caller: Client | None = None) -> list[tuple[str, str | None]]:
        """What became of each order."""
        answer = (caller or self.seller).post(self.bulk, {"orders": list(orders)})
        assert answer.status == 200, answer
        results = answer.body["results"]
        assert [result["index"] for result in results] == list(range(len(orders)))
        return [(result["status"], result.get("code")) for result in results]

    def written(self) -> tuple[int, int]:
        """How many orders there are, and how many units are reserved."""
        with transaction(self.andon.database) as tx:
            [row] = tx.rows(
                "select (select count(*) from orders) as orders, (select sum(reserved) from stock) as units"
            )
            return row.orders, int(row.units)


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, stock=50)
    return World(
        shop,
        Client(andon.url, key_for(andon.database, "shop", shop.shop_id)),
        Client(andon.url, key_for(andon.database, "channel", "demo")),
        andon,
    )


@pytest.mark.clause("STOCK-1")
def test_every_faulty_order_is_refused_with_its_code_and_the_others_go_on(world: World) -> None:
    faulty = {
        "order.no_lines": an_order("x", lines=[]),
        "order.unknown_sku": with_line("x", sku="?"),
        "order.quantity": with_line("x", quantity=0),
        "order.quantity ": with_line("x", quantity=-3),
        "order.quantity  ": with_line("x", quantity=10**12),
        "order.quantity   ": with_line("x", quantity=1.5),
        "order.quantity    ": with_line("x", quantity="1"),
        "order.price": with_line("x", unit_price={"amount": "1.234", "currency": "CNY"}),
        "order.price ": with_line("x", unit_price={"amount": "-1.00", "currency": "CNY"}),
        "order.price  ": with_line("x", unit_price={"amount": 1.5, "currency": "CNY"}),
        "order.price   ": with_line("x", freight={"amount": "1e3", "currency": "CNY"}),
        "order.currency": with_line("x", unit_price={"amount": "1.00", "currency": "USD"}),
        "order.out_of_stock": with_line("x", quantity=51),
        "order.no_line_serves": an_order("x", ship_to=an_order("x")["ship_to"] | {"country": "NZ"}),
        "order.ship_to": an_order("x", ship_to={"name": "Ana"}),
        "order.ship_to ": an_order("x", ship_to=an_order("x")["ship_to"] | {"planet": "Earth"}),
        "order.placed_at": an_order("x", placed_at="2026-03-02T04:11:00Z"),
        "order.placed_at ": an_order("x", placed_at="2019-12-31T00:00:00Z"),
        "order.placed_at  ": an_order("x", placed_at="yesterday"),
        "instant.naive": an_order("x", placed_at="2026-03-02T12:00:00"),
        "instant.out_of_range": an_order("x", placed_at="0001-01-01T00:00:00Z"),
        "instant.out_of_range ": an_order("x", placed_at="9999-12-31T00:00:00Z"),
        "order.unknown_field": an_order("x", coupon="X"),
        "order.unknown_field ": with_line("x", colour="red"),
        "order.channel": an_order("x", channel="Not A Code"),
        "order.channel_order_no": an_order(""),
        "order.malformed": 7,
    }
    outcomes = world.place(*faulty.values(), an_order("well"))
    told = dict(zip(faulty, outcomes, strict=False))
    assert told == {code: ("refused", code.strip()) for code in faulty}
    assert outcomes[-1] == ("created", None)
    assert world.written() == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"orders": []},
        {"orders": [an_order(str(number)) for number in range(1001)]},
        {"orders": [an_order("1")], "dry_run": True},
        {"orders": an_order("1")},
        [an_order("1")],
        {},
    ],
)
def test_a_faulty_envelope_refuses_the_whole_call(world: World, body: Any) -> None:
    answer = world.seller.post(world.bulk, body)
    assert (answer.status, answer.code) == (422, "request.invalid")
    assert world.written() == (0, 0)


def test_the_same_order_again_is_the_order_itself_and_another_one_is_refused(world: World) -> None:
    first, again = (
        world.seller.post(world.bulk, {"orders": [an_order("1")]}).body["results"][0] for _ in range(2)
    )
    assert (first["status"], again["status"]) == ("created", "existing")
    assert first["order_id"] == again["order_id"]
    assert world.place(with_line("1", quantity=2)) == [("refused", "order.body_differs")]
    written_otherwise = an_order("1", placed_at="2026-03-02T04:00:00Z", paid_at=None)
    assert world.place(written_otherwise) == [("existing", None)]
    assert world.written() == (1, 1)


def test_a_thousand_orders_are_taken_in_one_call(world: World) -> None:
    outcomes = world.place(*(an_order(str(number)) for number in range(1000)))
    assert outcomes[:100] == [("created", None)] * 100
    assert outcomes[100:] == [("refused", "order.out_of_stock")] * 900
    assert world.written() == (100, 100)


def test_a_channel_places_orders_of_its_own_and_no_others(world: World) -> None:
    outcomes = world.place(an_order("1"), an_order("2", channel="other"), caller=world.channel)
    assert outcomes == [("created", None), ("refused", "order.channel")]


def test_orders_are_taken_for_the_callers_own_shop_alone(world: World, anyone: Client) -> None:
    body = {"orders": [an_order("1")]}
    with transaction(world.andon.database) as tx:
        other = open_demo_shop(tx).shop_id
    assert world.seller.post(f"/shops/{other}/orders/bulk", body).status == 404
    assert anyone.post(world.bulk, body).status == 401
    supplier = anyone.of(key_for(world.andon.database, "supplier", world.shop.supplier_ids[0]))
    assert supplier.post(world.bulk, body).status == 403


def test_a_call_that_is_repeated_under_its_key_is_answered_as_before(world: World) -> None:
    body = {"orders": [an_order("1")]}
    answers: list[Answer] = [world.seller.post(world.bulk, body, Idempotency_Key="7c1") for _ in range(2)]
    assert answers[0].raw == answers[1].raw
    assert answers[0].body["results"][0]["status"] == "created"
