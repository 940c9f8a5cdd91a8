"""Short at the shelf: what a supplier accepted and cannot fulfil goes to the next, and is counted."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from andon.kernel.db import Database
from andon.kernel.tx import Actor
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.shipping.service import (
    Handover,
    Shortage,
    label_parcels,
    note_handovers,
    report_shortages,
)
from andon.orders.shipping.views import count_shortages
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import events_of, run_together, states_of, stock_of
from tests.worlds_partners import item_of, open_demo_shop, request
from tests.worlds_supply import a_label, a_scan, labelled, one, orders_for, picked, scanned, taken
from tests.worlds_trouble import notices_of

LATER = NOON + timedelta(hours=1)
EVENING = NOON + timedelta(hours=12)


def said(outcomes) -> list[str]:
    return [each.code or each.status for each in outcomes]


def short(number: int, reason: str = "out_of_stock", at=LATER, **facts) -> Shortage:
    return Shortage(number, at, reason, **facts)


def order_of(tx, number: int) -> int:
    return tx.one("select order_id from fulfilments where fulfilment_id = :f", f=number).order_id


@pytest.mark.clause("MODE-3")
@pytest.mark.parametrize("stage", ["accepted", "picked", "labelled"])
def test_what_was_accepted_and_is_not_there_goes_to_the_next_and_the_stock_is_put_right(
    database: Database, stage: str
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=10)
        [number, kept] = orders_for(tx, shop.shop_id, 2)
        taken(tx, [number, kept])
        if stage == "picked":
            picked(tx, [number])
        if stage == "labelled":
            labelled(tx, [number])
        order = order_of(tx, number)
    first, second = shop.supplier_ids
    with request(database, Actor("supplier", first), [shop.shop_id], now=EVENING) as tx:
        told = short(number, "damaged", note="water")
        assert said(report_shortages(tx, [told, told, short(number)])) == [
            "done",
            "already",
            "fulfilment.answered",
        ]
        assert count_shortages(tx, NOON) == {first: 1}
    with transaction(database, EVENING) as tx:
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
        stock = stock_of(tx, shop.shop_id)
        assert stock[first, "I-S-1", 1] == (1, 1), "what the other order has reserved stays"
        assert stock[second, "I-S-1", 1] == (10, 1)
        assert events_of(tx, shop.shop_id, order).count("fulfilment.cannot_fulfil") == 1
        assert notices_of(tx, "fulfilment.cannot_fulfil") == ["seller"]
        assert scanned(tx, *([a_scan(f"W{number}", hours=2)] * (stage == "labelled"))) == ["recorded"] * (
            stage == "labelled"
        )
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
    assert one(database, "select reason, note from shortages").note == "water"
    assert_all_well(database)


def test_only_the_lines_that_lack_are_put_right_and_another_reason_leaves_the_count_alone(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10)
        [first, second] = orders_for(tx, shop.shop_id, 2, "S-1", "S-2")
        taken(tx, [first, second])
        assert said(report_shortages(tx, [short(first, "other"), short(second, lines=(9,))])) == [
            "done",
            "fulfilment.no_such_line",
        ]
        supplier = shop.supplier_ids[0]
        assert stock_of(tx, shop.shop_id)[supplier, item_of("S-1"), 1] == (10, 1)
        assert said(report_shortages(tx, [short(second, lines=(2,))])) == ["done"]
        stock = stock_of(tx, shop.shop_id)
        assert stock[supplier, item_of("S-1"), 1] == (10, 0)
        assert stock[supplier, item_of("S-2"), 1] == (0, 0)
    assert_all_well(database)


def test_without_anybody_else_it_waits_for_the_seller(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        assert said(report_shortages(tx, [short(number)])) == ["done"]
        assert states_of(tx, shop.shop_id, order_of(tx, number)) == ["rejected", "waiting"]
        assert notices_of(tx, "fulfilment.waiting") == ["seller"]
    assert_all_well(database)


def test_it_is_said_between_acceptance_and_the_carrier_by_its_supplier_alone(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        unanswered, handed, gone, other = orders_for(tx, shop.shop_id, 4)
        labelled(tx, [handed, gone, other])
        note_handovers(tx, [Handover(handed, NOON)])
        scanned(tx, a_scan(f"W{gone}"))
        assert said(report_shortages(tx, [short(unanswered), short(handed), short(gone), short(99)])) == [
            "fulfilment.not_accepted",
            "fulfilment.handed_over",
            "fulfilment.state",
            "fulfilment.not_found",
        ]
    with request(database, Actor("supplier", shop.supplier_ids[1]), [shop.shop_id]) as tx:
        assert said(report_shortages(tx, [short(other)])) == ["fulfilment.not_found"]
    assert_all_well(database)


def test_where_cancelling_was_asked_for_it_is_the_answer_and_nobody_else_gets_it(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        order = order_of(tx, number)
        cancel_orders(tx, [Wish(shop.shop_id, order, NOON, "buyer")])
        assert said(report_shortages(tx, [short(number), short(number)])) == ["done", "already"]
        assert states_of(tx, shop.shop_id, order) == ["cancelled"]
        assert count_shortages(tx, NOON) == {shop.supplier_ids[0]: 1}
    assert_all_well(database)


@pytest.mark.parametrize("what", ["cancel", "scan", "label", "again"])
def test_what_comes_at_once_with_it_is_seen_or_sees_it(database: Database, what: str) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        numbers = orders_for(tx, shop.shop_id, 5)
        taken(tx, numbers)
        if what == "scan":
            labelled(tx, numbers)
    for number in numbers:
        with transaction(database) as tx:
            order = order_of(tx, number)

        def reporting(number: int = number) -> None:
            with transaction(database, EVENING) as tx:
                assert said(report_shortages(tx, [short(number)]))[0] in (
                    "done",
                    "already",
                    "fulfilment.state",
                )

        def other(number: int = number, order: int = order) -> None:
            with transaction(database, EVENING) as tx:
                if what == "cancel":
                    cancel_orders(tx, [Wish(shop.shop_id, order, LATER, "buyer")])
                elif what == "scan":
                    scanned(tx, a_scan(f"W{number}"))
                elif what == "label":
                    label_parcels(tx, [a_label(number)])
                else:
                    report_shortages(tx, [short(number)])

        run_together(reporting, other)
        with transaction(database) as tx:
            assert (
                states_of(tx, shop.shop_id, order)
                in {
                    "cancel": (["cancelled"], ["rejected", "cancelled"]),
                    "scan": (["shipped"], ["rejected", "pushed"]),
                    "label": (["labelled"], ["rejected", "pushed"]),
                    "again": (["rejected", "pushed"],),
                }[what]
            )
    assert_all_well(database)


def test_a_wish_to_cancel_that_waited_for_it_is_for_the_successor(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        order = order_of(tx, number)

    def wish() -> None:
        with transaction(database, EVENING) as tx:
            cancel_orders(tx, [Wish(shop.shop_id, order, EVENING, "buyer")])

    wishing = threading.Thread(target=wish)
    with transaction(database, EVENING) as tx:
        assert said(report_shortages(tx, [short(number)])) == ["done"]
        wishing.start()
        with database.line.connect() as connection:
            waits = text("select count(*) from pg_locks where not granted")
            while wishing.is_alive() and not connection.execute(waits).scalar():
                connection.rollback()
    wishing.join()
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, order) == ["rejected", "cancelled"]
    assert_all_well(database)
