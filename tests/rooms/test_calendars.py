"""Calendars and exemptions on a real database: deadlines run by them, and are counted anew where they change."""

import threading
from datetime import date, datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound
from andon.orders.holds.rules import Reason as HoldReason
from andon.orders.holds.service import hold_order, release_order
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.order.views import order_of
from andon.partners.calendars.rules import Reason
from andon.partners.calendars.service import (
    Draft,
    declare_exemption,
    end_exemption,
    place_supplier,
    remove_calendar,
    set_calendar,
)
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_calendars import NINE_TO_SIX, WORKDAYS, count_all, there, works
from tests.worlds_orders import accept, events_of, incoming, part_of, run_together
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import taken
from tests.worlds_trouble import flag_all

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FRIDAY = there("2026-11-20", 12)
EVENING = there("2026-11-20", 19)
STORM = Reason.STORM
S = FulfilmentState


@pytest.fixture
def shop(database: Database) -> DemoShop:
    with transaction(database, FRIDAY) as tx:
        return open_demo_shop(tx)


def sold(database: Database, shop: DemoShop, at: datetime, number: str = "O1") -> int:
    with transaction(database, at) as tx:
        return accept(tx, shop.shop_id, incoming(number, "S-1", placed_at=at))[0]


def due(database: Database, shop: DemoShop, order_id: int) -> tuple[datetime | None, datetime | None]:
    with transaction(database, FRIDAY) as tx:
        part = part_of(tx, shop.shop_id, order_id)
        return part.due_at, part.stuck_at


def exempt(database: Database, at: datetime, since: datetime, until: datetime, *suppliers: int) -> int:
    with transaction(database, at) as tx:
        return int(declare_exemption(tx, Draft(STORM, since, until, suppliers=suppliers)).exemption_id)


@pytest.mark.clause("MODE-3")
@pytest.mark.clause("MODE-4")
def test_days_off_stop_the_clocks_of_what_is_pulled(database: Database, shop: DemoShop) -> None:
    works(database, shop.supplier_ids[0], FRIDAY)
    order_id = sold(database, shop, FRIDAY)
    assert due(database, shop, order_id) == (FRIDAY + 3 * DAY, FRIDAY + 5 * DAY)
    late = sold(database, shop, EVENING, "O2")
    assert due(database, shop, late) == (there("2026-11-24", 9), there("2026-11-26", 9))
    with transaction(database, FRIDAY) as tx:
        assert "fulfilment.deadlines_moved" in events_of(tx, shop.shop_id, order_id)
        [part] = order_of(tx, shop.shop_id, late).fulfilments
        assert part.stopped is not None
        assert [(each.why, each.since, each.until) for each in part.stopped] == [
            ("after_hours", EVENING, there("2026-11-23", 9))
        ]
    count_all(database, FRIDAY)
    assert_all_well(database)


def test_a_supplier_round_the_clock_is_as_before(database: Database, shop: DemoShop) -> None:
    works(database, shop.supplier_ids[1], FRIDAY)
    exempt(database, FRIDAY, FRIDAY, FRIDAY + DAY, shop.supplier_ids[1])
    order_id = sold(database, shop, FRIDAY)
    assert due(database, shop, order_id) == (FRIDAY + DAY, FRIDAY + 3 * DAY)
    with transaction(database, FRIDAY) as tx:
        assert "fulfilment.deadlines_moved" not in events_of(tx, shop.shop_id, order_id)


def test_what_is_pushed_runs_by_the_clock_from_when_it_arrived(database: Database, shop: DemoShop) -> None:
    with transaction(database, FRIDAY) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
    works(database, shop.supplier_ids[0], FRIDAY)
    order_id = sold(database, shop, FRIDAY)
    with transaction(database, EVENING) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        assert move_fulfilments(tx, [Move(shop.shop_id, number, FRIDAY + HOUR)], S.PUSHED)
    assert due(database, shop, order_id) == (FRIDAY + HOUR + 3 * DAY, FRIDAY + HOUR + 5 * DAY)
    count_all(database, FRIDAY)
    assert_all_well(database)


@pytest.mark.clause("MODE-3")
def test_a_calendar_that_is_set_or_removed_counts_anew_what_is_open(
    database: Database, shop: DemoShop
) -> None:
    order_id = sold(database, shop, FRIDAY)
    works(database, shop.supplier_ids[0], EVENING)
    works(database, shop.supplier_ids[0], EVENING)
    assert count_all(database, EVENING)
    assert due(database, shop, order_id) == (FRIDAY + 3 * DAY, FRIDAY + 5 * DAY)
    assert_all_well(database)
    with transaction(database, EVENING) as tx:
        assert events_of(tx, shop.shop_id, order_id).count("fulfilment.deadlines_moved") == 1
        remove_calendar(tx, shop.supplier_ids[0])
    count_all(database, EVENING)
    assert due(database, shop, order_id) == (FRIDAY + DAY, FRIDAY + 3 * DAY)
    assert_all_well(database)
    with transaction(database, EVENING) as tx, pytest.raises(NotFound):
        remove_calendar(tx, shop.supplier_ids[0])


