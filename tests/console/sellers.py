"""A shop of one test alone, with suppliers and funds, and its owner, who has come by an invitation."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

from tests.console.conftest import Desk
from tests.journeys.blackbox import Served, good, serial, soon
from tests.journeys.blackbox_market import Market, a_market
from tests.journeys.browser import PASSWORD


@dataclass
class Seller:
    """Somebody of a shop, at a browser."""

    desk: Desk
    market: Market
    email: str

    @property
    def page(self) -> Page:
        return self.desk.page

    def go(self, page: str) -> None:
        self.desk.go(f"/seller/{self.market.shop_id}/{page}")

    def button(self, name: str | re.Pattern[str], inside: Locator | None = None) -> Locator:
        """The button of that name, which Ant Design may have parted by a blank."""
        return (inside or self.page).get_by_role("button", name=name, exact=True)

    def get(self, path: str) -> Any:
        """What the API tells the shop."""
        return good(self.market.shop.get(f"{self.market.here}/{path}"))

    def exits(self, after: str = "") -> str:
        """The path of its one exit."""
        [found] = self.get("exits")["items"]
        return f"exits/{found['id']}{after}"


def letters_to(served: Served, email: str) -> list[dict[str, Any]]:
    """The letters that nobody was sent, as there is no mail server: an administrator reads them."""
    kept: list[dict[str, Any]] = good(served.person.get("/outbox?limit=200"))["items"]
    return [each for each in kept if each["to"] == email]


def come_by_letter(desk: Desk, email: str, name: str = "李雷") -> None:
    """Follow the link of the letter that invited them; they are signed in then."""
    letter = soon(lambda: letters_to(desk.served, email))[0]
    found = re.search(r"/invitation(#\S+)", letter["text"])
    assert found, letter["text"]
    desk.go(f"/invitation{found[1]}")
    page = desk.page
    page.locator("input[autocomplete=name]").fill(name)
    page.locator("input[autocomplete=new-password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/seller")


def an_owner(desk: Desk) -> Seller:
    """A new shop's owner, signed in."""
    served = desk.served
    market = a_market(served)
    email = f"owner{serial()}@example.test"
    body = {"role": "owner", "email": email, "locale": desk.language}
    good(served.operator.post(f"/shops/{market.shop_id}/invitations", body), 201)
    served.advance("PT1S")
    come_by_letter(desk, email)
    return Seller(desk, market, email)
