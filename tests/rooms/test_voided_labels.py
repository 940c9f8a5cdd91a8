"""Labels made void and made anew, and several parcels: the old number counts for nothing, the last parcel ends it."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Actor
from andon.orders.shipping.service import Void, label_parcels, void_labels
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import run_money
from tests.worlds_orders import run_together
from tests.worlds_partners import open_demo_shop, request
from tests.worlds_supply import CARRIER, a_label, a_scan, labelled, one, orders_for, scanned
from tests.worlds_trouble import notices_of

LATER = NOON + timedelta(hours=1)
EVENING = NOON + timedelta(hours=12)


def said(outcomes) -> list[str]:
    return [each.code or each.status for each in outcomes]


def void(number: int, waybill: str = "", at=LATER, **facts) -> Void:
    return Void(number, at, CARRIER, waybill or f"W{number}", **facts)


def state(database: Database, number: int) -> int:
    return one(database, "select state from fulfilments where fulfilment_id = :f", f=number).state


@pytest.fixture
def world(database: Database):
    """A shop with two orders that are labelled."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        numbers = orders_for(tx, shop.shop_id, 2)
        labelled(tx, numbers)
    return shop, numbers


def test_a_label_is_voided_once_and_made_anew(database: Database, world) -> None:
    _, [number, _] = world
    with transaction(database, EVENING) as tx:
        assert said(void_labels(tx, [void(number, reason="misprinted"), void(number)])) == ["done", "already"]
        assert said(void_labels(tx, [void(number, "X"), void(99)])) == [
            "label.not_found",
            "fulfilment.not_found",
        ]
        assert said(label_parcels(tx, [a_label(number)])) == ["label.voided"]
        assert said(label_parcels(tx, [a_label(number, "NEW")])) == ["done"]
        assert scanned(tx, a_scan("NEW", hours=2)) == ["recorded"]
    parcel = one(database, "select * from parcels where waybill = :w", w=f"W{number}")
    assert (parcel.voided_at, parcel.void_reason) == (LATER, "misprinted")
    assert state(database, number) == 60
    assert_all_well(database)


def test_a_voided_number_names_no_other_parcel(database: Database, world) -> None:
    _, [first, second] = world
    with transaction(database, EVENING) as tx:
        void_labels(tx, [void(first)])
        assert said(label_parcels(tx, [a_label(second, f"W{first}")])) == ["waybill.taken"]
    assert_all_well(database)


def test_a_scan_after_the_void_is_kept_moves_nothing_and_is_told(database: Database, world) -> None:
    _, [number, _] = world
    with transaction(database, EVENING) as tx:
        void_labels(tx, [void(number)])
        assert scanned(tx, a_scan(f"W{number}", hours=2)) == ["recorded"]
        assert scanned(tx, a_scan(f"W{number}", "delivered", hours=3)) == ["recorded"]
        assert notices_of(tx, "fulfilment.stray_scan") == ["seller", "operator"]
    assert state(database, number) == 50
    assert_all_well(database)


def test_a_label_whose_parcel_had_left_before_it_was_voided_stands(database: Database, world) -> None:
    _, [number, _] = world
    with transaction(database, EVENING) as tx:
        void_labels(tx, [void(number, at=NOON + timedelta(hours=3))])
        assert scanned(tx, a_scan(f"W{number}", hours=2)) == ["recorded"]
        assert notices_of(tx, "label.reinstated") == ["supplier", "seller"]
        assert said(void_labels(tx, [void(number)])) == ["label.scanned"]
    assert one(database, "select voided_at from parcels where waybill = :w", w=f"W{number}").voided_at is None
    assert state(database, number) == 60
    assert_all_well(database)


def test_a_label_that_the_carrier_has_scanned_is_not_voided(database: Database, world) -> None:
    _, [number, other] = world
    with transaction(database, EVENING) as tx:
        scanned(tx, a_scan(f"W{number}"), a_scan(f"W{other}", "info_received"))
        assert said(void_labels(tx, [void(number), void(other)])) == ["label.scanned", "done"]
    assert_all_well(database)


