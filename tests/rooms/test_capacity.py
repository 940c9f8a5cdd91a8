"""A supplier's daily capacity on a real database: counted exactly, over shops, and never at the cost of a sale."""

import json
import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from andon.kernel.db import Database
from andon.kernel.errors import Invalid
from andon.kernel.tx import Actor, Tx
from andon.orders.cancelling.rules import AT_ONCE, FORCED
from andon.orders.cancelling.service import Wish, end_at_once
from andon.orders.capacity.service import set_capacity, today
from andon.orders.capacity.views import capacity_of
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.routing.service import SupplierCount, reroute, take_supplier_counts
from andon.partners.plans.service import put_plan
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_goods import BOTH, LIQUID, WHOLE, say
from tests.worlds_orders import accept, incoming, part_of, parts_of, run_together
from tests.worlds_partners import DemoShop, open_demo_shop, request
from tests.worlds_supply import taken

UNSHIPPED = (FulfilmentState.PUSHED, FulfilmentState.ACCEPTED)
TOMORROW = NOON + timedelta(days=1)
MIDNIGHT = datetime.fromisoformat("2026-03-03T00:00+08:00")


def shop_with(database: Database, daily: int | None, *, now: datetime = NOON, **changes: Any) -> DemoShop:
    """A shop of two suppliers, the first of which takes so many a day."""
    with transaction(database, now) as tx:
        shop = open_demo_shop(tx, **changes)
        set_capacity(tx, shop.supplier_ids[0], daily)
        return shop


def sell(tx: Tx[Policy], shop: DemoShop, *numbers: str) -> list[Any]:
    """One order of a unit under each number; the fulfilment of each."""
    return [
        part_of(tx, shop.shop_id, order)
        for order in accept(tx, shop.shop_id, *(incoming(number, "S-1") for number in numbers))
    ]


def had(tx: Tx[Policy], supplier_id: int, day: date | None = None) -> int | None:
    found = capacity_of(tx, supplier_id, day or today(tx))
    return found.taken if found else None


def reject(tx: Tx[Policy], shop: DemoShop, part: Any) -> None:
    closed = close_fulfilments(
        tx, [Close(shop.shop_id, part.fulfilment_id, tx.now, "other")], FulfilmentState.REJECTED
    )
    reroute(tx, closed)


def cancel(tx: Tx[Policy], shop: DemoShop, part: Any, answer: str = AT_ONCE) -> list[Any]:
    wish = Wish(shop.shop_id, part.order_id, tx.now, "seller", "seller")
    return end_at_once(tx, shop.shop_id, {part.fulfilment_id: wish}, sources=UNSHIPPED, answer=answer)


def told(tx: Tx[Policy], fulfilment_id: int) -> dict[str, Any]:
    tx.flush()
    row = tx.one(
        "select body from events where kind = 'fulfilment.reserved' and subject = :s",
        s=f"fulfilment:{fulfilment_id}",
    )
    assert row is not None
    body: dict[str, Any] = json.loads(row.body)
    return body


def test_a_full_day_sends_the_next_order_to_the_next_supplier_and_a_new_day_begins_at_midnight_there(
    database,
):
    shop = shop_with(database, 2)
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        made = sell(tx, shop, "1", "2", "3")
        assert [part.supplier_id for part in made] == [first, first, second]
        assert told(tx, made[2].fulfilment_id)["passed_over"] == [
            {"line": 1, "supplier": first, "reason": "no_capacity"}
        ]
        assert had(tx, first) == 2
    with transaction(database, MIDNIGHT - timedelta(seconds=1)) as tx:
        assert [part.supplier_id for part in sell(tx, shop, "4")] == [second]
    with transaction(database, MIDNIGHT) as tx:
        assert [part.supplier_id for part in sell(tx, shop, "5", "6", "7")] == [first, first, second]
        assert had(tx, first, date(2026, 3, 2)) == had(tx, first, date(2026, 3, 3)) == 2
    assert_all_well(database)


def test_where_nobody_else_can_the_first_takes_it_after_all_and_that_is_told(database):
    shop = shop_with(database, 1, suppliers=1)
    with transaction(database) as tx:
        made = sell(tx, shop, "1", "2")
        assert {part.supplier_id for part in made} == set(shop.supplier_ids)
        assert "over_capacity" not in told(tx, made[0].fulfilment_id)
        beyond = told(tx, made[1].fulfilment_id)
        assert (beyond["over_capacity"], "passed_over" in beyond) == (True, False)
        assert had(tx, shop.supplier_ids[0]) == 2
    assert_all_well(database)


