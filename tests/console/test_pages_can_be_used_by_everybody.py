"""Every page, in both languages: nothing on it that axe finds against WCAG 2.2 A or AA, and no fault in the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, a_desk
from tests.console.warehouse import disputed, labelled, shelved, sold, state
from tests.journeys.blackbox import Served, good
from tests.journeys.blackbox_market import CARRIER

pytestmark = pytest.mark.timeout(300)

SELLER = {
    "home": "/seller",
    "orders": "/seller/1/orders",
    "suppliers": "/seller/1/suppliers",
    "mappings": "/seller/1/mappings",
    "settings": "/seller/1/settings",
    "products": "/seller/1/products",
    "product exits": "/seller/1/products?tab=exits",
    "calibrations": "/seller/1/products?tab=calibrations",
    "a product": "/seller/1/products?product=TEE-WHITE-M",
    "plan": "/seller/1/plan",
    "stock plan": "/seller/1/plan?tab=stock",
    "a move to begin": "/seller/1/plan?tab=move",
    "what if": "/seller/1/plan?tab=what_if",
    "funds": "/seller/1/funds",
    "statements": "/seller/1/funds?tab=statements",
    "enquiries": "/seller/1/funds?tab=enquiries",
    "disputes": "/seller/1/disputes",
    "a new dispute": "/seller/1/disputes?about=1",
    "insights": "/seller/1/insights",
    "no rule changes": "/seller/1/news",
    "former mappings": "/seller/1/mappings?tab=former",
    "products found": "/seller/1/products?contains=linen",
    "standing": "/seller/1/standing",
    "stock outs": "/seller/1/standing?tab=stock_outs",
    "members": "/seller/1/people",
    "invitations": "/seller/1/people?tab=invitations",
    "security": "/seller/1/people?tab=security",
    "leaving": "/seller/1/leaving",
}
SUPPLIER = {
    "to answer": "/supplier/1",
    "to pick": "/supplier/1?state=accepted",
    "to hand over": "/supplier/1?state=labelled",
    "picking": "/supplier/1/pick",
    "packing table": "/supplier/1/pack",
    "hand-over notes": "/supplier/1/handovers",
    "stock count": "/supplier/1/stock",
    "disputes of a supplier": "/supplier/1/disputes",
    "payables": "/supplier/1/money",
    "shops of a supplier": "/supplier/1/shops",
    "pushes": "/supplier/1/pushes",
    "returns of a supplier": "/supplier/1/returns",
    "notices of a supplier": "/supplier/1/notices?show=all",
    "parting": "/supplier/1/parting",
    "hours and capacity": "/supplier/1/hours",
    "people of a supplier": "/supplier/1/people",
    "security of a supplier's person": "/supplier/1/people?tab=security",
}
DESK = {
    "exits": "/desk",
    "disputes": "/desk/disputes?queue=all",
    "appeals": "/desk/appeals",
    "violations": "/desk/violations",
    "suppliers of the platform": "/desk/suppliers",
    "one supplier": "/desk/suppliers/1",
    "reviews": "/desk/reviews",
    "stuck orders": "/desk/orders",
    "exemptions": "/desk/exemptions",
    "policies": "/desk/policies",
    "record": "/desk/record?shop=1",
    "health": "/desk/health",
}


@pytest.fixture(scope="module", autouse=True)
def orders(served: Served) -> list[int]:
    """Orders of the demonstration's first shop, of which suppliers have one in each state of the way."""
    seller = served.client(served.world["shops"][0]["key"])
    sold = [
        {
            "channel": "plaza",
            "channel_order_no": f"P-{number}",
            "placed_at": served.now.isoformat(),
            "ship_to": {
                "name": "Ana Sol",
                "line1": "Calle Mayor 1",
                "city": "Madrid",
                "postcode": "28001",
                "country": "ES",
            },
            "lines": [{"sku": sku, "quantity": 1, "unit_price": {"amount": "89.00", "currency": "CNY"}}],
        }
        for number, sku in enumerate(("TEE-WHITE-M", "TEE-BLACK-M", "SCARF-SILK", "SHIRT-OXFORD-L"))
    ]
    results = good(seller.post("/shops/1/orders/bulk", {"orders": sold}))["results"]
    assert [each["status"] for each in results] == ["created"] * 4
    served.advance("PT30H")
    return [each["order_id"] for each in results]


def test_signing_in(desk: Desk) -> None:
    desk.go("/seller")
    expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
    desk.check_access("sign in")


def test_the_sellers_pages(desk: Desk, orders: list[int]) -> None:
    desk.sign_in("owner")
    for name, path in SELLER.items():
        desk.go(path)
        desk.check_access(name)
    desk.go(f"/seller/1/orders?order={orders[0]}")
    desk.check_access("one order")
    desk.go("/seller/1/leaving")
    desk.page.get_by_role("button", name="试运行").or_(
        desk.page.get_by_role("button", name="Rehearse")
    ).click()
    desk.check_access("rehearsal")


@pytest.fixture(scope="module")
def warehouse(served: Served) -> dict[str, str]:
    """The addresses of things in the first warehouse, of which some are in each state of the way."""
    to_answer, accepted, packing, packed, noted = sold(served, 5)
    shelved(served)
    supplier = served.client(served.world["suppliers"][0]["key"])
    for part in (accepted, packing):
        good(supplier.post(f"/supplier/fulfilments/{part}/accept"))
    good(supplier.post(f"/supplier/fulfilments/{packing}/picked"))
    labelled(served, packed)
    waybill = labelled(served, noted)
    note = good(supplier.post("/supplier/handovers", {"carrier": CARRIER, "waybills": [waybill]}), 201)["id"]
    assert state(served, to_answer) == "pushed"
    return {
        "one on the packing table": f"/supplier/1/pack?part={packing}",
        "one that is packed": f"/supplier/1/pack?part={packed}",
        "one hand-over note": f"/supplier/1/handovers?note={note}",
        "one dispute of a supplier": f"/supplier/1/disputes?dispute={disputed(served, noted)}",
    }


def test_the_suppliers_pages(desk: Desk, warehouse: dict[str, str]) -> None:
    desk.sign_in("lead", "supplier")
    for name, path in (SUPPLIER | warehouse).items():
        desk.go(path)
        desk.check_access(name)


def test_the_operators_pages(desk: Desk) -> None:
    desk.sign_in("admin", "operator")
    for name, path in DESK.items():
        desk.go(path)
        desk.check_access(name)


@pytest.mark.parametrize(("role", "party"), [("owner", "shop"), ("lead", "supplier"), ("admin", "operator")])
def test_on_a_phone(
    served: Served, chromium: Browser, shots: Path, warehouse: dict[str, str], role: str, party: str
) -> None:
    pages = {"shop": SELLER, "supplier": SUPPLIER | warehouse, "operator": DESK}[party]
    with a_desk(served, chromium, shots / "phone", "zh-CN", width=375) as phone:
        phone.sign_in(role, party)
        for name, path in pages.items():
            phone.go(path)
            phone.page.screenshot(path=phone.shots / f"{name}.png", full_page=True)
            wide = phone.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 375, f"{name} is {wide} pixels wide"
