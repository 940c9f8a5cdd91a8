"""Product exits as the catalog's own acts open and end them, and the mode that a shop out of JIT cannot set."""

from dataclasses import replace

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from andon.kernel.tx import Actor
from andon.membership.product_exit.service import part_product, part_products
from andon.orders.intake.service import accept_orders
from andon.orders.routing.service import take_calibration
from andon.partners.catalog.rules import MappingDraft, Mode
from andon.partners.catalog.service import (
    MappingKey,
    edit_products,
    place_mappings,
    place_products,
    put_products,
    remove_mapping,
    switch_modes,
)
from andon.partners.shops.service import close_jit_intake, stop_offering_jit
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, parts_of, states_of
from tests.worlds_parting import a_consigning_shop, calibrations
from tests.worlds_partners import DemoShop, a_shop, item_of, open_demo_shop, product

SKUS = ("S-1", "S-2", "S-3")


def exits(tx, world: DemoShop) -> dict[str, tuple[int, str | None]]:
    """State and missing act of the newest exit of each product that has one."""
    found = tx.rows(
        "select * from product_exits where shop_id = :s order by product_exit_id", s=world.shop_id
    )
    return {row.sku: (row.state, row.missing) for row in found}


def told(tx, world: DemoShop) -> list[tuple[str, str]]:
    tx.flush()
    found = tx.rows(
        "select kind, subject from events where shop_id = :s and kind like 'product.exit%' order by event_id",
        s=world.shop_id,
    )
    return [(row.kind, row.subject) for row in found]


@pytest.mark.clause("PART-1")
def test_a_batch_edit_opens_an_exit_for_each_product_it_takes_out_of_jit(database: Database):
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=SKUS, suppliers=1)
        edit_products(tx, world.shop_id, ["S-1", "S-2", "NO"], Mode.STANDARD)
        assert exits(tx, world) == {"S-1": (10, "remove_mapping"), "S-2": (10, "remove_mapping")}
        edit_products(tx, world.shop_id, ["S-1", "S-2"], Mode.STANDARD)
        assert len(told(tx, world)) == 2, "again it opens nothing"
        remove_mapping(tx, world.shop_id, "S-1", world.supplier_ids[0])
        edit_products(tx, world.shop_id, ["S-2"], Mode.JIT)
        assert exits(tx, world) == {"S-1": (80, None), "S-2": (81, None)}
        assert told(tx, world)[2:] == [
            ("product.exit_done", "product:S-1"),
            ("product.exit_taken_back", "product:S-2"),
        ]
    assert_all_well(database)


@pytest.mark.clause("PART-1")
def test_sheets_do_the_same_acts(database: Database):
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=SKUS, suppliers=1)
        [supplier] = world.supplier_ids
        assert place_products(tx, world.shop_id, [product("S-1", mode=Mode.STANDARD), product("S-2")]) == [
            None,
            None,
        ]
        assert place_mappings(
            tx, world.shop_id, [MappingKey("S-1", supplier), MappingKey("S-3", supplier)]
        ) == [
            None,
            None,
        ]
        assert exits(tx, world) == {"S-1": (80, None), "S-3": (10, "untick_mode")}
        place_mappings(tx, world.shop_id, [MappingDraft("S-3", supplier, item_of("S-3"), 1, 1)])
        assert exits(tx, world)["S-3"] == (81, None)


def test_a_mapping_that_another_takes_the_place_of_in_one_call_is_no_exit(database: Database):
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=SKUS)
        first, second = world.supplier_ids
        remove_mapping(tx, world.shop_id, "S-1", second)
        place_mappings(
            tx,
            world.shop_id,
            [MappingKey("S-1", first), MappingDraft("S-1", second, item_of("S-1"), 1, 1)],
        )
        assert exits(tx, world) == {}


@pytest.mark.clause("PART-1")
def test_neither_a_shop_that_never_joined_nor_a_product_never_in_jit_opens_one(database: Database):
    with transaction(database) as tx:
        never = open_demo_shop(tx, skus=SKUS, suppliers=1, intake_open=False)
        edit_products(tx, never.shop_id, ["S-1"], Mode.STANDARD)
        remove_mapping(tx, never.shop_id, "S-1", never.supplier_ids[0])
        with pytest.raises(Conflict, match=r"product_exit\.not_in_jit"):
            part_product(tx, never.shop_id, "S-2")
        assert exits(tx, never) == {}

        world = open_demo_shop(tx, skus=SKUS, suppliers=1, mode=Mode.STANDARD)
        remove_mapping(tx, world.shop_id, "S-1", world.supplier_ids[0])
        with pytest.raises(Conflict, match=r"product_exit\.not_in_jit"):
            part_product(tx, world.shop_id, "S-2")
        with pytest.raises(NotFound, match=r"product\.not_found"):
            part_product(tx, world.shop_id, "NO")
        assert exits(tx, world) == {}