@pytest.mark.clause("MODE-3")
@pytest.mark.clause("MODE-4")
def test_a_storm_declared_late_lifts_the_flags_it_would_have_held_off(
    database: Database, shop: DemoShop
) -> None:
    order_id = sold(database, shop, FRIDAY)
    monday = FRIDAY + 74 * HOUR
    with transaction(database, monday) as tx:
        flag_all(tx)
        assert part_of(tx, shop.shop_id, order_id).flags == Flag.LATE_ANSWER | Flag.STUCK
    number = exempt(database, monday, FRIDAY + HOUR, FRIDAY + 41 * HOUR, *shop.supplier_ids)
    count_all(database, monday)
    with transaction(database, monday) as tx:
        part = part_of(tx, shop.shop_id, order_id)
        assert part.flags == Flag.LATE_ANSWER, "64 h come before it is over, 24 h do not"
        assert (part.due_at, part.stuck_at) == (None, FRIDAY + 112 * HOUR)
        assert "fulfilment.flag_lifted" in events_of(tx, shop.shop_id, order_id)
    assert_all_well(database)
    with transaction(database, monday) as tx:
        end_exemption(tx, number, FRIDAY)
        row = end_exemption(tx, number)
        assert (row.until, row.ended_at) == (FRIDAY + HOUR, monday), "it was withdrawn, once"
    count_all(database, monday)
    with transaction(database, monday) as tx:
        flag_all(tx)
        assert part_of(tx, shop.shop_id, order_id).flags == Flag.LATE_ANSWER | Flag.STUCK
    assert_all_well(database)


@pytest.mark.clause("MODE-3")
def test_nobody_is_flagged_by_a_clock_that_is_about_to_be_counted_anew(
    database: Database, shop: DemoShop
) -> None:
    order_id = sold(database, shop, FRIDAY)
    late = FRIDAY + 25 * HOUR
    exempt(database, late, FRIDAY, FRIDAY + 2 * HOUR, *shop.supplier_ids)
    with transaction(database, late) as tx:
        flag_all(tx)
        assert part_of(tx, shop.shop_id, order_id).flags == 0
    count_all(database, late)
    with transaction(database, FRIDAY + 26 * HOUR) as tx:
        flag_all(tx)
        assert part_of(tx, shop.shop_id, order_id).flags == Flag.LATE_ANSWER
        assert "fulfilment.flag_lifted" not in events_of(tx, shop.shop_id, order_id)
    assert_all_well(database)


def test_a_region_stops_who_is_there_and_in_its_parts(database: Database, shop: DemoShop) -> None:
    first, second = shop.supplier_ids
    with transaction(database, FRIDAY) as tx:
        place_supplier(tx, first, "CN-ZJ")
        place_supplier(tx, second, "CN-GD")
        for region, hours in (("CN-ZJ", 2), ("CN", 4), ("CN-GD", 8), ("ES", 9)):
            declare_exemption(tx, Draft(STORM, FRIDAY, FRIDAY + hours * HOUR, region=region))
    order_id = sold(database, shop, FRIDAY)
    assert due(database, shop, order_id) == (FRIDAY + DAY + 4 * HOUR, FRIDAY + 3 * DAY + 4 * HOUR)
    with transaction(database, FRIDAY) as tx:
        place_supplier(tx, first, "CN-GD")
    count_all(database, FRIDAY)
    assert due(database, shop, order_id) == (FRIDAY + DAY + 8 * HOUR, FRIDAY + 3 * DAY + 8 * HOUR)
    assert_all_well(database)


@pytest.mark.parametrize("removed", [False, True])
def test_a_hold_is_one_more_time_in_which_the_clock_stood(
    database: Database, shop: DemoShop, removed: bool
) -> None:
    works(database, shop.supplier_ids[0], FRIDAY)
    order_id = sold(database, shop, FRIDAY)
    with transaction(database, FRIDAY + HOUR) as tx:
        hold_order(tx, shop.shop_id, order_id, HoldReason.BUYER_WISH)
    if removed:
        with transaction(database, FRIDAY + HOUR) as tx:
            remove_calendar(tx, shop.supplier_ids[0])
        count_all(database, FRIDAY + HOUR)
        with transaction(database, FRIDAY + HOUR) as tx:
            part = part_of(tx, shop.shop_id, order_id)
            assert (part.due_at, part.due_left, part.stuck_left) == (None, 23 * HOUR, 71 * HOUR)
    sunday = there("2026-11-22", 12)
    with transaction(database, sunday) as tx:
        release_order(tx, shop.shop_id, order_id)
    begins = sunday if removed else there("2026-11-23")
    assert due(database, shop, order_id) == (begins + 23 * HOUR, begins + 71 * HOUR)
    count_all(database, sunday)
    assert_all_well(database)


