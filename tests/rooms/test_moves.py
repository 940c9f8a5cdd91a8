"""A move off JIT: begun, ended by time, taken back, alone or in an exit; and what becomes of orders meanwhile."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Tx
from andon.membership.enrolment.service import join_jit
from andon.membership.exits.rules import blockers_of
from andon.membership.exits.service import (
    lock_exit,
    look_at_exit,
    strike,
    throw_switch,
    verify_exit,
    withdraw_exit,
)
from andon.membership.exits.views import facts_of
from andon.membership.moves.rules import MoveDraft, MoveState, ProductDraft
from andon.membership.moves.service import cancel_move, start_move
from andon.membership.moves.station import MOVES
from andon.membership.moves.views import days_of, list_tracks, running_move
from andon.membership.unbinding.service import Signature, draw_up_end, sign_letter
from andon.orders.addresses.rules import Fault
from andon.orders.addresses.service import correct_ship_to
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.reporting.service import connect_channel, report_stock
from andon.orders.routing.service import take_local_count
from andon.partners.catalog.service import edit_products
from andon.partners.plans.service import put_plan
from andon.partners.shops.tables import Shop
from andon.partners.stock.tables import LOCAL
from andon.partners.tracks.rules import Choice, leaves
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import OFF_AT, leaving_shop, told_of, unbind
from tests.worlds_moves import END, SKUS, WEEK, exiting_shop, move_now, moving_shop, way_of
from tests.worlds_orders import MADRID, accept, bring_to, incoming, part_of
from tests.worlds_partners import PLAN, a_shop, map_to, open_demo_shop
from tests.worlds_standing import make_ready

STANDARD, JIT = Mode.STANDARD.value, Mode.JIT.value
LAST_DAY = END - timedelta(days=1)
SMART = "cainiao_smart"


def refusal(tx: Tx[Policy], shop_id: int, number: str, sku: str, **changes: object) -> str | None:
    [outcome] = accept_orders(tx, shop_id, [incoming(number, sku, placed_at=tx.now, **changes)])
    return outcome.code


def end_at(database: Database, at=END) -> int:
    with transaction(database, at) as tx:
        return MOVES.step(tx, 20)


@pytest.mark.clause("MOVE-1")
def test_new_orders_take_the_smart_line_while_those_before_drain(database: Database):
    shop, move_id = moving_shop(database, (), local=5)
    with transaction(database) as tx:
        assert tx.get(Shop, shop.shop_id).jit_intake_open, "the shop stays in JIT"
        assert way_of(tx, shop.shop_id, "1", "PLAIN") == (STANDARD, None, SMART)
        assert refusal(tx, shop.shop_id, "2", "PLAIN", country="NZ") == "order.no_line_serves"
        [before] = tx.rows(
            "select mode, state from fulfilments where shop_id = :s and mode = 2", s=shop.shop_id
        )
        assert before.state == FulfilmentState.PUSHED
        move = move_now(tx, shop.shop_id, move_id)
        assert (move.state, move.until, move.products) == (MoveState.RUNNING, END, len(SKUS))
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_a_product_without_local_stock_goes_as_was_chosen(database: Database):
    shop, _ = moving_shop(database)
    [supplier] = shop.supplier_ids
    with transaction(database, NOON + timedelta(hours=1)) as tx:
        assert way_of(tx, shop.shop_id, "1", "STOCK") == (JIT, supplier, "cainiao_jit")
        assert refusal(tx, shop.shop_id, "2", "UNLIST") == "order.product_delisted"
        assert way_of(tx, shop.shop_id, "3", "SHIPS") == (STANDARD, supplier, SMART)
        assert refusal(tx, shop.shop_id, "4", "PLAIN") == "order.out_of_stock"
        assert way_of(tx, shop.shop_id, "5", "RAMP") == (JIT, supplier, "cainiao_jit")
        assert not tx.rows("select from stock_outs where shop_id = :shop", shop=shop.shop_id), (
            "refusals while moving are no violations"
        )
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_stocking_up_closes_jit_when_the_count_comes_in_or_on_the_last_day(database: Database):
    shop, move_id = moving_shop(database)
    with transaction(database, LAST_DAY - timedelta(seconds=1)) as tx:
        assert way_of(tx, shop.shop_id, "1", "STOCK")[0] == JIT
    with transaction(database, LAST_DAY) as tx:
        assert refusal(tx, shop.shop_id, "2", "STOCK") == "order.out_of_stock"
    other, _ = moving_shop(database)
    with transaction(database, NOON + timedelta(days=2)) as tx:
        take_local_count(tx, other.shop_id, LOCAL, "STOCK", 0)
        assert way_of(tx, other.shop_id, "1", "STOCK")[0] == JIT, "a count of none is no stock"
        take_local_count(tx, other.shop_id, LOCAL, "STOCK", 1)
        take_local_count(tx, other.shop_id, LOCAL, "UNLIST", 3)
        assert way_of(tx, other.shop_id, "2", "STOCK") == (STANDARD, None, SMART)
        assert refusal(tx, other.shop_id, "3", "STOCK") == "order.out_of_stock", "it does not open again"
        assert way_of(tx, other.shop_id, "4", "UNLIST") == (STANDARD, None, SMART)
    with transaction(database) as tx:
        assert told_of(tx, other.shop_id, "product.%listed") == ["product.delisted", "product.relisted"]
        assert told_of(tx, other.shop_id, "product.stocked") == ["product.stocked"] * 2
        stocked = {
            row.sku: row.stocked_at for row in list_tracks(tx, move_now(tx, shop.shop_id, move_id), limit=9)
        }
        assert stocked == dict.fromkeys(SKUS)
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_a_ramp_takes_orders_by_their_numbers_and_a_repeat_goes_the_same_way(database: Database):
    shop, _ = moving_shop(database, local=50)
    with transaction(database, NOON + timedelta(days=1)) as tx:
        numbers = [f"R-{each}" for each in range(40)]
        orders = accept(tx, shop.shop_id, *(incoming(each, "RAMP", placed_at=tx.now) for each in numbers))
        went = {
            number: part_of(tx, shop.shop_id, order).mode == STANDARD
            for number, order in zip(numbers, orders, strict=True)
        }
        assert went == {number: leaves(number, 50) for number in numbers}
        assert len(set(went.values())) == 2
    with transaction(database, NOON + timedelta(days=2)) as tx:
        assert {way_of(tx, shop.shop_id, f"S-{each}", "RAMP")[0] for each in range(20)} == {STANDARD}
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_after_the_horizon_the_plan_holds_again_and_what_moved_is_shipped_by_standard_logistics(
    database: Database,
):
    shop, move_id = moving_shop(database, local=0)
    with transaction(database, NOON + timedelta(days=3)) as tx:
        take_local_count(tx, shop.shop_id, LOCAL, "PLAIN", 9)
    assert end_at(database, END - timedelta(seconds=1)) == 0
    assert end_at(database) == 1
    assert end_at(database) == 0, "once"
    with transaction(database, END) as tx:
        move = move_now(tx, shop.shop_id, move_id)
        assert (move.state, move.ended_at, move.due_at) == (MoveState.DONE, END, None)
        modes = tx.rows("select distinct mode from products where shop_id = :shop", shop=shop.shop_id)
        assert [row.mode for row in modes] == [STANDARD]
        assert way_of(tx, shop.shop_id, "1", "PLAIN") == (STANDARD, None, "cainiao_standard")
        assert way_of(tx, shop.shop_id, "2", "SHIPS") == (STANDARD, shop.supplier_ids[0], SMART)
        assert refusal(tx, shop.shop_id, "3", "UNLIST") == "order.product_delisted"
        left = {row.sku: row.choice for row in list_tracks(tx, move, limit=9)}
        assert left == {"SHIPS": "supplier_ships", "UNLIST": "unlist"}
        assert told_of(tx, shop.shop_id, "product.exit_%") == ["product.exit_opened"] * len(SKUS), (
            "unmapping is left to do"
        )
    assert told(database, shop.shop_id) == ["move.started", "move.done"]
    assert_all_well(database)
    with transaction(database, END) as tx:
        edit_products(tx, shop.shop_id, ["UNLIST", "SHIPS"], Mode.JIT)
        assert way_of(tx, shop.shop_id, "4", "UNLIST")[0] == JIT, "what is put back into JIT is on no track"
        assert way_of(tx, shop.shop_id, "5", "SHIPS")[0] == JIT
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_a_day_tells_what_was_to_leave_and_what_did_and_is_kept_at_the_end(database: Database):
    shop, move_id = moving_shop(database, local=50)
    with transaction(database, NOON + timedelta(days=1)) as tx:
        numbers = [f"D-{each}" for each in range(20)]
        accept(tx, shop.shop_id, *(incoming(each, "RAMP", placed_at=tx.now) for each in numbers))
        left = sum(leaves(number, 50) for number in numbers)
        days = days_of(tx, move_now(tx, shop.shop_id, move_id))
        assert [day.planned for day in days] == [60, 70, 80, 80, 80, 80, 100]
        # The one that drains was placed at the very instant at which the move began.
        assert [(day.jit, day.left) for day in days] == [(1, 0), (20 - left, left)] + [(0, 0)] * 5
        assert days[1].since == NOON + timedelta(days=1)
    assert end_at(database) == 1
    with transaction(database, END) as tx:
        way_of(tx, shop.shop_id, "later", "RAMP")
        assert days_of(tx, move_now(tx, shop.shop_id, move_id)) == days, "what comes after is no part of it"
    assert_all_well(database)


def told(database: Database, shop_id: int) -> list[str]:
    with transaction(database) as tx:
        return told_of(tx, shop_id, "move.%")


@pytest.mark.clause("MOVE-1")
def test_cancelling_puts_all_back_as_it_was(database: Database):
    shop, move_id = moving_shop(database)
    with transaction(database, NOON + timedelta(days=1)) as tx:
        assert cancel_move(tx, shop.shop_id, move_id).state == MoveState.CANCELLED
    with transaction(database, NOON + timedelta(days=2)) as tx:
        assert cancel_move(tx, shop.shop_id, move_id).ended_at == NOON + timedelta(days=1), (
            "again changes nothing"
        )
        assert {way_of(tx, shop.shop_id, sku, sku)[0] for sku in SKUS} == {JIT}
        assert tx.get(Shop, shop.shop_id).smart_until is None
    assert told(database, shop.shop_id) == ["move.started", "move.cancelled"]
    assert end_at(database) == 0
    assert_all_well(database)
    other, done = moving_shop(database)
    assert end_at(database) == 1
    with transaction(database, END) as tx, pytest.raises(Conflict, match=r"move\.state"):
        cancel_move(tx, other.shop_id, done)
    with transaction(database, END) as tx, pytest.raises(NotFound, match=r"move\.not_found"):
        cancel_move(tx, other.shop_id, done + 99)


def test_a_move_runs_alone_and_only_a_shop_in_jit_has_one(database: Database):
    shop, move_id = moving_shop(database)
    leaving, _ = leaving_shop(database)
    with transaction(database) as tx:
        never = a_shop(tx)
        fresh = open_demo_shop(tx, skus=("S-1",), suppliers=1)
    cases = (
        (shop.shop_id, MoveDraft(), Conflict, "move.running"),
        (leaving.shop_id, MoveDraft(), Conflict, "move.not_joined"),
        (never, MoveDraft(), Conflict, "move.not_joined"),
        (fresh.shop_id, MoveDraft(products=[ProductDraft("NONE")]), Invalid, "move.product"),
    )
    for shop_id, draft, kind, code in cases:
        with transaction(database) as tx, pytest.raises(kind) as refused:
            start_move(tx, shop_id, draft)
        assert refused.value.code == code
    with transaction(database) as tx:
        assert running_move(tx, fresh.shop_id) is None
        assert running_move(tx, shop.shop_id).move_id == move_id


@pytest.mark.clause("MOVE-1", "EXIT-1")
def test_in_an_exit_the_smart_line_goes_first_and_blockers_name_the_move(database: Database):
    chosen = [ProductDraft("SHIPS", Choice.SUPPLIER_SHIPS), ProductDraft("UNLIST", Choice.UNLIST)]
    shop, exit_id, move_id = exiting_shop(database, chosen)
    with transaction(database) as tx:
        assert way_of(tx, shop.shop_id, "1", "SHIPS") == (STANDARD, shop.supplier_ids[0], SMART)
        assert refusal(tx, shop.shop_id, "2", "UNLIST") == "order.product_delisted"
        assert refusal(tx, shop.shop_id, "3", "PLAIN") == "order.out_of_stock"
    for at, word in ((NOON, "smart line"), (END, "The move is over")):
        with transaction(database, at) as tx:
            first = blockers_of(facts_of(tx, shop.shop_id))[0]
            assert (first.code, first.object["move_id"]) == ("open_order", move_id)
            assert word in first.remedy.text["en"]
        end_at(database)
    with transaction(database, END) as tx:
        modes = tx.rows("select distinct mode from products where shop_id = :shop", shop=shop.shop_id)
        assert [row.mode for row in modes] == [JIT], "the switch sets them, not the move"
        withdraw_exit(tx, shop.shop_id, exit_id)
        assert {way_of(tx, shop.shop_id, f"w{sku}", sku)[0] for sku in SKUS} == {JIT}
        assert all("move_id" not in each.object for each in blockers_of(facts_of(tx, shop.shop_id))), (
            "an exit that was withdrawn has no move"
        )
    assert_all_well(database)


@pytest.mark.clause("MOVE-1", "EXIT-4")
def test_withdrawing_an_exit_takes_its_running_move_back(database: Database):
    shop, exit_id, move_id = exiting_shop(database, [ProductDraft("UNLIST", Choice.UNLIST)])
    with transaction(database, NOON + timedelta(days=1)) as tx:
        withdraw_exit(tx, shop.shop_id, exit_id)
        assert move_now(tx, shop.shop_id, move_id).state == MoveState.CANCELLED
        assert way_of(tx, shop.shop_id, "1", "UNLIST")[0] == JIT
    assert_all_well(database)


def test_a_shop_that_comes_back_may_move_anew_although_the_move_of_its_exit_still_ran(database: Database):
    shop, exit_id, first = exiting_shop(database)
    with transaction(database) as tx:
        [drains] = tx.rows("select order_id from orders where shop_id = :shop", shop=shop.shop_id)
        cancel_orders(tx, [Wish(shop.shop_id, drains.order_id, NOON, "buyer")])
    unbind(database, shop.shop_id)
    with transaction(database) as tx:
        look_at_exit(tx, lock_exit(tx, shop.shop_id, exit_id))
    with transaction(database) as tx:
        throw_switch(tx, shop.shop_id, exit_id)
    for act in (strike, verify_exit):
        with transaction(database, OFF_AT) as tx:
            act(tx, shop.shop_id, exit_id)
    with transaction(database, OFF_AT) as tx:
        make_ready(tx, shop.shop_id, shop.supplier_ids)
    with transaction(database, OFF_AT) as tx:
        join_jit(tx, shop.shop_id, "key:1")
        for supplier_id in shop.supplier_ids:
            map_to(tx, shop.shop_id, "PLAIN", supplier_id)
        put_plan(tx, shop.shop_id, PLAN)
        edit_products(tx, shop.shop_id, ["PLAIN"], Mode.JIT)
        assert way_of(tx, shop.shop_id, "back", "PLAIN")[0] == JIT
        assert move_now(tx, shop.shop_id, first).state == MoveState.RUNNING
    with transaction(database, OFF_AT) as tx:
        second = start_move(tx, shop.shop_id, MoveDraft())
        assert (second.state, second.products) == (MoveState.RUNNING, 1)
        assert move_now(tx, shop.shop_id, first).state == MoveState.CANCELLED
    assert_all_well(database)


@pytest.mark.clause("MOVE-1", "EXIT-3")
def test_a_letter_is_drawn_up_while_its_supplier_still_ships_standard_orders_and_signed_after(
    database: Database,
):
    shop, _, _ = exiting_shop(database, [ProductDraft("SHIPS", Choice.SUPPLIER_SHIPS)])
    with transaction(database) as tx:
        [before] = tx.rows("select order_id from orders where shop_id = :shop", shop=shop.shop_id)
        cancel_orders(tx, [Wish(shop.shop_id, before.order_id, NOON, "buyer")])
        [order] = accept(tx, shop.shop_id, incoming("1", "SHIPS"))
        part = part_of(tx, shop.shop_id, order)
        assert (part.state, part.supplier_id) == (FulfilmentState.PUSHED, shop.supplier_ids[0])
        [binding] = tx.rows("select binding_id from bindings where shop_id = :shop", shop=shop.shop_id)
    with transaction(database) as tx:
        letter = draw_up_end(tx, shop.shop_id, binding.binding_id).letter_id
    signature = Signature("李雷", "key:1", "key")
    with transaction(database) as tx:
        assert refusal(tx, shop.shop_id, "2", "SHIPS") == "order.unmapped", "nothing new goes there"
    with transaction(database) as tx, pytest.raises(Conflict, match=r"binding\.blocked"):
        sign_letter(tx, shop.shop_id, letter, signature)
    with transaction(database) as tx:
        bring_to(tx, shop.shop_id, part.fulfilment_id, FulfilmentState.DELIVERED)
    with transaction(database) as tx:
        sign_letter(tx, shop.shop_id, letter, signature)
    with transaction(database) as tx:
        assert not tx.rows("select from charges where shop_id = :shop", shop=shop.shop_id)


def test_a_week_is_the_policys_horizon(database: Database):
    with transaction(database) as tx:
        assert tx.policy.move.horizon == WEEK


@pytest.mark.clause("MOVE-1")
def test_a_channel_is_told_what_can_be_sold_by_each_products_track(database: Database):
    shop, _ = moving_shop(database, stock=90)
    with transaction(database) as tx:
        take_local_count(tx, shop.shop_id, LOCAL, "SHIPS", 7)
        take_local_count(tx, shop.shop_id, LOCAL, "PLAIN", 4)
        connect_channel(tx, "demo")
        report_stock(tx, ["demo"])
        told = {
            row.sku: row.facts["sellable"]
            for row in tx.rows("select sku, facts from reports where shop_id = :s", s=shop.shop_id)
        }
        assert told == {"STOCK": 90, "RAMP": 90, "UNLIST": 0, "SHIPS": 97, "PLAIN": 4}


@pytest.mark.clause("MOVE-2")
def test_a_corrected_address_keeps_to_the_smart_line_where_it_reaches(database: Database):
    shop, _ = moving_shop(database, (), local=5)
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "PLAIN"))
        for country, line in (("FR", SMART), ("ES", SMART)):
            correct_ship_to(tx, shop.shop_id, order, MADRID | {"country": country}, Fault.BUYER)
            assert part_of(tx, shop.shop_id, order).line == line
    with transaction(database, END) as tx:
        correct_ship_to(tx, shop.shop_id, order, MADRID | {"country": "FR"}, Fault.BUYER)
        assert part_of(tx, shop.shop_id, order).line == "cainiao_standard"
