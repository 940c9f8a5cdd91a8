"""A seller's week at the pages, in either language: products in the grid, the plan, a dispute from claim to appeal, a statement, a colleague."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from andon.partners.tracks.rules import leaves
from tests.console.conftest import Desk
from tests.console.warehouse import labelled, sold
from tests.journeys.blackbox import good, serial
from tests.journeys.blackbox_market import CARRIER, SPAIN

pytestmark = pytest.mark.timeout(300)

PRICE = {"amount": "89.00", "currency": "CNY"}

WORDS = {
    "zh-CN": {
        "save": "保存修改",
        "add": "新增商品",
        "invalid": "1格无效",
        "plan": "保存方案",
        "open": "发起纠纷",
        "claim": "索赔金额（CNY）",
        "cause": "原因",
        "quality": "质量问题",
        "file": "文件",
        "send": "提 交",
        "decided": "已裁定",
        "supplier": "供应商",
        "appeal": "申诉",
        "appeals": "申 诉",
        "appealed": "已申诉",
        "reversed": "已被推翻",
        "paid": "已赔付",
        "month": "本月至今",
        "search": "搜索SKU或标题",
        "search_mappings": "搜索SKU、货号或标题",
        "settle_all": "全部提前结算",
        "settled": "已结算3笔",
        "last_month": "上月",
        "days": "日期范围",
        "report": "月报",
        "by_day": "逐日递增",
        "for_all": "全部设为…",
        "supplier_ships": "供应商发货",
        "begin": "开始过渡",
        "ramp_rule": "不得下降",
        "running": "进行中",
        "count": "清点",
        "count_in": "提交清点",
        "counted": "清点已入库",
        "cancel": "取消过渡",
        "cancelled": "双轨过渡已取消",
        "invite": "邀请成员",
        "email": "邮箱",
        "ok": "确 定",
        "invitations": "邀请",
    },
    "en": {
        "save": "Save changes",
        "add": "Add a product",
        "invalid": "1 cell(s) do not hold",
        "plan": "Save the plan",
        "open": "Open a dispute",
        "claim": "Claim (CNY)",
        "cause": "Cause",
        "quality": "Quality",
        "file": "File",
        "send": "Send",
        "decided": "Decided",
        "supplier": "The supplier",
        "appeal": "Appeal",
        "appeals": "Appeal",
        "appealed": "Appealed",
        "reversed": "reversed",
        "paid": "Paid",
        "month": "This month so far",
        "search": "Search SKU or title",
        "search_mappings": "Search SKU, item or title",
        "settle_all": "Settle all now",
        "settled": "Settled 3",
        "last_month": "Last month",
        "days": "Days",
        "report": "Monthly report",
        "by_day": "A share a day",
        "for_all": "For all of them…",
        "supplier_ships": "The supplier ships",
        "begin": "Begin the move",
        "ramp_rule": "never falling",
        "running": "Running",
        "count": "Count",
        "count_in": "Send the count",
        "counted": "The count is in",
        "cancel": "Cancel the move",
        "cancelled": "The move is cancelled",
        "invite": "Invite somebody",
        "email": "E-mail",
        "ok": "OK",
        "invitations": "Invitations",
    },
}


@pytest.fixture
def words(desk: Desk) -> dict[str, str]:
    return WORDS[desk.language]


@pytest.fixture
def page(desk: Desk) -> Page:
    desk.sign_in("owner")
    return desk.page


def button(inside: Page | Locator, name: str) -> Locator:
    return inside.get_by_role("button", name=name, exact=True)


def shops(desk: Desk, path: str) -> Any:
    """What the API says of the demonstration's first shop."""
    return good(desk.served.client(desk.served.world["shops"][0]["key"]).get(f"/shops/1{path}"))


