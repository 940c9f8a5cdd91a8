"""Insights on a real database: counted from the sealed record, equal to what the events say, however it is cut."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.insights.figures.rules import Window
from andon.insights.figures.views import (
    CHART,
    REPORT,
    InsightsOut,
    exits_of,
    insights_of,
    measures_of,
    report_of,
)
from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.membership.exits.service import force_exit, start_exit, verify_exit, withdraw_exit
from andon.membership.standing.rules import Stars
from andon.membership.standing.rules import Told as Rating
from andon.membership.standing.service import record_ratings
from andon.money.statements.rules import Month
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.days.service import count_orders
from andon.orders.order.service import confirm_order
from andon.orders.returns.rules import Reason, Told
from andon.orders.returns.service import record_returns
from andon.orders.shipping.service import Answer, answer_fulfilments
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import edit_products
from andon.platform.documents.rendering import pictured, rendered
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import OFF_AT, SELLER, done_exit, leaving_shop, struck_exit, thrown_exit
from tests.worlds_orders import accept, incoming, parts_of
from tests.worlds_partners import DemoShop, bind, open_demo_shop
from tests.worlds_scores import counted
from tests.worlds_supply import a_scan, labelled, orders_for, scanned
from tests.worlds_trouble import STALE, flag_all

DAY = timedelta(days=1)
FIRST, SPAN = date(2026, 3, 2), Window(date(2026, 3, 2), date(2026, 4, 1))
LATER = NOON + 20 * DAY


def insights(database: Database, shop_id: int, window: Window = SPAN, at=LATER) -> InsightsOut:
    with transaction(database, at) as tx:
        return insights_of(tx, shop_id, window)


def shares(found: InsightsOut, way: str | None = None) -> dict[str, tuple[int, int]]:
    return {each.name: (each.numerator, each.denominator) for each in found.shares if each.way == way}


def back(order_id: int, at: Any) -> Told:
    return Told(order_id, {"S-1": 1}, Reason.UNWANTED, at)


def test_times_returns_and_groups_are_those_of_the_orders(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        numbers = orders_for(tx, shop.shop_id, 4)
        labelled(tx, numbers[:3])
        orders = [
            part.order_id for part in tx.rows("select order_id from fulfilments order by fulfilment_id")
        ]
        cancel_orders(tx, [Wish(shop.shop_id, orders[3], NOON, "buyer")])
    with transaction(database, LATER) as tx:
        for n, number in enumerate(numbers[:3]):
            assert scanned(
                tx,
                a_scan(f"W{number}", hours=10 * n + 0.5),
                *([a_scan(f"W{number}", "delivered", hours=24 * (n + 2))] if n < 2 else []),
            )
        record_returns(
            tx, shop.shop_id, [back(orders[0], NOON + 9 * DAY), back(orders[1], NOON + 10.1 * DAY)]
        )
        confirm_order(tx, shop.shop_id, orders[0])
    assert counted(database, LATER, count_orders) > 0
    found = insights(database, shop.shop_id)
    times = {each.name: each for each in found.times if each.way is None}
    assert (times["to_ship"].orders, times["to_ship"].mean_hours) == (3, "10.50")
    assert (times["to_ship"].p50_hours, times["to_ship"].p90_hours) == (11, 21)
    assert (times["to_deliver"].mean_hours, times["to_deliver"].p50_hours) == ("60.00", 48)
    assert (times["in_transit"].mean_hours, times["in_transit"].p90_hours) == ("54.50", 62)
    assert {each.way: each.orders for each in found.times if each.name == "to_ship"} == {None: 3, "jit": 3}
    assert shares(found)["return_rate"] == (1, 2), "the other was asked for after seven days"
    assert shares(found, "jit")["return_rate"] == (1, 2)
    day = found.days[0]
    assert (day.day, day.placed, day.shipped, day.delivered) == (FIRST, 4, 2, 0)
    assert {name: n for name, n in day.groups.items() if n} == {
        "awaiting_shipment": 1,
        "in_transit": 2,
        "cancelled": 1,
    }
    last = found.days[-1].groups
    assert {name: n for name, n in last.items() if n} == {
        "in_transit": 1,
        "delivered": 1,
        "completed": 1,
        "cancelled": 1,
    }
    assert found.maturing == 0
    assert insights(database, shop.shop_id, at=NOON + 9 * DAY).maturing == 1
    assert_all_well(database)


def test_groups_of_a_later_window_begin_with_who_stood_there(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id, 1)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}"))
    counted(database, NOON, count_orders)
    found = insights(database, shop.shop_id, Window(FIRST + 5 * DAY, FIRST + 7 * DAY))
    assert [day.groups["in_transit"] for day in found.days] == [1, 1]
    assert [day.placed for day in found.days] == [0, 0]


def test_an_order_of_both_ways_counts_when_its_last_part_has_come_there(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=5)
        edit_products(tx, shop.shop_id, ["S-2"], Mode.STANDARD)
        [order] = accept(tx, shop.shop_id, incoming("two", "S-1", "S-2"))
        first, second = (part.fulfilment_id for part in parts_of(tx, shop.shop_id, order))
        labelled(tx, [first, second])
        assert scanned(tx, a_scan(f"W{first}")) == ["recorded"]
    counted(database, NOON, count_orders)
    assert insights(database, shop.shop_id).days[0].shipped == 0
    with transaction(database, NOON + DAY) as tx:
        assert scanned(tx, a_scan(f"W{second}", hours=23.5)) == ["recorded"]
    counted(database, NOON + DAY, count_orders)
    found = insights(database, shop.shop_id)
    assert [day.shipped for day in found.days[:3]] == [0, 1, 0]
    assert {each.way: each.mean_hours for each in found.times if each.name == "to_ship"} == {
        None: "23.50",
        "mixed": "23.50",
    }
    assert_all_well(database)


def test_silence_is_counted_with_the_day_of_the_shipping(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        numbers = orders_for(tx, shop.shop_id, 2)
        labelled(tx, numbers)
        scanned(tx, *(a_scan(f"W{number}") for number in numbers))
        scanned(tx, a_scan(f"W{numbers[0]}", "delivered", hours=0))
    with transaction(database, STALE) as tx:
        flag_all(tx)
    counted(database, STALE, count_orders)
    assert shares(insights(database, shop.shop_id))["stale_rate"] == (1, 2)
    with transaction(database, STALE) as tx:
        scanned(tx, a_scan(f"W{numbers[1]}", "delivered", hours=200))
    counted(database, STALE, count_orders)
    assert shares(insights(database, shop.shop_id))["stale_rate"] == (1, 2), (
        "it had been flagged all the same"
    )
    assert_all_well(database)


def test_suppliers_are_ranked_by_what_they_did_for_this_shop(database: Database, shop: DemoShop):
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        other = open_demo_shop(tx, suppliers=shop.supplier_ids)
        good, bad = orders_for(tx, shop.shop_id, 2)
        labelled(tx, [good])
        answer_fulfilments(tx, [Answer(bad, NOON, accept=False, code="other")])
        [successor] = [
            row.fulfilment_id
            for row in tx.rows("select fulfilment_id from fulfilments where replaces = :f", f=bad)
        ]
        labelled(tx, [successor])
    counted(database, NOON)
    found = insights(database, shop.shop_id)
    assert [(each.supplier_id, each.fulfilments) for each in found.suppliers] == [(second, 1), (first, 2)]
    assert {each.name: (each.numerator, each.denominator) for each in found.suppliers[1].shares}[
        "rejection_rate"
    ] == (1, 2)
    assert shares(found)["rejection_rate"] == (1, 3)
    assert insights(database, other.shop_id).suppliers == []
    assert_all_well(database)


def test_the_logistics_score_is_the_shipping_axis_of_thirty_days(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        orders = accept(tx, shop.shop_id, *(incoming(f"{n}", "S-1") for n in range(3)))
    with transaction(database, LATER) as tx:
        told = [
            Rating(orders[0], Stars(100, 100, 480), NOON + DAY),
            Rating(orders[1], Stars(500, 500, 485), NOON + 2 * DAY),
            Rating(orders[2], Stars(500, 500, 100), NOON - 20 * DAY),
        ]
        assert {each.status for each in record_ratings(tx, shop.shop_id, told)} == {"recorded"}
    score = insights(database, shop.shop_id, at=LATER).logistics_score
    assert (score.ratings, score.mean) == (2, "4.82"), "4.825, rounded down; the third is 40 days old"
    empty = insights(database, shop.shop_id, Window(FIRST - 9 * DAY, FIRST - 5 * DAY)).logistics_score
    assert (empty.ratings, empty.mean) == (1, "1.00")


def test_exits_are_told_by_reason_and_by_the_step_at_which_they_failed(database: Database):
    done_exit(database)
    with transaction(database) as tx:
        queued = open_demo_shop(tx)
        orders_for(tx, queued.shop_id, 1)
    with transaction(database) as tx:
        exit_id = start_exit(tx, queued.shop_id, "strategy").exit_id
    with transaction(database) as tx:
        withdraw_exit(tx, queued.shop_id, exit_id)
    with transaction(database) as tx:
        start_exit(tx, queued.shop_id, "service")
    thrown, exit_id = thrown_exit(database)
    with transaction(database) as tx:
        withdraw_exit(tx, thrown.shop_id, exit_id)
    forced, exit_id = leaving_shop(database)
    with transaction(database) as tx:
        force_exit(tx, forced.shop_id, exit_id, SELLER)
    struck, exit_id = struck_exit(database)
    with transaction(database, OFF_AT) as tx:
        bind(tx, struck.shop_id, struck.supplier_ids[:1])
    with transaction(database, OFF_AT) as tx:
        verify_exit(tx, struck.shop_id, exit_id)
    with transaction(database) as tx:
        found = {
            (each.reason, each.outcome, each.forced, each.failed_at): each.exits
            for each in exits_of(tx, SPAN)
        }
        assert [each.outcome for each in exits_of(tx, SPAN, queued.shop_id)] == ["running", "withdrawn"]
        assert exits_of(tx, Window(FIRST - DAY, FIRST)) == []
    assert found == {
        ("service", "running", False, None): 1,
        ("strategy", "done", False, None): 1,
        ("strategy", "withdrawn", False, 1): 1,
        ("strategy", "withdrawn", False, 3): 1,
        ("strategy", "running", True, 2): 1,
        ("strategy", "running", False, 4): 1,
    }


def test_an_unknown_shop_is_not_found_and_one_without_a_past_is_all_nothing(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx, pytest.raises(NotFound, match=r"shop\.not_found"):
        insights_of(tx, 4711, SPAN)
    found = insights(database, shop.shop_id)
    assert found.counted_until is None
    assert shares(found)["return_rate"] == (0, 0)
    assert {each.share for each in found.shares} == {None}
    assert [(each.name, each.mean_hours) for each in found.times] == [
        ("to_ship", None),
        ("in_transit", None),
        ("to_deliver", None),
    ]
    rows = list(measures_of(found))
    assert len(rows) == 1 + len(found.shares) + 9 + 10 * 30


def test_a_report_compares_with_the_month_before_and_an_empty_one_is_set_all_the_same(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        numbers = orders_for(tx, shop.shop_id, 3)
        labelled(tx, numbers)
        scanned(tx, *(a_scan(f"W{number}") for number in numbers))
    counted(database, NOON, count_orders)
    with transaction(database, NOON + 31 * DAY) as tx:
        april = report_of(tx, shop.shop_id, Month(2026, 4))
        early = report_of(tx, shop.shop_id, Month(2025, 1))
        with pytest.raises(Invalid, match=r"insights\.window"):
            report_of(tx, shop.shop_id, Month(2026, 5))
    shipped = {each["name"][0]: (each["now"], each["before"]) for each in april["figures"]}["orders shipped"]
    assert shipped == ("0", "3")
    assert (april["since"], april["through"]) == ("2026-04-01", "2026-04-02"), "up to today"
    assert rendered(REPORT, april) != rendered(REPORT, early)
    for chart in early["charts"]:
        assert pictured(CHART, chart, "svg").startswith(b"<svg")


STEPS = (
    "reject",
    "cancel",
    "label",
    "collect",
    "deliver",
    "return",
    "lose",
    "confirm",
    "ask",
    "stale",
    "count",
)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), min_size=6, max_size=20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_history_is_cut_into_seals_the_days_are_what_a_recount_finds(database: Database, steps):
    """A world of its own in each run; the recount is the audit's, which goes by events and statements of its own."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=2)
        orders = accept(
            tx,
            shop.shop_id,
            *(incoming(f"{n}", *(("S-1", "S-2") if n % 2 else (("S-1", 2),))) for n in range(4)),
        )
    at = NOON
    for step, which in steps:
        at += timedelta(hours=5)
        if step == "count":
            counted(database, at, count_orders)
            continue
        if step == "stale":
            at += 11 * DAY
        with transaction(database, at) as tx:
            _do(tx, shop.shop_id, step, orders[which], at)
    counted(database, at, count_orders)
    assert_all_well(database)


SCANS = {"collect": "collected", "deliver": "delivered", "return": "returned", "lose": "lost"}


def _do(tx: Any, shop_id: int, step: str, order: int, at: Any) -> None:
    """Say it, whether it is taken or refused."""
    parts = [part.fulfilment_id for part in parts_of(tx, shop_id, order)]
    if step == "reject":
        answer_fulfilments(tx, [Answer(parts[-1], at, accept=False, code="out_of_stock")])
    elif step == "cancel":
        cancel_orders(tx, [Wish(shop_id, order, at, "buyer")])
    elif step == "label":
        with suppress(AssertionError):
            labelled(tx, parts, at)
    elif step in SCANS:
        # Told late: the carrier's instant lies behind, so that what was recorded is put right.
        scanned(
            tx, *(a_scan(f"W{part}", SCANS[step], occurred_at=at - 3 * timedelta(hours=1)) for part in parts)
        )
    elif step == "confirm":
        with suppress(Refused):
            confirm_order(tx, shop_id, order)
    elif step == "ask":
        record_returns(tx, shop_id, [back(order, at)])
    else:
        flag_all(tx)
