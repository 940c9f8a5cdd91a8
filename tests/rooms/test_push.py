"""The station that pushes: claims, calls, records; and the client that calls."""

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from andon.adapters.webhook_client import EXCERPT_BYTES, WebhookClient
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Actor
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.push.service import queue_pushes, replay_push
from andon.orders.push.station import DUE, push_station
from andon.orders.push.views import endpoint_suppliers, list_pushes
from andon.orders.shipping.service import Answer, answer_fulfilments
from andon.partners.suppliers.service import remove_endpoint, set_endpoint
from andon.ports.pushing import Message, Reply
from tests.worlds import NOON, transaction
from tests.worlds_orders import events_of
from tests.worlds_partners import request
from tests.worlds_push import KEY, Town, a_pushed_shop, endpoint, pushing, replies_of
from tests.worlds_supply import a_line, a_sink, one, orders_for

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SECOND = timedelta(seconds=1)


def test_a_message_that_is_taken_has_the_fulfilment_pushed(database: Database) -> None:
    with transaction(database) as tx:
        shop, [secret] = a_pushed_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        assert endpoint_suppliers(tx, shop.supplier_ids) == {shop.supplier_ids[0]}
        assert tx.one("select state from fulfilments").state == 10
    town = Town()
    with pushing(database, town) as line:
        assert line.run_due() == 1
        assert line.run_due() == 0
    [message] = town.heard
    assert message.secrets == (secret,)
    body = json.loads(message.body)
    assert (body["type"], body["id"], body["state"]) == ("fulfilment.pushed", number, "pushed")
    assert body["lines"] == [{"line_no": 1, "sku": "S-1", "supplier_sku": "I-S-1", "quantity": 1, "units": 1}]
    assert body["ship_to"]["line1"] == "Calle Mayor 1"
    assert "email" not in body["ship_to"]
    row = one(database, "select * from fulfilments")
    assert (row.state, row.pushed_at, row.due_at) == (20, NOON, NOON + timedelta(hours=24))
    push = one(database, "select * from pushes")
    assert (push.tries, push.due_at, push.delivered_at) == (1, None, NOON)
    waiting = endpoint(database, shop.supplier_ids[0])
    assert (waiting.next_at, waiting.leased_until) == (None, None)
    with transaction(database) as tx:
        assert events_of(tx, shop.shop_id)[-1] == "fulfilment.pushed"


def test_a_message_that_is_refused_is_tried_again_at_growing_delays_under_one_id(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id)
    town = Town(500)
    with pushing(database, town) as line:
        assert line.run_due() == 1, "what failed is due later, not at the standing instant"
        line.advance(NOON + timedelta(hours=44))
        town.answer = 200
        line.advance(NOON + timedelta(hours=60))
    with transaction(database) as tx:
        [push] = list_pushes(tx, shop.supplier_ids[0], limit=10)
    assert len({message.message_id for message in town.heard}) == 1
    waits = [later.at - earlier.at for earlier, later in zip(push.tries, push.tries[1:], strict=False)]
    delays = [5, 300, 1800, 7200, 18000, 36000, 36000, 36000, 36000]
    assert len(waits) == len(delays), "after the last delay it goes on at that one"
    assert all(d * SECOND <= wait <= d * SECOND * 1.1 for d, wait in zip(delays, waits, strict=True))
    assert [each.status for each in push.tries] == [500] * 9 + [200]
    assert one(database, "select state from fulfilments").state == 20


def test_an_endpoint_that_is_silent_has_the_rest_of_its_queue_wait(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 5)
    town = Town()
    first = iter([Reply(None, 10_000, "timed out")])
    town.answer = lambda _: next(first, None)
    with pushing(database, town) as line:
        assert line.run_due() == 5
        assert line.run_due() == 0, "nothing is due at a silent endpoint before its first retry"
        row = endpoint(database, shop.supplier_ids[0])
        assert row.leased_until is None
        assert NOON + 5 * SECOND <= row.next_at <= NOON + 5.5 * SECOND
        town.answer = 204
        line.advance(NOON + timedelta(minutes=1))
    with transaction(database) as tx:
        assert tx.one("select count(*) as n from fulfilments where state = 20").n == 5
        assert tx.one("select count(*) as n from push_tries").n == 6


