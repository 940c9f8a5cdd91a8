"""Violations: recorded by operators and by what detectors see, appealed against, decided. Source: BACK-3, STOCK-1."""

from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Tx
from andon.membership.standing.rules import Draft, ViolationState
from andon.membership.standing.service import (
    appeal_violation,
    decide_violation,
    record_violation,
    watch_addresses,
)
from andon.membership.standing.station import ADDRESSES, JUDGE, VET, VIOLATIONS
from andon.membership.standing.views import violated, violations_of_supplier
from andon.orders.addresses.rules import Fault
from andon.orders.addresses.service import correct_ship_to
from andon.orders.intake.service import accept_orders
from andon.orders.shipping.service import label_parcels
from andon.orders.shipping.service.voids import Void, void_labels
from andon.partners.calendars.rules import Reason
from andon.partners.calendars.service import Draft as Exemption
from andon.partners.calendars.service import declare_exemption
from andon.partners.catalog.rules import Mode
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import MADRID, accept, incoming
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import CARRIER, a_label, a_scan, labelled, orders_for, scanned, taken

pytestmark = pytest.mark.demo_shop(skus=("S-1",), suppliers=1)

DAY = timedelta(days=1)
LOOK = NOON + timedelta(days=5, hours=12)
"""The midnight in Shanghai after five days: when labels of noon are looked at."""
S = ViolationState


def found(tx: Tx[Policy], shop_id: int) -> list[tuple[str, str, str]]:
    rows = tx.rows("select * from violations where shop_id = :shop order by violation_id", shop=shop_id)
    return [(row.kind, row.fault, row.cause) for row in rows]


def look(database: Database, at: Any = LOOK) -> None:
    with transaction(database, at) as tx:
        while VET.step(tx, 100):
            pass


def due(database: Database) -> Any:
    with transaction(database) as tx:
        return tx.one(VET.due)


def notices(tx: Tx[Policy], kind: str) -> list[str]:
    return [
        row.audience
        for row in tx.rows("select audience from notices where kind = :kind order by 1", kind=kind)
    ]


def a_violation(database: Database, shop: DemoShop, **changes: Any) -> int:
    with transaction(database) as tx:
        draft = Draft(
            **(
                {
                    "shop_id": shop.shop_id,
                    "kind": "false_shipment",
                    "fault": "shop",
                    "cause": "operator",
                    "at": NOON,
                }
                | changes
            )
        )
        return record_violation(tx, draft).violation_id


