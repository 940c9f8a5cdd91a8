"""Every page, in both languages: nothing on it that axe finds against WCAG 2.2 A or AA, and no fault in the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, a_desk
from tests.journeys.blackbox import Served, good

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
    "funds": "/seller/1/funds",
    "statements": "/seller/1/funds?tab=statements",
    "enquiries": "/seller/1/funds?tab=enquiries",
    "disputes": "/seller/1/disputes",
    "a new dispute": "/seller/1/disputes?about=1",
    "insights": "/seller/1/insights",
    "standing": "/seller/1/standing",
    "stock outs": "/seller/1/standing?tab=stock_outs",
    "members": "/seller/1/people",
    "invitations": "/seller/1/people?tab=invitations",
    "security": "/seller/1/people?tab=security",
    "leaving": "/seller/1/leaving",
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


def test_the_suppliers_pages(desk: Desk) -> None:
    desk.sign_in("lead", "supplier")
    for state in ("pushed", "accepted"):
        desk.go(f"/supplier/1?state={state}")
        desk.check_access(f"supplier {state}")


def test_the_operators_pages(desk: Desk) -> None:
    desk.sign_in("admin", "operator")
    for name, path in DESK.items():
        desk.go(path)
        desk.check_access(name)


def test_on_a_phone(served: Served, chromium: Browser, shots: Path) -> None:
    with a_desk(served, chromium, shots / "phone", "zh-CN", width=375) as phone:
        phone.sign_in("owner")
        for name, path in SELLER.items():
            phone.go(path)
            phone.page.screenshot(path=phone.shots / f"{name}.png", full_page=True)
            wide = phone.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 375, f"{name} is {wide} pixels wide"
