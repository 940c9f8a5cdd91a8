"""A shop sells a power bank: it goes by the line that takes it, with its papers, and a full warehouse is spared."""

import pytest

from andon.partners.plans.service import put_plan
from tests.journeys.conftest import Running
from tests.journeys.market import World, world_of
from tests.worlds import transaction
from tests.worlds_goods import BOTH
from tests.worlds_partners import open_demo_shop

PRODUCT = {
    "title": "充电宝", "mode": "jit", "length_mm": 200, "width_mm": 150, "height_mm": 40, "weight_g": 350,
    "price": {"amount": "49.90", "currency": "CNY"},
}  # fmt: skip
GOODS = {"battery": "with_equipment", "cell": "lithium_ion", "magnetic": True}
PAPERS = {
    "hs_code": "850760", "customs_name": "Power bank", "origin": "CN",
    "declared_value": {"amount": "40.00", "currency": "CNY"},
}  # fmt: skip


@pytest.fixture
def world(andon: Running) -> World:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",))
        put_plan(tx, shop.shop_id, BOTH)
    return world_of(andon.url, andon.database, shop)


def test_it_flies_is_declared_and_what_it_lacks_is_said_later(world: World) -> None:
    here = f"/shops/{world.shop.shop_id}"
    said = world.seller.put(f"{here}/products/S-1", PRODUCT | {"goods": GOODS})
    assert (said.status, said.body["goods"]["un_number"]) == (200, "UN3481")
    assert world.seller.put(f"{here}/tax_numbers/ioss", {"number": "IM 372 0000 224"}).status == 200
    order = f"{here}/orders/{world.sell('A-1')['order_id']}"

    [supplied] = world.first.get("/supplier/fulfilments").body["items"]
    assert (supplied["line"], supplied["flags"]) == ("yunexpress_jit", ["papers_missing"])
    [line] = supplied["lines"]
    assert (line["marks"], line["un_number"]) == (["battery_with_equipment", "magnetic"], "UN3481")
    [listed] = world.seller.get(f"{here}/orders?flag=papers_missing").body["items"]
    assert listed["channel_order_no"] == "A-1"
    tasks = {each["kind"]: each["call"] for each in world.seller.get(f"{here}/today").body["items"]}
    assert tasks["papers_missing"] == f"POST /v1{order}/declaration"

    [declared] = world.seller.get(f"{order}/declaration").body["fulfilments"]
    assert declared["missing"] == ["customs_name", "hs_code"]
    assert declared["value"] == {"amount": "99.80", "currency": "CNY"}, "two at their price"
    world.seller.put(f"{here}/products/S-1", PRODUCT | {"goods": PAPERS})
    [whole] = world.seller.post(f"{order}/declaration").body["fulfilments"]
    assert (whole["missing"], whole["tax_kind"], whole["tax_number"]) == ([], "ioss", "IM3720000224")
    assert whole["value"] == {"amount": "80.00", "currency": "CNY"}
    assert whole["lines"][0]["marks"] == ["battery_with_equipment", "magnetic"], "what it holds stays"
    assert world.first.get("/supplier/fulfilments").body["items"][0]["flags"] == []
    story = world.seller.get(f"{order}/story").body
    assert "cainiao_jit" in str(story)


def test_a_supplier_whose_day_is_full_is_spared_while_another_can(world: World) -> None:
    assert world.first.get("/supplier/capacity").body["daily"] is None
    full = world.first.put("/supplier/capacity", {"daily": 1})
    assert (full.body["daily"], full.body["taken"]) == (1, 0)
    for number in ("A-1", "A-2", "A-3"):
        world.sell(number)
    assert world.first.get("/supplier/capacity").body["taken"] == 1
    assert len(world.first.get("/supplier/fulfilments").body["items"]) == 1
    assert len(world.second.get("/supplier/fulfilments").body["items"]) == 2
    assert world.first.put("/supplier/capacity", {"daily": -1}).code == "capacity.daily"
    assert world.first.put("/supplier/capacity", {}).code == "request.invalid"
    assert world.first.put("/supplier/capacity", {"daily": None}).body["taken"] is None


def test_a_tax_number_is_kept_as_it_is_printed_and_can_be_taken_back(world: World) -> None:
    here = f"/shops/{world.shop.shop_id}/tax_numbers"
    for kind, number, printed in (
        ("eu_vat", "de 136.695.976", "DE136695976"),
        ("uk_vat", "980 7806 84", "GB980780684"),
        ("au_gst", "83 914 571 673", "83914571673"),
        ("voec", "2024567", "2024567"),
    ):
        assert world.seller.put(f"{here}/{kind}", {"number": number}).body["number"] == printed
    listed = world.seller.get(f"{here}?limit=2").body
    assert [each["kind"] for each in listed["items"]] == ["au_gst", "eu_vat"]
    rest = world.seller.get(f"{here}?limit=2&cursor={listed['next_cursor']}").body
    assert [each["kind"] for each in rest["items"]] == ["uk_vat", "voec"]
    assert world.seller.put(f"{here}/uk_vat", {"number": "980780685"}).code == "tax_number.invalid"
    assert world.seller.delete(f"{here}/uk_vat").status == 204
    assert world.seller.delete(f"{here}/uk_vat").code == "tax_number.not_found"
