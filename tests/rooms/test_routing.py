"""A rejected fulfilment finds its successor in the same transaction, or waits for the seller."""

from datetime import timedelta

import pytest

from andon.orders.order.rules import Flag, FulfilmentState, Mode
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.order.views import order_of
from andon.orders.routing.service import reroute
from andon.orders.shipping.service import label_parcels
from andon.partners.catalog.service import put_products
from andon.partners.plans.service import put_plan
from andon.partners.shops.service import close_jit_intake
from andon.partners.stock.service import PoolCount, count_pools
from andon.partners.suppliers.service import decide_suppliers, set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, events_of, incoming, part_of, parts_of, states_of, stock_of
from tests.worlds_partners import open_demo_shop, product
from tests.worlds_supply import a_label, a_scan, scanned

LATER = NOON + timedelta(hours=5)


def reject(tx, shop, fulfilment_id: int, reason: str = "other") -> list[int]:
    """What follows from a supplier's rejection."""
    closed = close_fulfilments(
        tx, [Close(shop.shop_id, fulfilment_id, tx.now, reason)], FulfilmentState.REJECTED
    )
    return reroute(tx, closed)


def test_a_rejected_fulfilment_goes_to_the_next_supplier_with_its_units_and_clocks_anew(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", ("S-1", 2), "S-2"))
        old = part_of(tx, shop.shop_id, order)
    with transaction(database, LATER) as tx:
        [number] = reject(tx, shop, old.fulfilment_id)
        closed, new = parts_of(tx, shop.shop_id, order)
        assert (closed.state, closed.reason, closed.ended_at) == (90, "other", LATER)
        assert (closed.due_at, closed.stuck_at) == (None, None)
        assert (new.fulfilment_id, new.replaces, new.supplier_id) == (
            number,
            old.fulfilment_id,
            shop.supplier_ids[1],
        )
        assert (new.state, new.reserved_at, new.stuck_at) == (20, LATER, LATER + timedelta(hours=72))
        held = stock_of(tx, shop.shop_id)
        assert [held[shop.allotment("S-1", each)[1:]] for each in shop.supplier_ids] == [(100, 0), (100, 2)]
        assert events_of(tx, shop.shop_id, order)[3:] == [
            "fulfilment.rejected",
            "fulfilment.reserved",
            "fulfilment.pushed",
        ]


def test_a_successor_for_an_endpoint_is_pushed_to_it(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        set_endpoint(tx, shop.supplier_ids[1], "https://wms.example/andon", b"k" * 32)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        [number] = reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id)
        assert states_of(tx, shop.shop_id, order) == ["rejected", "reserved"]
        assert [row.fulfilment_id for row in tx.rows("select * from pushes")] == [number]


def test_who_rejected_the_chain_is_not_asked_again_and_then_it_waits_for_the_seller(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        [second] = reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id)
        [third] = reject(tx, shop, second, "invalid_address")
        *_, waiting = parts_of(tx, shop.shop_id, order)
        assert states_of(tx, shop.shop_id, order) == ["rejected", "rejected", "waiting"]
        assert (waiting.fulfilment_id, waiting.replaces, waiting.supplier_id) == (third, second, None)
        assert (waiting.mode, waiting.flags, waiting.due_at) == (2, 0, None)
        [line] = tx.rows("select * from fulfilment_lines where fulfilment_id = :f", f=third)
        assert (line.sku, line.quantity, line.units) == ("S-1", 1, 0)
        assert {reserved for _, reserved in stock_of(tx, shop.shop_id).values()} == {0}


@pytest.mark.parametrize(("reason", "stock"), [("out_of_stock", 100), ("other", 0)])
def test_what_waits_because_units_were_missing_is_flagged_short(database, reason, stock):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        count_pools(tx, [PoolCount(shop.supplier_ids[1], shop.item("S-1"), stock)])
    if stock:
        with transaction(database) as tx:
            decide_suppliers(tx, [shop.supplier_ids[1]], "suspend")
    with transaction(database) as tx:
        reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id, reason)
        assert states_of(tx, shop.shop_id, order) == ["rejected", "waiting"]
        assert parts_of(tx, shop.shop_id, order)[1].flags == Flag.SHORT


def test_lines_that_the_next_supplier_has_go_and_the_others_wait(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", "S-2"))
        count_pools(tx, [PoolCount(shop.supplier_ids[1], shop.item("S-2"), 0)])
        old = part_of(tx, shop.shop_id, order)
        reject(tx, shop, old.fulfilment_id)
        _, gone, waiting = parts_of(tx, shop.shop_id, order)
        assert (gone.state, waiting.state, gone.replaces, waiting.replaces) == (
            20,
            5,
            old.fulfilment_id,
            old.fulfilment_id,
        )
        lines = tx.rows("select fulfilment_id, line_no from fulfilment_lines order by 1, 2")
        assert [tuple(line) for line in lines[2:]] == [(gone.fulfilment_id, 1), (waiting.fulfilment_id, 2)]


def test_a_jit_order_is_rerouted_also_while_the_intake_is_closed(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
    with transaction(database) as tx:
        close_jit_intake(tx, shop.shop_id)
    with transaction(database) as tx:
        reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id)
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]


def test_many_are_rerouted_at_once_and_the_last_unit_goes_to_one_of_them(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        orders = accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(3)))
        count_pools(tx, [PoolCount(shop.supplier_ids[1], shop.item("S-1"), 2)])
        olds = [part_of(tx, shop.shop_id, order).fulfilment_id for order in orders]
        closed = close_fulfilments(
            tx, [Close(shop.shop_id, old, tx.now, "other") for old in olds], FulfilmentState.REJECTED
        )
        reroute(tx, closed)
        assert [states_of(tx, shop.shop_id, order)[1] for order in orders] == ["pushed", "pushed", "waiting"]
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1", shop.supplier_ids[1])[1:]] == (2, 2)


@pytest.mark.clause("MOVE-2")
def test_a_heavy_piece_goes_by_the_next_line_and_its_promise_runs_from_its_collection(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=3)
        put_plan(tx, shop.shop_id, ("cainiao_smart", "cainiao_standard"))
        put_products(
            tx,
            shop.shop_id,
            [
                product("S-1", mode=Mode.STANDARD, weight_g=20_001),
                product("S-2", mode=Mode.STANDARD, weight_g=20_000),
            ],
        )
        heavy, light = accept(tx, shop.shop_id, incoming("1", "S-1"), incoming("2", ("S-2", 2)))
        assert [part_of(tx, shop.shop_id, each).line for each in (heavy, light)] == [
            "cainiao_standard",
            "cainiao_smart",
        ]
        part = part_of(tx, shop.shop_id, light)
        assert order_of(tx, shop.shop_id, light).fulfilments[0].promise is None
        done = label_parcels(tx, [a_label(part.fulfilment_id)], own_of=shop.shop_id)
        assert [each.status for each in done] == ["done"]
        assert scanned(tx, a_scan(f"W{part.fulfilment_id}")) == ["recorded"]
        [shown] = order_of(tx, shop.shop_id, light).fulfilments
        assert shown.promise is not None
        assert (shown.promise.days, shown.promise.until - NOON, shown.promise.kept) == (
            7,
            timedelta(days=7),
            None,
        )
