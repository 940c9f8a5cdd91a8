"""A count is the truth, also below what was promised: promises are broken, rerouted, or left short."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.kernel.tx import Actor
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.routing.service import SupplierCount, take_local_count, take_supplier_counts
from andon.partners.stock.service import count_consigned
from andon.partners.stock.tables import LOCAL
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_orders import (
    accept,
    bring_to,
    events_of,
    incoming,
    part_of,
    parts_of,
    run_together,
    states_of,
    stock_of,
)
from tests.worlds_partners import DemoShop, open_demo_shop, request

pytestmark = pytest.mark.demo_shop(stock=10)

S = FulfilmentState


def count(database: Database, shop: DemoShop, *counts: SupplierCount, supplier: int = 0) -> None:
    """A supplier's count as its own request makes it, behind its walls."""
    supplier_id = shop.supplier_ids[supplier]
    with request(database, Actor("supplier", supplier_id), [shop.shop_id]) as tx:
        take_supplier_counts(tx, supplier_id, counts)


def orders_of(database: Database, shop: DemoShop, count: int, *skus: str) -> list[int]:
    """So many orders, each a minute after the one before."""
    orders = []
    for number in range(count):
        with transaction(database, NOON + timedelta(minutes=number)) as tx:
            orders += accept(tx, shop.shop_id, incoming(f"{skus}-{number}", *(skus or ("S-1",))))
    return orders


@pytest.mark.clause("STOCK-3")
def test_a_count_that_covers_every_promise_changes_the_count_alone(database, shop):
    orders = orders_of(database, shop, 3)
    count(database, shop, SupplierCount("I-S-1", 3), SupplierCount("I-S-2", 50))
    with transaction(database) as tx:
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1")[1:]] == (3, 3)
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-2")[1:]] == (50, 0)
        assert [states_of(tx, shop.shop_id, order) for order in orders] == [["pushed"]] * 3


def test_a_count_below_what_is_promised_reroutes_the_newest(database, shop):
    old, middle, new = orders_of(database, shop, 3)
    count(database, shop, SupplierCount("I-S-1", 1))
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, old) == ["pushed"]
        for order in (middle, new):
            rejected, successor = parts_of(tx, shop.shop_id, order)
            assert (rejected.state, rejected.reason) == (90, "short")
            assert (successor.state, successor.supplier_id) == (20, shop.supplier_ids[1])
        held = stock_of(tx, shop.shop_id)
        assert held[shop.allotment("S-1")[1:]] == (1, 1)
        assert held[shop.allotment("S-1", shop.supplier_ids[1])[1:]] == (10, 2)


def test_where_nobody_else_has_it_the_newest_wait_flagged_short(database, shop):
    old, new = orders_of(database, shop, 2)
    count(database, shop, SupplierCount("I-S-1", 0), supplier=1)
    count(database, shop, SupplierCount("I-S-1", 1))
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, old) == ["pushed"]
        assert states_of(tx, shop.shop_id, new) == ["rejected", "waiting"]
        assert parts_of(tx, shop.shop_id, new)[1].flags == Flag.SHORT


def test_accepted_ones_stay_and_are_flagged_once_and_are_clear_when_they_ship(database, shop):
    accepted, pending = orders_of(database, shop, 2)
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, accepted).fulfilment_id
        bring_to(tx, shop.shop_id, number, S.ACCEPTED)
    for _ in range(2):
        count(database, shop, SupplierCount("I-S-1", 0))
    with transaction(database) as tx:
        assert (part_of(tx, shop.shop_id, accepted).state, part_of(tx, shop.shop_id, accepted).flags) == (
            S.ACCEPTED,
            Flag.SHORT,
        )
        assert states_of(tx, shop.shop_id, pending) == ["rejected", "pushed"]
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1")[1:]] == (0, 1)
        assert events_of(tx, shop.shop_id, accepted).count("fulfilment.flagged") == 1
        bring_to_shipped(tx, shop, number)
        assert part_of(tx, shop.shop_id, accepted).flags == 0


def bring_to_shipped(tx, shop: DemoShop, number: int) -> None:
    for state in (S.LABELLED, S.SHIPPED):
        assert move_fulfilments(tx, [Move(shop.shop_id, number, NOON)], state)


def test_an_accepted_one_is_safe_as_long_as_others_can_go_first(database, shop):
    pending, accepted = orders_of(database, shop, 2)
    with transaction(database) as tx:
        bring_to(tx, shop.shop_id, part_of(tx, shop.shop_id, accepted).fulfilment_id, S.ACCEPTED)
    count(database, shop, SupplierCount("I-S-1", 1))
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, pending) == ["rejected", "pushed"]
        assert part_of(tx, shop.shop_id, accepted).flags == 0


def test_one_that_goes_gives_back_all_it_held(database, shop):
    [both] = orders_of(database, shop, 1, "S-1", "S-2")
    count(database, shop, SupplierCount("I-S-1", 0), SupplierCount("I-S-2", 0))
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, both) == ["rejected", "pushed"]
        held = stock_of(tx, shop.shop_id)
        assert [held[shop.allotment(sku)[1:]] for sku in ("S-1", "S-2")] == [(0, 0), (0, 0)]


