"""One story: a fee waits for its delivery, the carrier is asked and answers, the fee is settled early, and the month is taken home in four forms."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, a_desk
from tests.console.sellers import Seller, an_owner
from tests.journeys.blackbox import Served, good
from tests.journeys.blackbox_market import CARRIER
from tests.signatures import pdfsig

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def desk(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    with a_desk(served, chromium, shots / "money", "zh-CN") as made:
        yield made


@pytest.fixture
def seller(desk: Desk) -> Seller:
    return an_owner(desk)


def test_a_fee_is_asked_about_settled_and_stands_in_the_months_statement(
    seller: Seller, tmp_path: Path
) -> None:
    market, page, served = seller.market, seller.page, seller.market.served
    order_id = market.sell()
    served.advance("PT1S")
    waybill = market.label(market.part(order_id)["id"])
    market.scan(waybill, ("collected", served.now))
    served.advance("P11D")

    # Why a fee is not settled, and what it stands on; the carrier is asked.
    seller.go("funds?kind=freight")
    row = page.get_by_role("row").filter(has_text=f"订单 {order_id}")
    expect(row).to_contain_text("待签收凭证")
    row.get_by_role("button", name=re.compile("明细")).click()
    fee = page.get_by_role("dialog")
    expect(fee).to_contain_text("跨境干线运费")
    expect(fee).to_contain_text(waybill)
    expect(fee).to_contain_text("线路 cainiao_jit · 目的地 ES · 面单重量 350 g · 计费重量 350 g")
    expect(fee).to_contain_text(f"承运商 · {CARRIER}")
    seller.desk.check_access("a fee")
    fee.get_by_label("补充说明").fill("买家称已收到")
    seller.button("向承运商查询", fee).click()
    expect(fee.get_by_label("补充说明")).to_be_hidden()
    [asked] = seller.get("enquiries")["items"]
    expect(fee).to_contain_text(asked["number"])
    assert (asked["text"], asked["state"]) == ("买家称已收到", "opened")

    # It answers: the fee is due, and is settled today instead of in three days.
    said = {"answer": "delivered", "occurred_at": served.now.isoformat(), "note": "放在门卫"}
    good(market.carrier.post(f"/carriers/{CARRIER}/enquiries/{asked['number']}/answer", said))
    served.advance("PT1S")
    seller.go("funds?tab=enquiries")
    answered = page.get_by_role("row").filter(has_text=asked["number"])
    expect(answered).to_contain_text("已签收")
    expect(answered).to_contain_text("放在门卫")
    seller.desk.check_access("an answered enquiry")
    seller.go("funds?kind=freight")
    row.get_by_role("button", name=re.compile("明细")).click()
    seller.button("提前结算", fee).click()
    expect(fee).to_contain_text("已结清")
    [freight] = seller.get("charges?kind=freight")["items"]
    assert freight["state"] == "settled"
    seller.button("关闭", fee).click()

    # The month is over: it is read on the page, and in each of four files.
    served.advance("P32D")
    seller.go("funds?tab=statements")
    [issued] = seller.get("statements/issued")["items"][-1:]
    page.get_by_role("button", name=issued["month"]).click()
    expect(page.get_by_text(issued["number"])).to_be_visible()
    seller.desk.check_access("a month's statement")
    told = seller.get(f"statements/{issued['month']}")
    files = {}
    for name in ("XLSX", "CSV", "JSON"):
        with page.expect_download() as saved:
            seller.button(name).click()
        files[name] = saved.value.path().read_bytes()
    assert json.loads(files["JSON"]) == told
    amounts = [line["amount"]["amount"] for line in told["lines"]]
    rows = csv.DictReader(io.StringIO(files["CSV"].decode("utf-8-sig")))
    assert [each["amount"] for each in rows] == amounts
    sheet = load_workbook(io.BytesIO(files["XLSX"]))["lines"]
    assert sheet.max_row == 1 + told["line_count"] == 1 + len(amounts)
    seller.button("账单PDF").click()
    with page.expect_download() as saved:
        page.get_by_role("dialog").get_by_role("link").click()
    trusted = market.shop.get("/documents/authority.pem").raw.decode()
    assert "Signature is Valid." in pdfsig(tmp_path, saved.value.path().read_bytes(), trusted)
