"""A supplier's day through its portal, in Chinese on a phone and in English at a desk: from the first order to the driver's signature."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Desk, a_desk
from tests.console.warehouse import BARCODE, BIN, ITEM, disputed, labelled, shelved, sold, state
from tests.journeys.blackbox import Served, good, serial
from tests.worlds_disputes import PNG

pytestmark = pytest.mark.timeout(300)

TEXTS: dict[str, dict[str, Any]] = {
    "zh-CN": {
        "accept": "接单", "reject": "拒单", "address": "地址无效", "address_note": "地址哪里需要更正",
        "taken": f"已取 {ITEM}（{BIN}）", "picked": "完成拣货", "rule": "核对商品后才能打印面单",
        "scan_list": "扫描或输入履约单号", "scan_item": "扫描商品条码", "first": "请先核对全部商品", "wrong": "不属于这一单",
        "complete": "已核对", "carrier": "承运商", "waybill": "运单号", "sizes": ("重量 g", "长 mm", "宽 mm", "高 mm"),
        "label": "贴面单", "print": "打印面单", "another": "再加一个包裹", "void": "作废面单", "repacked": "重新打包",
        "make": "制作交接单", "scan_out": "扫描运单号出库", "surplus": "不在本交接单上", "name": "姓名", "sign": "签字",
        "driver": "司机", "signed": "已交接", "scan_stock": "扫描货品编码或条码", "count": f"{ITEM} 的实盘数",
        "save": "提交盘点", "say": "说明", "send": "提交答复", "said": "本仓答复", "set": "接收推送的HTTPS地址",
        "begin": "启用推送", "secret": "签名密钥，仅显示这一次", "healthy": "正常", "stop": "停用推送", "pulls": "尚未设置推送地址",
        "why": "申诉理由", "appeal": "申诉", "replay": "重发推送", "replayed": "已安排重发1条",
    },
    "en": {
        "accept": "Accept", "reject": "Reject", "address": "Invalid address", "address_note": "What of the address is to be corrected",
        "taken": f"{ITEM} taken ({BIN})", "picked": "Picked", "rule": "Labels wait for the goods to be scanned",
        "scan_list": "Scan or type a fulfilment's number", "scan_item": "Scan an item", "first": "Scan all goods first", "wrong": "Not of this order",
        "complete": "All scanned", "carrier": "Carrier", "waybill": "Waybill", "sizes": ("Weight g", "Length mm", "Width mm", "Height mm"),
        "label": "Label", "print": "Print label", "another": "One more parcel", "void": "Void the label", "repacked": "Packed anew",
        "make": "Make a note", "scan_out": "Scan a waybill out", "surplus": "Not on this note", "name": "Name", "sign": "Sign",
        "driver": "Driver", "signed": "Handed over", "scan_stock": "Scan an item's code or barcode", "count": f"Count of {ITEM}",
        "save": "Send the counts", "say": "In words", "send": "Send the answer", "said": "Our answer", "set": "HTTPS address that takes pushes",
        "begin": "Start pushes", "secret": "The signing secret, shown this once", "healthy": "Well", "stop": "Stop pushes", "pulls": "No endpoint is set",
        "why": "Why", "appeal": "Appeal", "replay": "Send again: push", "replayed": "To be sent again: 1",
    },
}  # fmt: skip


PHONE, TABLE = ("zh-CN", 375), ("en", 1280)


@pytest.fixture(params=[PHONE, TABLE], ids=["zh on a phone", "en at a desk"])
def portal(request: pytest.FixtureRequest, served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    """The warehouse's lead, signed in."""
    language, width = request.param
    with a_desk(served, chromium, shots / f"day {language}", language, width) as made:
        made.sign_in("lead", "supplier")
        yield made


def supplier(served: Served) -> Any:
    return served.client(served.world["suppliers"][0]["key"])


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def typed(page: Page, field: str, code: str) -> None:
    """A scanner types into a field and presses Enter."""
    page.get_by_label(field, exact=True).fill(code)
    page.get_by_label(field, exact=True).press("Enter")


def chosen(page: Page, language: str, part: int) -> Any:
    return page.get_by_label(f"选择 {part}" if language == "zh-CN" else f"Choose {part}", exact=True)


