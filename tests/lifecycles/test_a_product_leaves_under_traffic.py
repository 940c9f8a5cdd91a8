"""Two sessions at once, on a real database: an order against a release, a count against a release, one act against the other."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid
from andon.membership.product_exit.service import part_product
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.intake.service import accept_orders
from andon.orders.routing.service import take_calibration, take_local_count
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import edit_products, put_products, remove_mapping, remove_mappings_to
from andon.partners.stock.service import count_consigned, release_freed
from andon.partners.stock.station import CALIBRATE
from andon.partners.stock.tables import LOCAL
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import incoming, run_together
from tests.worlds_parting import a_consigning_shop, calibrations, consigned, local
from tests.worlds_partners import DemoShop, item_of, map_to, product
from tests.worlds_stock import units

ROUNDS = 12


def shops(database: Database, **options: Any) -> list[DemoShop]:
    """A shop for each round."""
    with transaction(database) as tx:
        return [a_consigning_shop(tx, **options) for _ in range(ROUNDS)]


@pytest.mark.clause("PART-1")
def test_of_two_sessions_that_do_one_act_each_the_later_one_ends_the_exit(database: Database) -> None:
    worlds = shops(database)
    for world in worlds:

        def untick(world: DemoShop = world) -> None:
            with transaction(database) as tx:
                edit_products(tx, world.shop_id, ["S-1"], Mode.STANDARD)

        def unmap(world: DemoShop = world) -> None:
            with transaction(database) as tx:
                remove_mapping(tx, world.shop_id, "S-1", world.supplier_ids[0])

        run_together(untick, unmap)
    with transaction(database) as tx:
        ended = tx.rows("select shop_id, state, missing from product_exits order by shop_id")
        assert [tuple(row) for row in ended] == [(world.shop_id, 80, None) for world in worlds]
    assert_all_well(database)


@pytest.mark.clause("PART-2")
def test_an_order_has_its_units_there_or_none_while_the_rest_comes_back(database: Database) -> None:
    taken = 0
    for world in shops(database):
        outcomes: list[Any] = []

        def order(world: DemoShop = world, outcomes: list[Any] = outcomes) -> None:
            with transaction(database) as tx:
                outcomes += accept_orders(
                    tx, world.shop_id, [incoming("1", ("S-1", 3)), incoming("2", ("S-1", 3))]
                )

        def leave(world: DemoShop = world) -> None:
            with transaction(database) as tx:
                part_product(tx, world.shop_id, "S-1")

        run_together(order, leave)
        reserved = 3 * sum(each.status == "created" for each in outcomes)
        taken += reserved
        with transaction(database) as tx:
            there, here = units(tx, consigned(world), local(world))
            assert there is not None
            assert here is not None
            assert (there.on_hand, there.reserved) == (reserved, reserved)
            assert (here.on_hand, here.held) == (10 - reserved, 10 - reserved)
            assert {each.code for each in outcomes} <= {None, "order.out_of_stock", "order.unmapped"}
    assert 0 <= taken <= 6 * ROUNDS
    assert_all_well(database)


@pytest.mark.parametrize("first", [10, None])
def test_a_suppliers_count_comes_before_or_is_on_no_note_and_in_no_book(
    database: Database, first: int | None
) -> None:
    for world in shops(database, units=first):
        [supplier] = world.supplier_ids

        def leave(world: DemoShop = world) -> None:
            with transaction(database) as tx:
                part_product(tx, world.shop_id, "S-1")

        def count(world: DemoShop = world, supplier: int = supplier) -> None:
            with transaction(database) as tx, suppress(Invalid):
                tx.hold(world.shop_id)
                count_consigned(tx, world.shop_id, supplier, item_of("S-1"), 12)

        run_together(leave, count)
        with transaction(database) as tx:
            there, here = units(tx, consigned(world), local(world))
            assert there in (None, (0, 0, 0)), "nothing is left there that nobody could sell"
            came = here.held if here else 0
            assert came in {first or 0, 12}
    assert_all_well(database)


@pytest.mark.clause("PART-3")
def test_a_count_of_all_that_comes_at_once_counts_before_or_after_and_never_half(database: Database) -> None:
    for world in shops(database):

        def leave(world: DemoShop = world) -> None:
            with transaction(database) as tx:
                part_product(tx, world.shop_id, "S-1")

        def count(world: DemoShop = world) -> None:
            with transaction(database) as tx:
                take_local_count(tx, world.shop_id, LOCAL, "S-1", 4)

        run_together(leave, count)
        with transaction(database) as tx:
            [here] = units(tx, local(world))
            assert here is not None
            assert (here.on_hand, here.held) in {(4, 0), (14, 10)}
    assert_all_well(database)


@pytest.mark.clause("PART-3")
def test_a_count_at_the_deadline_leaves_the_product_on_sale(database: Database) -> None:
    worlds = shops(database)
    with transaction(database) as tx:
        for world in worlds:
            part_product(tx, world.shop_id, "S-1")
        numbers = {world: calibrations(tx, world)[0] for world in worlds}
    for world, row in numbers.items():

        def delist(at: datetime = row.due_at) -> None:
            with transaction(database, at) as tx:
                CALIBRATE.step(tx, 1)

        def count(world: DemoShop = world, number: int = row.calibration_id) -> None:
            with transaction(database, NOON) as tx:
                take_calibration(tx, world.shop_id, number, 9)

        run_together(delist, count)
    with transaction(database) as tx:
        assert tx.rows("select sku from products where delisted_at is not null") == []
    assert_all_well(database)


def test_of_two_sessions_that_each_remove_one_of_an_items_mappings_one_brings_its_stock_back(
    database: Database,
) -> None:
    worlds = shops(database)
    with transaction(database) as tx:
        for world in worlds:
            put_products(tx, world.shop_id, [product("PACK")])
            map_to(tx, world.shop_id, "PACK", world.supplier_ids[0], item=item_of("S-1"), units=3)
    for world in worlds:

        def remove(sku: str, world: DemoShop = world) -> None:
            with transaction(database) as tx:
                remove_mapping(tx, world.shop_id, sku, world.supplier_ids[0])

        run_together(lambda remove=remove: remove("S-1"), lambda remove=remove: remove("PACK"))
        with transaction(database) as tx:
            [row] = calibrations(tx, world)
            assert row.item_units == 10
            assert units(tx, consigned(world))[0] == (0, 0, 0)
    assert_all_well(database)


def test_many_workers_release_what_came_free_once(database: Database) -> None:
    worlds = shops(database)
    with transaction(database) as tx:
        for world in worlds:
            accept_orders(tx, world.shop_id, [incoming("1", ("S-1", 3))])
            remove_mappings_to(tx, world.shop_id, world.supplier_ids[0])
        for world in worlds:
            order = tx.one("select order_id from orders where shop_id = :s", s=world.shop_id)
            assert order is not None
            cancel(tx, world, order.order_id)

    def work() -> None:
        with transaction(database) as tx:
            release_freed(tx, 100)

    run_together(work, work, work)
    with transaction(database) as tx:
        for world in worlds:
            assert [row.units for row in calibrations(tx, world)] == [7, 3]
    assert_all_well(database)


def cancel(tx: Any, world: DemoShop, order_id: int) -> None:
    """Nobody has accepted it: it is cancelled at once."""
    [done] = cancel_orders(tx, [Wish(world.shop_id, order_id, NOON, "buyer")])
    assert done.cancelled
