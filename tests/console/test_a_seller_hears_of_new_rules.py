"""A version of the rules is announced: its sellers find on their home what it changes for them, and say that they read it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, expect

from andon.app.demo.world import make_world
from andon.app.line import LINE
from andon.app.serve import serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.kernel.settings import Settings
from tests.console.conftest import NAMES, a_desk
from tests.console.warehouse import labelled, sold
from tests.journeys.blackbox import Served, good
from tests.journeys.blackbox_market import CARRIER
from tests.worlds import NOON
from tests.worlds_policies import policies_with

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def served(program: str, database: Database, settings: Settings, tmp_path: Path) -> Iterator[Served]:
    """The demonstration in March, under the rules that ship and a version that is still to come; it has shipped two parcels."""
    assert program
    policies = policies_with(tmp_path)
    with database.owner.begin() as connection:
        clock = set_clock(connection, "manual", 0, NOON)
    with closing(Line(database, clock, LINE, policies)) as line:
        world = make_world(line, "").shown()
    with serving(database, settings, policies=policies) as running:
        here = Served(settings.home, running.url, world, cast("Any", None), tmp_path / "log")
        waybills = [labelled(here, part) for part in sold(here, 2)]
        here.advance("PT1H")
        scans = [
            {"waybill": each, "status": "collected", "occurred_at": here.now.isoformat()} for each in waybills
        ]
        good(here.client(here.key("carrier", CARRIER)).post(f"/carriers/{CARRIER}/scans", scans))
        here.advance("P5D")
        yield here


def test_what_new_rules_change_is_read_and_who_has_read_it_is_seen(
    served: Served, chromium: Browser, shots: Path
) -> None:
    with a_desk(served, chromium, shots / "news", "zh-CN") as desk:
        page = desk.page
        desk.sign_in("owner")
        desk.go("/seller")
        link = page.get_by_role("link", name="规则变更：jit-3.3 有5处与山海服饰有关")
        expect(link).to_be_visible()
        desk.check_access("home with news")
        link.click()
        expect(page.get_by_text("：24小时 → 12小时")).to_be_visible()
        expect(page.get_by_text("未生效")).to_be_visible()
        handling = page.get_by_role("row").filter(has_text="订单处理费")
        expect(handling).to_contain_text("+¥0.40")
        desk.check_access("rule changes zh")
        page.get_by_role("button", name="标为已读：jit-3.3").click()
        expect(page.get_by_role("status").filter(has_text="您已于 2026/03/07")).to_be_visible()
        page.locator(".ant-segmented-item", has_text=NAMES["en"]).first.click()
        expect(page.get_by_text(": 24 h → 12 h")).to_be_visible()
        desk.check_access("rule changes en")
        page.set_viewport_size({"width": 375, "height": 800})
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=desk.shots / "rule changes phone.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        desk.go("/seller")
        expect(page.get_by_role("link", name="Lantern Home", exact=False).first).to_be_visible()
        expect(page.get_by_role("link", name="touch 山海服饰", exact=False)).to_have_count(0)

    with a_desk(served, chromium, shots / "news", "zh-CN") as desk:
        page = desk.page
        desk.sign_in("admin", "operator")
        desk.go("/desk/policies?new=jit-3.3&read=yes")
        row = page.get_by_role("row").filter(has_text="山海服饰")
        expect(row).to_contain_text("成员 #")
        expect(page.get_by_role("row").filter(has_text="Lantern Home")).to_have_count(0)
        desk.check_access("readers")
