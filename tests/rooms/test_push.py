"""The station that pushes: claims, calls, records."""

import json
import threading
from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Actor
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.push.service import ENDPOINTS, queue_pushes, replay_push
from andon.orders.push.station import push_station
from andon.orders.push.views import endpoint_suppliers, list_pushes
from andon.orders.shipping.service import Answer, answer_fulfilments
from andon.partners.suppliers.service import remove_endpoint, set_endpoint
from andon.ports.pushing import Message, Reply
from tests.worlds import NOON, transaction
from tests.worlds_orders import events_of
from tests.worlds_partners import request
from tests.worlds_push import KEY, Town, a_pushed_shop, endpoint, pushing
from tests.worlds_supply import a_line, one, orders_for

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
    assert body["lines"] == [
        {
            "line_no": 1,
            "sku": "S-1",
            "supplier_sku": "I-S-1",
            "quantity": 1,
            "units": 1,
            "marks": [],
            "un_number": None,
        }
    ]
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
        assert connection.exec_driver_sql(ENDPOINTS.due).scalar() == NOON


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
