"""What suppliers say of fulfilments: answers, picks, labels, hand-overs."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Actor
from andon.orders.shipping.service import (
    Answer,
    Handover,
    Step,
    answer_fulfilments,
    label_parcels,
    note_handovers,
    pick_fulfilments,
)
from tests.worlds import NOON, transaction
from tests.worlds_orders import events_of, states_of, stock_of
from tests.worlds_partners import open_demo_shop, request
from tests.worlds_supply import a_label, a_scan, labelled, one, orders_for, picked, scanned, taken

LATER = NOON + timedelta(hours=1)


def said(outcomes) -> list[str]:
    """Each outcome's status, or its code where it was refused."""
    return [each.code or each.status for each in outcomes]


def fulfilment(database: Database, number: int):
    return one(database, "select * from fulfilments where fulfilment_id = :f", f=number)


@pytest.mark.clause("MODE-3")
def test_an_answer_given_twice_is_one_answer_and_another_one_is_refused(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [first] = orders_for(tx, shop.shop_id)
        assert said(taken(tx, [first], LATER)) == ["done"]
        before = events_of(tx, shop.shop_id)
        assert said(taken(tx, [first])) == ["already"]
        no = Answer(first, NOON, accept=False, code="other")
        assert said(answer_fulfilments(tx, [no])) == ["fulfilment.answered"]
        assert events_of(tx, shop.shop_id) == before
    row = fulfilment(database, first)
    assert (row.state, row.accepted_at) == (30, LATER)


def test_answers_of_one_call_are_taken_in_its_order(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = orders_for(tx, shop.shop_id, 2)
        yes, no = Answer(first, NOON, accept=True), Answer(first, NOON, accept=False, code="other")
        refusal = Answer(second, NOON, accept=False, code="invalid_address")
        outcomes = answer_fulfilments(tx, [yes, no, yes, refusal, refusal, Answer(99, NOON, accept=True)])
    assert said(outcomes) == [
        "done",
        "fulfilment.answered",
        "already",
        "done",
        "already",
        "fulfilment.not_found",
    ]


def test_a_rejection_for_stock_empties_the_pool_and_the_next_supplier_has_the_order(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=10)
        first, second = shop.supplier_ids
        [gone, kept] = orders_for(tx, shop.shop_id, 2)
        order = fulfilment_order(tx, gone)
        reason = Answer(gone, LATER, accept=False, code="out_of_stock", note="the shelf is empty")
        assert said(answer_fulfilments(tx, [reason])) == ["done"]
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
        stock = stock_of(tx, shop.shop_id)
        assert stock[first, "I-S-1", 1] == (1, 1), "what the other order has reserved stays"
        assert stock[second, "I-S-1", 1] == (10, 1)
        assert said(taken(tx, [kept])) == ["done"]
    assert one(database, "select counted from pools where supplier_id = :s", s=first).counted == 1
    assert one(database, "select note from rejection_notes").note == "the shelf is empty"
    assert fulfilment(database, gone).reason == "out_of_stock"


def fulfilment_order(tx, number: int) -> int:
    return tx.one("select order_id from fulfilments where fulfilment_id = :f", f=number).order_id


def test_another_rejection_reroutes_and_leaves_the_count_alone(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=10)
        [number] = orders_for(tx, shop.shop_id)
        no = Answer(number, NOON, accept=False, code="unserviceable_destination")
        assert said(answer_fulfilments(tx, [no, no])) == ["done", "already"]
        different = Answer(number, NOON, accept=False, code="other")
        assert said(answer_fulfilments(tx, [different])) == ["fulfilment.answered"]
        assert states_of(tx, shop.shop_id, fulfilment_order(tx, number)) == ["rejected", "pushed"]
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (10, 0)


def test_a_supplier_answers_for_its_own_alone(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
    first, second = shop.supplier_ids
    with request(database, Actor("supplier", second), [shop.shop_id]) as tx:
        assert said(taken(tx, [number])) == ["fulfilment.not_found"]
        assert said(picked(tx, [number])) == ["fulfilment.not_found"]
        assert said(label_parcels(tx, [a_label(number)])) == ["fulfilment.not_found"]
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        assert said(taken(tx, [number])) == ["done"]
        assert said(picked(tx, [number])) == ["done"]
        assert said(label_parcels(tx, [a_label(number)])) == ["done"]
        assert said(note_handovers(tx, [Handover(number, NOON)])) == ["done"]


def test_a_rejection_works_behind_the_suppliers_own_walls(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
    first, _ = shop.supplier_ids
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        no = Answer(number, NOON, accept=False, code="out_of_stock")
        assert said(answer_fulfilments(tx, [no])) == ["done"]
    assert one(database, "select state from fulfilments where replaces = :f", f=number).state == 20


def test_nothing_is_picked_or_labelled_before_the_answer(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        [outcome] = picked(tx, [number])
        assert (outcome.code, outcome.state) == ("fulfilment.state", "pushed")
        assert said(label_parcels(tx, [a_label(number)])) == ["fulfilment.state"]
        assert said(note_handovers(tx, [Handover(number, NOON)])) == ["fulfilment.state"]
    with database.line.connect() as connection:
        assert (
            connection.exec_driver_sql("select count(*) from waybills where parcel_id is not null").scalar()
            == 0
        )


def test_a_label_picks_what_was_not_picked_and_both_are_recorded(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        assert said(label_parcels(tx, [a_label(number, at=LATER)])) == ["done"]
        assert events_of(tx, shop.shop_id)[-2:] == ["fulfilment.picked", "fulfilment.labelled"]
    row = fulfilment(database, number)
    assert (row.state, row.picked_at, row.labelled_at) == (50, LATER, LATER)


def test_a_waybill_names_one_parcel(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = orders_for(tx, shop.shop_id, 2)
        taken(tx, [first, second])
        outcomes = label_parcels(
            tx,
            [
                a_label(first, "A1"),
                a_label(first, "A1"),
                a_label(first, "A1", weight_g=351),
                a_label(second, "A1"),
                a_label(second, "A1", carrier="dhl"),
                a_label(first, "A2"),
            ],
        )
        assert said(outcomes) == ["done", "already", "label.differs", "waybill.taken", "done", "done"]
        assert said(label_parcels(tx, [a_label(first, "A1"), a_label(second, "A2")])) == [
            "already",
            "waybill.taken",
        ]
    with database.line.connect() as connection:
        found = connection.exec_driver_sql(
            "select carrier, waybill, fulfilment_id from parcels order by parcel_id"
        )
        assert sorted(map(tuple, found)) == [
            ("cainiao", "A1", first), ("cainiao", "A2", first), ("dhl", "A1", second)
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"carrier": "pigeon"}, "carrier.unknown"),
        ({"waybill": "two words"}, "waybill.malformed"),
        ({"weight_g": 0}, "label.weight"),
        ({"weight_g": 1_000_001}, "label.weight"),
        ({"height_mm": 0}, "label.size"),
        ({"length_mm": 10_001}, "label.size"),
    ],
)
def test_a_label_that_cannot_be_is_refused_and_the_others_of_its_call_are_not(
    database: Database, change, code
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = orders_for(tx, shop.shop_id, 2)
        taken(tx, [first, second])
        bad = a_label(first, **({"waybill": "W0"} | change))
        assert said(label_parcels(tx, [bad, a_label(second)])) == [code, "done"]
    assert fulfilment(database, first).state == 30


def test_a_label_is_still_added_while_other_parcels_travel_and_not_once_all_have_arrived(
    database: Database,
) -> None:
    with transaction(database, NOON + timedelta(days=2)) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}", "collected", 1))
        assert said(label_parcels(tx, [a_label(number, "B2")])) == ["done"]
        scanned(tx, a_scan(f"W{number}", "delivered", 9))
        assert tx.one("select state from fulfilments where fulfilment_id = :f", f=number).state == 60
        scanned(tx, a_scan("B2", "delivered", 10))
        assert said(label_parcels(tx, [a_label(number, "B2"), a_label(number, "B3")])) == [
            "already",
            "fulfilment.state",
        ]
    assert fulfilment(database, number).delivered_at == NOON + timedelta(hours=10)
    with database.line.connect() as connection:
        assert (
            connection.exec_driver_sql("select 1 from waybills where waybill = 'B3' and parcel_id > 0").all()
            == []
        )


def test_figures_that_stand_in_for_unknown_ones_are_flagged(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        unknown = a_label(number, weight_g=1, length_mm=1, width_mm=1, height_mm=1, no_measure=True)
        assert said(label_parcels(tx, [unknown])) == ["done"]
    assert fulfilment(database, number).flags & 256


def test_a_hand_over_is_evidence_and_moves_nothing(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        early = Handover(number, NOON - timedelta(seconds=1))
        ahead = Handover(number, LATER + timedelta(minutes=11))
        assert said(note_handovers(tx, [early, ahead])) == ["handover.too_early", "handover.in_future"]
        assert said(note_handovers(tx, [Handover(number, LATER), Handover(number, NOON)])) == [
            "done",
            "already",
        ]
    row = fulfilment(database, number)
    assert (row.state, row.handed_over_at) == (50, LATER)


def test_the_shop_picks_and_labels_what_its_own_location_fulfils(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), local=5, intake_open=False)
        [number] = orders_for(tx, shop.shop_id)
        other = open_demo_shop(tx, skus=("S-1",))
        [theirs] = orders_for(tx, other.shop_id)
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
        picks = pick_fulfilments(tx, [Step(number, NOON), Step(theirs, NOON)], own_of=shop.shop_id)
        assert said(picks) == ["done", "fulfilment.not_found"]
        assert said(label_parcels(tx, [a_label(number)], own_of=shop.shop_id)) == ["done"]
    with request(database, Actor("shop", other.shop_id), [other.shop_id]) as tx:
        assert said(pick_fulfilments(tx, [Step(theirs, NOON)], own_of=other.shop_id)) == [
            "fulfilment.supplied"
        ]
    assert fulfilment(database, number).state == 50