def test_orders_are_answered_picked_packed_and_handed_over(portal: Desk) -> None:
    served, page, said = portal.served, portal.page, TEXTS[portal.language]
    shelved(served)
    first, second, third = sold(served, 3)
    portal.go("/supplier/1?state=pushed")
    for part in (first, second):
        chosen(page, portal.language, part).check()
    button(page, said["accept"]).click()
    expect(chosen(page, portal.language, first)).to_be_hidden()
    chosen(page, portal.language, third).check()
    button(page, said["reject"]).click()
    why = page.get_by_role("dialog")
    why.get_by_text(said["address"]).click()
    button(why, said["reject"]).click()
    note = why.get_by_label(said["address_note"])
    expect(note).to_have_attribute("aria-invalid", "true")
    note.fill("No such street in Madrid")
    button(why, said["reject"]).click()
    expect(chosen(page, portal.language, third)).to_be_hidden()
    assert [state(served, part) for part in (first, second, third)] == ["accepted", "accepted", "rejected"]

    portal.go("/supplier/1/pick")
    page.get_by_label(said["taken"]).check()
    page.reload()
    expect(page.get_by_label(said["taken"])).to_be_checked()
    page.get_by_role("button", name=said["picked"]).click()
    expect(page.get_by_label(said["taken"])).to_be_hidden()
    assert state(served, first) == "picked"

    waybill = packed_by_scan(portal, first)
    portal.go("/supplier/1/handovers")
    page.get_by_label(said["carrier"]).click()
    page.locator(".ant-select-item-option").first.click()
    button(page, said["make"]).click()
    typed(page, said["scan_out"], "W-OF-ANOTHER")
    expect(page.get_by_text(said["surplus"])).to_be_visible()
    typed(page, said["scan_out"], waybill)
    expect(page.get_by_text(said["surplus"])).to_be_hidden()
    for who in ("Li Wei", "Zhao Lei"):
        page.get_by_label(said["name"], exact=True).fill(who)
        button(page, said["sign"]).click()
        expect(page.get_by_role("dialog").get_by_text(who)).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text(said["signed"])).to_be_visible()
    portal.check_access("signed note")
    shown = good(supplier(served).get(f"/supplier/fulfilments/{first}"))
    assert shown["handed_over_at"] is not None


def packed_by_scan(portal: Desk, part: int) -> str:
    """At the packing table: no label before the goods were scanned, then two, of which one is void; the other's waybill."""
    served, page, said = portal.served, portal.page, TEXTS[portal.language]
    good(supplier(served).put("/supplier/printing", {"scan_before_print": True}))
    portal.go("/supplier/1/pack")
    expect(page.get_by_label(said["rule"])).to_be_checked()
    typed(page, said["scan_list"], str(part))
    expect(page.get_by_text(said["first"])).to_be_visible()
    typed(page, said["scan_item"], "SOMETHING-ELSE")
    expect(page.get_by_text(said["wrong"])).to_be_visible()
    portal.check_access("a wrong piece")
    typed(page, said["scan_item"], BARCODE)
    expect(page.get_by_text(said["complete"])).to_be_visible()
    waybill, other = (labels(portal, f"W{serial()}") for _ in range(2))
    page.get_by_role("listitem").filter(has_text=other).get_by_role("button", name=said["void"]).click()
    page.get_by_role("dialog").get_by_text(said["repacked"]).click()
    button(page.get_by_role("dialog"), said["void"]).click()
    expect(page.get_by_role("listitem").filter(has_text=other)).to_be_hidden()
    page.get_by_role("button", name=f"{said['print']} {waybill}").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name=re.compile("PDF")).click()
    [sheet] = pypdfium2.PdfDocument(saved.value.path())
    assert {code.text for code in zxingcpp.read_barcodes(sheet.render(scale=4).to_pil())} == {waybill}
    good(supplier(served).put("/supplier/printing", {"scan_before_print": False}))
    return waybill


