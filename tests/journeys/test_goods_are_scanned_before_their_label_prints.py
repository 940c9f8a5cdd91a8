"""A packing table: a pick list by bin, goods scanned, labels printed; nothing is printed for what does not go."""

import pypdfium2
import pytest
import zxingcpp

from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds_audit import assert_all_well


def accepted(world: World, number: str) -> int:
    """A fulfilment of two S-1 that the first supplier has accepted."""
    order = world.sell(number)["order_id"]
    [part] = world.seller.get(f"/shops/{world.shop.shop_id}/orders/{order}").body["fulfilments"]
    assert world.first.post(f"/supplier/fulfilments/{part['id']}/accept").status == 200
    return int(part["id"])


def label(world: World, fulfilment: int, waybill: str) -> int:
    """A new parcel of it; its number."""
    answer = world.first.post(f"/supplier/fulfilments/{fulfilment}/labelled", LABEL | {"waybill": waybill})
    assert answer.status == 200, answer
    return int(answer.body["parcels"][-1]["id"])


def read(pdf: bytes) -> list[dict[str, str]]:
    """What a scanner reads on each page."""
    return [
        {str(code.format): code.text for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())}
        for page in pypdfium2.PdfDocument(pdf)
    ]


def test_a_supplier_picks_by_bin_scans_and_prints(andon: Running, world: World) -> None:
    first, second = accepted(world, "A-1"), accepted(world, "A-2")
    placed = world.first.put(
        "/supplier/bins",
        [
            {"supplier_sku": "I-S-1", "bin": "A-2", "barcode": "6901234567892"},
            {"supplier_sku": "I-NONE", "bin": "A-3"},
        ],
    )
    assert [each["code"] for each in placed.body["results"]] == [None, "bin.item_unknown"]
    assert [each["bin"] for each in world.first.get("/supplier/bins").body["items"]] == ["A-2"]
    [stop] = world.first.get("/supplier/picklist").body["items"]
    assert (stop["bin"], stop["supplier_sku"], stop["units"]) == ("A-2", "I-S-1", 4)
    assert [each["fulfilment_id"] for each in stop["fulfilments"]] == [first, second]
    sheet = world.first.get("/supplier/picklist", Accept="text/csv")
    assert sheet.raw.splitlines()[1].startswith(b"A-2,I-S-1,4,")
    assert world.first.get("/supplier/picklist.pdf").raw[:5] == b"%PDF-"

    assert world.first.get("/supplier/printing").body == {"scan_before_print": False}
    world.first.put("/supplier/printing", {"scan_before_print": True})
    parcel, other = label(world, first, "LP00123456789012CN"), label(world, second, "99990000")
    barred = world.first.get(f"/supplier/parcels/{parcel}/label.pdf")
    assert (barred.status, barred.code) == (409, "label.not_checked")
    checks = f"/supplier/fulfilments/{first}/checks"
    wrong = world.first.post(checks, {"scanned": "I-S-2", "number": first})
    assert (wrong.status, wrong.body["status"], wrong.body["code"]) == (200, "refused", "check.wrong_item")
    right = world.first.post(checks, {"scanned": "6901234567892", "number": first, "units": 2}).body
    assert (right["status"], right["checks"]["complete"]) == ("done", True)
    assert [each["scanned"] for each in world.first.get(checks).body["refused"]] == ["I-S-2"]

    paper = world.first.get(f"/supplier/parcels/{parcel}/label.pdf")
    assert (paper.headers["Content-Type"], paper.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert read(paper.raw) == [{"Code 128": "LP00123456789012CN", "QR Code": "LP00123456789012CN"}]
    commands = world.first.get(f"/supplier/parcels/{parcel}/label.zpl?dpi=300")
    assert (commands.raw[:3], commands.headers["Cache-Control"]) == (b"^XA", "no-store")
    assert b"^PW1200" in commands.raw
    some = world.first.post("/supplier/labels.pdf", {"parcels": [other, parcel]})
    assert (some.status, some.code) == (409, "label.parcels")
    assert some.body["parcels"] == [{"parcel_id": other, "code": "label.not_checked"}]

    world.first.put("/supplier/printing", {"scan_before_print": False})
    both = world.first.post("/supplier/labels.pdf", {"parcels": [other, parcel]})
    assert [page["QR Code"] for page in read(both.raw)] == ["99990000", "LP00123456789012CN"]
    assert both.headers["Cache-Control"] == "no-store"
    twice = world.first.post("/supplier/labels.zpl", {"parcels": [other, other], "dpi": 203})
    assert twice.raw.count(b"^XA") == 2
    assert_all_well(andon.database)


def test_a_label_is_nobodys_but_its_suppliers(world: World, anyone: Client) -> None:
    parcel = label(world, accepted(world, "A-1"), "W-1")
    here = f"/shops/{world.shop.shop_id}/parcels/{parcel}/label.pdf"
    assert world.second.get(f"/supplier/parcels/{parcel}/label.pdf").code == "label.not_found"
    assert world.second.post("/supplier/labels.zpl", {"parcels": [parcel]}).body["parcels"] == [
        {"parcel_id": parcel, "code": "label.not_found"}
    ]
    assert world.seller.get(here).code == "label.not_found", "its supplier prints it"
    assert world.carrier.get(f"/supplier/parcels/{parcel}/label.pdf").status == 403
    assert anyone.get(f"/supplier/parcels/{parcel}/label.pdf").status == 401


def test_shelves_are_listed_to_be_counted_and_found_by_a_scan(world: World) -> None:
    accepted(world, "A-1")
    placed = {"supplier_sku": "I-S-1", "bin": "A-2", "barcode": "6901234567892"}
    world.first.put("/supplier/bins", [placed])
    listed = world.first.get("/supplier/stock").body["items"]
    assert [each["supplier_sku"] for each in listed] == sorted(each["supplier_sku"] for each in listed)
    for code in ("6901234567892", "I-S-1"):
        [shelf] = world.first.get(f"/supplier/stock?code={code}").body["items"]
        assert shelf == next(each for each in listed if each["supplier_sku"] == "I-S-1")
    assert (shelf["owner"], shelf["shop_id"], shelf["reserved"]) == ("supplier", None, 2)
    assert (shelf["bin"], shelf["barcode"]) == ("A-2", "6901234567892")
    counted = [{"supplier_sku": "I-S-1", "counted": 41, "expected": shelf["counted"]}]
    assert world.first.put("/supplier/stock", counted).status == 200
    [again] = world.first.get("/supplier/stock?code=I-S-1").body["items"]
    assert (again["counted"], again["reserved"]) == (41, 2)
    assert world.first.get("/supplier/stock?code=I-NONE").body["items"] == []
    assert world.second.get("/supplier/stock?code=6901234567892").body["items"] == []


@pytest.mark.parametrize("dpi", ["600", "0203", "", "two hundred"])
def test_a_printer_of_another_kind_is_refused(world: World, dpi: str) -> None:
    refused = world.first.get(f"/supplier/parcels/1/label.zpl?dpi={dpi}")
    assert refused.code == "request.invalid"


def test_more_labels_than_a_call_takes_are_refused(world: World) -> None:
    assert world.first.post("/supplier/labels.pdf", {"parcels": [1] * 201}).status == 422
    assert world.first.post("/supplier/labels.pdf", {"parcels": []}).status == 422
    assert world.first.post("/supplier/labels.zpl", {"parcels": [1] * 51}).status == 422


def test_a_void_label_and_a_cancelled_fulfilments_are_not_printed(world: World) -> None:
    number = accepted(world, "A-1")
    parcel = label(world, number, "W-1")
    world.first.post(f"/supplier/fulfilments/{number}/void_label", {"carrier": "cainiao", "waybill": "W-1"})
    assert world.first.get(f"/supplier/parcels/{parcel}/label.pdf").code == "label.voided"
    again = label(world, number, "W-2")
    shop = f"/shops/{world.shop.shop_id}"
    [order] = world.seller.get(f"{shop}/orders").body["items"]
    world.seller.post(f"{shop}/orders/{order['id']}/cancel", {"reason": "buyer"})
    answer = world.first.post(f"/supplier/fulfilments/{number}/cancellation", {"answer": "accepted"})
    assert answer.status == 200, answer
    assert world.first.get(f"/supplier/parcels/{again}/label.zpl").code == "fulfilment.state"
