"""One product leaves JIT while its shop stays: two acts in either order, its stock comes back, is counted, or is delisted."""

from typing import Any

import pypdfium2
import pytest

from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import World, world_of
from tests.worlds import transaction
from tests.worlds_parting import a_consigning_shop
from tests.worlds_partners import product

SKUS = ("S-1", "S-2", "S-3")


@pytest.fixture
def world(andon: Running) -> World:
    """A shop with ten units of its own of each of three items at its supplier, and a plan for both ways."""
    with transaction(andon.database) as tx:
        shop = a_consigning_shop(tx, *SKUS, suppliers=2)
    return world_of(andon.url, andon.database, shop)


def facts(sku: str, **changes: Any) -> dict[str, Any]:
    """A product as it is put."""
    draft = product(sku)
    price = {"amount": "49.90", "currency": "CNY"}
    sizes = {name: getattr(draft, name) for name in ("length_mm", "width_mm", "height_mm", "weight_g")}
    return {"title": draft.title, "price": price} | sizes | changes


def here(world: World) -> str:
    return f"/shops/{world.shop.shop_id}"


def unmap(world: World, sku: str) -> None:
    """Remove the product's mappings to both suppliers."""
    for supplier in world.shop.supplier_ids:
        assert world.seller.delete(f"{here(world)}/mappings/{sku}/{supplier}").status == 204


def exits(world: World, query: str = "") -> list[tuple[str, str, str | None]]:
    listed = world.seller.get(f"{here(world)}/product_exits{query}").body["items"]
    return [(each["sku"], each["state"], each["missing"]) for each in listed]


def local(world: World, sku: str) -> dict[str, Any]:
    [row] = world.seller.get(f"{here(world)}/stock?location=local&sku={sku}").body["items"]
    return {name: row[name] for name in ("on_hand", "reserved", "held", "available")}


def todo(world: World) -> dict[str, str]:
    """What the day's list says of products, by kind."""
    listed = world.seller.get(f"{here(world)}/today").body["items"]
    return {task["kind"]: task["urgency"] for task in listed if task["kind"] in ("uncounted", "half_left")}


@pytest.mark.clause("PART-1")
def test_either_act_comes_first_and_the_list_names_the_other(world: World) -> None:
    world.seller.put(f"{here(world)}/products/S-1", facts("S-1", mode="standard"))
    unmap(world, "S-2")
    assert exits(world) == [("S-1", "open", "remove_mapping"), ("S-2", "open", "untick_mode")]
    assert todo(world)["half_left"] == "later"
    unmap(world, "S-1")
    world.seller.post(f"{here(world)}/products/batch_edit", {"skus": ["S-2"], "set": {"mode": "standard"}})
    assert exits(world, "?state=done") == [("S-1", "done", None), ("S-2", "done", None)]
    assert exits(world, "?state=open") == []
    assert "half_left" not in todo(world)


@pytest.mark.clause("PART-1")
def test_one_mapping_of_two_is_no_exit_and_what_is_undone_is_taken_back(world: World) -> None:
    first, second = world.shop.supplier_ids
    world.seller.delete(f"{here(world)}/mappings/S-1/{first}")
    assert exits(world) == []
    world.seller.delete(f"{here(world)}/mappings/S-1/{second}")
    mapping = {"supplier_id": second, "supplier_sku": "I-S-1", "units": 1, "priority": 1}
    assert world.seller.put(f"{here(world)}/mappings/S-1", mapping).status == 200
    world.seller.put(f"{here(world)}/products/S-2", facts("S-2", mode="standard"))
    world.seller.put(f"{here(world)}/products/S-2", facts("S-2", mode="jit"))
    assert exits(world) == [("S-1", "taken_back", None), ("S-2", "taken_back", None)]


@pytest.mark.clause("PART-1")
def test_both_acts_are_done_at_once_for_one_or_for_many(world: World) -> None:
    done = world.seller.post(f"{here(world)}/products/S-1/exit")
    assert (done.status, done.body["state"], done.body["missing"]) == (200, "done", None)
    again = world.seller.post(f"{here(world)}/products/S-1/exit")
    assert again.body == done.body, "it has left already"
    unmap(world, "S-2")
    told = world.seller.post(f"{here(world)}/product_exits", {"skus": ["S-1", "S-2", "S-3", "NO"]})
    assert [(each["status"], each["code"]) for each in told.body["results"]] == [
        ("unchanged", None),
        ("done", None),
        ("done", None),
        ("refused", "product.not_found"),
    ]
    assert exits(world, "?state=done") == [(sku, "done", None) for sku in SKUS]
    assert world.seller.get(f"{here(world)}/mappings").body["items"] == []
    assert {each["mode"] for each in world.seller.get(f"{here(world)}/products").body["items"]} == {
        "standard"
    }


def test_a_product_that_is_not_in_jit_cannot_leave_it(world: World) -> None:
    made = world.seller.put(f"{here(world)}/products/NEW", facts("NEW"))
    assert made.body["mode"] == "standard", "a new listing gets standard shipping where nothing else is said"
    kept = world.seller.put(f"{here(world)}/products/S-1", facts("S-1"))
    assert kept.body["mode"] == "jit", "a known one keeps its own"
    refused = world.seller.post(f"{here(world)}/products/NEW/exit")
    assert (refused.status, refused.code) == (409, "product_exit.not_in_jit")
    missing = world.seller.post(f"{here(world)}/products/NO/exit")
    assert (missing.status, missing.code) == (404, "product.not_found")
    assert exits(world) == []


