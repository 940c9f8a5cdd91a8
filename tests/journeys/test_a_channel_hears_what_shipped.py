"""A channel's day: what is due first, what shipped reported to its endpoint, or pulled from its feed by hand."""

import threading
from typing import Any

import pytest
from standardwebhooks import Webhook

from andon.app.demo.parties.channel import Ledger
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_sink


@pytest.fixture
def shop(andon: Running) -> DemoShop:
    with transaction(andon.database) as tx:
        return open_demo_shop(tx, skus=("S-1",))


@pytest.fixture
def channel(andon: Running) -> Client:
    return Client(andon.url, key_for(andon.database, "channel", "plaza"))


def order(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "channel": "plaza",
        "channel_order_no": number,
        "placed_at": "2026-03-02T04:00:00Z",
        "ship_to": {"name": "Ana Sol", "line1": "Calle Mayor 1", "city": "Madrid", "country": "ES"},
        "lines": [{"sku": "S-1", "quantity": 1, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
        **changes,
    }


def sell(channel: Client, shop: DemoShop, *orders: dict[str, Any]) -> None:
    sold = channel.post(f"/shops/{shop.shop_id}/orders/bulk", {"orders": list(orders)})
    assert {each["status"] for each in sold.body["results"]} == {"created"}, sold


def ship(andon: Running, shop: DemoShop) -> None:
    """Every order that waits is accepted, labelled and collected."""
    supplier = Client(andon.url, key_for(andon.database, "supplier", shop.supplier_ids[0]))
    carrier = Client(andon.url, key_for(andon.database, "carrier", "cainiao"))
    label = {"carrier": "cainiao", "weight_g": 300, "length_mm": 200, "width_mm": 100, "height_mm": 50}
    for each in supplier.get("/supplier/fulfilments?state=pushed").body["items"]:
        path = f"/supplier/fulfilments/{each['id']}"
        assert supplier.post(f"{path}/accept").status == 200
        assert supplier.post(f"{path}/labelled", {**label, "waybill": f"W{each['id']}"}).status == 200
        scan = {"waybill": f"W{each['id']}", "status": "collected", "occurred_at": "2026-03-02T04:00:00Z"}
        assert carrier.post("/carriers/cainiao/scans", [scan]).status == 200


def test_the_seller_sees_what_is_due_first_page_by_page(
    andon: Running, shop: DemoShop, channel: Client
) -> None:
    at = {"late": "03:00", "soon": "06:00", "evening": "12:00"}
    sell(channel, shop, *(order(name, ship_by=f"2026-03-02T{hour}:00Z") for name, hour in at.items()))
    sell(channel, shop, order("whenever"), order("next week", ship_by="2026-03-09T04:00:00Z"))
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    path = f"/shops/{shop.shop_id}/orders"
    [late] = seller.get(f"{path}?due=overdue").body["items"]
    assert (late["channel_order_no"], late["time_left_seconds"]) == ("late", -3600)
    assert [each["channel_order_no"] for each in seller.get(f"{path}?due=24h").body["items"]] == list(at)
    first = seller.get(f"{path}?due=24h&limit=2").body
    rest = seller.get(f"{path}?due=24h&limit=2&cursor={first['next_cursor']}").body
    assert [each["channel_order_no"] for each in rest["items"]] == ["evening"]
    assert len(seller.get(f"{path}?ship_by_until=2026-03-02T06:00:01Z").body["items"]) == 2
    assert seller.get(f"{path}?due=someday").status == 422


def test_what_ships_is_told_to_the_channels_endpoint_which_checks_it(
    andon: Running, shop: DemoShop, channel: Client, operator: Client
) -> None:
    ledger = Ledger({"cainiao"})
    with a_sink() as sink:
        set_up = operator.put("/channels/plaza/endpoint", {"url": sink.url})
        assert set_up.status == 200, set_up
        webhook = Webhook(set_up.body["secret"])
        sell(channel, shop, order("A-1"), order("A-2"))
        ledger.sold(shop.shop_id, "A-1", {"S-1": 1})
        ledger.sold(shop.shop_id, "A-2", {"S-1": 1})
        ship(andon, shop)
        assert operator.post("/clock/advance", {"by": "PT15M"}).status == 200
        soon(lambda: operator.get("/channels/plaza").body["waiting"] == 0 and len(sink.heard) == 3)
        faults = [ledger.take(webhook.verify(raw, headers)) for headers, raw in sink.heard]
        assert faults == [None] * len(faults)
        assert ledger.shipped == {"A-1", "A-2"}
        assert ledger.stock[shop.shop_id, "S-1"] > 0
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    orders = seller.get(f"/shops/{shop.shop_id}/orders").body["items"]
    assert all(each["fulfilments"][0]["parcels"][0]["reported_at"] for each in orders)
    assert channel.delete("/channels/plaza/endpoint").status == 204
    assert channel.delete("/channels/plaza/endpoint").code == "channel.no_endpoint"
    assert_all_well(andon.database)


def test_a_channel_without_an_endpoint_pulls_waits_and_acknowledges(
    andon: Running, shop: DemoShop, channel: Client, operator: Client
) -> None:
    assert operator.get("/channels/plaza").code == "channel.not_found"
    assert channel.post("/channels/plaza/feed/ack", {"up_to": 0}).code == "channel.not_found"
    assert channel.get("/channels/plaza/feed").body == {"items": [], "next_cursor": 0}
    sell(channel, shop, order("A-1"))
    heard: list[Any] = []
    waiting = threading.Thread(target=lambda: heard.append(channel.get("/channels/plaza/feed?wait=20")))
    waiting.start()
    ship(andon, shop)
    waiting.join(20)
    assert heard[0].body["items"], heard
    items = soon(
        lambda: [e for e in channel.get("/channels/plaza/feed").body["items"] if e["type"] == "shipment"]
    )
    assert items[0]["facts"]["channel_order_no"] == "A-1"
    assert operator.post("/clock/advance", {"by": "PT25H"}).status == 200
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    flagged = f"/shops/{shop.shop_id}/orders?flag=not_reported"
    assert len(seller.get(flagged).body["items"]) == 1
    up_to = channel.get("/channels/plaza/feed").body["next_cursor"]
    assert channel.post("/channels/plaza/feed/ack", {"up_to": up_to + 1}).code == "feed.up_to"
    assert channel.post("/channels/plaza/feed/ack", {"up_to": up_to}).body["acknowledged"] >= 1
    assert seller.get(flagged).body["items"] == []
    assert channel.get("/channels/plaza/feed").body["items"] == []


def test_a_channel_knows_of_no_other(andon: Running, channel: Client) -> None:
    for path in ("/channels/bazaar", "/channels/bazaar/feed"):
        assert channel.get(path).status == 404
    assert channel.put("/channels/bazaar/endpoint", {"url": "https://a.test"}).status == 404
    assert channel.post("/channels/bazaar/feed/ack", {"up_to": 0}).status == 404
    assert channel.put("/channels/plaza/endpoint", {"url": "ftp://a.test"}).code == "endpoint.url"
    assert channel.get("/channels/plaza/feed?cursor=-1").status == 422
    assert channel.get("/channels").status == 403
