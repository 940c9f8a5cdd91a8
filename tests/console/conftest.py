"""A real browser before a real Andon: Chromium, the built console, the demonstration, a clock that is moved by hand."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.journeys.blackbox import Served, an_andon

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
NAMES = {"zh-CN": "中文", "en": "EN"}
AXE = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"
PATIENCE_MS = 30_000
"""How long a busy machine may take over a page."""
SIGHT = "wcag2a,wcag2aa,wcag21a,wcag21aa,wcag22aa"
"""The rules of axe that WCAG 2.2 A and AA stand behind."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def program() -> str:
    """Debian's browser; where there is none the tests skip, and say so."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt install chromium fonts-noto-cjk")
    return CHROMIUM


@pytest.fixture(scope="session")
def served(program: str) -> Iterator[Served]:
    """One Andon, in processes of its own, for all browser tests."""
    assert program
    with an_andon() as andon:
        yield andon


@pytest.fixture
def chromium(program: str, served: Served) -> Iterator[Browser]:
    """The browser, before any page is opened in it.

    Each test has its own: while Playwright is there its loop runs in this thread, in which other tests run loops of theirs.
    """
    assert served
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Desk:
    """Somebody at a browser: where Andon is, and what went wrong in the page."""

    served: Served
    page: Page
    shots: Path
    language: str
    faults: list[str] = field(default_factory=list)

    def sign_in(self, role: str, party: str = "shop") -> None:
        """Sign in as a person of the demonstration."""
        who = next(
            each for each in self.served.world["people"] if (each["party"], each["role"]) == (party, role)
        )
        self.go("/sign-in")
        self.page.locator("input[autocomplete=username]").fill(who["email"])
        self.page.locator("input[autocomplete=current-password]").fill(who["password"])
        self.page.locator("button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.page.locator(".ant-segmented-item", has_text=NAMES[self.language]).first.click()

    def go(self, path: str) -> None:
        """Open an address of the console, and wait until nothing loads."""
        self.page.goto(f"{self.served.url.removesuffix('/v1')}{path}")
        self.settled()

    def settled(self) -> None:
        """Wait until what the page asked for has come."""
        self.page.wait_for_load_state("networkidle")
        self.page.locator(".ant-spin-spinning").first.wait_for(state="detached")

    def check_access(self, name: str) -> None:
        """No fault of WCAG 2.2 A or AA that axe can see; a picture is kept of what was looked at."""
        self.page.wait_for_timeout(300)
        self.settled()
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        # Our own policy lets no foreign script in; the browser's own channel is not the page's.
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags}).then(({violations}) => violations.flatMap("
            "rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))",
            SIGHT.split(","),
        )
        assert not found, "\n".join(found)


@contextmanager
def a_desk(
    served: Served,
    chromium: Browser,
    shots: Path,
    language: str,
    width: int = 1280,
    zone: str = "Asia/Shanghai",
) -> Iterator[Desk]:
    """A fresh browser profile in that language and zone; at the end its page has broken no rule of its own."""
    context = chromium.new_context(
        locale=language,
        viewport={"width": width, "height": 800},
        timezone_id=zone,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    shots.mkdir(parents=True, exist_ok=True)
    desk = Desk(served, page, shots, language)

    def note(message: ConsoleMessage) -> None:
        # A refused call is part of the story; a broken policy or script is not.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            desk.faults.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: desk.faults.append(str(error)))
    yield desk
    context.close()
    assert not desk.faults, "\n".join(desk.faults)


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the pages are kept: ANDON_SHOTS, else with the other files of this run."""
    return Path(os.environ.get("ANDON_SHOTS") or tmp_path_factory.mktemp("shots"))


@pytest.fixture(params=["zh-CN", "en"])
def desk(request: pytest.FixtureRequest, served: Served, chromium: Browser, shots: Path) -> Iterator[Desk]:
    """Somebody at a browser, in either language."""
    with a_desk(served, chromium, shots / request.param, request.param) as made:
        yield made
