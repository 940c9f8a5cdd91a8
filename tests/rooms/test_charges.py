"""Charging: provisional from the first scan, fixed or waived by the end."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.line import Station
from andon.kernel.tx import Tx
from andon.money.charges.station import ACCRUE, CHARGE, accrue_shipped, charge_ended
from andon.money.charges.views import uncharged_count
from andon.orders.order.rules import FulfilmentState, Mode
from tests.worlds import NOON, transaction
from tests.worlds_money import BOX, Sent, a_shop, add_parcel, an_order, end, orders

DELIVERED = NOON + timedelta(days=5)
DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
"""00:00 of the 10th in Shanghai: three days after the 7th."""

S = FulfilmentState


def charges(tx: Tx[Any], *columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in tx.rows(f"select {', '.join(columns)} from charges order by kind, subject, round")
    ]


def events(tx: Tx[Any], kind: str) -> list[str]:
    return [
        row.subject
        for row in tx.rows("select subject from events where kind = :kind order by event_id", kind=kind)
    ]


@pytest.mark.clause("FEE-1", "FEE-2", "FEE-3", "FEE-4")
def test_a_first_scan_charges_handling_warehouse_work_and_freight_provisionally(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        (sent,) = an_order(tx, shop, Sent())
        assert accrue_shipped(tx, 100) == 1
        assert accrue_shipped(tx, 100) == 0
        (parcel,) = sent.parcel_ids
        # ES by cainiao_jit: 15.20 for the first 100 g, 4.90 for each 100 g of the other 250.
        assert charges(
            tx, "kind", "state", "subject", "amount_minor", "currency", "payee", "parcel_id", "policy"
        ) == [
            (1, 10, sent.order_id, 30, "CNY", "platform_revenue", None, "jit-3.2"),
            (2, 10, sent.fulfilment_id, 110, "CNY", "platform_revenue", None, "jit-3.2"),
            (3, 10, parcel, 1520 + 3 * 490, "CNY", "payable:carrier:cainiao", parcel, "jit-3.2"),
        ]
    with transaction(database) as tx:
        assert len(events(tx, "charge.accrued")) == 3
        assert charges(tx, "accrued_at", "due_at") == [(NOON, None)] * 3


@pytest.mark.clause("FEE-1")
def test_an_order_of_two_fulfilments_is_handled_once(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(), Sent())
        accrue_shipped(tx, 100)
        assert charges(tx, "kind") == [(1,), (2,), (2,), (3,), (3,)]


@pytest.mark.clause("FEE-3")
def test_freight_is_charged_for_each_waybill_and_warehouse_work_for_all_parcels_together(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(boxes=(BOX, BOX)))
        accrue_shipped(tx, 100)
        assert charges(tx, "kind", "amount_minor") == [(1, 30), (2, 110), (3, 2990), (3, 2990)]


def test_a_standard_fulfilment_costs_nothing_and_is_not_looked_at_again(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(S.DELIVERED, ended_at=DELIVERED, mode=Mode.STANDARD, line="cainiao_standard"))
    with transaction(database, DELIVERED) as tx:
        assert (accrue_shipped(tx, 100), charge_ended(tx, 100)) == (1, 1)
        assert (accrue_shipped(tx, 100), charge_ended(tx, 100)) == (0, 0)
        assert charges(tx, "kind") == []


@pytest.mark.clause("FEE-4")
def test_delivery_fixes_the_charges_and_says_when_they_are_due(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        (sent,) = an_order(tx, shop, Sent())
        accrue_shipped(tx, 100)
        assert charge_ended(tx, 100) == 0
    with transaction(database, DELIVERED) as tx:
        end(tx, shop, sent, S.DELIVERED, DELIVERED)
        assert charge_ended(tx, 100) == 1
        assert charge_ended(tx, 100) == 0
        assert charges(tx, "state", "fixed_at", "due_at") == [(20, DELIVERED, DUE)] * 3
        assert tx.rows("select settle_at from fundings where shop_id = :shop", shop=shop)[0].settle_at == DUE
    with transaction(database) as tx:
        assert len(events(tx, "charge.fixed")) == 3


def test_an_end_that_comes_before_the_accrual_charges_all_at_once(database: Database) -> None:
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(S.DELIVERED, ended_at=DELIVERED))
        assert charge_ended(tx, 100) == 1
        assert accrue_shipped(tx, 100) == 0
        assert charges(tx, "state", "accrued_at", "due_at") == [(20, NOON, DUE)] * 3


@pytest.mark.clause("FEE-1")
def test_handling_is_due_with_the_first_delivered_fulfilment_and_the_rest_with_its_own(
    database: Database,
) -> None:
    later = DELIVERED + timedelta(days=2)
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        first, second = an_order(tx, shop, Sent(), Sent())
        accrue_shipped(tx, 100)
        end(tx, shop, second, S.DELIVERED, DELIVERED)
        charge_ended(tx, 100)
        assert charges(tx, "kind", "fulfilment_id", "state") == [
            (1, first.fulfilment_id, 20),
            (2, first.fulfilment_id, 10),
            (2, second.fulfilment_id, 20),
            (3, first.fulfilment_id, 10),
            (3, second.fulfilment_id, 20),
        ]
    with transaction(database, later) as tx:
        end(tx, shop, first, S.DELIVERED, later)
        charge_ended(tx, 100)
        assert charges(tx, "kind", "due_at")[0] == (1, DUE)
        assert charges(tx, "state") == [(20,)] * 5
        assert tx.rows("select settle_at from fundings")[0].settle_at == DUE


@pytest.mark.clause("FEE-4")
@pytest.mark.parametrize("state", [S.LOST, S.RETURNED])
def test_what_was_lost_or_returned_is_waived(database: Database, state: FulfilmentState) -> None:
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(state, ended_at=DELIVERED))
        accrue_shipped(tx, 100)
        charge_ended(tx, 100)
        assert charges(tx, "state", "due_at") == [(81, None)] * 3
        assert tx.rows("select 1 from fundings") == []
    with transaction(database) as tx:
        assert len(events(tx, "charge.waived")) == 3


def test_handling_waits_while_another_fulfilment_of_the_order_may_still_be_delivered(
    database: Database,
) -> None:
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        _, open_one = an_order(
            tx, shop, Sent(S.LOST, ended_at=DELIVERED), Sent(S.PUSHED, shipped_at=None, boxes=())
        )
        accrue_shipped(tx, 100)
        charge_ended(tx, 100)
        assert charges(tx, "kind", "state") == [(1, 10), (2, 81), (3, 81)]
        end(tx, shop, open_one, S.CANCELLED, DELIVERED)
        charge_ended(tx, 100)
        assert charges(tx, "kind", "state") == [(1, 81), (2, 81), (3, 81)]


def test_what_ends_before_it_was_shipped_costs_nothing(database: Database) -> None:
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(S.CANCELLED, shipped_at=None, ended_at=DELIVERED))
        assert charge_ended(tx, 100) == 1
        assert charge_ended(tx, 100) == 0
        assert charges(tx, "kind") == []


@pytest.mark.clause("FEE-3")
def test_a_parcel_labelled_after_shipping_gets_its_freight_and_its_share_of_the_volume(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        (sent,) = an_order(tx, shop, Sent())
        accrue_shipped(tx, 100)
        (late,) = tx.take_ids("parcel_ids", 1)
        add_parcel(tx, shop, sent, late, (100, 200, 200, 100))
    with transaction(database, DELIVERED) as tx:
        end(tx, shop, sent, S.DELIVERED, DELIVERED)
        charge_ended(tx, 100)
        assert charges(tx, "kind", "round", "amount_minor", "state") == [
            (1, 0, 30, 20),
            (2, 0, 110, 82),
            (2, 1, 150, 20),
            (3, 0, 2990, 20),
            (3, 0, 1520 + 4 * 490, 20),
        ]


def test_a_shipped_fulfilment_that_is_put_back_in_line_is_charged_for_what_was_added_and_no_more(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        (sent,) = an_order(tx, shop, Sent())
        accrue_shipped(tx, 100)
        (late,) = tx.take_ids("parcel_ids", 1)
        add_parcel(tx, shop, sent, late, BOX)
        tx.run("update fulfilments set accrued_at = null")
        assert accrue_shipped(tx, 100) == 1
        assert charges(tx, "kind", "state") == [(1, 10), (2, 10), (3, 10), (3, 10)]


def test_a_country_that_the_line_has_no_rate_for_stops_nobody_elses_charges(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(), country="AQ")
        an_order(tx, shop, Sent())
        assert accrue_shipped(tx, 100) == 2
        assert charges(tx, "kind") == [(1,), (1,), (2,), (2,), (3,)]


def test_fees_are_those_of_the_version_that_the_order_was_placed_under(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(), policy="jit-3.0")
        accrue_shipped(tx, 100)
        assert set(charges(tx, "policy")) == {("jit-3.0",)}


def by_two_workers(database: Database, at: datetime, station: Station) -> None:
    """Run a station's step in two threads at once until nothing is due to it."""
    together = threading.Barrier(2)
    faults: list[BaseException] = []

    def work() -> None:
        together.wait()
        try:
            due = True
            while due:
                with transaction(database, at) as tx:
                    # What the other one has in hand is passed over, so that finding nothing is no end.
                    station.step(tx, 7)
                    due = any(row[0] for row in tx.rows(station.due))
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not faults


