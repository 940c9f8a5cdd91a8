"""Bytes on the wire: what a proxy may read otherwise than we do, what is no HTTP, and what is too much of it."""

import json
from collections.abc import Callable

import pytest

from andon.kernel.http.limits import LARGEST_BODY_BYTES, LARGEST_HEAD_BYTES, LONGEST_TARGET, MOST_FIELDS
from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.wire import Wire, said, statuses

HEAD = b"Host: x\r\nContent-Type: application/json\r\n"
HIDDEN = b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n\r\n"
ASKED = b"POST /v1/probe/notes HTTP/1.1\r\n"

AMBIGUOUS = {
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": b"Content-Length: 2\r\nContent-Length: 44\r\n\r\n{}" + HIDDEN,
    "two lengths in one": b"Content-Length: 2, 44\r\n\r\n{}" + HIDDEN,
    "a length with a sign": b"Content-Length: +2\r\n\r\n{}" + HIDDEN,
    "a length below nothing": b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": b"Content-Length: 0x2\r\n\r\n{}" + HIDDEN,
    "another encoding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two encodings": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a chunk of no number": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    "a space before the colon": b"Content-Length : 2\r\n\r\n{}" + HIDDEN,
    "a return within a field": b"X-A: a\rContent-Length: 2\r\n\r\n" + HIDDEN,
    "a NUL within a field": b"X-A: a\0b\r\n\r\n" + HIDDEN,
    "two hosts": b"Host: y\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_request_that_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(
    andon: Running, name: str
) -> None:
    answers = said(andon.url, ASKED + HEAD + AMBIGUOUS[name])
    assert statuses(answers) == [400]
    head, _, body = answers.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] in ("request.ambiguous", "request.not_http")


def test_the_same_length_said_twice_is_one_length(andon: Running) -> None:
    with Wire(andon.url) as wire:
        wire.send(
            b"POST /v1/nowhere HTTP/1.1\r\n" + HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"
        )
        wire.until(b"not_found")
        wire.send(HIDDEN)
        wire.until(b'"ok"')


NO_HTTP = {
    "the first words of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "words": b"hello\r\n\r\n",
    "no host": b"GET /v1/healthz HTTP/1.1\r\n\r\n",
    "a byte beyond ASCII in the address": b"GET /v1/healthz\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "a field without a name": b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n: x\r\n\r\n",
}


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_no_http_is_told_so_as_a_problem(andon: Running, name: str) -> None:
    answers = said(andon.url, NO_HTTP[name])
    head, _, body = answers.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"nosniff" in head
    assert json.loads(body) == {
        "type": "urn:andon:problem:request.not_http",
        "title": "Not HTTP",
        "status": 400,
        "code": "request.not_http",
    }


