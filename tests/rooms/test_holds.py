"""Holding on a real database: nothing goes on, clocks stand, and all goes on from where it stood."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.holds.rules import Reason
from andon.orders.holds.service import hold_order, release_order
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.order.views import order_of
from andon.orders.shipping.service import Answer, answer_fulfilments, label_parcels
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, part_of, parts_of, run_together
from tests.worlds_partners import DemoShop
from tests.worlds_supply import a_label, a_scan, labelled, picked, scanned, taken
from tests.worlds_trouble import STUCK, flag_all, pushes_of

pytestmark = pytest.mark.demo_shop(local=3)

S = FulfilmentState
LATER = NOON + timedelta(hours=10)


def an_order(database: Database, shop: DemoShop) -> int:
    with transaction(database) as tx:
        [order_id] = accept(tx, shop.shop_id, incoming("O1", "S-1"))
        return order_id


@pytest.mark.clause("MODE-3")
@pytest.mark.clause("MODE-4")
def test_clocks_stand_while_it_is_held_and_go_on_from_there(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop)
    with transaction(database, LATER) as tx:
        hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)
        hold_order(tx, shop.shop_id, order_id, Reason.RISK)
    assert_all_well(database)
    with transaction(database, STUCK) as tx:
        flag_all(tx)
        part = part_of(tx, shop.shop_id, order_id)
        assert (part.flags, part.due_at, part.stuck_at) == (Flag.HELD, None, None)
        release_order(tx, shop.shop_id, order_id)
        release_order(tx, shop.shop_id, order_id)
        part = part_of(tx, shop.shop_id, order_id)
        assert part.flags == 0
        assert part.due_at == STUCK + timedelta(hours=14)
        assert part.stuck_at == STUCK + timedelta(hours=62)
        shown = order_of(tx, shop.shop_id, order_id)
        assert shown.hold is not None
        assert (shown.hold.reason, shown.hold.released_at) == ("buyer_wish", STUCK)
    assert_all_well(database)


def test_nothing_is_picked_or_labelled_while_it_is_held(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)
        assert [each.status for each in taken(tx, [number])] == ["done"], "an answer is welcome all the same"
        outcomes = picked(tx, [number]) + label_parcels(tx, [a_label(number)])
        assert {each.code for each in outcomes} == {"fulfilment.held"}
    assert_all_well(database)
    with transaction(database) as tx:
        release_order(tx, shop.shop_id, order_id)
        assert [each.status for each in label_parcels(tx, [a_label(number)])] == ["done"]
    assert_all_well(database)


def test_what_was_not_pushed_waits_and_goes_out_at_release(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        hold_order(tx, shop.shop_id, order_id, Reason.ADDRESS)
        assert tx.one("select due_at from pushes").due_at is None
        assert pushes_of(tx, "fulfilment.held") == [], "its supplier knows nothing of it yet"
    assert_all_well(database)
    with transaction(database, LATER) as tx:
        release_order(tx, shop.shop_id, order_id)
        assert tx.one("select due_at from pushes").due_at == LATER
    assert_all_well(database)


def test_a_push_that_was_under_way_arrives_and_the_clocks_stand_all_the_same(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        assert move_fulfilments(tx, [Move(shop.shop_id, number, tx.now)], S.PUSHED)
        part = part_of(tx, shop.shop_id, order_id)
        assert (part.state, part.due_at, part.due_left) == (S.PUSHED, None, timedelta(hours=24))
    with transaction(database, LATER) as tx:
        release_order(tx, shop.shop_id, order_id)
        assert part_of(tx, shop.shop_id, order_id).due_at == LATER + timedelta(hours=24)
        assert pushes_of(tx, "fulfilment.released") == [number]


def test_a_successor_is_held_and_a_cancellation_ends_it(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        answer_fulfilments(tx, [Answer(number, tx.now, accept=False, code="other")])
        old, new = parts_of(tx, shop.shop_id, order_id)
        assert (old.flags, new.flags, new.due_at, new.stuck_at) == (0, Flag.HELD, None, None)
    assert_all_well(database)
    with transaction(database, LATER) as tx:
        cancel_orders(tx, [Wish(shop.shop_id, order_id, tx.now, "buyer")])
        assert [row.held_at for row in parts_of(tx, shop.shop_id, order_id)] == [None, None]
    assert_all_well(database)


def test_what_the_carrier_has_is_not_held(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        labelled(tx, [number])
        hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)
    with transaction(database, LATER) as tx:
        scanned(tx, a_scan(f"W{number}", hours=1))
        assert part_of(tx, shop.shop_id, order_id).held_at is None
        with pytest.raises(Conflict) as told:
            hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)
        assert told.value.code == "order.not_holdable"
    assert_all_well(database)


def test_a_hold_and_an_acceptance_at_once_both_stand(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id

    def hold() -> None:
        with transaction(database) as tx:
            hold_order(tx, shop.shop_id, order_id, Reason.BUYER_WISH)

    def accept_it() -> None:
        with transaction(database) as tx:
            taken(tx, [number])

    run_together(hold, accept_it)
    with transaction(database) as tx:
        part = part_of(tx, shop.shop_id, order_id)
        assert (part.state, part.flags, part.due_at, part.stuck_at) == (S.ACCEPTED, Flag.HELD, None, None)
        assert (part.due_left, part.stuck_left) == (None, timedelta(hours=72))
    assert_all_well(database)
