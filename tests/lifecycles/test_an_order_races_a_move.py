"""An order is taken in, and stock counted, while the shop starts to move off JIT: real threads, rounds of both orders.

Whichever is first, the order was taken before the move began and is JIT, or it came after and is standard.
"""

import random

import pytest

from andon.kernel.db import Database
from andon.membership.moves.rules import MoveDraft, ProductDraft
from andon.membership.moves.service import cancel_move, start_move
from andon.membership.moves.views import running_move
from andon.orders.order.rules import Mode
from andon.orders.routing.service import take_local_count
from andon.partners.catalog.service import edit_products
from andon.partners.stock.tables import LOCAL
from andon.partners.tracks.rules import Choice
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, part_of, run_together
from tests.worlds_partners import open_demo_shop

ROUNDS = 30


@pytest.mark.clause("MOVE-1")
def test_no_order_slips_in_beside_the_start_of_a_move(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=["S-1"], suppliers=1, stock=ROUNDS, local=ROUNDS)
    modes = []
    for number in range(ROUNDS):
        orders: list[int] = []

        def take() -> None:
            with transaction(database) as tx:
                orders.extend(accept(tx, shop.shop_id, incoming(f"A-{number}", "S-1")))  # noqa: B023

        def move() -> None:
            with transaction(database) as tx:
                start_move(tx, shop.shop_id, MoveDraft())

        jobs = [take, move]
        random.Random(number).shuffle(jobs)
        run_together(*jobs)
        with transaction(database) as tx:
            running = running_move(tx, shop.shop_id)
            assert running is not None
            mode = Mode(part_of(tx, shop.shop_id, orders[0]).mode)
            [row] = tx.rows(
                "select (select min(event_id) from events where order_id = :order) "
                "> (select min(event_id) from events where subject = :move) as after",
                order=orders[0],
                move=f"move:{running.move_id}",
            )
            assert row.after == (mode is Mode.STANDARD)
            modes.append(mode)
            move_id = running.move_id
        with transaction(database) as tx:
            cancel_move(tx, shop.shop_id, move_id)
    assert len(set(modes)) == 2, "both came first at times"
    assert_all_well(database)


def test_counts_and_modes_that_are_set_at_once_wait_for_each_other_in_turn(database: Database) -> None:
    skus = [f"S-{number}" for number in range(8)]
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=skus, suppliers=1)
    chosen = [ProductDraft(sku, random.Random(sku).choice([Choice.UNLIST, Choice.STOCK_UP])) for sku in skus]
    for number in range(10):
        with transaction(database) as tx:
            move_id = start_move(tx, shop.shop_id, MoveDraft(products=chosen)).move_id

        def count() -> None:
            with transaction(database) as tx:
                for sku in skus:
                    take_local_count(tx, shop.shop_id, LOCAL, sku, number + 1)  # noqa: B023

        def set_modes(mode: Mode) -> None:
            with transaction(database) as tx:
                edit_products(tx, shop.shop_id, skus[::-1], mode)

        run_together(count, lambda: (set_modes(Mode.STANDARD), set_modes(Mode.JIT)), count)
        with transaction(database) as tx:
            cancel_move(tx, shop.shop_id, move_id)
        assert_all_well(database)
