"""A supplier at a phone in the warehouse: orders are accepted and refused many at a time, picked, and labelled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, a_desk
from tests.journeys.blackbox import Served, good, serial
from tests.journeys.blackbox_market import SPAIN

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def phone(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    with a_desk(served, chromium, shots / "phone", "zh-CN", width=375) as made:
        yield made


def sold(served: Served, number: int, sku: str) -> list[int]:
    """So many orders of the demonstration's first shop, all for its first supplier: their fulfilments."""
    seller = served.client(served.world["shops"][0]["key"])
    line = {"sku": sku, "quantity": 1, "unit_price": {"amount": "89.00", "currency": "CNY"}}
    orders = [
        {
            "channel": "plaza",
            "channel_order_no": f"T-{serial()}",
            "placed_at": served.now.isoformat(),
            "ship_to": SPAIN,
            "lines": [line],
        }
        for _ in range(number)
    ]
    results = good(seller.post("/shops/1/orders/bulk", {"orders": orders}))["results"]
    seen = [good(seller.get(f"/shops/1/orders/{each['order_id']}")) for each in results]
    return [order["fulfilments"][0]["id"] for order in seen]


def state(served: Served, part: int) -> str:
    supplier = served.client(served.world["suppliers"][0]["key"])
    return str(good(supplier.get(f"/supplier/fulfilments/{part}"))["state"])


def test_orders_are_answered_picked_and_labelled(phone: Desk) -> None:
    first, second, third = sold(phone.served, 3, "TEE-WHITE-M")
    phone.served.advance("PT1S")
    phone.sign_in("lead", "supplier")
    page = phone.page
    phone.go("/supplier/1?state=pushed")
    for part in (first, second):
        page.get_by_label(f"选择 {part}", exact=True).check()
    page.get_by_role("button", name="接 单", exact=True).click()
    expect(page.get_by_label(f"选择 {first}", exact=True)).to_be_hidden()
    page.get_by_label(f"选择 {third}", exact=True).check()
    page.get_by_role("button", name="拒 单", exact=True).click()
    expect(page.get_by_label(f"选择 {third}", exact=True)).to_be_hidden()
    assert [state(phone.served, part) for part in (first, second, third)] == [
        "accepted",
        "accepted",
        "rejected",
    ]

    page.get_by_role("tab", name="待拣货").click()
    page.get_by_label(f"选择 {second}", exact=True).check()
    page.get_by_role("button", name="已拣货", exact=True).click()
    expect(page.get_by_label(f"选择 {second}", exact=True)).to_be_hidden()
    page.get_by_role("tab", name="待贴面单").click()
    page.get_by_role("row").filter(has_text=f"#{second}").get_by_role("button", name="贴面单").click()
    form = page.get_by_role("dialog")
    form.get_by_label("承运商").click()
    page.locator(".ant-select-item-option").first.click()
    form.get_by_label("运单号").fill(f"W{serial()}")
    for label, value in (("重量 g", "350"), ("长 mm", "200"), ("宽 mm", "150"), ("高 mm", "40")):
        form.get_by_label(label).fill(value)
    phone.check_access("supplier labels")
    form.locator(".ant-btn-primary").click()
    expect(form).to_be_hidden()
    assert [state(phone.served, part) for part in (first, second)] == ["accepted", "labelled"]


def test_without_a_network_it_says_so_and_goes_on_when_there_is_one(phone: Desk) -> None:
    phone.sign_in("lead", "supplier")
    phone.go("/supplier/1?state=pushed")
    offline = phone.page.get_by_text("网络不可用，暂时无法连接服务器")
    expect(offline).to_be_hidden()
    phone.page.context.set_offline(True)
    expect(offline.first).to_be_visible()
    phone.page.context.set_offline(False)
    expect(offline).to_be_hidden()


def test_what_is_refused_is_told_in_the_servers_own_words(phone: Desk) -> None:
    [part] = sold(phone.served, 1, "TEE-BLACK-M")
    phone.served.advance("PT1S")
    phone.sign_in("picker", "supplier")
    phone.go("/supplier/1?state=pushed")
    phone.page.get_by_label(f"选择 {part}", exact=True).check()
    supplier = phone.served.client(phone.served.world["suppliers"][0]["key"])
    good(supplier.post(f"/supplier/fulfilments/{part}/reject", {"code": "other"}))
    phone.page.get_by_role("button", name="接 单", exact=True).click()
    expect(phone.page.get_by_role("dialog")).to_contain_text(f"{part}: fulfilment.")


def test_a_page_is_worked_by_keys_alone(phone: Desk) -> None:
    phone.page.set_viewport_size({"width": 1280, "height": 800})
    phone.go("/sign-in")
    who = next(each for each in phone.served.world["people"] if each["role"] == "lead")
    keys = phone.page.keyboard
    phone.page.locator("input[autocomplete=username]").focus()
    keys.type(who["email"])
    keys.press("Tab")
    keys.type(who["password"])
    keys.press("Enter")
    phone.page.wait_for_url("**/supplier/1")
    phone.go("/supplier/1")
    keys.press("Tab")
    expect(phone.page.get_by_role("link", name="跳到正文")).to_be_focused()
    keys.press("Enter")
    expect(phone.page.locator("main")).to_be_focused()
    keys.press("Tab")
    expect(phone.page.get_by_role("tab", name="待接单")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Enter")
    phone.page.wait_for_url("**state=accepted")
