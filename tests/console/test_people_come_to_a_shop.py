"""One story: an owner brings in a clerk, who sees and may do less, guards the sign-in with a second factor, and once has no network."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Desk, a_desk
from tests.console.sellers import Seller, an_owner, come_by_letter
from tests.journeys.blackbox import Served, serial
from tests.journeys.browser import PASSWORD

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def owner(served: Served, chromium: Browser, shots: Path) -> Iterator[Seller]:
    with a_desk(served, chromium, shots / "people", "zh-CN") as desk:
        yield an_owner(desk)


@pytest.fixture
def clerks_desk(served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    with a_desk(served, chromium, shots / "people", "en") as desk:
        yield desk


def sign_in(page: Page, email: str, code: str | None) -> None:
    """By password, and by the code that is asked for then."""
    page.locator("input[autocomplete=username]").fill(email)
    page.locator("input[autocomplete=current-password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    if code is not None:
        page.get_by_label("One-time code").fill(code)
        page.locator("button[type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def the_code_before(totp: pyotp.TOTP) -> str:
    """The code of the step before this one, which leaves this one's unused; a step that is nearly over is waited for to end."""
    if (left := 30 - time.time() % 30) < 5:
        time.sleep(left)
    return totp.at(int(time.time()) - 30)


def test_a_clerk_comes_by_a_letter_may_do_less_and_signs_in_with_a_second_factor(
    owner: Seller, clerks_desk: Desk
) -> None:
    served, market, email = clerks_desk.served, owner.market, f"clerk{serial()}@example.test"
    owner.go("people")
    owner.button("邀请成员").click()
    form = owner.page.get_by_role("dialog")
    form.get_by_label("邮箱", exact=True).fill(email)
    form.get_by_role("radio", name=re.compile("^店员")).check()
    form.get_by_text("English", exact=True).click()
    owner.button("确 定", form).click()
    expect(form).to_be_hidden()
    served.advance("PT1S")
    come_by_letter(clerks_desk, email, "韩梅梅")

    # What a clerk may not do is not offered; an address that is typed is refused in words.
    clerk, page = Seller(clerks_desk, market, email), clerks_desk.page
    expect(page.get_by_role("menuitem", name="Order monitoring")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Finance")).to_be_hidden()
    clerk.go("leaving")
    expect(page.get_by_text("Only the owner can leave JIT")).to_be_visible()
    expect(clerk.button("Start leaving")).to_be_disabled()
    clerk.go("suppliers")
    expect(page.get_by_role("row").filter(has_text="Active")).to_have_count(2)
    expect(clerk.button("End the binding")).to_have_count(0)
    clerk.go("funds")
    expect(page.get_by_text("credentials.role").first).to_be_visible()
    clerks_desk.check_access("what a clerk may not see")

    # A second factor: begun with the password, confirmed by a code, its recovery codes shown once.
    clerk.go("people")
    expect(page.get_by_role("tab")).to_have_count(1)
    page.get_by_label("The password now").first.fill(PASSWORD)
    clerk.button("Begin").click()
    totp = pyotp.TOTP(page.locator("main code").first.inner_text())
    clerks_desk.check_access("the seed of a second factor")
    page.get_by_label("Six digits of the authenticator").fill(the_code_before(totp))
    clerk.button("Confirm").click()
    codes = page.locator("main pre").inner_text().split()
    assert len(codes) >= 8
    clerks_desk.check_access("recovery codes")
    page.reload()
    expect(page.locator("main pre")).to_have_count(0)

    # From now on the password alone opens nothing; a code does, and once a recovery code.
    for code in (totp.now, codes[0].strip):
        clerk.button("Sign out", page.locator("header")).click()
        page.wait_for_url("**/sign-in")
        sign_in(page, email, code())
    clerk.go("people")
    expect(page.get_by_text(f"with {len(codes) - 1} recovery codes left")).to_be_visible()

    # The owner sees that the clerk guards the sign-in.
    owner.go("people")
    row = owner.page.get_by_role("row").filter(has_text=email)
    expect(row).to_contain_text("韩梅梅")
    expect(row).to_contain_text("已启用")

    # The network is gone: the page says so, keeps what it shows, and goes on when it is back.
    number = f"N-{serial()}"
    clerk.go("orders")
    offline = page.get_by_role("status").filter(has_text="The server cannot be reached")
    page.context.set_offline(True)
    expect(offline).to_be_visible()
    expect(page.get_by_text("No orders match")).to_be_visible()
    clerks_desk.check_access("without a network")
    market.sell(number=number)
    page.context.set_offline(False)
    expect(offline).to_be_hidden()
    expect(page.get_by_role("button", name=number)).to_be_visible()
