"""Whatever is answered, and by whichever layer, tells a browser to do nothing with it."""

import re

import pytest

from tests.clients import Answer, Client
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.journeys.wire import said

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def check_safe(answer: Answer) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers


CALLS = {
    "an answer": ("GET", "/healthz", 200),
    "the figures": ("GET", "/metrics", 200),
    "the document": ("GET", "/openapi.json", 200),
    "no such path": ("GET", "/nowhere", 404),
    "no such method": ("PATCH", "/healthz", 405),
    "nobody's call": ("GET", "/keys", 401),
    "no such parameter": ("GET", "/healthz?a=b", 422),
    "an address that is too long": ("GET", "/healthz?" + "a" * 9_000, 414),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_answer_is_safe_to_show(anyone: Client, name: str) -> None:
    method, path, status = CALLS[name]
    answer = anyone.call(method, path)
    assert answer.status == status
    check_safe(answer)


def test_so_is_the_answer_to_what_is_no_http(andon: Running) -> None:
    head = said(andon.url, b"hello\r\n\r\n").partition(b"\r\n\r\n")[0].decode()
    for name, value in ALWAYS.items():
        assert f"{name.lower()}: {value}" in head.lower()


def test_a_bug_is_answered_as_safely(operator: Client, probe: list[str]) -> None:
    answer = operator.post("/probe/notes", {"text": "x", "then": "break"})
    assert answer.status == 500
    check_safe(answer)


def test_over_tls_a_browser_is_told_to_keep_to_it(anyone: Client) -> None:
    header = "Strict-Transport-Security"
    assert header not in anyone.get("/healthz").headers
    assert anyone.get("/healthz", X_Forwarded_Proto="https").headers[header] == "max-age=31536000"


def test_files_are_saved_and_not_shown_under_names_of_ours(operator: Client, world: World) -> None:
    assert world
    for path, accept in (
        ("/templates/orders.xlsx", "*/*"),
        ("/templates/orders.csv", "*/*"),
        ("/shops", "text/csv"),
        ("/shops", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        answer = operator.get(path, Accept=accept)
        assert answer.status == 200
        check_safe(answer)
        assert re.fullmatch(r'attachment; filename="[a-z_.-]+"', answer.headers["Content-Disposition"])
