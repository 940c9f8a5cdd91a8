"""One story: an address is put right until its label, then the seller leaves with an order under way; all of it clears, by itself."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, a_desk
from tests.console.sellers import Seller, an_owner
from tests.journeys.blackbox import Served, good, serial

SHANGHAI = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def desk(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    with a_desk(served, chromium, shots / "force", "en", zone="America/Los_Angeles") as made:
        yield made


@pytest.fixture
def seller(desk: Desk) -> Seller:
    return an_owner(desk)


def test_an_address_is_corrected_until_the_label_and_a_shop_leaves_with_an_order_under_way(
    seller: Seller,
) -> None:
    market, page, served = seller.market, seller.page, seller.market.served
    order_id = market.sell(number=(number := f"F-{serial()}"))
    served.advance("PT1S")

    # Somebody far away looks for the orders of a day: it is the shop's day, not theirs.
    seller.go("orders")
    day = served.now.astimezone(SHANGHAI).date()
    for field in page.locator(".ant-picker-input input").all():
        field.fill(day.isoformat())
        field.press("Enter")
    page.wait_for_url(
        re.compile(f"placed_from={day - timedelta(days=1)}T16%3A00.*placed_until={day}T16%3A00")
    )
    expect(page.get_by_role("button", name=number)).to_be_visible()

    # The buyer asks to wait, and writes another street: held, corrected, let go.
    seller.go(f"orders?order={order_id}")
    drawer = page.get_by_role("dialog")
    seller.button("Hold", drawer).click()
    expect(drawer.get_by_text("Held", exact=True).first).to_be_visible()
    assert market.flags(order_id) == ["held"]
    seller.button("Release", drawer).click()
    expect(seller.button("Hold", drawer)).to_be_visible()
    form = page.get_by_role("dialog", name="Correct where it goes")
    seller.button("Correct the address", drawer).click()
    form.get_by_label("Address", exact=True).fill("Gran Vía 7")
    seller.button("OK", form).click()
    expect(form).to_be_hidden()
    expect(page.get_by_text("The address is corrected")).to_be_visible()
    expect(drawer.get_by_text("Gran Vía 7").first).to_be_visible()
    assert market.seen(order_id)["ship_to"]["line1"] == "Gran Vía 7"

    # While they write once more, the supplier prints the label: refused, and said why.
    seller.button("Correct the address", drawer).click()
    waybill = market.label(market.part(order_id)["id"])
    form.get_by_label("Address", exact=True).fill("Calle Nueva 1")
    seller.button("OK", form).click()
    expect(page.get_by_text("Labelled already")).to_be_visible()
    seller.button("Cancel", form).click()
    assert market.seen(order_id)["ship_to"]["line1"] == "Gran Vía 7"

    # It is collected, and lies in Madrid: its way is told scan by scan, and drawn.
    begun = served.now
    served.advance("PT20H")
    told = [
        {"waybill": waybill, "status": status, "place": place, "occurred_at": at.isoformat()}
        for status, place, at in (("collected", "Hangzhou", begun), ("customs", "Madrid", served.now))
    ]
    good(market.carrier.post("/carriers/cainiao/scans", told))
    served.advance("PT1S")
    seller.go(f"orders?order={order_id}")
    expect(drawer.get_by_role("img", name=re.compile(f"{waybill}.*Hangzhou.*Madrid"))).to_be_visible()
    expect(drawer.get_by_role("listitem").filter(has_text="In customs · Madrid")).to_contain_text("took 20 h")
    expect(seller.button("Correct the address", drawer)).to_be_hidden()
    seller.desk.check_access("an order's way")

    # The seller cannot wait: the exit is forced, with all that is open before their eyes.
    seller.go("leaving")
    page.get_by_role("radio", name="Service").check()
    seller.button("Start leaving").click()
    page.get_by_role("dialog").locator(".ant-btn-primary").click()
    seller.button(re.compile("Leave by force")).click()
    force = page.get_by_role("dialog")
    expect(force.get_by_role("row").filter(has_text="Open order")).to_have_count(1)
    seller.button(re.compile("^Leave by force$"), force).click()
    expect(force.get_by_text("Needed", exact=True)).to_be_visible()
    force.get_by_label("Your name").fill("李雷")
    force.get_by_label("Why").fill("We close the shop")
    seller.desk.check_access("the exit is forced")
    seller.button(re.compile("^Leave by force$"), force).click()
    expect(force).to_be_hidden()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"2[34]:\d\d:\d\d"))
    shown = seller.get(seller.exits())
    assert (shown["forced"], shown["state"], shown["reason"]) == (True, "switching_off", "service")

    # The funds are frozen: what for, part by part; nothing can be taken out.
    seller.go("funds")
    frozen = page.get_by_role("alert").filter(has_text="Open order")
    expect(frozen.get_by_role("row").filter(has_text="Unsettled fee")).to_have_count(3)
    seller.button("Withdraw").click()
    out = page.get_by_role("dialog")
    out.get_by_label("Amount (CNY)").fill("1")
    seller.button("OK", out).click()
    expect(page.get_by_text(re.compile("EXIT-7|held|frozen")).last).to_be_visible()
    seller.button("Cancel", out).click()
    seller.desk.check_access("frozen funds")

    # A day later two checks do not hold; the seller appeals by the ticket, and is answered.
    served.advance("P1D")
    seller.go("leaving")
    expect(page.get_by_role("img", name="does not hold")).to_have_count(2)
    expect(
        page.get_by_text("The letter is signed by itself when the supplier's last order ends")
    ).to_be_visible()
    seller.button("Appeal by ticket").click()
    appeal = page.get_by_role("dialog")
    appeal.get_by_label("Appeal", exact=True).fill("The parcel is at the door.")
    seller.button("Send the appeal", appeal).click()
    expect(appeal).to_be_hidden()
    expect(page.get_by_text("The parcel is at the door.")).to_be_visible()
    seller.desk.check_access("an appeal is open")
    [appealed] = seller.get(seller.exits("/appeals"))["items"]
    answer = {"decision": "rejected", "note": "It has no delivery yet."}
    good(served.operator.post(f"/appeals/{appealed['id']}/decision", answer))
    page.reload()
    expect(page.get_by_text("It has no delivery yet.")).to_be_visible()

    # It is delivered; on their day the fees settle, the freeze lifts, and the exit is done.
    market.scan(waybill, ("delivered", served.now))
    served.advance("P4D")
    seller.go("leaving")
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="holds", exact=True)).to_have_count(9)
    seller.go("funds")
    expect(page.get_by_text("Available", exact=True)).to_be_visible()
    expect(frozen).to_be_hidden()
    funds = seller.get("funds")
    assert funds["withdrawable"] == funds["available"]
