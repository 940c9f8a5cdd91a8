"""A buyer writes: wrong street, and please wait. The order is held, corrected, let go, and shipped to the right door."""

import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop


@pytest.mark.clause("MODE-4")
def test_it_is_held_corrected_released_and_labelled_for_the_right_door(world: World, andon: Running) -> None:
    order = world.sell("A-1")["order_id"]
    here = f"/shops/{world.shop.shop_id}/orders"
    [fulfilment] = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    act = f"/supplier/fulfilments/{fulfilment['id']}"
    assert world.first.post(f"{act}/accept").status == 200

    held = world.seller.post(f"{here}/{order}/hold", {"reason": "address", "note": "she will write again"})
    assert held.body["flags"] == ["held"]
    assert world.seller.post(f"{here}/{order}/hold").body == held.body, "held already"
    assert [each["id"] for each in world.seller.get(f"{here}?flag=held").body["items"]] == [order]
    for step, body in (("picked", None), ("labelled", {"waybill": "CN1", **LABEL})):
        waits = world.first.post(f"{act}/{step}", body)
        assert (waits.status, waits.code) == (409, "fulfilment.held")

    wrong = fulfilment["ship_to"] | {"postcode": "ABC"}
    corrected = world.seller.put(f"{here}/{order}/ship_to", {"ship_to": wrong, "fault": "buyer"})
    assert "address_problem" in corrected.body["flags"]
    assert world.seller.get(f"{here}?flag=address_problem").body["items"]
    right = wrong | {"line1": "Gran Vía 7", "postcode": "28013"}
    corrected = world.seller.put(f"{here}/{order}/ship_to", {"ship_to": right, "fault": "buyer"})
    assert corrected.body["flags"] == ["held"]
    assert (corrected.body["address"]["fault"], corrected.body["address"]["corrections"]) == ("buyer", 2)

    assert world.seller.post(f"{here}/{order}/release").body["flags"] == []
    seen = world.first.post(f"{act}/labelled", {"waybill": "CN1", **LABEL})
    assert (seen.body["state"], seen.body["ship_to"]["line1"]) == ("labelled", "Gran Vía 7")
    late = world.seller.put(f"{here}/{order}/ship_to", {"ship_to": wrong})
    assert (late.status, late.code) == (409, "order.labelled")


def test_another_shop_or_a_supplier_holds_and_corrects_nothing(world: World, andon: Running) -> None:
    order = world.sell("A-1")["order_id"]
    with transaction(andon.database) as tx:
        stranger = open_demo_shop(tx, skus=("S-9",))
    other = Client(andon.url, key_for(andon.database, "shop", stranger.shop_id))
    path = f"/shops/{world.shop.shop_id}/orders/{order}"
    elsewhere = f"/shops/{stranger.shop_id}/orders/{order}"
    for client, where, status in ((other, path, 404), (other, elsewhere, 404), (world.first, path, 403)):
        assert client.post(f"{where}/hold").status == status
        assert client.post(f"{where}/release").status == status
    assert world.seller.get(path).body["hold"] is None
