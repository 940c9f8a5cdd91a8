"""The client that calls endpoints: what it sends, how long it waits, and what it makes of an answer."""

import base64
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from standardwebhooks import Webhook

from andon.adapters.connections import Connections
from andon.adapters.webhook_client import EXCERPT_BYTES, THREADS, WebhookClient
from andon.kernel.outside import LOOPBACK
from andon.ports.pushing import Message
from tests.worlds_push import replies_of
from tests.worlds_supply import a_sink

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def client() -> Iterator[WebhookClient]:
    """A client that waits a short time."""
    client = WebhookClient(Connections(LOOPBACK, connect_seconds=0.5), total_seconds=1.0, call_seconds=2.0)
    yield client
    client.close()


def messages(url: str, count: int = 1) -> list[Message]:
    return [Message(url, (SECRET,), f"msg_{n}", b'{"n": %d}' % n) for n in range(count)]


def test_a_receiver_verifies_what_the_client_sends(client: WebhookClient) -> None:
    with a_sink(words="thank you") as sink:
        [reply] = replies_of(client, messages(f"{sink.url}?a=b"))
    assert reply is not None
    assert (reply.status, reply.excerpt) == (204, "") or reply.status == 204
    headers, body = sink.heard[0]
    assert Webhook(SECRET).verify(body, headers) == {"n": 0}
    assert headers["webhook-id"] == "msg_0"
    assert headers["content-type"] == "application/json"


def test_an_endpoint_is_given_its_share_of_the_threads_and_keeps_its_connections(
    client: WebhookClient,
) -> None:
    def slowly(body: dict[str, Any]) -> int:
        time.sleep(0.02)
        return 200

    with a_sink(slowly) as sink, a_sink(slowly) as other:
        replies = replies_of(client, messages(sink.url, 20) + messages(other.url, 20))
        assert [reply.status for reply in replies if reply] == [200] * 40
        assert sink.busiest == other.busiest == client.lanes
        assert [len(idle) for idle in client.connections.idle.values()] == [2, 2]
        assert [reply.status for reply in replies_of(client, messages(sink.url, 3)) if reply] == [200] * 3


def test_endpoints_that_answer_are_not_waited_for_longer_because_one_hangs() -> None:
    goes_on = threading.Event()

    def hanging(body: dict[str, Any]) -> int:
        goes_on.wait(30)
        return 204

    client = WebhookClient(Connections(LOOPBACK), total_seconds=40)
    with a_sink(hanging) as slow, a_sink() as quick:
        delivery = client.deliver(messages(slow.url, 2) + messages(quick.url, 3), 5)
        assert {place: reply and reply.status for place, reply in delivery.replies.items()} == dict.fromkeys(
            (2, 3, 4), 204
        )
        assert delivery.rest is not None
        goes_on.set()
        late = delivery.rest()
    assert {place: reply and reply.status for place, reply in late.items()} == dict.fromkeys((0, 1), 204)
    client.close()


def test_a_connection_that_was_closed_while_idle_is_opened_anew(client: WebhookClient) -> None:
    with a_sink() as sink:
        replies_of(client, messages(sink.url))
        [[idle]] = client.connections.idle.values()
        idle.shutdown(socket.SHUT_RDWR)
        [reply] = replies_of(client, messages(sink.url))
    assert reply is not None
    assert reply.status == 204


def test_a_redirect_is_not_followed(client: WebhookClient) -> None:
    with a_sink(lambda _: 302) as sink:
        [reply] = replies_of(client, messages(sink.url))
    assert reply is not None
    assert (reply.status, len(sink.heard)) == (302, 1)