HEADS: dict[str, tuple[bytes, int, str]] = {
    "fields": (b"a: b\r\n" * MOST_FIELDS, 431, "request.head_too_large"),
    "one field": (b"a: %b\r\n" % (b"b" * LARGEST_HEAD_BYTES), 431, "request.head_too_large"),
    "one very long field": (b"a: %b\r\n" % (b"b" * 50 * LARGEST_HEAD_BYTES), 431, "request.head_too_large"),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_is_bounded(andon: Running, name: str) -> None:
    fields, status, code = HEADS[name]
    with Wire(andon.url) as wire:
        wire.send(b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n")
        answers = wire.all()
    assert statuses(answers) == [status]
    assert json.loads(answers.partition(b"\r\n\r\n")[2])["code"] == code


def test_a_head_that_comes_in_pieces_is_bounded_as_well(andon: Running) -> None:
    with Wire(andon.url) as wire:
        wire.send(b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n")
        # The buffers of both ends take some megabytes before our own sending is held up.
        assert not all(wire.send(b"a: %b\r\n" % (b"b" * 1_000)) for _ in range(60_000))
        assert statuses(wire.all()) in ([431], [])  # the answer may be lost where more was sent meanwhile


def test_an_address_is_bounded(anyone: Client) -> None:
    long = anyone.get("/healthz?" + "a" * LONGEST_TARGET)
    assert (long.status, long.code) == (414, "request.target_too_long")
    assert long.headers["Connection"] == "close"


PATHS = {
    "/v1/../v1/healthz": (404, "not_found"),
    "/v1/%2e%2e/v1/healthz": (404, "not_found"),
    "/v1/./healthz": (404, "not_found"),
    "/v1//healthz": (404, "not_found"),
    "//v1/healthz": (404, "not_found"),
    "/v1/healthz/": (404, "not_found"),
    "/v1/healthz;a=b": (404, "not_found"),
    "/v1\\healthz": (404, "not_found"),
    "/V1/healthz": (404, "not_found"),
    "/v1/healthz%0a": (422, "request.invalid"),
    "/v1/healthz%0D": (422, "request.invalid"),
    "/v1/healthz%00": (422, "request.invalid"),
    "/v1/healthz%7f": (422, "request.invalid"),
    "/v1/healthz%20": (404, "not_found"),
    "/v1/%c0%ae%c0%ae/healthz": (400, "request.not_utf8"),
    "/v1/shops/%e0%80%af": (400, "request.not_utf8"),
    "/v1/%u002e%u002e/healthz": (404, "not_found"),
    "http://elsewhere/v1/healthz": (404, "not_found"),
    "*": (404, "not_found"),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_what_it_says_and_no_other(andon: Running, path: str) -> None:
    answers = said(andon.url, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    status, code = PATHS[path]
    assert statuses(answers) == [status]
    assert json.loads(answers.partition(b"\r\n\r\n")[2])["code"] == code


@pytest.mark.parametrize(
    "way", ["1%2f..%2f2", "1/../2", "1;a=2", "+1", "1.", " 1", "１", "0x1", "1e0", "1%0a"]
)
def test_a_shops_number_is_its_digits(way: str, operator: Client, world: object, andon: Running) -> None:
    assert world
    answer = operator.get(f"/shops/{way}".replace(" ", "%20").replace("１", "%EF%BC%91"))
    assert answer.status in (404, 422)


def test_the_rest_of_a_body_that_is_not_wanted_is_not_read_for_long(andon: Running, operator: Client) -> None:
    blocks = 10 * LARGEST_BODY_BYTES // 65536
    key = f"Authorization: Bearer {operator.key}\r\n".encode()
    with Wire(andon.url, timeout=20) as wire:
        wire.send(b"POST /v1/keys HTTP/1.1\r\n" + HEAD + key + b"Content-Length: 1000000000000\r\n\r\n")
        wire.until(b"request.too_large")
        assert not all(wire.send(bytes(65536)) for _ in range(blocks))


def test_a_connection_goes_on_after_the_body_of_a_refused_call(andon: Running) -> None:
    with Wire(andon.url) as wire:
        wire.send(b"POST /v1/keys HTTP/1.1\r\n" + HEAD + b"Content-Length: 100000\r\n\r\n")
        wire.until(b"credentials.missing")
        wire.send(bytes(100_000) + HIDDEN)
        wire.until(b'"ok"')


BOMBS: dict[str, Callable[[], bytes]] = {
    "deep lists": lambda: b'{"text": "x", "more": {"a": %b1%b}}' % (b"[" * 500, b"]" * 500),
    "deep objects": lambda: b'{"text": "x", "more": %b1%b}' % (b'{"a":' * 500, b"}" * 500),
    "a very deep list": lambda: b"[" * 4_000_000,
    "a number beyond all": lambda: b'{"text": "x", "more": {"a": 1e400000}}',
    "a number of a million digits": lambda: b'{"text": "x", "more": {"a": 1%b}}' % (b"0" * 1_000_000),
    "a long text": lambda: b'{"text": "%b"}' % (b"x" * 8_000_000),
    "a long name": lambda: b'{"%b": 1}' % (b"x" * 8_000_000),
    "many names": lambda: (
        b'{"text": "x", "more": {%b}, "odd": 1}' % b",".join(b'"a%d": 1' % each for each in range(300_000))
    ),
    "many unknown names": lambda: (
        b'{"text": "x", %b}' % b",".join(b'"a%d": 1' % each for each in range(300_000))
    ),
    "many faults": lambda: b"[%b]" % b",".join([b"1"] * 1_000_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_json_that_is_made_to_hurt_is_refused(
    name: str, operator: Client, anyone: Client, probe: list[str]
) -> None:
    answer = operator.call("POST", "/probe/notes", raw=BOMBS[name]())
    assert answer.status in (400, 422), answer
    assert len(answer.raw) < 100_000, len(answer.raw)
    assert probe == []
    assert anyone.get("/healthz").status == 200
