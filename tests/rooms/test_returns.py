"""Units that come back and those that do not, and what a correction of stock names, on a real database."""

import pytest

from andon.kernel.db import Database
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.routing.service import SupplierCount, take_supplier_counts
from andon.orders.shipping.service import Answer, answer_fulfilments, label_parcels
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming, part_of, stock_of
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_label, a_scan, orders_for, scanned, taken
from tests.worlds_trouble import (
    STUCK,
    movements_of,
    remedied,
)

S = FulfilmentState


@pytest.fixture
def shop(database: Database) -> DemoShop:
    with transaction(database) as tx:
        return open_demo_shop(tx, local=3)


def row_of(tx, number: int):
    return tx.one("select * from fulfilments where fulfilment_id = :f", f=number)


@pytest.mark.clause("STOCK-3")
@pytest.mark.parametrize("owner", ["supplier", "consigned", "local"])
def test_what_is_returned_to_the_sender_is_where_it_came_from(database: Database, owner: str) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1, local=5)
        supplier = shop.supplier_ids[0]
        if owner == "consigned":
            take_supplier_counts(tx, supplier, [SupplierCount(shop.item("S-1"), 4, shop.shop_id)])
        before = stock_of(tx, shop.shop_id)
        [number] = orders_for(tx, shop.shop_id)
        if owner == "local":
            answer_fulfilments(tx, [Answer(number, NOON, accept=False, code="other")])
            waiting = part_of_state(tx, S.WAITING)
            [number] = remedied(tx, shop.shop_id, waiting, "take_over")
            move_fulfilments(tx, [Move(shop.shop_id, number, NOON)], S.PICKED)
    with transaction(database, STUCK) as tx:
        label_and_send(tx, shop, number)
        gone = stock_of(tx, shop.shop_id)
        assert gone != before
        scanned(tx, a_scan(f"W{number}", "returning", 5), a_scan(f"W{number}", "returned", 9))
        assert row_of(tx, number).state == S.RETURNED
        scanned(tx, a_scan(f"W{number}", "returned", 9), a_scan(f"W{number}", "returned", 10))
        assert stock_of(tx, shop.shop_id) == before
        assert movements_of(tx, number)[-1] == (7, 1, 0)
        counted = tx.one("select counted from pools where item = :i", i=shop.item("S-1"))
        assert counted is not None
        assert counted.counted == 100


def part_of_state(tx, state: S) -> int:
    [row] = tx.rows("select fulfilment_id from fulfilments where state = :s", s=state.value)
    return row.fulfilment_id


def label_and_send(tx, shop: DemoShop, number: int) -> None:
    own = row_of(tx, number).supplier_id is None
    if not own:
        taken(tx, [number])
    label_parcels(tx, [a_label(number)], own_of=shop.shop_id if own else None)
    scanned(tx, a_scan(f"W{number}"))
    assert row_of(tx, number).state == S.SHIPPED


def test_what_is_lost_or_delivered_does_not_come_back(database: Database, shop: DemoShop) -> None:
    with transaction(database, STUCK) as tx:
        numbers = orders_for(tx, shop.shop_id, 2)
        for number, end in zip(numbers, ("lost", "delivered"), strict=True):
            label_and_send(tx, shop, number)
            scanned(tx, a_scan(f"W{number}", end, 5))
            scanned(tx, a_scan(f"W{number}", "returned", 6))
            assert [kind for kind, _, _ in movements_of(tx, number)] == [3, 5]


def test_a_correction_names_the_fulfilment_that_told_it(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        supplier = shop.supplier_ids[0]
        take_supplier_counts(tx, supplier, [SupplierCount(shop.item("S-2"), 4, shop.shop_id)])
        own, consigned = (
            part_of(tx, shop.shop_id, order).fulfilment_id
            for order in accept(tx, shop.shop_id, incoming("1", "S-1"), incoming("2", "S-2"))
        )
        other = open_demo_shop(tx, skus=("S-1",), suppliers=shop.supplier_ids)
    with transaction(database) as tx:
        answer_fulfilments(
            tx, [Answer(each, NOON, accept=False, code="out_of_stock") for each in (own, consigned)]
        )
        for number in (own, consigned):
            kind, on_hand, reserved = movements_of(tx, number)[-1]
            assert (kind, reserved) == (6, 0)
            assert on_hand < 0
        tx.flush()
        told = tx.rows("select body from events where kind = 'stock.corrected' order by event_id")
        assert [f'"fulfilment_id":{number}' in row.body for number, row in zip((own, consigned), told, strict=True)] == [
            True, True,
        ]  # fmt: skip
        elsewhere = tx.rows(
            "select fulfilment_id from movements where shop_id = :shop and kind = 6", shop=other.shop_id
        )
        assert [row.fulfilment_id for row in elsewhere] == [None], "the other shop's numbers are not told"
