"""What carriers' scans make of parcels and fulfilments."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import NotFound
from andon.kernel.tx import Actor
from andon.orders.order.rules import Flag
from andon.orders.shipping.service import label_parcels
from andon.orders.tracking.service import IncomingMeasure, record_measures
from andon.orders.tracking.station import FORGET
from andon.orders.tracking.views import scans_of
from tests.worlds import NOON, transaction
from tests.worlds_orders import events_of, stock_of
from tests.worlds_partners import open_demo_shop, request
from tests.worlds_supply import (
    CARRIER,
    a_label,
    a_line,
    a_scan,
    labelled,
    one,
    orders_for,
    scanned,
    taken,
)

DAY = timedelta(days=1)
LATER = NOON + 20 * DAY


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def fulfilment(database: Database, number: int):
    return one(database, "select * from fulfilments where fulfilment_id = :f", f=number)


def test_the_first_scan_ships_and_the_units_are_gone(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=10)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        assert scanned(tx, a_scan(f"W{number}", "info_received", 1)) == ["recorded"]
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (10, 1)
        scans = [a_scan(f"W{number}", "in_transit", 5), a_scan(f"W{number}", "collected", 4)]
        assert scanned(tx, *scans, *scans) == ["recorded", "recorded", "known", "known"]
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (9, 0)
        assert events_of(tx, shop.shop_id)[-1] == "fulfilment.shipped"
    row = fulfilment(database, number)
    assert (row.state, row.shipped_at) == (60, hours(4))
    parcel = one(database, "select * from parcels where fulfilment_id = :f", f=number)
    assert (parcel.status, parcel.collected_at, parcel.first_scan_at) == ("in_transit", hours(4), hours(4))


def test_a_delivery_that_comes_first_also_ships_and_nothing_takes_it_back(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        assert scanned(tx, a_scan(f"W{number}", "delivered", 30)) == ["recorded"]
        assert events_of(tx, shop.shop_id)[-2:] == ["fulfilment.shipped", "fulfilment.delivered"]
        late = [a_scan(f"W{number}", "lost", 40), a_scan(f"W{number}", "in_transit", 50)]
        assert scanned(tx, *late) == ["recorded", "recorded"]
    row = fulfilment(database, number)
    assert (row.state, row.shipped_at, row.delivered_at) == (80, hours(30), hours(30))
    assert (
        one(database, "select status from parcels where fulfilment_id = :f", f=number).status == "delivered"
    )


def test_a_late_scan_from_before_puts_the_instants_right(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}", "delivered", 30))
        scanned(tx, a_scan(f"W{number}", "delivered", 28), a_scan(f"W{number}", "collected", 3))
        assert events_of(tx, shop.shop_id)[-1] == "fulfilment.retimed"
    row = fulfilment(database, number)
    assert (row.shipped_at, row.delivered_at, row.ended_at) == (hours(3), hours(28), hours(28))
    assert row.due_at == hours(28) + 15 * DAY, "completion counts from the delivery"


def test_delivered_at_the_last_delivery_of_all_parcels(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        label_parcels(tx, [a_label(number, "P1"), a_label(number, "P2")])
        scanned(tx, a_scan("P1", "delivered", 10))
        assert tx.one("select state from fulfilments").state == 60
        scanned(tx, a_scan("P2", "delivered", 8))
    row = fulfilment(database, number)
    assert (row.state, row.shipped_at, row.delivered_at) == (80, hours(8), hours(10))


@pytest.mark.parametrize(("status", "state"), [("returned", 92), ("lost", 93)])
def test_what_comes_back_or_is_lost_ends_so(database: Database, status: str, state: int) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}", "collected", 1), a_scan(f"W{number}", status, 90))
    row = fulfilment(database, number)
    assert (row.state, row.shipped_at, row.ended_at, row.delivered_at) == (state, hours(1), hours(90), None)


def test_scans_after_the_end_are_still_taken(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}", "lost", 9))
        assert scanned(tx, a_scan(f"W{number}", "delivered", 12)) == ["recorded"]
    assert fulfilment(database, number).state == 93, "what was told as the end is not taken back"
    assert (
        one(database, "select status from parcels where fulfilment_id = :f", f=number).status == "delivered"
    )


def test_bad_scans_are_refused_with_their_codes_and_change_nothing(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
    with transaction(database) as tx:
        waybill = f"W{number}"
        before = tx.one("select count(*) as n from scans").n
        assert scanned(
            tx,
            a_scan(waybill, "teleported"),
            a_scan(waybill, "collected", -0.001),
            a_scan(waybill, "collected", 10.1 / 60),
            a_scan("NOBODY", "collected", 2),
        ) == ["scan.status", "scan.too_early", "scan.in_future", "scan.in_future"]
        assert scanned(tx, a_scan(waybill, "collected", carrier="dhl")) == ["scan.other_carrier"]
        assert tx.one("select count(*) as n from scans").n == before
        assert tx.one("select count(*) as n from early_scans").n == 0
        assert scanned(tx, a_scan(waybill, "collected", 10 / 60)) == ["recorded"]


@pytest.mark.clause("MODE-5")
def test_silence_counts_from_the_newest_scan_and_a_fresh_one_clears_the_flag(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}", "collected", 1))
        assert tx.one("select stale_at from fulfilments").stale_at == hours(1) + 10 * DAY
        tx.run("update fulfilments set flags = :stale, stale_at = null", stale=Flag.STALE.value)
        scanned(tx, a_scan(f"W{number}", "in_transit", 2))
        row = tx.one("select stale_at, flags from fulfilments")
        assert (row.stale_at, row.flags) == (hours(2) + 10 * DAY, Flag.STALE.value), "it is past already"
        scanned(tx, a_scan(f"W{number}", "in_transit", 24 * 15), a_scan(f"W{number}", "in_transit", 30))
    row = fulfilment(database, number)
    assert (row.stale_at, row.flags) == (hours(24 * 15) + 10 * DAY, 0)


def test_a_scan_before_its_label_is_kept_and_adopted_when_the_label_comes(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=10)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
    with request(database, Actor("carrier", CARRIER), now=LATER) as tx:
        early = [a_scan("E1", "collected", 5), a_scan("E1", "delivered", 9), a_scan("E1", "collected", -30)]
        assert scanned(tx, *early, early[0]) == ["pending"] * 4
        assert scanned(tx, early[0]) == ["pending"]
    supplier = Actor("supplier", shop.supplier_ids[0])
    with request(database, supplier, [shop.shop_id], now=LATER) as tx:
        assert [each.status for each in label_parcels(tx, [a_label(number, "E1")])] == ["done"]
    row = fulfilment(database, number)
    assert (row.state, row.shipped_at, row.delivered_at) == (80, hours(5), hours(9))
    with transaction(database) as tx:
        assert tx.rows("select * from early_scans") == []
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (9, 0)


def test_an_early_scan_is_forgotten_after_thirty_days_and_its_label_may_still_come(
    database: Database,
) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        scanned(tx, a_scan("E1"), a_scan("E2"))
    line = a_line(database, FORGET, now=LATER)
    line.advance(LATER + 29 * DAY)
    with transaction(database, LATER + 29 * DAY) as tx:
        scanned(tx, a_scan("E2", "in_transit", 3))
    line.advance(LATER + 31 * DAY)
    with transaction(database) as tx:
        assert [tuple(row) for row in tx.rows("select waybill, status from early_scans")] == [
            ("E2", "in_transit")
        ]
        assert [row.waybill for row in tx.rows("select waybill from waybills")] == ["E2"]
        label_parcels(tx, [a_label(number, "E1")])
    line.advance(LATER + 90 * DAY)
    line.close()
    assert fulfilment(database, number).state == 50


def test_a_carrier_tells_of_several_shops_at_once_and_sees_no_other(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shops = [open_demo_shop(tx) for _ in range(3)]
        numbers = [orders_for(tx, shop.shop_id)[0] for shop in shops]
        labelled(tx, numbers)
    with request(database, Actor("carrier", CARRIER), now=LATER) as tx:
        told = [a_scan(f"W{number}", "collected", 2) for number in numbers[:2]]
        assert scanned(tx, *told) == ["recorded", "recorded"]
        assert len(tx.rows("select from fulfilments")) == 2, "the wall opened for the shops that were told of"
    assert [fulfilment(database, number).state for number in numbers] == [60, 60, 50]


def test_two_calls_about_the_parcels_of_one_fulfilment_ship_it_once(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=10)
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        label_parcels(tx, [a_label(number, f"P{n}") for n in range(8)])
    answers: list[list[str]] = []
    ready = threading.Barrier(8)

    def tell(waybill: str) -> None:
        ready.wait()
        with transaction(database, LATER) as tx:
            answers.append(scanned(tx, a_scan(waybill, "collected", 1), a_scan(waybill, "delivered", 2)))

    threads = [threading.Thread(target=tell, args=(f"P{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [["recorded", "recorded"]] * 8
    with transaction(database) as tx:
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (9, 0)
        assert events_of(tx, shop.shop_id)[-2:] == ["fulfilment.shipped", "fulfilment.delivered"]
    assert fulfilment(database, number).state == 80


def test_of_a_label_and_a_scan_that_come_at_once_one_sees_the_other(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        numbers = orders_for(tx, shop.shop_id, 20)
        taken(tx, numbers)
    ready = threading.Barrier(2)

    def label_all() -> None:
        for number in numbers:
            ready.wait()
            with transaction(database, LATER) as tx:
                label_parcels(tx, [a_label(number)])

    def scan_all() -> None:
        for number in numbers:
            ready.wait()
            with transaction(database, LATER) as tx:
                scanned(tx, a_scan(f"W{number}", "collected", 1))

    threads = [threading.Thread(target=each) for each in (label_all, scan_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(database) as tx:
        assert tx.rows("select fulfilment_id from fulfilments where state <> 60") == []
        assert tx.rows("select * from early_scans") == []


@pytest.mark.clause("FEE-3")
def test_a_carrier_reports_what_it_measured(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
    real = IncomingMeasure(f"W{number}", 412, 210, 160, 50)
    with request(database, Actor("carrier", CARRIER)) as tx:
        told = [
            real,
            IncomingMeasure("NOBODY", 1, 1, 1, 1),
            IncomingMeasure(f"W{number}", 0, 1, 1, 1),
            real,
        ]
        outcomes = [each.code or each.status for each in record_measures(tx, CARRIER, told)]
        assert outcomes == ["known", "waybill.unknown", "label.weight", "recorded"], "the last one counts"
        assert [each.status for each in record_measures(tx, CARRIER, [real])] == ["known"]
    with request(database, Actor("carrier", "dhl")) as tx:
        assert [each.code for each in record_measures(tx, "dhl", [real])] == ["scan.other_carrier"]
    parcel = one(database, "select * from parcels where fulfilment_id = :f", f=number)
    assert (parcel.weight_g, parcel.reported_weight_g, parcel.reported_height_mm) == (350, 412, 50)
    assert one(database, "select count(*) as n from events where kind = 'waybill.measured'").n == 1


def test_instants_are_kept_as_the_carrier_gave_them(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        at = datetime(2026, 3, 3, 1, 2, 3, 456789, tzinfo=UTC)
        scanned(tx, a_scan(f"W{number}", "collected", occurred_at=at, place="深圳", raw='{"x": 1}'))
    scan = one(database, "select * from scans")
    assert (scan.occurred_at, scan.received_at, scan.place, scan.raw) == (at, LATER, "深圳", '{"x": 1}')


def test_a_shop_reads_a_parcels_way_in_the_order_in_which_it_went(database: Database) -> None:
    with transaction(database, LATER) as tx:
        shop, other = open_demo_shop(tx), open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        parcel = tx.one("select parcel_id from parcels where fulfilment_id = :f", f=number)
        assert parcel is not None
        scanned(
            tx,
            a_scan(f"W{number}", "out_for_delivery", 30, place="Madrid"),
            a_scan(f"W{number}", "collected", 3, place="杭州"),
            a_scan(f"W{number}", "customs", 20),
        )
    with transaction(database, LATER) as tx:
        first = scans_of(tx, shop.shop_id, parcel.parcel_id, after=None, limit=2)
        assert [(each.status, each.place, each.occurred_at) for each in first] == [
            ("collected", "杭州", hours(3)),
            ("customs", "", hours(20)),
        ]
        last = (first[-1].occurred_at, first[-1].status, first[-1].sub_status)
        rest = scans_of(tx, shop.shop_id, parcel.parcel_id, after=last, limit=2)
        assert [each.place for each in rest] == ["Madrid"]
        with pytest.raises(NotFound):
            scans_of(tx, other.shop_id, parcel.parcel_id, after=None, limit=2)
