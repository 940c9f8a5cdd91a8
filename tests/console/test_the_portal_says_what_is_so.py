"""What holds on every page of the portal: it says when there is no network, tells refusals in the server's words, and goes by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, a_desk
from tests.console.warehouse import sold
from tests.journeys.blackbox import Served, good

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def phone(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    with a_desk(served, chromium, shots / "phone", "zh-CN", width=375) as made:
        yield made


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
    phone.sign_in("picker", "supplier")
    phone.go("/supplier/1?state=pushed")
    phone.page.get_by_label(f"选择 {part}", exact=True).check()
    supplier = phone.served.client(phone.served.world["suppliers"][0]["key"])
    good(supplier.post(f"/supplier/fulfilments/{part}/reject", {"code": "other"}))
    phone.page.get_by_role("button", name="接单", exact=True).click()
    expect(phone.page.get_by_role("dialog")).to_contain_text(f"{part}: 履约单已作出其他答复")


def test_a_page_is_worked_by_keys_alone(phone: Desk) -> None:
    phone.page.set_viewport_size({"width": 1280, "height": 800})
    phone.go("/sign-in")
    phone.page.evaluate("localStorage.setItem('andon.language', 'zh-CN')")
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
    # Before the tabs stand what needs somebody, and shops that ask to be served.
    for _ in phone.page.locator("main .need, main .ant-alert a").all():
        keys.press("Tab")
    keys.press("Tab")
    expect(phone.page.get_by_role("tab", name="待接单")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Enter")
    phone.page.wait_for_url("**state=accepted")


def test_a_picker_is_offered_what_a_picker_may(phone: Desk) -> None:
    phone.sign_in("picker", "supplier")
    phone.page.get_by_role("button", name="菜单").click()
    offered = phone.page.get_by_role("menuitem")
    expect(offered.first).to_be_visible()
    assert offered.all_inner_texts() == [
        *(
            "履约单",
            "拣货",
            "打包台",
            "交接单",
            "库存盘点",
            "退货",
            "消息",
            "合作店铺",
            "接单安排",
            "推送",
            "成员与安全",
        ),
    ]
    phone.go("/supplier/1/stock")
    expect(phone.page.get_by_label("LT-W-M 的实盘数")).to_be_enabled()
    phone.go("/supplier/1/hours")
    expect(phone.page.get_by_text("未设置工作时间")).to_be_visible()
    expect(phone.page.get_by_role("button", name="保存")).to_be_hidden()
    phone.go("/supplier/1/people")
    expect(phone.page.get_by_role("tab")).to_have_text(["我的安全"])
    phone.go("/supplier/1/disputes")
    expect(phone.page.get_by_role("alert")).to_contain_text("credentials.role")
