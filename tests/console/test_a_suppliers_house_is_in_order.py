"""What a warehouse arranges beside its day: hours, notices, people, shops and partings; and what lacks, comes back, or is printed together."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Desk, a_desk
from tests.console.warehouse import BARCODE, ITEM, labelled, sold, state
from tests.journeys.blackbox import Served, good, serial
from tests.journeys.blackbox_market import CARRIER

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def phone(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    """The lead, in Chinese, on a phone."""
    with a_desk(served, chromium, shots / "house", "zh-CN", width=375) as made:
        made.sign_in("lead", "supplier")
        yield made


@pytest.fixture
def table(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    """The lead, in English, at a desk."""
    with a_desk(served, chromium, shots / "house", "en") as made:
        made.sign_in("lead", "supplier")
        yield made


def supplier(served: Served) -> Any:
    return served.client(served.world["suppliers"][0]["key"])


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose_option(page: Page, field: str, option: str) -> None:
    page.get_by_label(field, exact=True).click()
    page.locator(".ant-select-item-option", has_text=option).first.click()


def sure(page: Page) -> None:
    """The last button of the question that is open."""
    page.locator(".ant-popconfirm").get_by_role("button").last.click()


def test_hours_people_and_shops_are_arranged_by_thumb(phone: Desk) -> None:
    served, page, mine = phone.served, phone.page, supplier(phone.served)
    name = f"云上衣橱{serial()}"
    new = {
        "name": name, "category": "apparel", "locale": "zh-CN", "currency": "CNY", "zone": "Asia/Shanghai"
    }  # fmt: skip
    shop = good(served.operator.post("/shops", new), 201)["id"]
    good(served.operator.post(f"/shops/{shop}/bindings", {"supplier_id": 1}), 201)

    phone.go("/supplier/1/shops")
    page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="接受绑定").click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text("已绑定")

    phone.go("/supplier/1/hours")
    page.get_by_label("星期五截单", exact=True).fill("25:00")
    press(page, "保存")
    expect(page.get_by_label("星期五截单", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("星期五截单", exact=True).fill("15:00")
    press(page, "添加日期")
    page.get_by_label("特殊日期1", exact=True).fill("2027-02-01")
    page.get_by_label("特殊日期1", exact=True).press("Enter")
    phone.check_access("hours with another day")
    press(page, "保存")
    expect(page.get_by_role("button", name="改为全天候")).to_be_visible()
    calendar = good(mine.get("/supplier/calendar"))
    assert (calendar["week"]["friday"]["cut_off"], "sunday" in calendar["week"]) == ("15:00", False)
    assert (calendar["days"], calendar["public_holidays"]) == ([{"on": "2027-02-01", "hours": None}], "CN")
    page.get_by_label("每日最多接单").fill("40")
    press(page, "设为上限")
    expect(page.get_by_text("上限40单")).to_be_visible()
    press(page, "不限")
    expect(page.get_by_text("不限单量")).to_be_visible()
    press(page, "改为全天候")
    sure(page)
    expect(page.get_by_text("未设置工作时间")).to_be_visible()

    phone.go("/supplier/1/people")
    press(page, "邀请成员")
    page.get_by_label("邮箱").fill(f"p{serial()}@example.com")
    press(page.get_by_role("dialog"), "确定")
    expect(page.get_by_role("dialog")).to_be_hidden()
    phone.go("/supplier/1/people?tab=invitations")
    expect(page.get_by_role("listitem").last).to_contain_text("拣货员")

    phone.go("/supplier/1/parting")
    press(page, "发出解约通知")
    notice = page.get_by_role("dialog")
    notice.get_by_label("解约时间").fill("2027-06-01 12:00")
    notice.get_by_label("解约时间").press("Enter")
    choose_option(page, "店铺", name)
    page.keyboard.press("Escape")
    notice.get_by_label("签署人姓名").fill("李伟")
    phone.check_access("giving notice")
    press(notice, "签署并通知")
    row = page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text("已通知")
    [departure] = [
        each for each in good(mine.get("/supplier/departures"))["items"] if each["shop_id"] == shop
    ]
    assert departure["leaves_at"] == "2027-06-01T04:00:00Z"
    row.get_by_role("button", name="撤回通知").click()
    sure(page)
    expect(row).to_contain_text("已撤回")

    binding = next(each for each in good(mine.get("/supplier/bindings"))["items"] if each["shop_id"] == shop)
    good(served.operator.post(f"/shops/{shop}/bindings/{binding['id']}/end"))
    phone.go("/supplier/1/notices")
    page.get_by_role("link", name="供应商解约确认函待签署").first.click()
    expect(page.get_by_text("正在解除绑定")).to_be_visible()
    page.get_by_role("button", name="查看确认函草稿").click()
    expect(page.get_by_role("link", name="下载PDF")).to_be_visible()
    phone.go("/supplier/1/notices")
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_text("没有未读消息")).to_be_visible()


def test_what_lacks_what_comes_back_and_what_is_printed_together(table: Desk) -> None:
    served, page, mine = table.served, table.page, supplier(table.served)
    lacking, back, *two = sold(served, 4)
    good(mine.post(f"/supplier/fulfilments/{lacking}/accept"))
    table.go(f"/supplier/1/pack?part={lacking}")
    press(page, "Cannot fulfil")
    # Not out of stock, nor damaged: later stories sell the item, too.
    page.get_by_role("dialog").get_by_text("Other", exact=True).click()
    press(page.get_by_role("dialog"), "Cannot fulfil")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert state(served, lacking) != "accepted"

    shelf = f"B-{serial()}"
    table.go(f"/supplier/1/stock?code={ITEM}")
    page.get_by_role("button", name=f"Bin and barcode of {ITEM}").click()
    page.get_by_role("dialog").get_by_label("Bin").fill(shelf)
    page.get_by_role("dialog").get_by_label("Barcode").fill(BARCODE)
    press(page.get_by_role("dialog"), "OK")
    expect(page.get_by_role("row").filter(has_text=ITEM)).to_contain_text(shelf)

    waybills = {labelled(served, part) for part in two}
    table.go("/supplier/1?state=labelled")
    for part in two:
        page.get_by_label(f"Choose {part}", exact=True).check()
    press(page, "Print labels (2)")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download PDF").click()
    sheets = list(pypdfium2.PdfDocument(io.BytesIO(saved.value.path().read_bytes())))
    read = {code.text for each in sheets for code in zxingcpp.read_barcodes(each.render(scale=4).to_pil())}
    assert (len(sheets), read) == (2, waybills)

    waybill = labelled(served, back)
    carrier = served.client(served.world["carriers"][0]["key"])
    scan = {"waybill": waybill, "status": "collected", "occurred_at": served.now.isoformat()}
    good(carrier.post(f"/carriers/{CARRIER}/scans", [scan]))
    table.go("/supplier/1/returns")
    field = page.get_by_label("Scan the waybill or fulfilment of what came back")
    field.fill("W-OF-NOBODY")
    field.press("Enter")
    expect(page.get_by_text("Nothing was shipped under W-OF-NOBODY")).to_be_visible()
    field.fill(waybill)
    field.press("Enter")
    form = page.get_by_role("dialog")
    form.get_by_text("Damaged").click()
    table.check_access("a return")
    press(form, "Record the return")
    expect(page.get_by_role("row").filter(has_text=f"#{back}")).to_contain_text("Damaged")
    [told] = [each for each in good(mine.get("/supplier/returns"))["items"] if back in each["fulfilments"]]
    assert (told["lines"], told["condition"]) == ({"TEE-WHITE-M": 1}, "damaged")

    table.go("/supplier/1/money")
    press(page, "Signed PDF")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download PDF").click()
    assert b"/Sig" in saved.value.path().read_bytes()
