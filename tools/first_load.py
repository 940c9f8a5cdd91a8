"""How long a seller's home takes to its rows, on a line of 10 Mbit/s and 150 ms, with nothing kept in the browser.

    python tools/first_load.py URL EMAIL PASSWORD [TIMES]

Prints, of TIMES loads (5), the milliseconds to the first row or to the word that there is nothing to do: the least, the
middle, the most. Aim: 1,500 ms. Needs Chromium; the answer is of this machine, so it is no test.
"""

import shutil
import statistics
import sys

from playwright.sync_api import Browser, StorageState, sync_playwright

KILOBITS, LATENCY_MS = 10_000, 150
ROWS = ".tasks tbody tr, .ant-empty-description"


def load_ms(browser: Browser, url: str, kept: StorageState) -> float:
    """Milliseconds from the call of the page to its rows, in a fresh profile that is signed in already."""
    context = browser.new_context(locale="zh-CN", storage_state=kept)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    octets = KILOBITS * 1000 / 8
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": octets, "uploadThroughput": octets},
    )
    page.goto(f"{url}/seller", wait_until="commit")
    page.locator(ROWS).first.wait_for()
    took = float(page.evaluate("performance.now()"))
    context.close()
    return took


def main(url: str, email: str, password: str, times: str = "5") -> None:
    """Measure, and print."""
    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        context = browser.new_context()
        answer = context.request.post(f"{url}/v1/sign_in", data={"email": email, "password": password})
        assert answer.ok, answer.text()
        kept = context.storage_state()
        took = sorted(load_ms(browser, url, kept) for _ in range(int(times)))
        browser.close()
    sys.stdout.write(
        f"ms to rows: {took[0]:.0f} least, {statistics.median(took):.0f} middle, {took[-1]:.0f} most\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
