"""A scorecard on a real database: counted from the sealed record, equal to what the rows say, however it is cut."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.db import Database
from andon.kernel.errors import NotFound, Refused
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Actor
from andon.membership.qualification.rules import Fact
from andon.membership.qualification.views import figure_of, list_counted, scorecard_of
from andon.money.disputes.service import withdraw_dispute
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.order.rules import Flag
from andon.orders.shipping.service import (
    Answer,
    Shortage,
    answer_fulfilments,
    label_parcels,
    report_shortages,
)
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import decided, opened, sold
from tests.worlds_partners import DemoShop, open_demo_shop, request
from tests.worlds_scores import counted, days
from tests.worlds_supply import a_label, a_scan, labelled, orders_for, scanned, taken
from tests.worlds_trouble import LATE, STUCK, flag_all, remedied

F = Fact
WELL = F.ANSWERED | F.ACCEPTED | F.SHIPPED
DAY = "2026-03-02"


def figures(database: Database, supplier_id: int, at=STUCK) -> dict[str, tuple[int, int]]:
    with transaction(database, at) as tx:
        return {
            each.name: (each.numerator, each.denominator)
            for each in scorecard_of(tx, supplier_id).figures
            if each.denominator
        }


@pytest.mark.clause("QUAL-2")
def test_what_a_supplier_did_is_counted_by_the_day_of_its_push(database: Database, shop: DemoShop):
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        shipped, stuck, late, rejected, address, untouched = orders_for(tx, shop.shop_id, 6)
        labelled(tx, [shipped, stuck])
        assert scanned(tx, a_scan(f"W{shipped}")) == ["recorded"]
        for number, code in ((rejected, "item_unknown"), (address, "invalid_address")):
            answer_fulfilments(tx, [Answer(number, NOON, accept=False, code=code)])
    with transaction(database, LATE) as tx:
        flag_all(tx)
        taken(tx, [late], LATE)
    with transaction(database, STUCK) as tx:
        flag_all(tx)
    assert counted(database, STUCK) > 0
    assert days(database, first) == {
        (DAY, WELL): 1,
        (DAY, F.ANSWERED | F.ACCEPTED | F.STUCK): 1,
        (DAY, F.ANSWERED | F.ACCEPTED | F.LATE | F.STUCK): 1,
        (DAY, F.ANSWERED | F.REJECTED): 1,
        (DAY, F.ANSWERED): 1,
        (DAY, F.LATE | F.STUCK): 1,
    }
    assert figures(database, first) == {
        "licence": (0, 1),
        "acceptance_on_time": (4, 6),
        "collection_on_time": (1, 1),
        "stuck_rate": (3, 4),
        "rejection_rate": (1, 5),
        "dispute_rate": (0, 1),
    }
    assert days(database, second) == {(DAY, F.LATE | F.STUCK): 2}, "what was rejected went to the next"
    assert untouched
    assert_all_well(database)


def test_a_cancellation_that_is_not_answered_is_no_late_acceptance(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id, 1)
        taken(tx, [number])
        order = tx.one("select order_id from fulfilments where fulfilment_id = :f", f=number)
        cancel_orders(tx, [Wish(shop.shop_id, order.order_id, NOON, "buyer")])
    with transaction(database, STUCK - timedelta(hours=2)) as tx:
        flag_all(tx)
        flagged = tx.one("select flags from fulfilments where fulfilment_id = :f", f=number)
        assert flagged.flags & Flag.LATE_ANSWER
    counted(database, STUCK)
    assert days(database, shop.supplier_ids[0]) == {(DAY, F.ANSWERED | F.ACCEPTED): 1}
    assert_all_well(database)


def test_a_reroute_leaves_the_first_suppliers_fault_with_it(database: Database, shop: DemoShop):
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id, 1)
        labelled(tx, [number])
    with transaction(database, STUCK) as tx:
        flag_all(tx)
        assert remedied(tx, shop.shop_id, number, "reroute")
    counted(database, STUCK)
    assert days(database, first) == {(DAY, F.ANSWERED | F.ACCEPTED | F.STUCK): 1}
    assert days(database, second) == {("2026-03-05", 0): 1}, "its clock begins with its own push"
    assert_all_well(database)


def test_a_scan_that_comes_after_the_day_was_counted_corrects_the_day(database: Database, shop: DemoShop):
    first = shop.supplier_ids[0]
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id, 1)
        labelled(tx, [number])
    counted(database, NOON)
    assert days(database, first) == {(DAY, F.ANSWERED | F.ACCEPTED): 1}
    with transaction(database, STUCK) as tx:
        flag_all(tx)
    counted(database, STUCK)
    assert days(database, first) == {(DAY, F.ANSWERED | F.ACCEPTED | F.STUCK): 1}
    with transaction(database, STUCK + timedelta(days=1)) as tx:
        assert scanned(tx, a_scan(f"W{number}", hours=90)) == ["recorded"]
    counted(database, STUCK + timedelta(days=1))
    assert days(database, first) == {(DAY, WELL | F.STUCK): 1}, "it was stuck, and was shipped after all"
    assert counted(database, STUCK + timedelta(days=1)) == 0, "nothing is counted twice"
    assert_all_well(database)


@pytest.mark.parametrize(
    ("end", "disputed"), [("open", True), ("withdrawn", False), ("supplier pays", True), ("rejected", False)]
)
def test_a_dispute_counts_until_it_is_withdrawn_or_decided_for_the_supplier(
    database: Database, end: str, disputed: bool
):
    order = sold(database)
    first = order.shop.supplier_ids[0]
    number = opened(database, order.claim())
    counted(database, NOON)
    assert days(database, first) == {(DAY, WELL | F.DISPUTED): 1}
    if end == "withdrawn":
        with transaction(database, actor=order.seller) as tx:
            withdraw_dispute(tx, order.shop.shop_id, number)
    elif end != "open":
        decided(database, number, outcome="rejected" if end == "rejected" else "upheld")
    counted(database, NOON + timedelta(hours=2))
    assert days(database, first) == {(DAY, WELL | F.DISPUTED if disputed else WELL): 1}
    assert figures(database, first)["dispute_rate"] == (int(disputed), 1)
    assert_all_well(database)


def test_only_the_window_of_the_policy_counts(database: Database, shop: DemoShop):
    first = shop.supplier_ids[0]
    with transaction(database) as tx:
        taken(tx, orders_for(tx, shop.shop_id, 1))
    counted(database, NOON)
    last = NOON + timedelta(days=90)
    assert figures(database, first, last)["rejection_rate"] == (0, 1)
    assert "rejection_rate" not in figures(database, first, last + timedelta(days=1))
    with transaction(database) as tx, pytest.raises(NotFound, match=r"supplier\.not_found"):
        scorecard_of(tx, 4711)


def test_the_orders_behind_a_figure_are_as_many_as_it_says(database: Database, shop: DemoShop):
    first = shop.supplier_ids[0]
    with transaction(database) as tx:
        well = orders_for(tx, shop.shop_id, 3)
        taken(tx, well)
        [bad] = orders_for(tx, shop.shop_id, 1, prefix="B")
        answer_fulfilments(tx, [Answer(bad, NOON, accept=False, code="other")])
    counted(database, NOON)
    figure = figure_of("rejection_rate")
    with request(database, Actor("operator"), {PLATFORM, shop.shop_id}) as tx:
        listed = list_counted(tx, first, figure, limit=9)
        assert [row.fulfilment_id for row in listed] == [bad, *reversed(well)]
        assert [row.fulfilment_id for row in list_counted(tx, first, figure, before=bad, limit=1)] == [
            well[-1]
        ]
        assert [row.fulfilment_id for row in list_counted(tx, first, figure, against=True, limit=9)] == [bad]
        assert list_counted(tx, first, figure_of("stuck_rate"), against=True, limit=9) == []
    with request(database, Actor("operator"), {PLATFORM}) as tx:
        assert list_counted(tx, first, figure, limit=9) == [], "a shop's orders stay behind its wall"


STEPS = ("take", "reject", "cannot", "label", "scan", "late", "stuck", "remedy", "count")


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), min_size=4, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_history_is_cut_into_seals_the_days_are_what_a_recount_finds(database: Database, steps):
    """A world of its own in each run; the recount is the audit's, which goes by rows and events of its own."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        numbers = orders_for(tx, shop.shop_id, 6)
    at = NOON
    for step, which in steps:
        at += timedelta(hours=1)
        number = numbers[which]
        if step == "count":
            counted(database, at)
            continue
        at = {"late": max(at, LATE), "stuck": max(at, STUCK)}.get(step, at)
        with transaction(database, at) as tx:
            _do(tx, shop, step, number, at)
    counted(database, at)
    assert_all_well(database)


def _do(tx, shop: DemoShop, step: str, number: int, at) -> None:
    """Say it, whether it is taken or refused."""
    if step == "take":
        taken(tx, [number], at)
    elif step == "reject":
        answer_fulfilments(tx, [Answer(number, at, accept=False, code="out_of_stock")])
    elif step == "cannot":
        report_shortages(tx, [Shortage(number, at, "damaged")])
    elif step == "label":
        label_parcels(tx, [a_label(number, at=at)])
    elif step == "scan":
        scanned(tx, a_scan(f"W{number}", occurred_at=at))
    elif step == "remedy":
        with suppress(Refused):
            remedied(tx, shop.shop_id, number, "reroute")
    else:
        flag_all(tx)