def test_a_supplier_without_a_capacity_costs_no_statement_and_is_not_counted(database):
    shop = shop_with(database, None)
    seen: list[str] = []
    with transaction(database) as tx:
        event.listen(
            database.line, "before_cursor_execute", lambda _c, _x, statement, *_: seen.append(statement)
        )
        sell(tx, shop, "1")
        assert not [statement for statement in seen if "capacity_days" in statement]
        assert not tx.rows("select * from capacity_days")


def test_what_is_cancelled_before_anybody_accepted_gives_its_place_back(database):
    shop = shop_with(database, 2)
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        pushed, accepted = sell(tx, shop, "1", "2")
        taken(tx, [accepted.fulfilment_id])
        cancel(tx, shop, accepted, FORCED)
        assert had(tx, first) == 2, "it was begun"
        cancel(tx, shop, pushed)
        assert had(tx, first) == 1
        assert not cancel(tx, shop, pushed)
        assert had(tx, first) == 1, "a repeat gives nothing back"
        assert [part.supplier_id for part in sell(tx, shop, "3", "4")] == [first, second]
    assert_all_well(database)


def test_a_place_is_given_back_to_the_day_on_which_it_was_taken(database):
    shop = shop_with(database, 2)
    with transaction(database, TOMORROW) as tx:
        [part] = sell(tx, shop, "1")
    with transaction(database, TOMORROW + timedelta(days=1)) as tx:
        sell(tx, shop, "2")
        cancel(tx, shop, part)
        assert had(tx, shop.supplier_ids[0]) == 1
        assert had(tx, shop.supplier_ids[0], date(2026, 3, 3)) == 0
    assert_all_well(database)


def test_whoever_rejects_has_had_it_and_the_next_is_given_it_by_its_own_day(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=3)
        first, second, third = shop.supplier_ids
        set_capacity(tx, first, 5)
        set_capacity(tx, second, 1)
    with transaction(database) as tx:
        one, other = sell(tx, shop, "1", "2")
        for part in (one, other):
            reject(tx, shop, part)
        assert [parts_of(tx, shop.shop_id, part.order_id)[1].supplier_id for part in (one, other)] == [
            second,
            third,
        ]
        assert [had(tx, each) for each in shop.supplier_ids] == [2, 1, None]
    assert_all_well(database)


def test_a_count_that_breaks_promises_of_two_shops_reroutes_both_by_the_same_day(database):
    with transaction(database) as tx:
        one = open_demo_shop(tx, stock=4)
        other = open_demo_shop(tx, suppliers=one.supplier_ids)
        first, second = one.supplier_ids
        set_capacity(tx, second, 1)
    with transaction(database) as tx:
        for shop in (one, other):
            sell(tx, shop, "1")
    with request(database, Actor("supplier", first), {one.shop_id, other.shop_id}) as tx:
        take_supplier_counts(tx, first, [SupplierCount(one.item("S-1"), 0)])
    with transaction(database) as tx:
        assert had(tx, second) == 2
        rows = tx.rows("select fulfilment_id from fulfilments where supplier_id = :s order by 1", s=second)
        beyond = [told(tx, row.fulfilment_id).get("over_capacity") for row in rows]
        assert beyond == [None, True], "nobody else had it"
    assert_all_well(database)


def test_the_last_place_of_a_day_goes_to_one_of_two_shops(database):
    with transaction(database) as tx:
        one = open_demo_shop(tx, stock=500)
        other = open_demo_shop(tx, suppliers=one.supplier_ids)
        first, second = one.supplier_ids
        set_capacity(tx, first, 15)

    def orders(shop: DemoShop) -> None:
        for call in range(5):
            with request(database, Actor("shop", shop.shop_id), {shop.shop_id}) as tx:
                made = accept_orders(tx, shop.shop_id, [incoming(f"{call}-{n}", "S-1") for n in range(4)])
                assert {each.status for each in made} == {"created"}

    run_together(lambda: orders(one), lambda: orders(other))
    with transaction(database) as tx:
        given = tx.rows("select supplier_id, count(*) as n from fulfilments group by 1 order by 1")
        assert {row.supplier_id: row.n for row in given} == {first: 15, second: 25}
        assert had(tx, first) == 15
    assert_all_well(database)


