"""A parcel that nobody collects: its seller reminds the supplier, gives the order to the next, and hears of the old one."""

from typing import Any

import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World, world_of
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop
from tests.worlds_supply import a_sink


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, local=2)
    return world_of(andon.url, andon.database, shop)


def labelled(world: World, number: str) -> int:
    """A fulfilment of the first supplier that has its label."""
    world.sell(number)
    fulfilment: int = world.first.get("/supplier/fulfilments?state=pushed").body["items"][-1]["id"]
    assert world.first.post(f"/supplier/fulfilments/{fulfilment}/accept").status == 200
    label = LABEL | {"waybill": f"W-{number}"}
    assert world.first.post(f"/supplier/fulfilments/{fulfilment}/labelled", label).status == 200
    return fulfilment


def remedy(world: World, fulfilment: int, action: str, by: Client | None = None) -> Any:
    path = f"/shops/{world.shop.shop_id}/fulfilments/{fulfilment}/remedy"
    return (by or world.seller).post(path, {"action": action})


@pytest.mark.clause("MODE-4")
def test_it_is_asked_after_rerouted_and_the_old_parcel_changes_nothing(
    world: World, operator: Client
) -> None:
    shop = f"/shops/{world.shop.shop_id}"
    fulfilment = labelled(world, "A-1")
    assert remedy(world, fulfilment, "reroute").code == "remedy.not_needed"
    operator.post("/clock/advance", {"by": "PT73H"})
    [told] = world.seller.get(f"{shop}/notices?unread=true").body["items"]
    assert (told["kind"], told["fulfilment_id"]) == ("fulfilment.stuck", fulfilment)
    [order] = world.seller.get(f"{shop}/orders?flag=stuck").body["items"]

    with a_sink() as sink:
        world.first.put("/supplier/endpoint", {"url": sink.url})
        assert remedy(world, fulfilment, "remind").status == 200
        soon(lambda: sink.heard)
        again = remedy(world, fulfilment, "remind")
        assert (again.status, again.code, again.headers["Retry-After"]) == (429, "remedy.too_soon", "14400")
        first = remedy(world, fulfilment, "reroute")
        repeat = remedy(world, fulfilment, "reroute")
        assert first.status == repeat.status == 200
        assert first.body == repeat.body
        soon(lambda: len(sink.heard) == 2)
        assert [body["type"] for body in sink.bodies] == ["fulfilment.reminded", "fulfilment.withdrawn"]
        assert [(body["id"], body["state"]) for body in sink.bodies] == [
            (fulfilment, "labelled"),
            (fulfilment, "rejected"),
        ]

    [successor] = first.body["successors"]
    old, new = first.body["order"]["fulfilments"]
    assert (old["id"], old["state"], old["reason"], old["flags"]) == (fulfilment, "rejected", "rerouted", [])
    assert (new["id"], new["replaces"], new["supplier_id"]) == (
        successor, fulfilment, world.shop.supplier_ids[1],
    )  # fmt: skip
    assert world.second.get("/supplier/fulfilments?state=pushed").body["items"][0]["id"] == successor
    assert world.seller.get(f"{shop}/orders?flag=stuck").body["items"] == []

    assert world.scan(("W-A-1", "collected", 72.5), ("W-A-1", "delivered", 73)) == ["recorded"] * 2
    shown = world.seller.get(f"{shop}/orders/{order['id']}").body
    assert [part["state"] for part in shown["fulfilments"]] == ["rejected", "pushed"]
    kinds = [each["kind"] for each in world.seller.get(f"{shop}/notices").body["items"]]
    assert kinds[0] == "fulfilment.stray_scan"
    story = world.seller.get(f"{shop}/orders/{order['id']}/story").body
    assert [each["kind"] for each in story["moments"]].count("fulfilment.remedied") == 2


@pytest.mark.clause("MODE-4")
def test_it_is_taken_over_or_cancelled_and_the_supplier_is_told(world: World, operator: Client) -> None:
    mine, dropped, third = (labelled(world, number) for number in ("A-1", "A-2", "A-3"))
    operator.post("/clock/advance", {"by": "PT73H"})
    taken = remedy(world, mine, "take_over")
    [own] = taken.body["successors"]
    assert [part["mode"] for part in taken.body["order"]["fulfilments"]] == ["jit", "standard"]
    label = LABEL | {"waybill": "W-OWN"}
    labelled_own = world.seller.post(f"/shops/{world.shop.shop_id}/fulfilments/{own}/labelled", label)
    assert labelled_own.body["state"] == "labelled"
    assert world.scan(("W-OWN", "collected", 72.9)) == ["recorded"]

    cancelled = remedy(world, dropped, "cancel", operator)
    assert cancelled.body["order"]["group"] == "cancelled"
    [part] = cancelled.body["order"]["fulfilments"]
    assert (part["cancellation"]["by"], part["cancellation"]["answer"]) == ("operator", "forced")
    told = [each["kind"] for each in world.first.get("/supplier/notices").body["items"]]
    assert told == ["fulfilment.withdrawn"] * 2
    assert remedy(world, third, "take_over").code == "remedy.no_local_stock"
    assert remedy(world, mine, "cancel").code == "remedy.not_needed"


def test_bad_input_and_other_parties_change_nothing(world: World, andon: Running, operator: Client) -> None:
    fulfilment = labelled(world, "A-1")
    operator.post("/clock/advance", {"by": "PT73H"})
    path = f"/shops/{world.shop.shop_id}/fulfilments/{fulfilment}/remedy"
    for body in ({}, {"action": None}, {"action": "burn"}, {"action": "remind", "x": 1}, [], "remind"):
        answer = world.seller.post(path, body)
        assert (answer.status, answer.code) == (422, "request.invalid"), body
    for number in (0, 999, 2**70, "x"):
        answer = world.seller.post(path.replace(f"/{fulfilment}/", f"/{number}/"), {"action": "cancel"})
        assert answer.status in (404, 422), number
    with transaction(andon.database) as tx:
        other = open_demo_shop(tx, skus=("S-1",))
    stranger = Client(andon.url, key_for(andon.database, "shop", other.shop_id))
    assert stranger.post(path, {"action": "cancel"}).status == 404
    theirs = f"/shops/{other.shop_id}/fulfilments/{fulfilment}/remedy"
    assert stranger.post(theirs, {"action": "cancel"}).code == "fulfilment.not_found"
    assert operator.post(theirs, {"action": "cancel"}).code == "fulfilment.not_found"
    assert world.first.post(path, {"action": "cancel"}).status == 403
    assert world.first.get(f"/supplier/fulfilments/{fulfilment}").body["flags"] == ["stuck"]