@pytest.mark.clause("BACK-3", "STOCK-1")
def test_an_operator_records_one_of_a_kind_and_an_order_at_a_time(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
    first = a_violation(database, shop, order_id=order, kind="stock_out", note="unsent")
    with pytest.raises(Conflict) as known:
        a_violation(database, shop, order_id=order, kind="stock_out")
    assert (known.value.code, known.value.facts) == ("violation.known", {"violation_id": first})
    a_violation(database, shop, order_id=order)
    with transaction(database) as tx:
        decide_violation(tx, shop.shop_id, first, "withdrawn", "a mistake")
    a_violation(database, shop, order_id=order, kind="stock_out")
    with transaction(database) as tx:
        assert notices(tx, "violation.recorded") == ["seller"] * 3
        bodies = [row.body for row in tx.rows("select body from events where kind like 'violation.%'")]
        assert not any("unsent" in body or "mistake" in body for body in bodies)
    assert_all_well(database)


def test_a_violation_of_nobodys_order_or_of_tomorrow_is_refused(database: Database, shop: DemoShop):
    with pytest.raises(NotFound, match=r"order\.not_found"):
        a_violation(database, shop, order_id=4711)
    with pytest.raises(Invalid, match=r"violation\.at"):
        a_violation(database, shop, at=NOON + timedelta(microseconds=1))


@pytest.mark.clause("BACK-3")
def test_an_appeal_is_made_once_and_counts_until_it_is_upheld(database: Database, shop: DemoShop):
    number = a_violation(database, shop)
    with transaction(database) as tx:
        appealed = appeal_violation(tx, shop.shop_id, number, "it was shipped")
        assert (appealed.state, appealed.due_at) == (S.APPEALED, NOON + 2 * DAY)
        assert violated(tx, shop.shop_id).count == 1
    with transaction(database) as tx:
        with pytest.raises(Conflict, match=r"violation\.appealed"):
            appeal_violation(tx, shop.shop_id, number, "again")
        assert decide_violation(tx, shop.shop_id, number, "upheld", "so it was").state == S.WITHDRAWN
        assert violated(tx, shop.shop_id).count == 0
        assert decide_violation(tx, shop.shop_id, number, "upheld", "so it was").answer == "so it was"
        with pytest.raises(Conflict, match=r"violation\.state"):
            decide_violation(tx, shop.shop_id, number, "rejected", "no")
        assert (notices(tx, "violation.appealed"), notices(tx, "violation.decided")) == (
            ["operator"],
            ["seller"],
        )
    assert_all_well(database)


def test_what_nobody_appealed_is_neither_upheld_nor_rejected(database: Database, shop: DemoShop):
    number = a_violation(database, shop)
    with transaction(database) as tx:
        for decision in ("upheld", "rejected"):
            with pytest.raises(Conflict, match=r"violation\.state"):
                decide_violation(tx, shop.shop_id, number, decision, "x")
        with pytest.raises(NotFound, match=r"violation\.not_found"):
            appeal_violation(tx, shop.shop_id, 4711, "x")


@pytest.mark.clause("BACK-3")
def test_an_appeal_that_nobody_answers_in_48_hours_escalates_once(database: Database, shop: DemoShop):
    number = a_violation(database, shop)
    with transaction(database) as tx:
        appeal_violation(tx, shop.shop_id, number, "it was shipped")
    with transaction(database, NOON + 2 * DAY - timedelta(seconds=1)) as tx:
        assert VIOLATIONS.step(tx, 10) == 0
    with transaction(database, NOON + 2 * DAY) as tx:
        assert VIOLATIONS.step(tx, 10) == 1
        assert VIOLATIONS.step(tx, 10) == 0
        assert notices(tx, "violation.escalated") == ["operator"]
        assert decide_violation(tx, shop.shop_id, number, "rejected", "no scan").state == S.CONFIRMED
        assert violated(tx, shop.shop_id).count == 1
    assert_all_well(database)


@pytest.mark.clause("BACK-3")
def test_a_label_that_is_not_scanned_in_five_days_is_its_suppliers_false_shipment_once(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        silent, sent = orders_for(tx, shop.shop_id, 2)
        labelled(tx, [silent, sent])
        scanned(tx, a_scan(f"W{sent}"))
    look(database, LOOK - timedelta(seconds=1))
    with transaction(database) as tx:
        assert found(tx, shop.shop_id) == []
    for _ in range(2):
        look(database)
    look(database, LOOK + 6 * DAY)
    with transaction(database, LOOK) as tx:
        assert found(tx, shop.shop_id) == [("false_shipment", "supplier", "no_first_scan")]
        [row] = tx.rows("select * from violations")
        assert (row.fulfilment_id, row.supplier_id) == (silent, shop.supplier_ids[0])
        assert row.evidence["waybill"] == f"W{silent}"
        assert violated(tx, shop.shop_id).count == 0, "it is not the shop's own"
        assert violations_of_supplier(tx, row.supplier_id, NOON, LOOK + DAY) == {"false_shipment": 1}
        assert notices(tx, "violation.recorded") == ["seller", "supplier"]
    assert_all_well(database)


@pytest.mark.clause("BACK-3")
def test_a_voided_label_never_counts_and_is_looked_at_no_more(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
    with transaction(database, NOON + DAY) as tx:
        [outcome] = void_labels(tx, [Void(number, tx.now, CARRIER, f"W{number}", "misprinted")])
        assert outcome.status == "done", outcome
        label_parcels(tx, [a_label(number, "W-ANEW", at=tx.now)])
        assert scanned(tx, a_scan("W-ANEW", hours=24.1)) == ["recorded"]
    look(database, LOOK + DAY)
    with transaction(database, LOOK + DAY) as tx:
        assert found(tx, shop.shop_id) == []
        assert tx.rows("select vet_at from parcels where waybill = :w", w=f"W{number}")[0].vet_at is None
    assert_all_well(database)


@pytest.mark.clause("BACK-3")
@pytest.mark.parametrize(
    ("carrier", "waybill", "cause"),
    [("ups", "1Z5R89390357567128", "invalid_number"), ("ups", "1Z5R89390357567127", None)],
)
def test_a_number_that_cannot_be_is_found_though_it_was_scanned(
    database: Database, shop: DemoShop, carrier: str, waybill: str, cause: str | None
):
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        label_parcels(tx, [a_label(number, waybill, carrier=carrier)])
        scanned(tx, a_scan(waybill, carrier=carrier))
    look(database)
    with transaction(database) as tx:
        assert [each[2] for each in found(tx, shop.shop_id)] == ([cause] if cause else [])


@pytest.mark.clause("BACK-3")
def test_a_number_that_stands_on_anothers_label_is_the_later_ones_false_shipment(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        first, second = orders_for(tx, shop.shop_id, 2)
        taken(tx, [first, second])
        label_parcels(tx, [a_label(first, "SAME"), a_label(second, "SAME", carrier="yanwen")])
        scanned(tx, a_scan("SAME"))
        scanned(tx, a_scan("SAME", carrier="yanwen"))
    look(database)
    with transaction(database) as tx:
        [row] = tx.rows("select * from violations")
        assert (row.fulfilment_id, row.cause, row.evidence["carriers"]) == (
            second,
            "reused_number",
            ["cainiao"],
        )


@pytest.mark.clause("BACK-3")
def test_a_parcel_that_is_delivered_in_another_country_was_none_of_that_order(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        away, there = orders_for(tx, shop.shop_id, 2)
        labelled(tx, [away, there])
        scanned(
            tx,
            *(a_scan(f"W{each}") for each in (away, there)),
            a_scan(f"W{away}", "delivered", 0.1, place="Lyon, FR"),
            a_scan(f"W{there}", "delivered", 0.1, place="Madrid, ES"),
        )
    look(database)
    with transaction(database) as tx:
        [row] = tx.rows("select * from violations")
        assert (row.fulfilment_id, row.cause) == (away, "other_country")
        assert (row.evidence["country"], row.evidence["delivered_in"]) == ("ES", ["FR"])
        assert tx.rows("select count(*) from parcels where vet_at is not null")[0][0] == 0, "both have ended"


@pytest.mark.clause("BACK-3")
def test_a_delivery_that_comes_later_is_seen_at_the_next_look(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}"))
    look(database)
    with transaction(database, LOOK) as tx:
        assert found(tx, shop.shop_id) == []
        scanned(tx, a_scan(f"W{number}", "delivered", 130, place="Lyon, FR"))
    look(database, LOOK + 5 * DAY)
    with transaction(database) as tx:
        assert found(tx, shop.shop_id) == []
    look(database, LOOK + 6 * DAY)
    with transaction(database) as tx:
        assert [each[2] for each in found(tx, shop.shop_id)] == ["other_country"]


@pytest.mark.clause("BACK-3")
def test_the_clock_of_the_first_scan_stands_while_its_suppliers_does(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        storm = Exemption(Reason.STORM, NOON, NOON + 3 * DAY, suppliers=shop.supplier_ids)
        declare_exemption(tx, storm)
    look(database)
    with transaction(database) as tx:
        assert found(tx, shop.shop_id) == []
    look(database, LOOK + 6 * DAY)
    with transaction(database) as tx:
        assert [each[2] for each in found(tx, shop.shop_id)] == ["no_first_scan"]


def test_a_standard_label_is_no_jit_shipment_and_not_looked_at(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1, local=5, intake_open=False)
        [number] = orders_for(tx, shop.shop_id)
        label_parcels(tx, [a_label(number)], own_of=shop.shop_id)
        assert tx.rows("select count(*) from parcels")[0][0] == 1
    assert due(database) is None or due(database)[0] is None


@pytest.mark.clause("BACK-3")
def test_too_many_addresses_that_the_shop_got_wrong_are_its_violation_once_a_window(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        numbers = accept(tx, shop.shop_id, *(incoming(f"{n}", "S-1") for n in range(20)))
    with transaction(database) as tx:
        for number in numbers[:5]:
            correct_ship_to(tx, shop.shop_id, number, MADRID | {"line1": "Calle Mayor 2"}, Fault.SELLER, None)
        for number in numbers[5:12]:
            correct_ship_to(tx, shop.shop_id, number, MADRID | {"line1": "Calle Mayor 3"}, Fault.BUYER, None)
    for day in range(1, 4):
        with transaction(database, NOON + day * DAY) as tx:
            assert ADDRESSES.step(tx, 10) == 1
            assert ADDRESSES.step(tx, 10) == 0, "once a day"
    with transaction(database, NOON + 4 * DAY) as tx:
        assert found(tx, shop.shop_id) == [("wrong_address", "shop", "wrong_address_rate")]
        [row] = tx.rows("select * from violations")
        assert (row.evidence["orders"], row.evidence["wrong"]) == (20, 5)
        assert violated(tx, shop.shop_id).count == 1
    assert_all_well(database)


def test_a_few_wrong_addresses_are_none(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        numbers = accept(tx, shop.shop_id, *(incoming(f"{n}", "S-1") for n in range(5)))
        for number in numbers[:4]:
            correct_ship_to(tx, shop.shop_id, number, MADRID | {"line1": "Calle Mayor 2"}, Fault.SELLER, None)
        watch_addresses(tx, shop.shop_id)
    with transaction(database, NOON + DAY) as tx:
        ADDRESSES.step(tx, 10)
        assert found(tx, shop.shop_id) == []


@pytest.mark.clause("STOCK-1", "BACK-3")
def test_a_stock_out_of_the_shops_own_is_a_violation_once_and_does_not_keep_it_out(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1, local=5, mode=Mode.STANDARD)
        for _ in range(2):
            [refused] = accept_orders(tx, shop.shop_id, [incoming("1", ("S-1", 6))])
            assert refused.code == "order.out_of_stock"
    for _ in range(2):
        with transaction(database) as tx:
            JUDGE.step(tx, 10)
    with transaction(database) as tx:
        assert found(tx, shop.shop_id) == [("stock_out", "shop", "order_refused")]
        [row] = tx.rows("select * from violations")
        assert (row.evidence["channel_order_no"], row.evidence["sku"]) == ("1", "S-1")
        assert violated(tx, shop.shop_id).count == 0, "no logistics violation"
        assert appeal_violation(tx, shop.shop_id, row.violation_id, "it was there").state == S.APPEALED