def sell(desk: Desk, number: str) -> int:
    """An order of that number comes in; which one it is."""
    served = desk.served
    order = {
        "channel": "plaza",
        "channel_order_no": number,
        "placed_at": served.now.isoformat(),
        "ship_to": SPAIN,
        "lines": [{"sku": "TEE-WHITE-M", "quantity": 1, "unit_price": PRICE}],
    }
    seller = served.client(served.world["shops"][0]["key"])
    [answer] = good(seller.post("/shops/1/orders/bulk", {"orders": [order]}))["results"]
    order_id: int = answer["order_id"]
    return order_id


def test_products_are_edited_like_a_spreadsheet(desk: Desk, page: Page, words: dict[str, str]) -> None:
    here = "/products/TOTE-CANVAS"
    before = shops(desk, here)
    price = f"{70 + int(serial()[-2:]) % 20}.50"
    desk.go("/seller/1/products")
    row = page.get_by_role("row").filter(has_text="TOTE-CANVAS")
    cells = row.get_by_role("gridcell")
    keys = page.keyboard

    # By keys alone: from the title to the price, a figure that cannot be, and what stops it.
    cells.nth(1).focus()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(cells.nth(3)).to_be_focused()
    keys.type("-1")
    keys.press("Enter")
    expect(cells.nth(3)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text(words["invalid"])).to_be_visible()
    expect(button(page, words["save"])).to_be_disabled()
    desk.check_access("the grid with a fault")

    # Escape leaves a cell as it was; a figure that can be is taken.
    cells.nth(3).focus()
    keys.press("F2")
    keys.type("999")
    keys.press("Escape")
    expect(cells.nth(3)).to_have_text("-1")
    keys.type(price)
    keys.press("Tab")
    expect(cells.nth(4)).to_be_focused()

    # Cells of a spreadsheet are pasted from where one stands, and all is saved in one call.
    length = before["length_mm"] % 500 + 1
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        f"{length}\t351\t21\r\n",
    )
    with page.expect_response(lambda answer: answer.url.endswith("/products/bulk")) as told:
        button(page, words["save"]).click()
    assert [each["status"] for each in told.value.json()["results"]] == ["done"]
    expect(button(page, words["save"])).to_be_hidden()
    after = shops(desk, here)
    assert after == before | {
        "price": {"amount": price, "currency": "CNY"},
        "length_mm": length,
        "width_mm": 351,
        "height_mm": 21,
        "updated_at": after["updated_at"],
    }

    # What a row is opened by is printed with it; other buttons are not.
    page.emulate_media(media="print")
    expect(button(row, "TOTE-CANVAS")).to_be_visible()
    expect(button(page, words["add"])).to_be_hidden()
    page.emulate_media(media="screen")

    # Products and mappings are found by any part of what they are called.
    page.get_by_role("searchbox", name=words["search"]).fill("canvas")
    keys.press("Enter")
    expect(page.get_by_role("grid").get_by_role("row")).to_have_count(2)
    expect(row).to_be_visible()
    desk.go("/seller/1/mappings")
    page.get_by_role("searchbox", name=words["search_mappings"]).fill("oxford")
    keys.press("Enter")
    expect(page.get_by_role("row").filter(has_text="SHIRT-OXFORD-L").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="TEE-WHITE-M")).to_have_count(0)


def test_the_plan_is_put_in_another_order(desk: Desk, page: Page, words: dict[str, str]) -> None:
    before = shops(desk, "/plan")["lines"]
    desk.go("/seller/1/plan")
    last = page.get_by_role("table").first.get_by_role("row").last
    last.get_by_role("button").first.click()
    button(page, words["plan"]).click()
    expect(button(page, words["plan"])).to_be_hidden()
    desk.settled()
    assert shops(desk, "/plan")["lines"] == [*before[:-2], before[-1], before[-2]]