def test_while_its_shop_leaves_a_product_leaves_with_it_and_one_half_out_can_end(database: Database):
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=SKUS, suppliers=1)
        edit_products(tx, world.shop_id, ["S-1"], Mode.STANDARD)
        close_jit_intake(tx, world.shop_id)
        remove_mapping(tx, world.shop_id, "S-2", world.supplier_ids[0])
        part_product(tx, world.shop_id, "S-1")
        assert exits(tx, world) == {"S-1": (80, None)}
        stop_offering_jit(tx, world.shop_id)
        assert switch_modes(tx, world.shop_id, Mode.STANDARD) == ["S-2", "S-3"]
        assert exits(tx, world) == {"S-1": (80, None)}
    assert_all_well(database)


@pytest.mark.clause("PART-1")
def test_open_fulfilments_of_a_product_that_left_go_on(database: Database):
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=SKUS, suppliers=1)
        [outcome] = accept_orders(tx, world.shop_id, [incoming("1", "S-1")])
        part_product(tx, world.shop_id, "S-1")
        [part] = parts_of(tx, world.shop_id, outcome.order_id)
        assert (part.state, part.supplier_id) == (20, world.supplier_ids[0])
    assert_all_well(database)


@pytest.mark.clause("PART-1")
def test_a_thousand_products_leave_in_one_call_and_no_more(database: Database):
    skus = [f"S-{number:04}" for number in range(1000)]
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=skus, suppliers=1, stock=5)
        partings = part_products(tx, world.shop_id, skus)
        assert {each.status for each in partings} == {"done"}
        assert len(exits(tx, world)) == 1000
        with pytest.raises(Invalid, match=r"product\.batch_limit"):
            part_products(tx, world.shop_id, [*skus, "ONE-MORE"])
        with pytest.raises(Invalid, match=r"product\.no_skus"):
            part_products(tx, world.shop_id, [])


def test_a_shop_that_is_offered_no_jit_cannot_set_it_and_lists_standard(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        stop_offering_jit(tx, shop_id)
        with pytest.raises(Forbidden, match=r"product\.jit_not_offered") as refused:
            put_products(tx, shop_id, [product("S-1")])
        assert refused.value.clause == "EXIT-6"
        put_products(tx, shop_id, [replace(product("S-1"), mode=None)])
        with pytest.raises(Forbidden, match=r"product\.jit_not_offered"):
            edit_products(tx, shop_id, ["S-1"], Mode.JIT)
        codes = [
            each and each.code
            for each in place_products(
                tx, shop_id, [product("S-2"), product("S-3", mode=Mode.STANDARD), Refused("product.size")]
            )
        ]
        assert codes == ["product.jit_not_offered", None, "product.size"]
        [row, _] = tx.rows("select sku, mode from products where shop_id = :s order by sku", s=shop_id)
        assert (row.sku, row.mode) == ("S-1", Mode.STANDARD)


def test_without_a_mode_a_known_product_keeps_its_own(database: Database):
    with transaction(database) as tx:
        world = open_demo_shop(tx, skus=SKUS, suppliers=1)
        put_products(tx, world.shop_id, [replace(product("S-1"), mode=None, title="new")])
        [row] = tx.rows(
            "select mode, title from products where shop_id = :s and sku = 'S-1'", s=world.shop_id
        )
        assert (row.mode, row.title) == (Mode.JIT, "new")
        assert exits(tx, world) == {}


@pytest.mark.clause("PART-3")
def test_where_the_books_were_trusted_a_count_breaks_the_newest_promises(database: Database):
    with transaction(database, actor=Actor("operator", 1)) as tx:
        world = a_consigning_shop(tx, units=5)
        set_policy_overrides(tx, world.shop_id, {"calibration_guard": "trust"})
        part_product(tx, world.shop_id, "S-1")
        orders = accept(tx, world.shop_id, *(incoming(str(number), "S-1") for number in range(5)))
        [row] = calibrations(tx, world)
        take_calibration(tx, world.shop_id, row.calibration_id, 2)
        states = [states_of(tx, world.shop_id, order)[-1] for order in orders]
        assert sorted(states) == ["reserved"] * 2 + ["waiting"] * 3
    assert_all_well(database)
