"""Remedies on a real database: each ends what went wrong, keeps every unit, tells the parties, and is done once."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound, TooMany
from andon.kernel.tx import Actor
from andon.orders.order.rules import Flag, FulfilmentState, Mode
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.routing.service import SupplierCount, take_supplier_counts
from andon.orders.shipping.service import Answer, answer_fulfilments
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, events_of, incoming, parts_of, run_together, stock_of
from tests.worlds_partners import DemoShop, open_demo_shop, request
from tests.worlds_supply import a_scan, labelled, orders_for, scanned, taken
from tests.worlds_trouble import (
    LATE,
    STALE,
    STUCK,
    flag_all,
    movements_of,
    notices_of,
    pushes_of,
    remedied,
)

pytestmark = pytest.mark.demo_shop(local=3)

S = FulfilmentState


def a_stuck_one(database: Database, shop: DemoShop, prefix: str = "O") -> int:
    """A labelled fulfilment that no carrier came for."""
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id, 1, prefix=prefix)
        labelled(tx, [number])
    with transaction(database, STUCK) as tx:
        flag_all(tx)
    return number


def row_of(tx, number: int):
    return tx.one("select * from fulfilments where fulfilment_id = :f", f=number)


def reserved_at(tx, shop: DemoShop, location: int) -> int:
    return sum(held for (place, _, _), (_, held) in stock_of(tx, shop.shop_id).items() if place == location)


@pytest.mark.clause("MODE-4")
def test_a_stuck_one_is_given_to_the_next_supplier_and_its_clock_starts_anew(
    database: Database, shop: DemoShop
) -> None:
    number = a_stuck_one(database, shop)
    first, second = shop.supplier_ids
    with transaction(database, STUCK, Actor("shop", shop.shop_id)) as tx:
        assert row_of(tx, number).flags == Flag.STUCK
        [successor] = remedied(tx, shop.shop_id, number, "reroute")
    with transaction(database, STUCK) as tx:
        old, new = row_of(tx, number), row_of(tx, successor)
        assert (old.state, old.reason, old.flags, old.stuck_at) == (S.REJECTED, "rerouted", 0, None)
        assert (new.state, new.supplier_id, new.replaces) == (S.PUSHED, second, number)
        assert new.stuck_at == STUCK + timedelta(hours=72)
        assert (reserved_at(tx, shop, first), reserved_at(tx, shop, second)) == (0, 1)
        assert events_of(tx, shop.shop_id)[-1] == "fulfilment.remedied"
        assert notices_of(tx, "fulfilment.withdrawn") == ["supplier"]
        row = tx.one("select action, actor, at from remedies")
        assert row is not None
        assert tuple(row) == ("reroute", f"shop:{shop.shop_id}", STUCK)


@pytest.mark.clause("MODE-4")
def test_the_seller_takes_a_stuck_one_over_from_its_own_location(database: Database, shop: DemoShop) -> None:
    number = a_stuck_one(database, shop)
    with transaction(database, STUCK) as tx:
        [successor] = remedied(tx, shop.shop_id, number, "take_over")
        old, new = row_of(tx, number), row_of(tx, successor)
        assert (old.state, old.reason) == (S.REJECTED, "taken_over")
        assert (new.state, new.supplier_id, new.mode) == (S.RESERVED, None, Mode.STANDARD)
        assert (new.line, new.stuck_at, new.due_at) == ("cainiao_standard", None, None)
        assert (reserved_at(tx, shop, 0), reserved_at(tx, shop, shop.supplier_ids[0])) == (1, 0)


@pytest.mark.clause("MODE-4")
def test_a_stuck_one_is_cancelled_without_asking_anybody(database: Database, shop: DemoShop) -> None:
    number = a_stuck_one(database, shop)
    with transaction(database, STUCK, Actor("operator")) as tx:
        assert remedied(tx, shop.shop_id, number, "cancel") == []
        now = row_of(tx, number)
        assert (now.state, now.reason, now.cancel_by, now.cancel_answer) == (
            S.CANCELLED, "operator", "operator", "forced",
        )  # fmt: skip
        assert reserved_at(tx, shop, shop.supplier_ids[0]) == 0
        assert notices_of(tx, "fulfilment.remedied") == ["seller"], "an operator did it in the seller's place"


def test_each_remedy_is_done_once_however_often_it_is_chosen(database: Database, shop: DemoShop) -> None:
    for place, action in enumerate(("reroute", "take_over", "cancel")):
        number = a_stuck_one(database, shop, str(place))
        made = set()
        for _ in range(3):
            with transaction(database, STUCK) as tx:
                made.add(tuple(remedied(tx, shop.shop_id, number, action)))
        assert len(made) == 1, action
        with transaction(database, STUCK) as tx:
            kinds = [
                row.kind
                for row in tx.rows("select kind from events where subject = :s", s=f"fulfilment:{number}")
            ]
            assert kinds.count("fulfilment.remedied") == 1
            others = {"reroute", "take_over", "cancel"} - {action}
            for other in others:
                with pytest.raises(Conflict) as told:
                    remedied(tx, shop.shop_id, number, other)
                assert told.value.code == "remedy.not_needed"


def test_two_people_who_choose_at_once_make_one_successor(database: Database, shop: DemoShop) -> None:
    for place, actions in enumerate(
        (("reroute", "reroute"), ("reroute", "take_over"), ("cancel", "reroute"))
    ):
        number = a_stuck_one(database, shop, str(place))
        refused = []

        def choose(action: str, number: int = number, refused: list[str] = refused) -> None:
            try:
                with transaction(database, STUCK) as tx:
                    remedied(tx, shop.shop_id, number, action)
            except Conflict as told:
                refused.append(told.code)

        first, second = actions
        run_together(lambda: choose(first), lambda: choose(second))  # noqa: B023 - both run before the next round
        with transaction(database, STUCK) as tx:
            now = row_of(tx, number)
            successors = tx.rows("select 1 from fulfilments where replaces = :f", f=number)
            assert len(successors) == (0 if now.state == S.CANCELLED else 1)
            assert tx.rows("select count(*) as n from remedies where fulfilment_id = :f", f=number)[0].n == 1
            assert refused == ([] if first == second else ["remedy.not_needed"])


def test_nobody_else_can_take_it_and_nothing_has_changed(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1, local=1)
    number = a_stuck_one(database, shop)
    other = a_stuck_one(database, shop, "P")
    with transaction(database, STUCK) as tx:
        before = stock_of(tx, shop.shop_id)
        assert remedied(tx, shop.shop_id, other, "take_over")
    with pytest.raises(Conflict) as told, transaction(database, STUCK) as tx:
        remedied(tx, shop.shop_id, number, "reroute")
    assert told.value.code == "remedy.no_supplier"
    with pytest.raises(Conflict) as told, transaction(database, STUCK) as tx:
        remedied(tx, shop.shop_id, number, "take_over")
    assert told.value.code == "remedy.no_local_stock"
    with transaction(database, STUCK) as tx:
        tx.run("delete from plan_lines where line = 'cainiao_standard'")
    with pytest.raises(Conflict) as told, transaction(database, STUCK) as tx:
        remedied(tx, shop.shop_id, number, "take_over")
    assert told.value.code == "order.no_line_serves"
    with transaction(database, STUCK) as tx:
        now = row_of(tx, number)
        assert (now.state, now.flags) == (S.LABELLED, Flag.STUCK)
        assert tx.rows("select 1 from remedies where fulfilment_id = :f", f=number) == []
        place = (shop.supplier_ids[0], shop.item("S-1"), 1)
        assert stock_of(tx, shop.shop_id)[place] == (before[place][0], before[place][1] - 1)


def test_one_that_waits_goes_to_a_supplier_that_has_units_again(database: Database, shop: DemoShop) -> None:
    first = shop.supplier_ids[0]
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        for code in ("out_of_stock", "invalid_address"):
            number = parts_of(tx, shop.shop_id, order)[-1].fulfilment_id
            answer_fulfilments(tx, [Answer(number, NOON, accept=False, code=code)])
        waiting = parts_of(tx, shop.shop_id, order)[-1].fulfilment_id
        assert notices_of(tx, "fulfilment.waiting") == ["seller"]
    with pytest.raises(Conflict) as told, transaction(database) as tx:
        remedied(tx, shop.shop_id, waiting, "reroute")
    assert told.value.code == "remedy.no_supplier"
    with pytest.raises(Conflict) as told, transaction(database) as tx:
        remedied(tx, shop.shop_id, waiting, "remind")
    assert told.value.code == "remedy.not_open"
    with transaction(database) as tx:
        take_supplier_counts(tx, first, [SupplierCount(shop.item("S-1"), 5)])
        [successor] = remedied(tx, shop.shop_id, waiting, "reroute")
        assert row_of(tx, successor).supplier_id == first, "the second refused for another reason than units"
        assert row_of(tx, waiting).state == S.REJECTED
        assert pushes_of(tx, "fulfilment.withdrawn") == []


def test_one_that_waits_is_taken_over_or_cancelled(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1, local=1)
        numbers = orders_for(tx, shop.shop_id, 2)
        answer_fulfilments(tx, [Answer(each, NOON, accept=False, code="other") for each in numbers])
        waits = [
            row.fulfilment_id
            for row in tx.rows("select fulfilment_id from fulfilments where state = 5 order by 1")
        ]
        [own] = remedied(tx, shop.shop_id, waits[0], "take_over")
        assert row_of(tx, own).state == S.RESERVED
        remedied(tx, shop.shop_id, waits[1], "cancel")
        now = row_of(tx, waits[1])
        assert (now.state, now.cancel_answer) == (S.CANCELLED, "at_once")


def test_a_reminder_is_pushed_and_comes_no_more_often_than_the_policy_says(
    database: Database, shop: DemoShop
) -> None:
    number = a_stuck_one(database, shop)
    with transaction(database, STUCK) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        remedied(tx, shop.shop_id, number, "remind")
        assert pushes_of(tx, "fulfilment.reminded") == [number]
        assert row_of(tx, number).flags == Flag.STUCK, "a reminder alone clears nothing"
    soon = STUCK + timedelta(hours=1)
    with pytest.raises(TooMany) as told, transaction(database, soon) as tx:
        remedied(tx, shop.shop_id, number, "remind")
    assert told.value.facts == {"retry_after_seconds": 3 * 3600}
    with transaction(database, STUCK + timedelta(hours=4)) as tx:
        remedied(tx, shop.shop_id, number, "remind")
        assert notices_of(tx, "fulfilment.reminded") == ["supplier", "supplier"]
        facts = tx.rows("select facts from notices where kind = 'fulfilment.reminded' order by notice_id")
        assert [row.facts for row in facts] == [{"causes": ["stuck"], "times": n} for n in (1, 2)]


def test_ten_who_remind_at_once_remind_once(database: Database, shop: DemoShop) -> None:
    number = a_stuck_one(database, shop)
    refused = []

    def remind() -> None:
        try:
            with transaction(database, STUCK) as tx:
                remedied(tx, shop.shop_id, number, "remind")
        except TooMany as told:
            refused.append(told.code)

    run_together(*(remind for _ in range(4)))
    assert refused == ["remedy.too_soon"] * 3
    with transaction(database) as tx:
        assert notices_of(tx, "fulfilment.reminded") == ["supplier"]


def test_a_stale_parcel_is_asked_after_and_stays_where_it_is(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        scanned(tx, a_scan(f"W{number}"))
    with transaction(database, STALE) as tx:
        flag_all(tx)
        assert notices_of(tx, "fulfilment.stale") == ["seller"]
        remedied(tx, shop.shop_id, number, "remind")
    for action in ("reroute", "take_over", "cancel"):
        with pytest.raises(Conflict) as told, transaction(database, STALE) as tx:
            remedied(tx, shop.shop_id, number, action)
        assert told.value.code == "remedy.not_open"


def test_an_unpushed_one_is_escalated_and_rerouted_past_its_silent_endpoint(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        [number] = orders_for(tx, shop.shop_id)
    with transaction(database, LATE) as tx:
        flag_all(tx)
        assert notices_of(tx, "fulfilment.unpushed") == ["seller", "operator"]
        [successor] = remedied(tx, shop.shop_id, number, "reroute")
        assert row_of(tx, successor).state == S.PUSHED
        assert pushes_of(tx, "fulfilment.withdrawn") == [], "it never knew"


@pytest.mark.clause("MODE-3")
def test_silence_is_told_to_all_three_and_to_the_endpoint(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        [number] = orders_for(tx, shop.shop_id)
        move_fulfilments(tx, [Move(shop.shop_id, number, NOON)], S.PUSHED)
    with transaction(database, LATE) as tx:
        flag_all(tx)
        flag_all(tx)
        assert notices_of(tx, "fulfilment.late_answer") == ["seller", "supplier", "operator"]
        assert pushes_of(tx, "fulfilment.late_answer") == [number]
        [successor] = remedied(tx, shop.shop_id, number, "reroute")
        assert pushes_of(tx, "fulfilment.withdrawn") == [number]
        assert row_of(tx, successor).supplier_id == shop.supplier_ids[1]


def test_a_short_one_goes_to_whoever_has_units(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id)
        taken(tx, [number])
        take_supplier_counts(tx, shop.supplier_ids[0], [SupplierCount(shop.item("S-1"), 0)])
        assert row_of(tx, number).flags == Flag.SHORT
        [successor] = remedied(tx, shop.shop_id, number, "reroute")
        assert (row_of(tx, number).flags, row_of(tx, successor).supplier_id) == (0, shop.supplier_ids[1])


def test_the_old_parcel_that_is_scanned_after_all_changes_nothing_and_is_told(
    database: Database, shop: DemoShop
) -> None:
    number = a_stuck_one(database, shop)
    with transaction(database, STUCK) as tx:
        [successor] = remedied(tx, shop.shop_id, number, "reroute")
        held = stock_of(tx, shop.shop_id)
    later = STUCK + timedelta(hours=5)
    with transaction(database, later) as tx:
        for hours, status in ((74, "collected"), (75, "in_transit"), (77, "delivered")):
            assert scanned(tx, a_scan(f"W{number}", status, hours)) == ["recorded"]
        assert (row_of(tx, number).state, row_of(tx, number).shipped_at) == (S.REJECTED, None)
        assert row_of(tx, successor).state == S.PUSHED
        assert stock_of(tx, shop.shop_id) == held
        assert events_of(tx, shop.shop_id).count("fulfilment.stray_scan") == 1
        assert notices_of(tx, "fulfilment.stray_scan") == ["seller", "operator"]
        assert (
            tx.rows("select status from parcels where fulfilment_id = :f", f=number)[0].status == "delivered"
        )


def test_a_first_scan_and_a_remedy_that_race_leave_it_shipped_or_taken_away(
    database: Database, shop: DemoShop
) -> None:
    for place in range(4):
        number = a_stuck_one(database, shop, str(place))

        def scan(number: int = number) -> None:
            with transaction(database, STUCK) as tx:
                scanned(tx, a_scan(f"W{number}", "collected", 73))

        def choose(number: int = number) -> None:
            try:
                with transaction(database, STUCK) as tx:
                    remedied(tx, shop.shop_id, number, "reroute")
            except Conflict as told:
                assert told.code == "remedy.not_needed"  # noqa: PT017 - one of two ways to end

        run_together(scan, choose)
        with transaction(database) as tx:
            successors = tx.rows("select 1 from fulfilments where replaces = :f", f=number)
            assert (row_of(tx, number).state, len(successors)) in ((S.SHIPPED, 0), (S.REJECTED, 1))
            moved = sum(reserved for _, _, reserved in movements_of(tx, number))
            assert moved == 0, "what was promised was shipped or given back, once"


def test_another_shops_is_not_found(database: Database, shop: DemoShop) -> None:
    number = a_stuck_one(database, shop)
    with transaction(database) as tx:
        other = open_demo_shop(tx, skus=("S-1",))
    for shop_id in (other.shop_id, shop.shop_id):
        with (
            pytest.raises(NotFound),
            request(database, Actor("shop", other.shop_id), [other.shop_id], now=STUCK) as tx,
        ):
            remedied(tx, shop_id, number, "cancel")
