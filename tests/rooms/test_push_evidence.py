"""Tries as evidence: what each keeps, how long, and pushes that are sent again on request."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy.exc import ProgrammingError

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Actor
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.push.service import replay_push, replay_pushes
from andon.orders.push.station import FORGET_TRIES, push_station
from andon.orders.push.views import endpoint_state, list_pushes
from andon.orders.receipts.views import facts_of_fulfilment, facts_of_push
from andon.partners.suppliers.service import remove_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_partners import request
from tests.worlds_push import KEY, Town, a_pushed_shop, pushing
from tests.worlds_supply import a_line, one, orders_for

DAY = timedelta(days=1)


def test_a_try_keeps_what_was_sent_where_and_when_but_no_query(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx, url="https://example.test/in?token=secret")
        [number] = orders_for(tx, shop.shop_id)
    town = Town(204)
    with pushing(database, town) as line:
        line.run_due()
    [message] = town.heard
    assert "token=secret" in message.url
    supplier = shop.supplier_ids[0]
    with transaction(database) as tx:
        [push] = list_pushes(tx, supplier, limit=10)
        facts = facts_of_push(tx, supplier, push.id)
        [same] = facts_of_fulfilment(tx, shop.shop_id, number, after=0, limit=10)
        with pytest.raises(NotFound):
            facts_of_push(tx, shop.supplier_ids[1], push.id)
        with pytest.raises(NotFound):
            facts_of_fulfilment(tx, shop.shop_id, number + 999, after=0, limit=10)
    [kept] = push.tries
    assert kept.url == "https://example.test/in"
    assert kept.body_sha256 == hashlib.sha256(message.body).hexdigest()
    [tried] = facts.tries
    assert (tried.endpoint, tried.status, tried.body_sha256) == (
        "https://example.test",
        204,
        kept.body_sha256,
    )
    assert same.model_dump(exclude={"issued_at"}) == facts.model_dump(exclude={"issued_at"})
    assert (facts.fulfilment_id, facts.delivered_at) == (number, NOON)


def test_tries_are_forgotten_after_90_days_and_not_a_moment_earlier(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 7)
    line = a_line(database, push_station(Town(204), KEY), FORGET_TRIES)
    line.run_due()
    line.advance(NOON + 90 * DAY - timedelta(microseconds=1))
    assert one(database, "select count(*) as n from push_tries").n == 7
    line.advance(NOON + 90 * DAY)
    line.close()
    assert one(database, "select count(*) as n from push_tries").n == 0
    assert one(database, "select count(*) as n from pushes where delivered_at is not null").n == 7


def test_the_application_can_neither_change_nor_delete_a_try_and_the_line_cannot_change_one(
    database: Database,
) -> None:
    for engine, statement in (
        (database.app, "delete from push_tries"),
        (database.app, "update push_tries set status = 200"),
        (database.line, "update push_tries set status = 200"),
    ):
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.exec_driver_sql(statement)


def test_a_supplier_that_lost_its_data_is_sent_a_window_of_it_again(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        numbers = orders_for(tx, shop.shop_id, 3)
        other, _ = a_pushed_shop(tx)
        orders_for(tx, other.shop_id, 1)
    supplier = shop.supplier_ids[0]
    mine = Actor("supplier", supplier)
    town = Town(204)
    with pushing(database, town) as line:
        line.run_due()
        line.advance(NOON + DAY)
        with transaction(database, NOON + DAY) as tx:
            orders_for(tx, shop.shop_id, 2, prefix="NEXT")
            close_fulfilments(
                tx, [Close(shop.shop_id, numbers[0], NOON + DAY, "buyer")], FulfilmentState.CANCELLED
            )
        line.run_due()
        first = {message.message_id for message in town.heard if message.url.endswith(f"/{supplier}")}
        town.heard.clear()
        with request(database, mine, [shop.shop_id], now=NOON + 2 * DAY) as tx:
            assert replay_pushes(tx, supplier, NOON, NOON + DAY) == 3, "until is exclusive"
            assert replay_pushes(tx, supplier, NOON, NOON + DAY) == 0, "those that wait are on their way"
            assert endpoint_state(tx, supplier).waiting == 3
        line.advance(NOON + 2 * DAY)
        assert len(town.heard) == 3
        assert {message.message_id for message in town.heard} <= first
        with request(database, mine, [shop.shop_id], now=NOON + 2 * DAY) as tx:
            assert replay_pushes(tx, supplier, NOON, NOON + 3 * DAY) == 5
            with pytest.raises(Invalid) as refusal:
                replay_pushes(tx, supplier, NOON + DAY, NOON)
            assert refusal.value.code == "push.window"
    with transaction(database) as tx:
        told = tx.rows("select actor, shop_id from events where kind = 'push.replayed'")
    assert [(row.actor, row.shop_id) for row in told] == [(f"supplier:{supplier}", shop.shop_id)] * 8


def test_a_window_of_too_much_is_refused_whole_and_one_who_pulls_has_nothing_sent(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        tx.run(
            "insert into pushes (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, tries, "
            "delivered_at) select :shop, nextval('push_ids'), :supplier, :number, 'fulfilment.pushed', 'm', :now, 1, :now "
            "from generate_series(1, 5001)",
            shop=shop.shop_id,
            supplier=shop.supplier_ids[0],
            number=number,
            now=NOON,
        )
    supplier = shop.supplier_ids[0]
    with transaction(database) as tx:
        with pytest.raises(Invalid) as refusal:
            replay_pushes(tx, supplier, NOON, NOON + DAY)
        assert (refusal.value.code, refusal.value.facts) == ("push.too_many", {"most": 5_000})
        assert endpoint_state(tx, supplier).waiting == 1
        remove_endpoint(tx, supplier)
        for replay in (
            lambda: replay_pushes(tx, supplier, NOON - DAY, NOON),
            lambda: replay_push(tx, supplier, one(database, "select min(push_id) as n from pushes").n),
        ):
            with pytest.raises(Conflict) as pulled:
                replay()
            assert pulled.value.code == "push.no_endpoint"
