"""A shop and a supplier subscribe over HTTP, hear of an order, lose what they were sent, and have it sent again."""

from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import open_demo_shop
from tests.worlds_supply import Sink, a_sink


def subscribed(client: Client, sink: Sink, *events: str, **more: Any) -> tuple[str, str]:
    """The path of a fresh subscription, and its secret."""
    answer = client.post("/webhooks", {"url": sink.url, "events": list(events), **more})
    assert answer.status == 201, answer
    return f"/webhooks/{answer.body['id']}", answer.body["secret"]


def heard(sink: Sink, kind: str) -> list[dict[str, Any]]:
    return [body for body in sink.bodies if body["type"] == kind]


def test_an_order_is_heard_of_by_its_shop_and_its_supplier_each_of_its_own(
    world: World, andon: Running
) -> None:
    with a_sink() as erp, a_sink() as wms:
        path, secret = subscribed(world.seller, erp, "*")
        subscribed(world.first, wms, "fulfilment.*")
        world.sell("A-1")
        soon(lambda: heard(erp, "order.accepted") and heard(wms, "fulfilment.reserved"))
        headers, raw = next(each for each in erp.heard if b"order.accepted" in each[1])
        said = Webhook(secret).verify(raw, headers)
        assert said["data"]["channel_order_no"] == "A-1"
        assert {body["type"].split(".")[0] for body in wms.bodies} == {"fulfilment"}
        assert "Ana" not in str(erp.bodies + wms.bodies), "nothing of the buyer"
        soon(lambda: not world.seller.get(f"{path}/deliveries?state=waiting").body["items"])
        first = world.seller.get(f"{path}/deliveries?limit=1").body
        assert first["next_cursor"]
        rest = world.seller.get(f"{path}/deliveries?cursor={first['next_cursor']}").body
        assert {each["state"] for each in first["items"] + rest["items"]} == {"delivered"}
        before = len(erp.heard)
        since = rest["items"][-1]["created_at"]
        again = world.seller.post(f"{path}/replay", {"since": since}).body["replayed"]
        assert again == len(first["items"]) + len(rest["items"])
        soon(lambda: len(erp.heard) == before + again)
        assert len({each["webhook-id"] for each, _ in erp.heard}) == again
    assert_all_well(andon.database)


def test_a_subscription_is_changed_rotated_pinged_and_ended(world: World, andon: Running) -> None:
    with a_sink() as old, a_sink() as new:
        path, first = subscribed(world.seller, old, "charge.*")
        assert world.seller.call("PATCH", path, {"url": new.url, "events": ["stock.*"]}).body["events"] == [
            "stock.*"
        ]
        second = world.seller.post(f"{path}/rotate").body["secret"]
        world.seller.post(f"{path}/ping")
        soon(lambda: heard(new, "webhook.ping"))
        headers, raw = new.heard[0]
        for secret in (first, second):
            assert Webhook(secret).verify(raw, headers)["type"] == "webhook.ping"
        shown = world.seller.get("/webhooks").body["items"]
        assert [each["url"] for each in shown] == [new.url]
        assert "secret" not in str(shown).replace("old_secret_until", "")
        assert world.seller.call("PATCH", path, {"enabled": False}).body["enabled"] is False
        assert world.seller.post(f"{path}/ping").code == "webhook.disabled"
        assert world.seller.delete(path).status == 204
        assert world.seller.get(path).code == "webhook.not_found"
        assert old.heard == []
    assert_all_well(andon.database)


def test_nobody_else_finds_it(world: World, andon: Running) -> None:
    with transaction(andon.database) as tx:
        other = open_demo_shop(tx, skus=("S-1",))
    stranger = Client(andon.url, key_for(andon.database, "shop", other.shop_id))
    carrier = Client(andon.url, key_for(andon.database, "carrier", "cainiao"))
    with a_sink() as sink:
        path, _ = subscribed(world.seller, sink, "*")
        for client, code in (
            (stranger, "webhook.not_found"),
            (world.first, "webhook.not_found"),
            (carrier, "credentials.party"),
        ):
            for method, way, body in (
                ("GET", path, None),
                ("PATCH", path, {"enabled": False}),
                ("DELETE", path, None),
                ("POST", f"{path}/rotate", None),
                ("POST", f"{path}/ping", None),
                ("GET", f"{path}/deliveries", None),
                ("POST", f"{path}/replay", {"deliveries": [1]}),
            ):
                assert client.call(method, way, body).code == code, (method, way)
        assert stranger.get("/webhooks").body["items"] == []
        assert world.seller.get(path).body["enabled"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"events": ["key.*"]}, 422, "webhook.events"),
        ({"events": []}, 422, "request.invalid"),
        ({"url": "https://169.254.169.254/"}, 422, "endpoint.address"),
        ({"url": "http://erp.example:25/"}, 201, None),  # a name, judged when it is called
        ({"more": 1}, 422, "request.invalid"),
    ],
)
def test_what_cannot_be_subscribed_to_is_refused(
    world: World, change: dict[str, Any], status: int, code: str | None
) -> None:
    answer = world.seller.post("/webhooks", {"url": "https://erp.example/", "events": ["*"]} | change)
    assert (answer.status, answer.code) == (status, code)
