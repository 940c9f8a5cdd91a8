"""The gate that asks what of a shop's JIT orders is open: right, and as quick however many orders are over."""

from typing import Any

from andon.kernel.db import Database
from andon.kernel.statements import numbered
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.order.views import open_jit_of
from andon.orders.order.views.gate import OPEN_JIT
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, bring_to, incoming, part_of
from tests.worlds_partners import open_demo_shop

OVER = 20_000
FEW_BUFFERS = 40
"""Pages that the gate may read; a thirtieth of what lies in the table."""


def test_what_is_open_stands_by_supplier_until_it_is_delivered(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = accept(tx, shop.shop_id, incoming("1", "S-1"), incoming("2", "S-1"))
        numbers = [part_of(tx, shop.shop_id, order).fulfilment_id for order in (first, second)]
        [found] = open_jit_of(tx, shop.shop_id)
        assert (found.supplier_id, found.fulfilments, list(found.oldest)) == (
            shop.supplier_ids[0],
            2,
            numbers,
        )
        assert [each.oldest for each in open_jit_of(tx, shop.shop_id, name=1)] == [numbers[:1]]
        bring_to(tx, shop.shop_id, numbers[0], FulfilmentState.SHIPPED)
        assert open_jit_of(tx, shop.shop_id)[0].fulfilments == 2
        assert move_fulfilments(tx, [Move(shop.shop_id, numbers[0], NOON)], FulfilmentState.DELIVERED)
        assert list(open_jit_of(tx, shop.shop_id)[0].oldest) == numbers[1:]


def test_the_gate_reads_what_is_open_and_nothing_else_whatever_plan_is_made(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(5)))
    with database.owner.begin() as owner:
        owner.exec_driver_sql(
            "insert into fulfilments (shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, policy, "
            "placed_at, reserved_at) select shop_id, 1000000 + n, 1000000 + n, supplier_id, mode, 81, 0, policy, "
            "placed_at, reserved_at from (select * from fulfilments limit 1) f, "
            f"generate_series(1, {OVER}) n"
        )
        owner.exec_driver_sql("analyze fulfilments")
        owner.exec_driver_sql("set local plan_cache_mode = force_generic_plan")
        owner.exec_driver_sql(f"prepare gate (bigint) as {numbered(OPEN_JIT)[0]}")
        plan = owner.exec_driver_sql(
            f"explain (analyze, buffers, format json) execute gate ({shop.shop_id})"
        ).scalar_one()
    top: dict[str, Any] = plan[0]["Plan"]
    assert top["Shared Hit Blocks"] + top["Shared Read Blocks"] <= FEW_BUFFERS