def test_the_head_of_an_answer_is_kept_in_a_form_that_can_be_stored(client: WebhookClient) -> None:
    with a_sink(lambda _: 500, words="no\0" + "x" * 2000) as sink:
        [reply] = replies_of(client, messages(sink.url))
    assert reply is not None
    assert reply.excerpt == "no\N{REPLACEMENT CHARACTER}" + "x" * (EXCERPT_BYTES - 3)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/closed", "http://nowhere.invalid/", "http:///none", "http://127.0.0.1:99999/"]
)
def test_what_cannot_be_reached_is_answered_by_nothing(client: WebhookClient, url: str) -> None:
    [reply, *rest] = replies_of(client, messages(url, 5))
    assert reply is not None
    assert reply.status is None
    assert reply.excerpt
    assert None in rest, "an endpoint that does not answer is left alone"


@contextmanager
def a_dripping_peer() -> Iterator[str]:
    """An endpoint that answers one byte at a time, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        while not over.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                try:
                    peer.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    while not over.wait(0.05):
                        peer.sendall(b"x")
                except OSError:
                    continue

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(2)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"", None),
        (b"HTTP/1.1 200 O", 200),
        (b"HTTP/1.1 2", None),
        (b"220 mail.example ESMTP\r\n", None),
        (b"\x15\x03\x01\x00\x02\x02\x28", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{half of it", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n\xff\x00 no json <", 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", None),
        (b"HTTP/1.1 500 no\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n", 500),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: %b\r\n" % (b"x" * 70_000), None),
    ],
)
def test_a_peer_that_closes_mid_way_or_answers_rubbish_is_told_by_its_status_or_none(
    client: WebhookClient, said: bytes, status: int | None
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        for _ in range(2):
            peer, _ = listener.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(said)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    for sent in messages(f"http://127.0.0.1:{listener.getsockname()[1]}/", 2):
        [reply] = replies_of(client, [sent])
        assert reply is not None
        assert reply.status == status
        assert "\0" not in reply.excerpt
    thread.join(5)
    listener.close()


def test_an_endpoint_that_keeps_order_has_one_at_a_time_and_none_after_one_that_failed(
    client: WebhookClient,
) -> None:
    sent = [replace(each, ordered=True) for each in messages("", 6)]
    with a_sink(lambda body: 400 if body["n"] == 3 else 204) as sink:
        replies = replies_of(client, [replace(each, url=sink.url) for each in sent])
    assert [reply and reply.status for reply in replies] == [204, 204, 204, 400, None, None]
    assert [body["n"] for body in sink.bodies] == [0, 1, 2, 3]
    assert sink.busiest == 1


def test_a_peer_that_answers_byte_by_byte_is_broken_off(client: WebhookClient) -> None:
    with a_dripping_peer() as url:
        began = time.monotonic()
        [reply] = replies_of(client, messages(url))
        assert time.monotonic() - began < 5
    assert reply is not None
    assert reply.status is None


def test_a_peer_that_hangs_is_left_after_the_total_time(client: WebhookClient) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    [reply] = replies_of(client, messages(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
    listener.close()
    assert reply is not None
    assert (reply.status, reply.excerpt) == (None, "timed out")
    assert 900 <= reply.latency_ms <= 5000


@pytest.mark.parametrize(("most_late", "waits"), [(THREADS // 2, True), (math.inf, False)])
def test_one_that_is_never_waited_for_goes_on_however_many_hang(most_late: float, waits: bool) -> None:
    goes_on = threading.Event()

    def hanging(body: dict[str, Any]) -> int:
        goes_on.wait(30)
        return 204

    client = WebhookClient(Connections(LOOPBACK), most_late=most_late, total_seconds=1.5)
    with ExitStack() as stack:
        slow = [stack.enter_context(a_sink(hanging)) for _ in range(THREADS // 2 + 1)]
        stack.callback(goes_on.set)
        rests = [client.deliver(messages(sink.url), 0.05).rest for sink in slow[:-1]]
        began = time.monotonic()
        last = client.deliver(messages(slow[-1].url), 0.05)
        assert (time.monotonic() - began > 1) == waits
        goes_on.set()
        for rest in (*rests, last.rest):
            if rest is not None:
                rest()
    client.close()