def test_whoever_wants_a_place_waits_for_the_one_who_took_it_in_another_shop(database):
    with transaction(database) as tx:
        one = open_demo_shop(tx)
        other = open_demo_shop(tx, suppliers=one.supplier_ids)
        first, second = one.supplier_ids
        set_capacity(tx, first, 1)
    made: list[Any] = []

    def sell_there() -> None:
        with transaction(database) as tx:
            made.extend(sell(tx, other, "1"))

    late = threading.Thread(target=sell_there)
    with transaction(database) as tx:
        [part] = sell(tx, one, "1")
        late.start()
        late.join(0.5)
        assert late.is_alive(), "it cannot know yet"
    late.join(10)
    assert (part.supplier_id, [each.supplier_id for each in made]) == (first, [second])


def test_cancelling_and_selling_at_once_neither_deadlock_nor_lose_a_place(database):
    shop = shop_with(database, 12)
    with transaction(database) as tx:
        made = sell(tx, shop, *map(str, range(12)))
    done = threading.Event()

    def cancel_all() -> None:
        for part in made:
            with transaction(database) as tx:
                cancel(tx, shop, part)
        done.set()

    def keep_selling() -> None:
        for number in range(12):
            with transaction(database) as tx:
                sell(tx, shop, f"again-{number}")

    run_together(cancel_all, keep_selling)
    assert done.is_set()
    with transaction(database) as tx:
        live = tx.one(
            "select count(*) as n from fulfilments where supplier_id = :s and state < 80",
            s=shop.supplier_ids[0],
        )
        assert had(tx, shop.supplier_ids[0]) == live.n <= 12


def test_a_capacity_counts_what_was_had_today_and_may_be_changed_and_taken_back(database):
    shop = shop_with(database, None)
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        a, b = sell(tx, shop, "1", "2")
        cancel(tx, shop, b)
    with request(database, Actor("supplier", first), {shop.shop_id}) as tx:
        set_capacity(tx, first, 1)
        set_capacity(tx, first, 1)
        assert had(tx, first) == 1
    with transaction(database) as tx:
        assert [part.supplier_id for part in sell(tx, shop, "3")] == [second]
        set_capacity(tx, first, 2)
        assert [part.supplier_id for part in sell(tx, shop, "4", "5")] == [first, second]
        set_capacity(tx, first, None)
        assert [part.supplier_id for part in sell(tx, shop, "6")] == [first]
        assert had(tx, first) is None
        set_capacity(tx, first, 4)
        assert had(tx, first) == 3
        tx.flush()
        rows = tx.rows("select body from events where kind = 'supplier.capacity_set' order by event_id")
        assert [json.loads(row.body).get("daily") for row in rows] == [1, 2, None, 4]
    assert_all_well(database)
    assert a.supplier_id == first


@pytest.mark.parametrize("daily", [-1, 1_000_001])
def test_a_capacity_that_cannot_be_is_refused(database, daily):
    with transaction(database) as tx, pytest.raises(Invalid, match=r"capacity\.daily"):
        set_capacity(tx, 1, daily)


def test_one_that_takes_nothing_today_is_asked_last(database):
    shop = shop_with(database, 0)
    with transaction(database) as tx:
        assert [part.supplier_id for part in sell(tx, shop, "1")] == [shop.supplier_ids[1]]
        assert had(tx, shop.supplier_ids[0]) == 0


def test_a_part_that_needs_two_lines_is_two_places(database):
    shop = shop_with(database, 3)
    with transaction(database) as tx:
        put_plan(tx, shop.shop_id, BOTH)
        say(tx, shop, S_1=WHOLE, S_2=LIQUID)
        accept(tx, shop.shop_id, incoming("1", "S-1", "S-2"))
        assert had(tx, shop.supplier_ids[0]) == 2
    assert_all_well(database)


def test_days_are_forgotten_when_they_were_kept_long_enough(database):
    shop = shop_with(database, 9)
    for days in (0, 34, 36):
        with transaction(database, NOON + timedelta(days=days)) as tx:
            sell(tx, shop, f"on-{days}")
    with transaction(database) as tx:
        days = tx.rows("select day from capacity_days order by day")
        assert [row.day for row in days] == [date(2026, 4, 5), date(2026, 4, 7)]