@pytest.mark.clause("FEE-1")
def test_two_workers_charge_the_parts_of_one_order_once_each(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        orders(tx, shop, [[Sent(), Sent()] for _ in range(80)])
    by_two_workers(database, NOON, ACCRUE)
    with transaction(database, DELIVERED) as tx:
        assert dict(charges_by_kind(tx)) == {1: 80, 2: 160, 3: 160}
        tx.run("update fulfilments set state = 80, delivered_at = :at, ended_at = :at", at=DELIVERED)
    by_two_workers(database, DELIVERED, CHARGE)
    with transaction(database) as tx:
        assert set(charges(tx, "state")) == {(20,)}
        assert len(events(tx, "charge.accrued")) == len(events(tx, "charge.fixed")) == 400


def charges_by_kind(tx: Tx[Any]) -> list[tuple[int, int]]:
    return [(row.kind, row.n) for row in tx.rows("select kind, count(*) as n from charges group by kind")]


def test_what_was_delivered_and_not_charged_yet_counts_as_unsettled(database: Database) -> None:
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(S.DELIVERED, ended_at=DELIVERED))
        an_order(tx, shop, Sent(S.CANCELLED, shipped_at=None, ended_at=DELIVERED))
        assert uncharged_count(tx, shop) == 1
        charge_ended(tx, 100)
        assert uncharged_count(tx, shop) == 0


@pytest.mark.clause("FEE-1")
def test_handling_that_another_worker_is_charging_is_still_due_with_the_first_delivery(
    database: Database,
) -> None:
    with transaction(database, DELIVERED) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent(), Sent(S.DELIVERED, shipped_at=DELIVERED, ended_at=DELIVERED))

    def charge() -> None:
        with transaction(database, DELIVERED) as tx:
            assert charge_ended(tx, 10) == 1

    with transaction(database, DELIVERED) as tx:
        assert accrue_shipped(tx, 1) == 1
        other = threading.Thread(target=charge)
        other.start()
        other.join(0.3)
        assert other.is_alive(), "it waits for the handling that is being written"
    other.join()
    with transaction(database) as tx:
        assert charges(tx, "kind", "state") == [(1, 20), (2, 10), (2, 20), (3, 10), (3, 20)]