def test_an_endpoint_that_has_what_is_taken_from_it_is_told(database, shop):
    orders_of(database, shop, 1)
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
    count(database, shop, SupplierCount("I-S-1", 0))
    with transaction(database) as tx:
        assert [row.kind for row in tx.rows("select kind from pushes")] == ["fulfilment.cancel_requested"]


def test_consigned_units_are_counted_for_their_shop(database, shop):
    with transaction(database) as tx:
        count_consigned(tx, shop.shop_id, shop.supplier_ids[0], "I-S-1", 5)
    [order] = orders_of(database, shop, 1)
    count(database, shop, SupplierCount("I-S-1", 0, shop_id=shop.shop_id, expected=5))
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, order) == ["rejected", "pushed"]
        assert stock_of(tx, shop.shop_id)[shop.supplier_ids[0], "I-S-1", 2] == (0, 0)


def test_two_shops_that_share_an_item_each_lose_their_newest(database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, suppliers=1, stock=0)
        second = open_demo_shop(tx, suppliers=first.supplier_ids, stock=0)
        take_supplier_counts(tx, first.supplier_ids[0], [SupplierCount("I-S-1", 8)])
    orders = {each.shop_id: orders_of(database, each, 4) for each in (first, second)}
    with request(database, Actor("supplier", first.supplier_ids[0]), [first.shop_id, second.shop_id]) as tx:
        take_supplier_counts(tx, first.supplier_ids[0], [SupplierCount("I-S-1", 4)])
    with transaction(database) as tx:
        for shop_id, own in orders.items():
            assert [states_of(tx, shop_id, order)[-1] for order in own] == [
                "pushed",
                "pushed",
                "waiting",
                "waiting",
            ]


def test_a_local_count_below_what_is_promised_makes_the_newest_wait(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=5, intake_open=False)
    orders = orders_of(database, shop, 3)
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
        take_local_count(tx, shop.shop_id, LOCAL, "S-1", 1, expected=5)
    with transaction(database) as tx:
        assert [states_of(tx, shop.shop_id, order)[-1] for order in orders] == [
            "reserved",
            "waiting",
            "waiting",
        ]
        waiting = parts_of(tx, shop.shop_id, orders[2])[1]
        assert (waiting.mode, waiting.flags) == (1, Flag.SHORT)
        assert stock_of(tx, shop.shop_id)[LOCAL, "S-1", 2] == (1, 1)


@pytest.mark.parametrize(
    ("counts", "refusal", "code"),
    [
        ([SupplierCount("I-S-1", -1)], Invalid, "stock.count"),
        ([SupplierCount("I-S-1", 10**12)], Invalid, "stock.count"),
        ([SupplierCount("I-S-2", 3), SupplierCount("I-S-1", 3, expected=9)], Conflict, "stock.changed"),
        ([SupplierCount("I-S-1", 3), SupplierCount("I-S-1", 4)], Invalid, "stock.item_twice"),
        ([SupplierCount("I-S-1", 3, shop_id=999)], Invalid, "stock.unknown_item"),
        ([SupplierCount("NEW", 3, shop_id=1)], Invalid, "stock.unknown_item"),
    ],
)
def test_counts_that_cannot_be_are_refused_together(database, shop, counts, refusal, code):
    with pytest.raises(refusal) as refused:
        count(database, shop, *counts)
    assert refused.value.code == code
    with transaction(database) as tx:
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-2")[1:]] == (10, 0)


@pytest.mark.clause("STOCK-3")
def test_orders_and_counts_that_race_never_promise_a_unit_that_is_not_there(database):
    skus = [f"S-{number}" for number in range(6)]
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=skus, stock=60)

    def sell(name: str, ordered: list[str]) -> None:
        for call in range(6):
            with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
                accept_orders(tx, shop.shop_id, [incoming(f"{name}-{call}-{n}", *ordered) for n in range(5)])

    def recount() -> None:
        for units in (50, 20, 40, 10, 30):
            for supplier in (0, 1):
                count(database, shop, *(SupplierCount(f"I-{sku}", units) for sku in skus), supplier=supplier)

    run_together(lambda: sell("up", skus), lambda: sell("down", skus[::-1]), recount)
    with transaction(database) as tx:
        for on_hand, reserved in stock_of(tx, shop.shop_id).values():
            assert on_hand == 30
            assert reserved <= on_hand
        promised = tx.rows(
            "select l.location, l.item, sum(l.units) as units from fulfilments f join fulfilment_lines l "
            "using (shop_id, fulfilment_id) where f.state < 60 and l.units > 0 group by 1, 2"
        )
        held = stock_of(tx, shop.shop_id)
        assert promised
        assert all(held[row.location, row.item, 1][1] == row.units for row in promised)