def test_a_move_is_begun_seen_day_by_day_and_taken_back(
    desk: Desk, page: Page, words: dict[str, str]
) -> None:
    desk.go("/seller/1/plan?tab=move")
    page.get_by_label(words["by_day"], exact=True).check()
    days = page.get_by_role("spinbutton")
    for day, share in enumerate(("40", "20", "", "", "")):
        days.nth(day).fill(share)
    button(page, words["begin"]).click()
    expect(page.get_by_text(words["ramp_rule"])).to_be_visible()

    # What falls is refused at once; what the shop has no units of its suppliers ship.
    days.nth(1).fill("70")
    page.get_by_label(words["for_all"], exact=True).click()
    page.locator(".ant-select-item-option").filter(has_text=words["supplier_ships"]).first.click()
    desk.check_access("a move with its choices")
    button(page, words["begin"]).click()
    page.get_by_role("dialog").locator(".ant-btn-primary").click()
    expect(page.get_by_text(words["running"], exact=True).first).to_be_visible()
    [move, *_] = shops(desk, "/moves")["items"]
    ramp = shops(desk, f"/moves/{move['id']}")["ramp"]
    assert (move["state"], ramp) == ("running", [40, 70])
    numbers = [f"M-{serial()}-{each}" for each in range(30)]
    leaving = next(number for number in numbers if leaves(number, 40))
    staying = next(number for number in numbers if not leaves(number, 40))
    for number in (leaving, staying):
        sell(desk, number)
    page.reload()
    expect(page.get_by_role("img", name=re.compile("40 %.* 50 %"))).to_be_visible()
    scarf = page.get_by_role("row").filter(has_text="SCARF-SILK")
    expect(scarf).to_contain_text(words["supplier_ships"])
    scarf.get_by_role("button", name=words["count"]).click()
    page.get_by_role("spinbutton").fill("0")
    desk.check_access("a move that runs")
    button(page, words["count_in"]).click()
    expect(page.get_by_text(words["counted"], exact=True)).to_be_visible()

    button(page, words["cancel"]).click()
    page.get_by_role("dialog").locator(".ant-btn-primary").click()
    expect(page.get_by_text(words["cancelled"], exact=True)).to_be_visible()
    assert shops(desk, f"/moves/{move['id']}")["state"] == "cancelled"
    desk.check_access("a move that was cancelled")


def test_a_dispute_from_the_claim_to_the_appeal(
    desk: Desk, page: Page, words: dict[str, str], tmp_path: Path
) -> None:
    served = desk.served

    # From the order to the claim, with a file; its clock runs.
    desk.go(f"/seller/1/orders?order={sell(desk, f'D-{serial()}')}")
    button(page.get_by_role("dialog"), words["open"]).click()
    form = page.get_by_role("dialog", name=words["open"])
    form.get_by_label(words["claim"]).fill("30")
    form.get_by_label(words["cause"], exact=True).click()
    page.locator(".ant-select-item-option").filter(has_text=words["quality"]).first.click()
    (letter := tmp_path / "letter.txt").write_text("The seam was torn when it came.")
    form.get_by_label(words["file"], exact=True).set_input_files(letter)
    button(form, words["send"]).click()
    page.wait_for_url(lambda url: "dispute=" in url)
    case = page.get_by_role("dialog")
    expect(case).to_contain_text("SHA-256")
    dispute = int(page.url.split("dispute=")[1])
    found = shops(desk, f"/disputes/{dispute}")
    assert (found["state"], found["claim"]["amount"], len(found["evidence"])) == ("evidence", "30.00", 1)
    assert datetime.fromisoformat(found["handle_by"]) > served.now
    desk.check_access("a dispute with its clock")

    # The verdict and its reasons are told, and appealed against.
    reason = "The seam is torn."
    body = {"outcome": "partial", "note": reason, "payer": "supplier", "amount": PRICE | {"amount": "10.00"}}
    good(served.operator.post(f"/disputes/{dispute}/decision", body))
    page.reload()
    expect(case).to_contain_text(words["decided"])
    expect(case).to_contain_text(reason)
    expect(case).to_contain_text(words["supplier"])
    case.get_by_label(words["appeal"]).fill("All of it is spoilt.")
    button(case, words["appeals"]).click()
    expect(case.get_by_role("alert").filter(has_text=words["appealed"])).to_contain_text(
        "All of it is spoilt."
    )
    desk.check_access("a dispute that is appealed")
    assert shops(desk, f"/disputes/{dispute}")["appeal_text"] == "All of it is spoilt."

    # It is decided anew, which reverses the first verdict; nobody may appeal twice, and it is paid.
    again = body | {"outcome": "upheld", "amount": PRICE | {"amount": "30.00"}, "note": "Both seams are."}
    good(served.operator.post(f"/disputes/{dispute}/decision", again))
    page.reload()
    expect(case).to_contain_text("Both seams are.")
    expect(case).to_contain_text(words["reversed"])
    expect(button(case, words["appeals"])).to_be_hidden()
    served.advance("P3D")
    page.reload()
    expect(case).to_contain_text(words["paid"])
    assert shops(desk, f"/disputes/{dispute}")["awarded"]["amount"] == "30.00"