def test_a_supplier_voids_its_own_labels_alone(database: Database, world) -> None:
    shop, [number, _] = world
    own, other = shop.supplier_ids
    with request(database, Actor("supplier", other), [shop.shop_id]) as tx:
        assert said(void_labels(tx, [void(number)])) == ["fulfilment.not_found"]
    with transaction(database, EVENING) as tx:
        assert said(void_labels(tx, [void(number)], own_of=shop.shop_id)) == ["fulfilment.supplied"]
    with request(database, Actor("supplier", own), [shop.shop_id]) as tx:
        assert said(void_labels(tx, [void(number)])) == ["done"]
    assert_all_well(database)


@pytest.mark.parametrize("status", ["delivered", "returned", "lost"])
def test_voiding_the_box_that_never_left_ends_what_the_other_has_ended(
    database: Database, world, status: str
) -> None:
    shop, [number, _] = world
    with transaction(database, EVENING) as tx:
        assert said(label_parcels(tx, [a_label(number, "SECOND")])) == ["done"]
        scanned(tx, a_scan(f"W{number}"), a_scan(f"W{number}", status, 5))
    assert state(database, number) == 60
    with request(database, Actor("supplier", shop.supplier_ids[0]), [shop.shop_id], now=EVENING) as tx:
        assert said(void_labels(tx, [void(number, "SECOND")])) == ["done"]
    assert state(database, number) == {"delivered": 80, "returned": 92, "lost": 93}[status]
    assert_all_well(database)


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        ("delivered", "delivered", 80),
        ("lost", "delivered", 80),
        ("returned", "delivered", 80),
        ("lost", "returned", 93),
        ("returned", "returned", 92),
    ],
)
def test_two_boxes_leave_with_the_first_and_end_with_the_last(
    database: Database, world, first: str, second: str, end: int
) -> None:
    _, [number, _] = world
    with transaction(database, EVENING) as tx:
        label_parcels(tx, [a_label(number, "SECOND")])
        scanned(tx, a_scan("SECOND", hours=1))
    assert state(database, number) == 60
    with transaction(database, EVENING) as tx:
        scanned(tx, a_scan(f"W{number}", hours=2), a_scan(f"W{number}", first, 3))
    assert state(database, number) == 60
    with transaction(database, EVENING) as tx:
        scanned(tx, a_scan("SECOND", second, 9))
    assert state(database, number) == end
    assert_all_well(database)


def test_freight_is_never_owed_for_a_voided_label(database: Database, world) -> None:
    _, [number, _] = world
    with transaction(database, EVENING) as tx:
        label_parcels(tx, [a_label(number, "SECOND")])
        scanned(tx, a_scan(f"W{number}"))
    run_money(database, NOON + timedelta(hours=2))
    freight = "select count(*) as n from charges where kind = 3 and state in (10, 20, 30)"
    assert one(database, freight).n == 2
    with transaction(database, EVENING) as tx:
        void_labels(tx, [void(number, "SECOND")])
        scanned(tx, a_scan(f"W{number}", "delivered", 3))
    run_money(database, EVENING)
    assert one(database, freight).n == 1
    assert_all_well(database)


def test_of_a_void_and_a_first_scan_at_once_the_second_sees_the_first(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        numbers = orders_for(tx, shop.shop_id, 6)
        labelled(tx, numbers)
    for number in numbers:

        def voiding(number: int = number) -> None:
            with transaction(database, EVENING) as tx:
                assert said(void_labels(tx, [void(number)]))[0] in ("done", "label.scanned")

        def scanning(number: int = number) -> None:
            with transaction(database, EVENING) as tx:
                assert scanned(tx, a_scan(f"W{number}", hours=2)) == ["recorded"]

        run_together(voiding, scanning)
        gone = one(database, "select voided_at from parcels where waybill = :w", w=f"W{number}").voided_at
        assert state(database, number) == (50 if gone else 60)
    assert_all_well(database)