def test_blocks_of_many_shops_are_all_counted_and_again_changes_nothing(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database, FRIDAY) as tx:
        other = open_demo_shop(tx, suppliers=shop.supplier_ids)
    orders = [(each, sold(database, each, FRIDAY, f"O{n}")) for each in (shop, other) for n in range(5)]
    works(database, shop.supplier_ids[0], EVENING)
    assert count_all(database, EVENING, batch=2) > 5
    assert {due(database, each, order_id) for each, order_id in orders} == {
        (FRIDAY + 3 * DAY, FRIDAY + 5 * DAY)
    }
    works(database, shop.supplier_ids[0], EVENING)
    count_all(database, EVENING, batch=2)
    with transaction(database, EVENING) as tx:
        for each, order_id in orders:
            assert events_of(tx, each.shop_id, order_id).count("fulfilment.deadlines_moved") == 1
    assert_all_well(database)


def test_an_acceptance_and_an_intake_at_once_leave_nothing_by_the_old_clock(
    database: Database, shop: DemoShop
) -> None:
    order_id = sold(database, shop, FRIDAY)
    with transaction(database, FRIDAY) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id

    def answer() -> None:
        with transaction(database, FRIDAY + HOUR) as tx:
            taken(tx, [number])

    def sell() -> None:
        for n in range(2, 12):
            sold(database, shop, FRIDAY + HOUR, f"O{n}")

    def close() -> None:
        works(database, shop.supplier_ids[0], FRIDAY + HOUR)
        count_all(database, FRIDAY + HOUR, batch=3)

    run_together(answer, sell, close)
    assert_all_well(database)
    with transaction(database, FRIDAY + HOUR) as tx:
        part = part_of(tx, shop.shop_id, order_id)
        assert (part.state, part.due_at, part.stuck_at) == (S.ACCEPTED, None, FRIDAY + 5 * DAY)


def test_what_was_opened_by_the_old_clock_and_committed_later_is_counted_too(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database, FRIDAY) as tx:
        [order_id] = accept(tx, shop.shop_id, incoming("O1", "S-1", placed_at=FRIDAY))
        works(database, shop.supplier_ids[0], FRIDAY)
        counting = threading.Thread(target=count_all, args=(database, FRIDAY))
        counting.start()
        counting.join(0.5)
        assert counting.is_alive(), "it waits for the shop's head"
    counting.join()
    assert due(database, shop, order_id) == (FRIDAY + 3 * DAY, FRIDAY + 5 * DAY)
    assert_all_well(database)


def test_what_was_counted_by_an_older_list_of_holidays_is_counted_anew(
    database: Database, shop: DemoShop
) -> None:
    works(database, shop.supplier_ids[0], FRIDAY)
    count_all(database, FRIDAY)
    with database.owner.begin() as connection:
        connection.exec_driver_sql("update calendars set known_until = '2025-12-31'")
    assert count_all(database, FRIDAY) > 1
    assert count_all(database, FRIDAY) == 0


def test_what_cannot_be_is_refused(database: Database, shop: DemoShop) -> None:
    supplier = shop.supplier_ids[0]
    with transaction(database, FRIDAY) as tx:
        for zone, week, days, code in (
            ("Asia/Nowhere", WORKDAYS, {}, "calendar.zone"),
            ("UTC", {}, {}, "calendar.week"),
            ("UTC", {0: ("18:00", "09:00")}, {}, "calendar.hours"),
            ("UTC", WORKDAYS, {date(2026, 12, 5): ("09:00", "09:00")}, "calendar.hours"),
        ):
            with pytest.raises(Invalid) as told:
                set_calendar(tx, supplier, zone, week, days, None)
            assert told.value.code == code
        with pytest.raises(NotFound):
            set_calendar(tx, 4711, "UTC", {0: NINE_TO_SIX}, {}, None)
        for draft, code in (
            (Draft(STORM, FRIDAY, FRIDAY, region="CN"), "exemption.time"),
            (Draft(STORM, FRIDAY, FRIDAY + 93 * DAY, region="CN"), "exemption.time"),
            (Draft(STORM, FRIDAY - 1200 * DAY, FRIDAY - 1199 * DAY, region="CN"), "exemption.time"),
            (Draft(STORM, FRIDAY, FRIDAY + DAY), "exemption.scope"),
            (Draft(STORM, FRIDAY, FRIDAY + DAY, region="XX"), "exemption.scope"),
            (Draft(STORM, FRIDAY, FRIDAY + DAY, suppliers=(4711,)), "exemption.scope"),
        ):
            with pytest.raises(Invalid) as told:
                declare_exemption(tx, draft)
            assert told.value.code == code
        with pytest.raises(NotFound):
            end_exemption(tx, 4711)
        with pytest.raises(Invalid):
            place_supplier(tx, supplier, "zhejiang")