def test_fees_are_settled_early_figures_read_a_statement_saved_and_a_colleague_invited(
    desk: Desk, page: Page, words: dict[str, str]
) -> None:
    # What delivery has fixed is settled before its day: handling, warehouse work and freight of one parcel.
    served = desk.served
    [part] = sold(served, 1)
    waybill, carrier = labelled(served, part), served.client(served.key("carrier", CARRIER))
    for status in ("collected", "delivered"):
        served.advance("PT6H")
        scan = {"waybill": waybill, "status": status, "occurred_at": served.now.isoformat()}
        good(carrier.post(f"/carriers/{CARRIER}/scans", [scan]))
    served.advance("PT10M")
    desk.go("/seller/1/funds")
    button(page, words["settle_all"]).click()
    button(page.get_by_role("tooltip"), words["ok"]).click()
    came = page.get_by_role("dialog")
    expect(came).to_contain_text(words["settled"])
    expect(came).to_contain_text("¥")
    desk.check_access("what came of settling early")

    # The days that are looked at are chosen, and stand in the address; the month is there on paper.
    today = served.now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    desk.go("/seller/1/insights")
    page.get_by_role("textbox", name=words["days"]).first.click()
    page.get_by_text(words["last_month"], exact=True).click()
    page.wait_for_url(lambda url: f"until={today.replace(day=1)}" in url)
    before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    days = shops(desk, f"/insights?from={before}&until={today.replace(day=1)}")["days"]
    expect(page.locator(".ant-statistic-content").first).to_have_text(
        str(sum(each["placed"] for each in days))
    )
    button(page, words["report"]).click()
    link = page.get_by_role("dialog").get_by_role("link")
    expect(link).to_have_attribute("download", f"report-1-{today:%Y-%m}.pdf")
    desk.check_access("the month's report")

    desk.go("/seller/1/funds?tab=statements")
    button(page, words["month"]).click()
    with page.expect_download() as saved:
        button(page, "JSON").click()
    statement = json.loads(saved.value.path().read_text())
    expect(page.get_by_text(statement["number"])).to_be_visible()
    assert statement["balances"] == shops(desk, f"/statements/{statement['month']}")["balances"]
    desk.check_access("a statement")

    email = f"clerk{serial()}@example.test"
    desk.go("/seller/1/people")
    button(page, words["invite"]).click()
    form = page.get_by_role("dialog")
    form.get_by_label(words["email"], exact=True).fill(email)
    desk.check_access("an invitation")
    button(form, words["ok"]).click()
    expect(form).to_be_hidden()
    page.get_by_role("tab", name=words["invitations"], exact=True).click()
    expect(page.get_by_role("row").filter(has_text=email)).to_be_visible()
