"""One story, told through the pages in either language: a seller watches an order, leaves JIT, and holds the certificate."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from tests.console.conftest import Desk
from tests.console.sellers import an_owner
from tests.journeys.blackbox import good, serial
from tests.journeys.blackbox_market import Market

pytestmark = pytest.mark.timeout(400)

WORDS = {
    "zh-CN": {
        "pushed": "待发货",
        "late": "逾期未答复",
        "shipped": "运输中",
        "remind": "催 办",
        "ok": "确 定",
        "start": "开始退出",
        "end": "解除绑定",
        "read": "查看并签署",
        "sign": "电子签章",
        "name": "签署人姓名",
        "off": "关闭JIT总开关",
        "notice": "JIT服务将于24小时后正式停用",
        "certificate": "退出证明",
        "done": "已退出",
        "carrier": "待承运商处理",
        "yours": "由您处理",
        "none": "没有阻碍",
        "restore": "恢复所选（1）",
        "restore_all": "全部恢复",
        "not_bound": "供应商未绑定",
        "known": "已有映射",
        "gently": "双轨过渡",
        "for_all": "全部设为…",
        "ships": "供应商发货",
        "move": "查看双轨过渡",
        "forecast": "预计完成时间",
        "leaving": "退出向导",
        "skip": "跳到正文",
    },
    "en": {
        "pushed": "Awaiting shipment",
        "late": "Late answer",
        "shipped": "In transit",
        "remind": "Remind",
        "ok": "OK",
        "start": "Start leaving",
        "end": "End the binding",
        "read": "Read and sign",
        "sign": "Sign",
        "name": "Your name",
        "off": "Throw the switch",
        "notice": "The JIT service will be formally deactivated in 24 hours",
        "certificate": "Certificate of exit",
        "done": "Done",
        "carrier": "The carrier's",
        "yours": "Yours to clear",
        "none": "Nothing stands in the way",
        "restore": "Restore these (1)",
        "restore_all": "Restore all",
        "not_bound": "supplier is not bound",
        "known": "mapped already",
        "gently": "Gentle move",
        "for_all": "For all of them…",
        "ships": "The supplier ships",
        "move": "See the move",
        "forecast": "Forecast",
        "leaving": "Exit guide",
        "skip": "Skip to the page",
    },
}


@dataclass
class Seller:
    """The owner of a shop of this test alone, at a browser."""

    desk: Desk
    market: Market
    email: str

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.desk.language]

    def go(self, page: str) -> None:
        self.desk.go(f"/seller/{self.market.shop_id}/{page}")

    def button(self, word: str, inside: Locator | None = None) -> Locator:
        return (inside or self.desk.page).get_by_role("button", name=self.words[word], exact=True)


@pytest.fixture
def seller(desk: Desk) -> Seller:
    owner = an_owner(desk)
    return Seller(desk, owner.market, owner.email)


def by_keys_alone(seller: Seller) -> None:
    """The last binding is ended, its letter read and signed, without a mouse; what is focused is what the keys are for."""
    page, keys = seller.desk.page, seller.desk.page.keyboard

    def reach(target: Locator) -> None:
        for _ in range(80):
            if target.evaluate("element => element === document.activeElement"):
                return
            keys.press("Tab")
        expect(target).to_be_focused()

    reach(page.get_by_role("link", name=seller.words["skip"]))
    keys.press("Enter")
    reach(seller.button("end"))
    keys.press("Enter")
    reach(seller.button("ok", page.get_by_role("tooltip")))
    keys.press("Enter")
    reach(seller.button("read"))
    keys.press("Enter")
    letter = page.get_by_role("dialog")
    reach(letter.get_by_label(seller.words["name"]))
    keys.type("李雷")
    keys.press("Enter")
    expect(letter).to_be_hidden()


def on_paper(seller: Seller) -> None:
    """The step as it is printed: what blocks it and by when it is done, and nothing to press."""
    page = seller.desk.page
    page.emulate_media(media="print")
    expect(page.get_by_text(seller.words["forecast"], exact=True)).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.screenshot(path=seller.desk.shots / "leaving on paper.png", full_page=True)
    page.emulate_media(media="screen")


def test_from_the_first_order_to_the_certificate(seller: Seller) -> None:
    market, page, words = seller.market, seller.desk.page, seller.words
    served = market.served

    # An order comes in; the supplier is slow, and is reminded.
    order_id = market.sell(number=(number := f"S-{serial()}"))
    served.advance("PT25H")
    seller.go("orders?flag=late_answer")
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text(words["pushed"])
    expect(row).to_contain_text(words["late"])
    row.get_by_role("button", name=number).click()
    drawer = page.get_by_role("dialog")
    seller.button("remind", drawer).click()
    seller.button("ok", page.get_by_role("tooltip")).click()
    part = market.part(order_id)
    expect(page.locator(".ant-message")).to_be_visible()

    # The supplier ships it, and the seller sees it under way.
    waybill = market.label(part["id"])
    served.advance("PT2H")
    market.scan(waybill, ("collected", served.now))
    served.advance("PT1S")
    seller.go("orders?group=in_transit")
    expect(page.get_by_role("row").filter(has_text=number)).to_contain_text(words["shipped"])

    # The seller leaves, gently: what is in the way, and whose matter it is.
    seller.go("leaving")
    page.get_by_role("switch", name=words["gently"]).click()
    page.get_by_label(words["for_all"], exact=True).click()
    page.locator(".ant-select-item-option").filter(has_text=words["ships"]).first.click()
    seller.desk.check_access("leaving gently")
    seller.button("start").click()
    page.get_by_role("dialog").locator(".ant-btn-primary").click()
    expect(page.get_by_text(words["carrier"])).to_be_visible()
    expect(page.get_by_text(words["yours"])).to_be_visible()
    expect(seller.button("off")).to_be_disabled()
    seller.desk.check_access("leaving, step 1")
    on_paper(seller)
    [move] = good(market.shop.get(f"{market.here}/moves"))["items"]
    assert good(market.shop.get(f"{market.here}/moves/{move['id']}"))["choices"].keys() == {"supplier_ships"}
    seller.button("move").click()
    expect(page.get_by_role("row").filter(has_text="S-1")).to_contain_text(words["ships"])
    expect(page.get_by_role("link", name=words["leaving"])).to_be_visible()
    seller.desk.check_access("the move of an exit")
    page.go_back()

    # 1. It is delivered, and the queue is empty. 2. Each supplier is unbound by a letter that is read and signed.
    served.advance("PT30H")
    market.scan(waybill, ("delivered", served.now))
    served.advance("PT1S")
    page.reload()
    expect(seller.button("end")).to_have_count(2)
    seller.button("end").first.click()
    seller.button("ok", page.get_by_role("tooltip")).click()
    seller.button("read").click()
    letter = page.get_by_role("dialog")
    expect(letter.get_by_role("link")).to_have_attribute("download", re.compile(r"\.pdf$"))
    seller.desk.check_access("a letter")
    letter.get_by_label(words["name"]).fill("李雷")
    seller.button("sign", letter).click()
    expect(letter).to_be_hidden()
    expect(seller.button("end")).to_have_count(1)
    by_keys_alone(seller)
    served.advance("PT1S")

    # 3. Fees settle by themselves on their day; then the switch is thrown, and counts down.
    served.advance("P4D")
    page.reload()
    expect(page.get_by_text(words["none"], exact=True)).to_be_visible()
    seller.button("off").click()
    page.get_by_role("dialog").locator(".ant-btn-primary").click()
    expect(page.get_by_text(words["notice"]).first).to_be_visible()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"2[34]:\d\d:\d\d"))
    expect(page.get_by_text(re.compile(r"\w+-\w+-\d+")).first).to_be_visible()
    seller.desk.check_access("the switch is thrown")

    # 4. A day later every check was run, and there is a certificate.
    served.advance("P1D")
    served.advance("PT1S")
    seller.go("leaving")
    expect(page.get_by_text(words["done"], exact=True)).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("通过|holds"))).to_have_count(9)
    seller.desk.check_access("done")
    seller.button("certificate").click()
    expect(page.get_by_role("dialog").get_by_role("link")).to_have_attribute("download", "certificate.pdf")
    seller.desk.check_access("the certificate")
    assert good(market.shop.get(f"{market.here}/enrolment"))["state"] == "off"

    # Back again: one supplier is bound anew, and what was mapped to it is restored; the other one's is not to be had.
    page.keyboard.press("Escape")
    body = {"supplier_id": market.suppliers[0]}
    again = good(market.shop.post(f"{market.here}/bindings", body), 201)["id"]
    good(market.supplier[0].post(f"/supplier/bindings/{again}/accept"))
    seller.go("mappings?tab=former")
    former = page.get_by_role("table").get_by_role("row")
    expect(former.filter(has_text=words["not_bound"])).to_have_count(2)
    former.filter(has_text="S-1").get_by_role("checkbox").first.check()
    seller.button("restore").click()
    expect(former.filter(has_text=words["known"])).to_have_count(1)
    seller.desk.check_access("former mappings of a shop")
    seller.button("restore_all").click()
    expect(former.filter(has_text=words["known"])).to_have_count(2)
    mapped = good(market.shop.get(f"{market.here}/mappings"))["items"]
    assert [(each["sku"], each["supplier_id"]) for each in mapped] == [
        ("S-1", market.suppliers[0]),
        ("S-2", market.suppliers[0]),
    ]
