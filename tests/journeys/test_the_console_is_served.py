"""The console comes from the API's own process: one page for every address of people's, and its files for good."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import urllib3

from andon.app.console import BUILT, NOT_BUILT, Console, built_files
from andon.kernel.http.safety import page_policy
from tests.journeys.conftest import Running

PAGES = ("/", "/seller/1/orders?group=in_transit", "/desk", "/v2")


def get(url: str, **headers: str) -> urllib3.BaseHTTPResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib3.request(
        "GET", url, headers={"Accept": "text/html"} | sent, retries=False, decode_content=False
    )


def one_asset(page: bytes) -> str:
    found = re.search(rb'src="(/assets/[^"]+\.js)"', page)
    assert found, page
    return found[1].decode()


def test_every_address_of_peoples_is_the_page_under_a_policy_of_its_own(andon: Running) -> None:
    nonces = set()
    for path in PAGES:
        answer = get(andon.url + path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert answer.headers["Cache-Control"] == "no-cache"
        given = set(re.findall(rb'nonce="([^"]+)"', answer.data))
        assert len(given) == 1, "all that stands in the page carries the same"
        nonce = given.pop().decode()
        assert answer.headers["Content-Security-Policy"] == page_policy(nonce)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == len(PAGES), "a nonce is used once"


@pytest.mark.parametrize("path", ["/v1", "/v1/nowhere", "/v1/shops/1/nowhere"])
def test_an_address_of_the_api_stays_the_apis(andon: Running, path: str) -> None:
    answer = get(andon.url + path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_program_that_mistypes_is_told_so(andon: Running) -> None:
    for path in (
        "/nowhere",
        "/assets/nothing.js",
        "/index.html",
        "/.vite/manifest.json",
        "/assets/../../console.py",
    ):
        answer = get(andon.url + path, Accept="*/*")
        assert answer.status == 404, path
    assert get(andon.url + "/", Accept="*/*").status == 200
    assert urllib3.request("POST", andon.url + "/seller", retries=False).status == 404


def test_its_files_are_kept_for_good_and_come_packed(andon: Running) -> None:
    path = one_asset(get(andon.url).data)
    plain = get(andon.url + path)
    assert "Content-Encoding" not in plain.headers
    for encodings, expected in (("gzip", "gzip"), ("gzip, deflate, br;q=1", "br"), ("zstd", None)):
        answer = get(andon.url + path, Accept_Encoding=encodings)
        assert answer.status == 200
        assert answer.headers.get("Content-Encoding") == expected
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert (len(answer.data) < len(plain.data)) == (expected is not None)
        again = get(andon.url + path, Accept_Encoding=encodings, If_None_Match=answer.headers["ETag"])
        assert (again.status, again.data) == (304, b"")
    tags = {get(andon.url + path, Accept_Encoding=each).headers["ETag"] for each in ("gzip", "br", "")}
    assert len(tags) == 3, "each form has a tag of its own"


def test_every_file_but_the_page_is_named_for_what_is_in_it() -> None:
    names = set(built_files(BUILT)) - {"index.html"}
    assert names
    assert [name for name in names if not re.fullmatch(r"assets/[\w.-]+-[\w-]{8}\.\w+", name)] == []


def test_without_a_built_console_the_page_says_how_to_build_it(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def nothing(*_: Any) -> None:
        raise AssertionError("nobody else is asked")

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(Console(nothing, tmp_path)(scope, nothing, send))
    assert [each.get("status", each.get("body")) for each in said] == [503, NOT_BUILT.encode()]
    assert "make setup" in NOT_BUILT
