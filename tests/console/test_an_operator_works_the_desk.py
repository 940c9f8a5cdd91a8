"""One story in either language: an operator decides what waits, sees what is stuck, and proves what was done."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.console.conftest import Desk, a_desk
from tests.journeys.blackbox import Served, good, serial
from tests.journeys.blackbox_market import Market, a_market
from tests.worlds_disputes import PNG

pytestmark = pytest.mark.timeout(400)

WORDS = {
    "zh-CN": {
        "ok": "确 定",
        "view": "查看照片",
        "photo": "照片",
        "decide": "裁 定",
        "upheld": "支持",
        "note": "备注",
        "review": "审核中",
        "qualify": "通 过",
        "qualified": "已通过",
        "reject": "驳回申诉",
        "blocker": "供应商未答复",
        "force": "强制退出",
        "forced": "强制",
        "late": "供应商未答复",
        "declare": "新增豁免",
        "region": "地区",
        "running": "未开始",
        "end": "提前结束",
        "ended": "已结束",
        "differences": "处差异",
        "prove": "验证封印",
        "holds": "验证通过",
        "well": "正常",
        "was_forced": "强制退出：",
        "csv": "导出CSV",
        "recorded_by": "平台记录",
        "on_time": "各工序均按时",
        "station": "夜间审计",
        "in_words": "审核时限：48小时 → 72小时",
    },
    "en": {
        "ok": "OK",
        "view": "View: Photo",
        "photo": "Photo",
        "decide": "Decide",
        "upheld": "Upheld",
        "note": "Note",
        "review": "Under review",
        "qualify": "Qualify",
        "qualified": "Qualified",
        "reject": "Reject the appeal",
        "blocker": "Unanswered order",
        "force": "Force the exit",
        "forced": "forced",
        "late": "Supplier has not answered",
        "declare": "Declare one",
        "region": "Region",
        "running": "ahead",
        "end": "End now",
        "ended": "ended",
        "differences": "Differences:",
        "prove": "Prove it here",
        "holds": "It holds",
        "well": "well",
        "was_forced": "The exit was forced by",
        "csv": "Export CSV",
        "recorded_by": "recorded by the platform",
        "on_time": "Every station is on time",
        "station": "Nightly audit",
        "in_words": "time to review: 48 h → 72 h",
    },
}


@dataclass
class Busy:
    """What waits for an operator: of one shop a dispute, a violation, an exit and a late order; and a new supplier."""

    market: Market
    dispute_id: int
    violation_id: int
    exit_id: int
    late_id: int
    supplier_id: int
    supplier: str


def a_busy_day(served: Served) -> Busy:
    market = a_market(served)
    sold = market.sell()
    served.advance("PT1S")
    waybill = market.label(market.part(sold)["id"])
    sent = served.now
    served.advance("PT1H")
    market.scan(waybill, ("collected", sent))
    served.advance("P5D")
    market.scan(waybill, ("delivered", served.now))
    photo = {"kind": "photo", "content": base64.b64encode(PNG).decode()}
    claim: dict[str, Any] = {
        "order_id": sold,
        "cause": "quality",
        "claim": {"amount": "20.00", "currency": "CNY"},
    }
    opened = market.channel.post(f"{market.here}/disputes", claim | {"text": "袖口开线", "evidence": [photo]})
    late = market.sell()
    name = f"云仓{serial()}"
    licence = {"kind": "licence", "number": "91310000", "content": base64.b64encode(PNG).decode()}
    body = {"name": name, "kind": "third_party", "documents": []}
    supplier_id = good(served.operator.post("/suppliers", body), 201)["id"]
    good(served.operator.post(f"/suppliers/{supplier_id}/documents", licence), 201)
    good(served.operator.post(f"/suppliers/{supplier_id}/review"))
    served.advance("PT25H")
    told = {"kind": "stock_out", "order_id": late, "at": served.now.isoformat(), "note": "缺货未发"}
    violation = good(served.operator.post(f"{market.here}/violations", told), 201)["id"]
    good(market.shop.post(f"{market.here}/violations/{violation}/appeal", {"text": "供应商仍有库存"}))
    exit_id = good(market.shop.post(f"{market.here}/exits", {"reason": "strategy"}), 201)["id"]
    served.advance("PT10M")
    return Busy(market, good(opened, 201)["id"], violation, exit_id, late, supplier_id, name)


@dataclass
class Operator:
    """The administrator at a browser."""

    desk: Desk

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.desk.language]

    def button(self, word: str, inside: Locator | None = None) -> Locator:
        return (inside or self.desk.page).get_by_role("button", name=self.words[word], exact=True)

    def says_why(self, why: str) -> None:
        """The note that a decision asks for, and its end."""
        dialog = self.desk.page.locator(".ant-modal:visible")
        dialog.get_by_label(self.words["note"]).fill(why)
        self.button("ok", dialog).click()
        expect(dialog).to_be_hidden()


@pytest.fixture
def operator(desk: Desk) -> Operator:
    desk.sign_in("admin", "operator")
    return Operator(desk)


def test_what_waits_is_decided_what_is_stuck_is_seen_and_what_was_done_is_proven(operator: Operator) -> None:
    desk, page, words = operator.desk, operator.desk.page, operator.words
    served = desk.served
    busy = a_busy_day(served)
    market = busy.market

    # A dispute in the JIT lane: its evidence is looked at, and it is decided.
    desk.go(f"/desk/disputes?dispute={busy.dispute_id}")
    case = page.get_by_role("dialog").first
    case.get_by_role("button", name=words["view"]).click()
    expect(page.get_by_role("img", name=words["photo"])).to_be_visible()
    page.keyboard.press("Escape")
    desk.check_access("a dispute")
    case.get_by_role("radio", name=words["upheld"], exact=True).check()
    case.get_by_label(words["note"]).fill("照片清楚")
    operator.button("decide", case).click()
    expect(case.locator("form")).to_be_hidden()
    decided = good(served.operator.get(f"/disputes/{busy.dispute_id}"))
    assert (decided["state"], decided["outcome"], decided["payer"]) == ("decided", "upheld", "supplier")

    # A new supplier: its documents and figures, and that it passes.
    desk.go("/desk/suppliers?state=under_review")
    page.get_by_role("link", name=busy.supplier).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(busy.supplier)
    expect(page.get_by_text("91310000")).to_be_visible()
    desk.check_access("a supplier")
    operator.button("qualify").click()
    operator.says_why("执照有效")
    expect(page.get_by_text(words["qualified"], exact=True).first).to_be_visible()
    assert good(served.operator.get(f"/suppliers/{busy.supplier_id}"))["state"] == "qualified"

    # An appeal against a violation.
    desk.go("/desk/violations")
    row = page.get_by_role("row").filter(has_text="供应商仍有库存").first
    expect(row.get_by_text(words["recorded_by"])).to_be_visible()
    row.get_by_role("button").click()
    page.get_by_role("radio", name=words["reject"]).check()
    operator.says_why("订单确已逾期")
    states = good(served.operator.get("/violations?state=confirmed"))["items"]
    assert busy.violation_id in [each["id"] for each in states]

    # What is stuck, and an exit that it blocks; the platform ends it by force.
    desk.go(f"/desk/orders?order={market.shop_id}-{busy.late_id}")
    expect(page.get_by_role("dialog")).to_be_visible()
    desk.check_access("a stuck order")
    desk.go(f"/desk?exit={market.shop_id}-{busy.exit_id}")
    side = page.get_by_role("dialog").first
    expect(side.get_by_text(words["blocker"], exact=True).first).to_be_visible()
    desk.check_access("an exit")
    operator.button("force", side).click()
    operator.says_why("卖家已失联")
    expect(side.get_by_text(words["forced"]).first).to_be_visible()
    assert good(market.shop.get(f"{market.here}/exits/{busy.exit_id}"))["forced"]

    # All of it stands in the record, and the seal proves it, here and elsewhere.
    served.advance("PT10M")
    desk.go(f"/desk/record?shop={market.shop_id}&kind=exit")
    forced = page.get_by_role("row").filter(has_text="exit.forced").filter(has_text=words["was_forced"])
    with page.expect_download() as saved:
        page.get_by_role("button", name=words["csv"]).click()
    sheet = saved.value.path().read_text()
    assert "exit.forced" in sheet
    assert words["was_forced"] in sheet
    forced.get_by_role("button").first.click()
    operator.button("prove").click()
    expect(page.get_by_text(words["holds"], exact=True)).to_be_visible()
    desk.check_access("a proof")


def test_clocks_are_stopped_versions_compared_and_health_is_seen(operator: Operator) -> None:
    desk, page, words = operator.desk, operator.desk.page, operator.words
    desk.go("/desk/exemptions")
    operator.button("declare").click()
    form = page.get_by_role("dialog")
    form.get_by_label(words["region"]).fill("CN-HI")
    begin, end = form.locator(".ant-picker-input input").all()
    day = desk.served.now.date()
    for field, month in ((begin, "01"), (end, "02")):
        field.click()
        field.fill(f"{day.year + 1}-{month}-01 08:00")
        field.press("Enter")
    desk.check_access("an exemption")
    operator.button("ok", form).click()
    row = page.get_by_role("row").filter(has_text="CN-HI").filter(has_text=words["running"]).first
    operator.button("end", row).click()
    page.get_by_role("dialog").last.locator(".ant-btn-primary").click()
    ended = page.get_by_role("row").filter(has_text="CN-HI").filter(has_text=words["ended"]).first
    expect(ended).to_be_visible()

    desk.go("/desk/policies?old=jit-3.0")
    expect(page.locator(".ant-card-head-title", has_text=words["differences"])).to_be_visible()
    expect(page.locator("ins").first).to_be_visible()
    expect(page.get_by_text(words["in_words"])).to_be_visible()
    desk.check_access("policies")
    desk.go("/desk/health")
    expect(page.get_by_text(words["well"], exact=True)).to_have_count(4)
    expect(page.get_by_text(words["on_time"])).to_be_visible()
    # The one station that always waits for something; which others do is a matter of what was sold before.
    expect(page.get_by_text(words["station"], exact=True).first).to_be_visible()


@pytest.fixture
def keys(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    with a_desk(served, chromium, shots / "keys", "en") as made:
        yield made


def test_a_supplier_is_suspended_and_restored_by_keys_alone(keys: Desk) -> None:
    """From signing in to the last word, without a mouse; what is focused is what the keys are for."""
    page, press = keys.page, keys.page.keyboard.press
    who = next(each for each in keys.served.world["people"] if each["role"] == "admin")
    # The language that was chosen on this machine; else it is that of the account, which another test may have chosen.
    keys.go("/sign-in")
    page.evaluate("localStorage.setItem('andon.language', 'en')")
    page.locator("input[autocomplete=username]").focus()
    page.keyboard.type(who["email"])
    press("Tab")
    page.keyboard.type(who["password"])
    press("Enter")
    page.wait_for_url("**/desk")
    keys.go("/desk/suppliers/3")

    def reach(target: Locator) -> None:
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            press("Tab")
        expect(target).to_be_focused()

    for decision, after in (("Suspend", "Suspended"), ("Restore", "Qualified")):
        reach(page.get_by_role("button", name=decision, exact=True))
        press("Enter")
        dialog = page.get_by_role("dialog")
        reach(dialog.get_by_label("Note"))
        page.keyboard.type("a fire in the warehouse")
        reach(dialog.get_by_role("button", name="OK", exact=True))
        press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.locator("main").get_by_text(after, exact=True).first).to_be_visible()
    assert good(keys.served.operator.get("/suppliers/3"))["state"] == "qualified"