def test_one_endpoint_that_fails_holds_up_no_other(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        other, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 3)
        orders_for(tx, other.shop_id, 3)
    bad = f"/{shop.supplier_ids[0]}"
    town = Town(lambda message: Reply(None if message.url.endswith(bad) else 204, 1, ""))
    with pushing(database, town) as line:
        line.run_due()
    with transaction(database) as tx:
        states = tx.rows("select shop_id, state, count(*) as n from fulfilments group by 1, 2 order by 1")
        assert [tuple(row) for row in states] == [(shop.shop_id, 10, 3), (other.shop_id, 20, 3)]


def test_a_worker_that_died_between_call_and_record_has_its_message_sent_again(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id)
    town = Town()
    station = push_station(town, KEY)
    with transaction(database) as tx:
        work = station.claim(tx, 10)
    station.call(work)
    with pushing(database, town) as line:
        assert line.run_due() == 0, "the endpoint is leased"
        with transaction(database) as tx:
            tx.run("update endpoints set leased_until = :past", past=tx.wall() - SECOND)
        assert line.run_due() == 1
    assert len(town.heard) == 2
    assert len({message.message_id for message in town.heard}) == 1


def test_an_endpoint_that_is_gone_is_disabled_and_keeps_what_waits(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
    supplier = shop.supplier_ids[0]
    town = Town(410)
    with pushing(database, town) as line:
        line.advance(NOON + timedelta(days=2))
        assert len(town.heard) == 1
        assert not endpoint(database, supplier).enabled
        with transaction(database, NOON + timedelta(days=2)) as tx:
            assert endpoint_suppliers(tx, [supplier]) == set()
            set_endpoint(tx, supplier, "https://example.test/new", KEY)
        town.answer = 204
        line.run_due()
    assert town.heard[-1].url == "https://example.test/new"
    assert len(town.heard[-1].secrets) == 2, "the old secret signs beside the new one"
    assert one(database, "select state from fulfilments where fulfilment_id = :f", f=number).state == 20


def test_what_was_cancelled_before_its_supplier_knew_is_not_sent(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        gone, kept = orders_for(tx, shop.shop_id, 2)
        close_fulfilments(tx, [Close(shop.shop_id, gone, NOON, "buyer")], FulfilmentState.CANCELLED)
    town = Town()
    with pushing(database, town) as line:
        line.run_due()
    assert [json.loads(message.body)["id"] for message in town.heard] == [kept]
    assert one(database, "select due_at from pushes where fulfilment_id = :f", f=gone).due_at is None
    assert endpoint(database, shop.supplier_ids[0]).next_at is None


def test_nothing_is_sent_to_a_supplier_without_a_grant(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id)
        tx.run("update grants set ended_at = :now", now=NOON)
    town = Town()
    with pushing(database, town) as line:
        line.run_due()
    assert town.heard == []
    assert endpoint(database, shop.supplier_ids[0]).next_at is None


def test_an_answer_that_overtakes_the_record_of_its_push_stands(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        [number] = orders_for(tx, shop.shop_id)

    def answer_at_once(message: Message) -> Reply:
        with request(database, Actor("supplier", shop.supplier_ids[0]), [shop.shop_id]) as tx:
            [outcome] = answer_fulfilments(tx, [Answer(number, NOON, accept=True)])
            assert outcome.status == "done"
        return Reply(204, 1, "")

    with pushing(database, Town(answer_at_once)) as line:
        line.run_due()
    with transaction(database) as tx:
        assert events_of(tx, shop.shop_id)[-2:] == ["fulfilment.pushed", "fulfilment.accepted"]
    assert one(database, "select state from fulfilments").state == 30


def test_a_push_is_replayed_by_its_own_supplier(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id)
    first, second = shop.supplier_ids
    town = Town()
    with pushing(database, town) as line:
        line.run_due()
        push = one(database, "select push_id from pushes").push_id
        with request(database, Actor("supplier", second), [shop.shop_id]) as tx, pytest.raises(NotFound):
            replay_push(tx, second, push)
        with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
            replay_push(tx, first, push)
        line.run_due()
        assert [message.message_id for message in town.heard[1:]] == [town.heard[0].message_id]
        with transaction(database) as tx:
            remove_endpoint(tx, first)
        with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
            with pytest.raises(Conflict) as refusal:
                replay_push(tx, first, push)
            assert refusal.value.code == "push.no_endpoint"


def test_a_push_that_is_queued_while_another_is_recorded_is_not_forgotten(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id)
    station = push_station(Town(), KEY)
    with transaction(database) as tx:
        work = station.claim(tx, 10)
    tried = station.call(work).outcomes
    recorded = threading.Event()

    def record() -> None:
        with transaction(database) as tx:
            station.record(tx, tried)
        recorded.set()

    with transaction(database) as tx:
        orders_for(tx, shop.shop_id, prefix="LATE")
        tx.flush()
        thread = threading.Thread(target=record)
        thread.start()
        assert not recorded.wait(0.3), "the record waits for whoever has just queued a push"
    thread.join()
    assert endpoint(database, shop.supplier_ids[0]).next_at == NOON
    with database.line.connect() as connection:
        assert connection.exec_driver_sql(DUE).scalar() == NOON


def test_a_long_queue_takes_no_other_suppliers_turn(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        other, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 100)
        orders_for(tx, other.shop_id, 2)
    station = push_station(Town(), KEY)
    with transaction(database) as tx:
        work = station.claim(tx, 20)
    suppliers = [errand.due.supplier_id for errand in work]
    assert suppliers.count(shop.supplier_ids[0]) == 10
    assert suppliers.count(other.supplier_ids[0]) == 2


def test_several_workers_push_each_message_once(database: Database) -> None:
    with transaction(database) as tx:
        shops = [a_pushed_shop(tx)[0] for _ in range(4)]
        for shop in shops:
            orders_for(tx, shop.shop_id, 30)
    town = Town()
    lines = [a_line(database, push_station(town, KEY, batch=16)) for _ in range(3)]
    threads = [threading.Thread(target=line.run_due) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for line in lines:
        line.run_due()
        line.close()
    assert len(town.heard) == len({message.message_id for message in town.heard}) == 120
    assert one(database, "select count(*) as n from fulfilments where state = 20").n == 120


def test_a_cancellation_request_is_told_and_moves_nothing(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
    town = Town()
    with pushing(database, town) as line:
        line.run_due()
        with transaction(database) as tx:
            queue_pushes(tx, [(shop.shop_id, number, shop.supplier_ids[0])], "fulfilment.cancel_requested")
        line.run_due()
    assert [json.loads(message.body)["type"] for message in town.heard] == [
        "fulfilment.pushed",
        "fulfilment.cancel_requested",
    ]
    assert one(database, "select state from fulfilments").state == 20


# --- the client ------------------------------------------------------------------------------------------------


@pytest.fixture
def client() -> Iterator[WebhookClient]:
    """A client that waits a short time."""
    client = WebhookClient(connect_seconds=0.5, total_seconds=1.0, call_seconds=2.0)
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
        assert [len(idle) for idle in client._idle.values()] == [2, 2]
        assert [reply.status for reply in replies_of(client, messages(sink.url, 3)) if reply] == [200] * 3


def test_endpoints_that_answer_are_not_waited_for_longer_because_one_hangs() -> None:
    goes_on = threading.Event()

    def hanging(body: dict[str, Any]) -> int:
        goes_on.wait(30)
        return 204

    client = WebhookClient(total_seconds=40)
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
        [[idle]] = client._idle.values()
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
