"""What was accepted and cannot be fulfilled after all: stock corrected, somebody else found, counted against nobody else."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Actor
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.views import order_of
from andon.orders.shipping.service import (
    Answer,
    Handover,
    Inability,
    answer_fulfilments,
    give_up_fulfilments,
    note_handovers,
)
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import bring_to, events_of, run_together, states_of, stock_of
from tests.worlds_partners import DemoShop, open_demo_shop, request
from tests.worlds_supply import a_scan, labelled, orders_for, scanned
from tests.worlds_trouble import notices_of

S = FulfilmentState
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def shop(database: Database) -> DemoShop:
    with transaction(database) as tx:
        return open_demo_shop(tx, skus=("S-1",), stock=10)


def standing_in(tx, shop: DemoShop, state: S, number: str = "O") -> tuple[int, int]:
    """An order of one S-1, and its fulfilment brought to that state."""
    [fulfilment] = orders_for(tx, shop.shop_id, prefix=number)
    if state is S.LABELLED:
        labelled(tx, [fulfilment])
    else:
        bring_to(tx, shop.shop_id, fulfilment, state)
    return tx.one(
        "select order_id from fulfilments where fulfilment_id = :f", f=fulfilment
    ).order_id, fulfilment


def given_up(tx, *fulfilments: int, code: str = "out_of_stock", note: str | None = None) -> list[str]:
    outcomes = give_up_fulfilments(tx, [Inability(each, LATER, code, note) for each in fulfilments])
    return [each.code or each.status for each in outcomes]


@pytest.mark.clause("MODE-3")
@pytest.mark.parametrize("state", [S.ACCEPTED, S.PICKED, S.LABELLED])
def test_a_short_shelf_corrects_the_stock_and_the_next_supplier_has_the_order(
    database: Database, shop: DemoShop, state: S
) -> None:
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        order, short = standing_in(tx, shop, state)
        assert given_up(tx, short, note="two were broken") == ["done"]
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
        assert stock_of(tx, shop.shop_id)[first, "I-S-1", 1] == (0, 0)
        assert stock_of(tx, shop.shop_id)[second, "I-S-1", 1] == (10, 1)
        told = events_of(tx, shop.shop_id, order)
        assert told.index("fulfilment.given_up") < told.index("fulfilment.rejected")
        assert notices_of(tx, "fulfilment.given_up") == ["seller"]
        successor = order_of(tx, shop.shop_id, order).fulfilments[-1]
        assert successor.replaces == short
        assert given_up(tx, short) == ["already"]
        assert events_of(tx, shop.shop_id, order) == told
        assert tx.one("select note from rejection_notes").note == "two were broken"
    assert_all_well(database)


def test_what_nobody_else_has_waits_for_the_seller_and_is_short(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        order, short = standing_in(tx, shop, S.PICKED)
        assert given_up(tx, short) == ["done"]
        successor = order_of(tx, shop.shop_id, order).fulfilments[-1].id
        bring_to(tx, shop.shop_id, successor, S.ACCEPTED)
        assert given_up(tx, successor) == ["done"]
        last = order_of(tx, shop.shop_id, order).fulfilments[-1]
        assert (last.state, last.flags) == ("waiting", ["short"])
        assert notices_of(tx, "fulfilment.waiting") == ["seller"]
    assert_all_well(database)


def test_another_reason_leaves_the_count_alone(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        order, stopped = standing_in(tx, shop, S.ACCEPTED)
        assert given_up(tx, stopped, code="unserviceable_destination") == ["done"]
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (10, 0)
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
        assert given_up(tx, stopped) == ["fulfilment.state"], "it has said another reason"


def test_it_is_too_early_before_the_answer_and_too_late_after_the_hand_over(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        _, unanswered = standing_in(tx, shop, S.PUSHED, "A")
        _, handed_over = standing_in(tx, shop, S.LABELLED, "B")
        _, collected = standing_in(tx, shop, S.SHIPPED, "C")
        assert note_handovers(tx, [Handover(handed_over, NOON)])[0].status == "done"
        assert given_up(tx, unanswered, handed_over, collected, 99) == [
            "fulfilment.not_accepted",
            "fulfilment.handed_over",
            "fulfilment.state",
            "fulfilment.not_found",
        ]
        _, rejected = standing_in(tx, shop, S.PUSHED, "D")
        answer_fulfilments(tx, [Answer(rejected, NOON, accept=False, code="out_of_stock")])
        assert given_up(tx, rejected) == ["fulfilment.state"], "a rejection is not the same"


def test_a_supplier_gives_up_its_own_alone(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        _, short = standing_in(tx, shop, S.ACCEPTED)
    first, second = shop.supplier_ids
    with request(database, Actor("supplier", second), [shop.shop_id]) as tx:
        assert given_up(tx, short) == ["fulfilment.not_found"]
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        assert given_up(tx, short, short) == ["done", "already"]
    assert_all_well(database)


def test_what_somebody_wishes_to_cancel_is_cancelled_and_nobody_else_gets_it(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        order, short = standing_in(tx, shop, S.ACCEPTED)
        cancel_orders(tx, [Wish(shop.shop_id, order, NOON, "buyer")])
        assert given_up(tx, short) == ["done"]
        [part] = order_of(tx, shop.shop_id, order).fulfilments
        assert (part.state, part.cancellation and part.cancellation.answer) == ("cancelled", "accepted")
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 1] == (0, 0)
        assert given_up(tx, short) == ["already"]
    assert_all_well(database)


def test_a_late_scan_of_its_label_moves_nothing(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        order, short = standing_in(tx, shop, S.LABELLED)
        assert given_up(tx, short) == ["done"]
        scanned(tx, a_scan(f"W{short}", "collected", 4))
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
    assert_all_well(database)


def test_two_that_give_up_the_same_at_once_make_one_successor(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        order, short = standing_in(tx, shop, S.ACCEPTED)

    def give_up() -> None:
        with transaction(database) as tx:
            assert given_up(tx, short)[0] in {"done", "already"}

    run_together(*[give_up] * 4)
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
        assert events_of(tx, shop.shop_id, order).count("fulfilment.given_up") == 1
    assert_all_well(database)


def test_a_cancellation_and_a_short_shelf_at_once_leave_nothing_on_its_way(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        orders = [standing_in(tx, shop, S.ACCEPTED, f"R{n}-") for n in range(4)]

    def give_up() -> None:
        with transaction(database) as tx:
            given_up(tx, *(short for _, short in orders), code="other")

    def cancel() -> None:
        with transaction(database) as tx:
            cancel_orders(tx, [Wish(shop.shop_id, order, LATER, "buyer") for order, _ in orders])

    run_together(give_up, cancel)
    with transaction(database) as tx:
        for order, _ in orders:
            assert set(states_of(tx, shop.shop_id, order)) <= {"rejected", "cancelled"}, "nobody ships it"
    assert_all_well(database)
