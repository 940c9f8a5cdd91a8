"""A supplier finds its shelf empty: the stock is put right, and the next supplier has the order at once."""

import pytest

from tests.journeys.conftest import Running
from tests.journeys.market import World, world_of
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=2)
    return world_of(andon.url, andon.database, shop)


@pytest.mark.clause("MODE-3")
def test_the_order_goes_to_the_next_and_then_waits_for_the_seller(world: World) -> None:
    order = world.sell("A-1")["order_id"]
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    no = {"code": "out_of_stock", "note": "the shelf is empty"}
    rejected = world.first.post(f"/supplier/fulfilments/{fulfilment['id']}/reject", no)
    assert (rejected.body["state"], rejected.body["reason"]) == ("rejected", "out_of_stock")
    assert rejected.body["ship_to"] is None, "it is none of its business any more"

    [successor] = world.second.get("/supplier/fulfilments?state=pushed").body["items"]
    assert successor["replaces"] == fulfilment["id"]
    again = world.first.post(f"/supplier/fulfilments/{fulfilment['id']}/reject", no)
    assert again.status == 200
    assert len(world.second.get("/supplier/fulfilments").body["items"]) == 1, "a repeat reroutes nothing"
    refused = world.first.post(f"/supplier/fulfilments/{fulfilment['id']}/accept")
    assert (refused.status, refused.code) == (409, "fulfilment.answered")

    world.second.post(f"/supplier/fulfilments/{successor['id']}/reject", {"code": "out_of_stock"})
    shown = world.seller.get(f"/shops/{world.shop.shop_id}/orders/{order}").body
    assert [(each["state"], each["supplier_id"]) for each in shown["fulfilments"]] == [
        ("rejected", world.shop.supplier_ids[0]),
        ("rejected", world.shop.supplier_ids[1]),
        ("waiting", None),
    ]
    assert shown["fulfilments"][2]["flags"] == ["short"]


def test_a_rejection_without_a_code_that_we_know_changes_nothing(world: World) -> None:
    world.sell("A-1")
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    for body in (
        {},
        {"code": "too_tired"},
        {"code": "other", "colour": "red"},
        {"code": "other", "note": ""},
    ):
        answer = world.first.post(f"/supplier/fulfilments/{fulfilment['id']}/reject", body)
        assert (answer.status, answer.code) == (422, "request.invalid")
    assert world.first.get("/supplier/fulfilments?state=pushed").body["items"] == [fulfilment]
