"""A seller's week at the pages, in either language: products in the grid, the plan, a dispute from claim to appeal, a statement, a colleague."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import Desk
from tests.journeys.blackbox import good, serial
from tests.journeys.blackbox_market import SPAIN

pytestmark = pytest.mark.timeout(300)

WORDS = {
    "zh-CN": {
        "save": "保存修改",
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
        "invite": "邀请成员",
        "email": "邮箱",
        "ok": "确 定",
        "invitations": "邀请",
    },
    "en": {
        "save": "Save changes",
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


def test_the_plan_is_put_in_another_order(desk: Desk, page: Page, words: dict[str, str]) -> None:
    before = shops(desk, "/plan")["lines"]
    desk.go("/seller/1/plan")
    last = page.get_by_role("table").first.get_by_role("row").last
    last.get_by_role("button").first.click()
    button(page, words["plan"]).click()
    expect(button(page, words["plan"])).to_be_hidden()
    desk.settled()
    assert shops(desk, "/plan")["lines"] == [*before[:-2], before[-1], before[-2]]


def test_a_dispute_from_the_claim_to_the_appeal(
    desk: Desk, page: Page, words: dict[str, str], tmp_path: Path
) -> None:
    served = desk.served
    seller = served.client(served.world["shops"][0]["key"])
    price = {"amount": "89.00", "currency": "CNY"}
    order = {
        "channel": "plaza",
        "channel_order_no": f"D-{serial()}",
        "placed_at": served.now.isoformat(),
        "ship_to": SPAIN,
        "lines": [{"sku": "TEE-WHITE-M", "quantity": 1, "unit_price": price}],
    }
    [answer] = good(seller.post("/shops/1/orders/bulk", {"orders": [order]}))["results"]

    # From the order to the claim, with a file; its clock runs.
    desk.go(f"/seller/1/orders?order={answer['order_id']}")
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
    body = {"outcome": "partial", "note": reason, "payer": "supplier", "amount": price | {"amount": "10.00"}}
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
    again = body | {"outcome": "upheld", "amount": price | {"amount": "30.00"}, "note": "Both seams are."}
    good(served.operator.post(f"/disputes/{dispute}/decision", again))
    page.reload()
    expect(case).to_contain_text("Both seams are.")
    expect(case).to_contain_text(words["reversed"])
    expect(button(case, words["appeals"])).to_be_hidden()
    served.advance("P3D")
    page.reload()
    expect(case).to_contain_text(words["paid"])
    assert shops(desk, f"/disputes/{dispute}")["awarded"]["amount"] == "30.00"


def test_a_statement_is_read_and_saved_and_a_colleague_invited(
    desk: Desk, page: Page, words: dict[str, str]
) -> None:
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