def labels(portal: Desk, waybill: str) -> str:
    """One more parcel, measured and labelled; its waybill."""
    page, said = portal.page, TEXTS[portal.language]
    another = button(page, said["another"])
    form = page.get_by_role("form")
    expect(another.or_(form)).to_be_visible()
    if another.is_visible():
        another.click()
    form.get_by_label(said["carrier"]).click()
    page.locator(".ant-select-item-option").first.click()
    typed(page, said["waybill"], waybill)
    for label, value in zip(said["sizes"], ("350", "200", "150", "40"), strict=True):
        form.get_by_label(label).fill(value)
    button(form, said["label"]).click()
    expect(page.get_by_role("listitem").filter(has_text=waybill)).to_be_visible()
    return waybill


@pytest.mark.parametrize("portal", [PHONE], indirect=True)
def test_shelves_are_counted_without_a_mouse(portal: Desk) -> None:
    served, page, said = portal.served, portal.page, TEXTS[portal.language]
    shelved(served)
    portal.go("/supplier/1/stock")
    typed(page, said["scan_stock"], BARCODE)
    count = page.get_by_label(said["count"])
    expect(count).to_be_focused()
    page.keyboard.type("4321")
    page.keyboard.press("Enter")
    expect(page.get_by_label(said["scan_stock"])).to_be_focused()
    page.get_by_role("button", name=said["save"]).click()
    expect(count).to_have_attribute("placeholder", "4321")
    [shelf] = good(supplier(served).get(f"/supplier/stock?code={ITEM}"))["items"]
    assert shelf["counted"] == 4321


@pytest.mark.parametrize("portal", [TABLE], indirect=True)
def test_a_dispute_is_answered_with_evidence_and_its_decision_appealed_against(portal: Desk) -> None:
    served, page, said = portal.served, portal.page, TEXTS[portal.language]
    [part] = sold(served, 1)
    labelled(served, part)
    dispute = disputed(served, part)
    portal.go("/supplier/1/disputes")
    button(page, f"#{dispute}").click()
    page.get_by_label(said["say"], exact=True).fill("It left whole")
    page.locator("input[type=file]").set_input_files(
        {"name": "packed.png", "mimeType": "image/png", "buffer": PNG}
    )
    button(page, said["send"]).click()
    expect(page.get_by_text(said["said"])).to_be_visible()
    case = good(supplier(served).get(f"/disputes/{dispute}"))
    assert [(each["answer"], each["text"]) for each in case["answers"]] == [("contest", "It left whole")]
    assert [each["given_by"].split(":")[0] for each in case["evidence"]][-1] == "supplier"
    good(served.operator.post(f"/disputes/{dispute}/decision", {"outcome": "upheld", "note": "The seam"}))
    portal.go(f"/supplier/1/disputes?dispute={dispute}")
    page.get_by_label(said["why"], exact=True).fill("The seam was cut open")
    button(page, said["appeal"]).click()
    expect(page.get_by_role("paragraph").filter(has_text="The seam was cut open")).to_be_visible()
    assert good(supplier(served).get(f"/disputes/{dispute}"))["appeal_text"] == "The seam was cut open"


@pytest.mark.parametrize("portal", [TABLE], indirect=True)
def test_an_endpoint_is_set_with_its_secret_shown_once_a_push_sent_again_and_stopped(portal: Desk) -> None:
    page, said = portal.page, TEXTS[portal.language]
    portal.go("/supplier/1/pushes")
    page.get_by_label(said["set"]).fill("https://hooks.example.com/andon")
    button(page, said["begin"]).click()
    shown = page.get_by_role("dialog").filter(has_text=said["secret"])
    expect(shown.locator("code")).to_contain_text("whsec_")
    shown.get_by_role("button").last.click()
    expect(page.get_by_text(said["healthy"])).to_be_visible()
    [part] = sold(portal.served, 1)
    portal.go("/supplier/1/pushes")
    pushed = page.get_by_role("row").filter(has_text=f"#{part} ")
    pushed.get_by_role("button", name=said["replay"]).click()
    expect(page.get_by_text(said["replayed"])).to_be_visible()
    button(page, said["stop"]).click()
    page.locator(".ant-popconfirm").get_by_role("button").last.click()
    expect(page.get_by_text(said["pulls"])).to_be_visible()
