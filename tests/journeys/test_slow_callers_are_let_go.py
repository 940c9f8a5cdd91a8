"""Connections that bring nothing, or take nothing, are ended; those that are only slow are not."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from andon.kernel.http.connections import GRACE_SECONDS, SLOWEST_BYTES_PER_SECOND
from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.wire import Wire, statuses

HEALTH = b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n\r\n"
KEYS = b"POST /v1/keys HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
PATIENT = 90.0


def silent(wire: Wire, _: bytes) -> list[int]:
    return statuses(wire.all())


def half_a_head(wire: Wire, _: bytes) -> list[int]:
    wire.send(b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n")
    return statuses(wire.all())


def a_head_in_drops(wire: Wire, _: bytes) -> list[int]:
    wire.send(b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\nX-A: ")
    while wire.send(b"a"):
        time.sleep(0.2)
    return []


def half_a_second_head(wire: Wire, _: bytes) -> list[int]:
    wire.send(HEALTH)
    wire.until(b'"ok"')
    wire.send(b"GET /v1/hea")
    return statuses(wire.all())


def half_a_body(wire: Wire, key: bytes) -> list[int]:
    wire.send(KEYS + key + b"Content-Length: 1000\r\n\r\n{")
    return statuses(wire.all())


def a_body_in_drops(wire: Wire, key: bytes) -> list[int]:
    wire.send(KEYS + key + b"Transfer-Encoding: chunked\r\n\r\n")
    while wire.send(b"1\r\n \r\n"):
        time.sleep(0.2)
    return []


def a_reader_that_reads_nothing(wire: Wire, _: bytes) -> list[int]:
    wire.send(b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 30)
    until = time.monotonic() + PATIENT
    while wire.send(HEALTH):  # our own sending is held up as well, until the other side has gone
        assert time.monotonic() < until
        time.sleep(0.5)
    return []


SLOW: dict[Callable[[Wire, bytes], list[int]], list[int]] = {
    silent: [],
    half_a_head: [408],
    a_head_in_drops: [],
    half_a_second_head: [408],
    half_a_body: [408],
    a_body_in_drops: [],
    a_reader_that_reads_nothing: [],
}


@pytest.fixture
def key(operator: Client) -> bytes:
    """What the head of a call by an operator holds."""
    return f"Authorization: Bearer {operator.key}\r\n".encode()


def test_whoever_brings_or_takes_nothing_is_let_go_and_soon(andon: Running, key: bytes) -> None:
    def met(way: Callable[[Wire, bytes], list[int]]) -> tuple[str, list[int], float]:
        began = time.monotonic()
        small = 4096 if way is a_reader_that_reads_nothing else None
        with Wire(andon.url, PATIENT, small) as wire:
            answered = way(wire, key)
        return way.__name__, answered, time.monotonic() - began

    with ThreadPoolExecutor(len(SLOW)) as pool:
        ends = list(pool.map(met, SLOW))
    assert [(name, answered) for name, answered, _ in ends] == [
        (way.__name__, answered) for way, answered in SLOW.items()
    ]
    for name, _, seconds in ends:
        assert GRACE_SECONDS - 1 < seconds < PATIENT - 5, (name, seconds)
    assert until_gone(andon) == 0


def test_whoever_is_only_slow_is_answered(andon: Running, key: bytes) -> None:
    seconds = GRACE_SECONDS + 5
    size = 2 * SLOWEST_BYTES_PER_SECOND * seconds

    def slow_body() -> list[int]:
        with Wire(andon.url, PATIENT) as wire:
            wire.send(KEYS + key + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size)
            for _ in range(seconds):
                assert wire.send(b" " * (size // seconds))
                time.sleep(1)
            return statuses(wire.all())

    def idle() -> list[int]:
        with Wire(andon.url, PATIENT) as wire:
            wire.send(HEALTH)
            wire.until(b'"ok"')
            time.sleep(seconds)
            wire.send(HEALTH)
            return statuses(wire.until(b'"ok"'))

    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(slow_body), pool.submit(idle)]
        assert [end.result() for end in ends] == [[400], [200]]


def until_gone(andon: Running) -> int:
    """How many connections are left, when those that end have ended."""
    connections = andon.serving.server.server_state.connections
    until = time.monotonic() + 5
    while connections and time.monotonic() < until:
        time.sleep(0.1)
    return len(connections)