@pytest.mark.clause("PART-2", "PART-3")
def test_its_stock_comes_back_under_a_note_and_is_sellable_once_counted(
    world: World, operator: Client
) -> None:
    order = world.sell("before", "S-1")["order_id"]
    world.seller.post(f"{here(world)}/products/S-1/exit")
    assert local(world, "S-1") == {"on_hand": 8, "reserved": 0, "held": 8, "available": 0}
    [calibration] = world.seller.get(f"{here(world)}/calibrations").body["items"]
    assert (calibration["units"], calibration["held"], calibration["state"]) == (8, 8, "open")
    refused = world.seller.post(f"{here(world)}/orders/bulk", {"orders": [an_order("too-soon")]})
    assert refused.body["results"][0]["code"] == "order.out_of_stock"

    path = f"{here(world)}/transfer_notes/{calibration['transfer_note']}.pdf"
    paper = world.seller.get(path)
    assert paper.status == 200
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper.raw))
    assert calibration["transfer_note"] in text
    assert "调拨单" in text
    assert "I-S-1" in text
    assert b"/ByteRange" in paper.raw, "it is signed"
    assert world.seller.get(path).raw == paper.raw, "it is made once"
    assert world.seller.get(f"{here(world)}/transfer_notes/JIT-TN-1.pdf").code == "transfer_note.not_found"

    [goes_back] = world.first.get("/supplier/notices").body["items"]
    assert (goes_back["kind"], goes_back["facts"]["list"]) == ("stock.called_back", ["I-S-1: 8"])

    counted = world.seller.post(f"{here(world)}/calibrations/{calibration['id']}", {"counted": 7})
    assert (counted.status, counted.body["state"], counted.body["counted"]) == (200, "counted", 7)
    assert local(world, "S-1") == {"on_hand": 7, "reserved": 0, "held": 0, "available": 7}
    assert (
        world.seller.post(f"{here(world)}/orders/bulk", {"orders": [an_order("after")]}).body["results"][0][
            "status"
        ]
        == "created"
    )

    # What was sold before goes on; cancelled, its units follow under a note of their own.
    shown = world.seller.get(f"{here(world)}/orders/{order}").body["fulfilments"]
    assert [each["state"] for each in shown] == ["pushed"]
    world.seller.post(f"{here(world)}/orders/{order}/cancel", {"reason": "buyer"})
    operator.post("/clock/advance", {"by": "PT1S"})
    [_, later] = world.seller.get(f"{here(world)}/calibrations").body["items"]
    assert (later["units"], later["state"]) == (2, "open")
    assert later["transfer_note"] != calibration["transfer_note"]


@pytest.mark.clause("PART-2")
def test_what_its_supplier_rejects_follows_the_rest(world: World, operator: Client) -> None:
    world.sell("before", "S-1")
    world.seller.post(f"{here(world)}/products/S-1/exit")
    [fulfilment] = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    told = world.first.post(f"/supplier/fulfilments/{fulfilment['id']}/reject", {"code": "other"})
    assert told.body["state"] == "rejected"
    operator.post("/clock/advance", {"by": "PT1S"})
    listed = world.seller.get(f"{here(world)}/calibrations").body["items"]
    assert [each["units"] for each in listed] == [8, 2]
    count = {"supplier_sku": "I-S-1", "counted": 10, "owner": "shop", "shop_id": world.shop.shop_id}
    assert world.first.put("/supplier/stock", [count]).status == 200
    assert local(world, "S-1")["on_hand"] == 10, "what is on a note is in the supplier's books no more"


@pytest.mark.clause("PART-3")
def test_what_nobody_counts_is_delisted_at_the_hour_and_comes_back_with_its_count(
    world: World, operator: Client
) -> None:
    world.seller.post(f"{here(world)}/products/S-1/exit")
    operator.post("/clock/advance", {"by": "PT23H59M59S"})
    assert world.seller.get(f"{here(world)}/products/S-1").body["delisted_at"] is None
    assert todo(world)["uncounted"] == "due_soon"
    operator.post("/clock/advance", {"by": "PT1S"})
    assert world.seller.get(f"{here(world)}/products/S-1").body["delisted_at"] == "2026-03-03T04:00:00Z"
    assert todo(world)["uncounted"] == "overdue"
    [calibration] = world.seller.get(f"{here(world)}/calibrations?state=overdue").body["items"]
    kinds = [each["kind"] for each in world.seller.get(f"{here(world)}/notices").body["items"]]
    assert {"stock.released", "product.delisted"} <= set(kinds)
    [refused] = world.seller.post(f"{here(world)}/orders/bulk", {"orders": [an_order("late")]}).body[
        "results"
    ]
    assert refused["code"] == "order.product_delisted"

    world.seller.post(f"{here(world)}/calibrations/{calibration['id']}", {"counted": 10})
    assert world.seller.get(f"{here(world)}/products/S-1").body["delisted_at"] is None
    [taken] = world.seller.post(f"{here(world)}/orders/bulk", {"orders": [an_order("late")]}).body["results"]
    assert taken["status"] == "created"


def an_order(number: str) -> dict[str, Any]:
    """An order of one S-1."""
    return {
        "channel": "demo",
        "channel_order_no": number,
        "placed_at": "2026-03-02T04:00:00Z",
        "ship_to": {
            "name": "Ana",
            "line1": "Calle Mayor 1",
            "city": "Madrid",
            "postcode": "28001",
            "country": "ES",
        },
        "lines": [{"sku": "S-1", "quantity": 1, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
    }
