"""Reserving, shipping, counting, and sharing out, on rows that a ledger of movements equals."""

import pytest
from sqlalchemy.exc import IntegrityError

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.kernel.tx import Actor
from andon.partners.stock.rules import Owner
from andon.partners.stock.service import (
    PoolCount,
    Shortfall,
    StockKey,
    Take,
    Units,
    count_consigned,
    count_local,
    count_pools,
    empty_item,
    release,
    reserve,
    ship,
)
from andon.partners.stock.tables import LOCAL
from andon.partners.stock.views import list_stock
from tests.worlds import transaction
from tests.worlds_partners import item_of, map_to, open_demo_shop, request
from tests.worlds_stock import counted, movements_equal_rows, units


@pytest.mark.clause("STOCK-1")
def test_what_is_there_is_reserved_in_call_order_and_the_rest_is_refused(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=100)
        row, other = shop.allotment("S-1"), shop.allotment("S-2")
        nowhere = StockKey(shop.shop_id, LOCAL, "S-1", 2)
        takes = [
            Take(*row, 60, 1),
            Take(*row, 60, 2),
            Take(*other, 1, 2),
            Take(*nowhere, 1, 3),
            Take(*row, 40, 4),
        ]
        assert reserve(tx, takes) == {1, 3}
        assert units(tx, row, other, nowhere) == [Units(100, 100), Units(100, 1), None]
        assert reserve(tx, []) == set()
        assert movements_equal_rows(tx)
        found = tx.rows("select item, reserved_change from movements where kind = 3 order by 1")
        assert [tuple(each) for each in found] == [(row.item, 100), (other.item, 1)]


def test_released_units_are_there_for_the_next(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10)
        row = shop.allotment("S-1")
        assert reserve(tx, [Take(*row, 10, 1)]) == set()
        release(tx, [Take(*row, 4, 1)])
        assert reserve(tx, [Take(*row, 5, 2), Take(*row, 4, 3)]) == {0}
        assert units(tx, row) == [Units(10, 10)]
        assert movements_equal_rows(tx)


@pytest.mark.clause("STOCK-3")
def test_shipped_units_leave_the_row_and_the_suppliers_count(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10, local=5)
        row, local = shop.allotment("S-1"), StockKey(shop.shop_id, LOCAL, "S-1", 2)
        takes = [Take(*row, 3, 1), Take(*local, 2, 2), Take(*row, 4, 3)]
        assert reserve(tx, takes) == set()
        ship(tx, takes)
        assert units(tx, row, local) == [Units(3, 0), Units(3, 0)]
        assert counted(tx, shop.supplier_ids[0], "S-1") == 3
        assert counted(tx, shop.supplier_ids[1], "S-1") == 10
        assert movements_equal_rows(tx)


def test_giving_back_what_was_never_reserved_is_a_bug(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10)
        with pytest.raises(IntegrityError, match="no_negative_units"):
            release(tx, [Take(*shop.allotment("S-1"), 1, 1)])
        tx.session.rollback()
    with transaction(database) as tx, pytest.raises(AssertionError):
        release(tx, [Take(1, 1, "nothing", 1, 1, 1)])


# --- pools ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("STOCK-3")
def test_two_shops_cannot_sell_one_unit(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A",), suppliers=1, stock=5)
        second = open_demo_shop(tx, skus=("A",), suppliers=first.supplier_ids)
        rows = first.allotment("A"), second.allotment("A")
        assert units(tx, *rows) == [Units(3, 0), Units(2, 0)]
        assert reserve(tx, [Take(*row, 1, number) for number in range(9) for row in rows]) == {
            5,
            *range(6, 18),
        }
        assert units(tx, *rows) == [Units(3, 3), Units(2, 2)]


@pytest.mark.clause("STOCK-3")
def test_two_listings_of_one_item_cannot_sell_one_unit(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("SINGLE", "PACK"), suppliers=1, stock=0)
        [supplier_id] = shop.supplier_ids
        map_to(tx, shop.shop_id, "SINGLE", supplier_id, item="BULB")
        map_to(tx, shop.shop_id, "PACK", supplier_id, item="BULB", units=6)
        count_pools(tx, [PoolCount(supplier_id, "BULB", 8)])
        row = StockKey(shop.shop_id, supplier_id, "BULB", Owner.SUPPLIER)
        assert reserve(tx, [Take(*row, 3, 1), Take(*row, 6, 2), Take(*row, 5, 3)]) == {1}
        [listed] = list_stock(tx, shop.shop_id, sku="PACK", limit=9)
        assert (listed.skus, listed.available) == (["PACK", "SINGLE"], 0)


@pytest.mark.clause("STOCK-3")
def test_a_count_is_shared_out_anew(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A",), suppliers=1, stock=10)
        second = open_demo_shop(tx, skus=("A",), suppliers=first.supplier_ids)
        [supplier_id] = first.supplier_ids
        rows = first.allotment("A"), second.allotment("A")
        reserve(tx, [Take(*rows[0], 4, 1)])
    with request(database, Actor("supplier", supplier_id), {first.shop_id, second.shop_id}) as tx:
        assert count_pools(tx, [PoolCount(supplier_id, item_of("A"), 20, expected=10)]) == []
    with transaction(database) as tx:
        assert units(tx, *rows) == [Units(12, 4), Units(8, 0)]
        assert counted(tx, supplier_id, "A") == 20
        assert movements_equal_rows(tx)


@pytest.mark.clause("STOCK-3")
def test_a_count_below_what_is_reserved_is_the_truth(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A",), suppliers=1, stock=20)
        second = open_demo_shop(tx, skus=("A",), suppliers=first.supplier_ids)
        [supplier_id] = first.supplier_ids
        rows = first.allotment("A"), second.allotment("A")
        reserve(tx, [Take(*rows[0], 6, 1), Take(*rows[1], 2, 2)])
        assert count_pools(tx, [PoolCount(supplier_id, item_of("A"), 4)]) == [
            Shortfall(*rows[0], missing=3),
            Shortfall(*rows[1], missing=1),
        ]
        assert units(tx, *rows) == [Units(3, 6), Units(1, 2)]
        assert units(tx, rows[0])[0].available == 0
        assert reserve(tx, [Take(*rows[0], 1, 3)]) == {0}
        # The caller releases what it can reroute; what was accepted ships, and leaves nothing negative behind.
        release(tx, [Take(*rows[1], 2, 2)])
        ship(tx, [Take(*rows[0], 4, 1)])
        assert units(tx, *rows) == [Units(0, 2), Units(1, 0)]
        assert counted(tx, supplier_id, "A") == 1
        assert movements_equal_rows(tx)
        assert count_pools(tx, [PoolCount(supplier_id, item_of("A"), 4)]) == []
        assert units(tx, *rows) == [Units(3, 2), Units(1, 0)]


def test_a_count_that_expects_another_changes_nothing(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10)
        supplier_id = shop.supplier_ids[0]
        counts = [
            PoolCount(supplier_id, item_of("S-1"), 3),
            PoolCount(supplier_id, item_of("S-2"), 4, expected=9),
        ]
        with pytest.raises(Conflict) as refusal:
            count_pools(tx, counts)
        assert refusal.value.code == "stock.changed"
        assert refusal.value.facts == {"item": item_of("S-2"), "expected": 9, "counted": 10}
        assert units(tx, shop.allotment("S-1"), shop.allotment("S-2")) == [Units(10, 0), Units(10, 0)]
        assert count_pools(tx, [PoolCount(supplier_id, "NEW", 3, expected=0)]) == []


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([("A", -1)], "stock.count"),
        ([("A", 10**9 + 1)], "stock.count"),
        ([("A", 1), ("A", 2)], "stock.item_twice"),
        ([("A", 1), ("B", -1)], "stock.count"),
    ],
)
def test_counts_that_cannot_be_are_refused_whole(database: Database, counts, code):
    with transaction(database) as tx:
        with pytest.raises(Invalid) as refusal:
            count_pools(tx, [PoolCount(1, item, number) for item, number in counts])
        assert refusal.value.code == code
        assert not tx.rows("select 1 from pools")
        assert count_pools(tx, []) == []


def test_an_item_may_be_counted_before_anyone_maps_it(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A",), suppliers=1, stock=0)
        [supplier_id] = shop.supplier_ids
        assert count_pools(tx, [PoolCount(supplier_id, "SOON", 7)]) == []
        assert list_stock(tx, shop.shop_id, limit=9)[0].on_hand == 0
        map_to(tx, shop.shop_id, "A", supplier_id, item="SOON")
        [row] = [each for each in list_stock(tx, shop.shop_id, limit=9) if each.item == "SOON"]
        assert row.on_hand == 7


def test_a_supplier_that_has_none_left_empties_the_pool_for_all_shops(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A",), suppliers=1, stock=10)
        second = open_demo_shop(tx, skus=("A",), suppliers=first.supplier_ids)
        [supplier_id] = first.supplier_ids
        rows = first.allotment("A"), second.allotment("A")
        reserve(tx, [Take(*rows[0], 2, 1), Take(*rows[1], 1, 2)])
    with request(database, Actor("supplier", supplier_id), {first.shop_id, second.shop_id}) as tx:
        release(tx, [Take(*rows[0], 2, 1)])
        empty_item(tx, first.shop_id, supplier_id, item_of("A"))
        empty_item(tx, first.shop_id, supplier_id, item_of("A"))
    with transaction(database) as tx:
        assert units(tx, *rows) == [Units(0, 0), Units(1, 1)]
        assert counted(tx, supplier_id, "A") == 1
        assert movements_equal_rows(tx)


# --- the shop's own -------------------------------------------------------------------------------------------


def test_local_stock_is_counted_by_its_sku(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=0)
        row = StockKey(shop.shop_id, LOCAL, "S-1", 2)
        assert count_local(tx, shop.shop_id, LOCAL, "S-1", 9) == []
        reserve(tx, [Take(*row, 7, 1)])
        assert count_local(tx, shop.shop_id, LOCAL, "S-1", 4, expected=9) == [Shortfall(*row, missing=3)]
        assert units(tx, row) == [Units(4, 7)]
        with pytest.raises(Conflict) as refusal:
            count_local(tx, shop.shop_id, LOCAL, "S-1", 5, expected=9)
        assert (refusal.value.code, refusal.value.facts["counted"]) == ("stock.changed", 4)
        for location, sku, number, code in (
            (LOCAL, "X", 1, "stock.unknown_item"),
            (7, "S-1", 1, "stock.location"),
            (LOCAL, "S-1", -1, "stock.count"),
        ):
            with pytest.raises(Invalid) as invalid:
                count_local(tx, shop.shop_id, location, sku, number)
            assert invalid.value.code == code
        assert movements_equal_rows(tx)
    with transaction(database) as tx:
        told = tx.rows("select subject, body from events where kind = 'stock.counted' order by event_id")
        assert [row.subject for row in told] == ["stock:0/S-1"] * 2
        assert told[1].body == '{"counted":4,"item":"S-1","location":0}'


def test_consigned_units_are_the_shops_and_no_part_of_the_pool(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A",), suppliers=1, stock=10)
        [supplier_id] = shop.supplier_ids
        own = StockKey(shop.shop_id, supplier_id, item_of("A"), Owner.SHOP)
        assert count_consigned(tx, shop.shop_id, supplier_id, item_of("A"), 6) == []
        take = Take(*own, 2, 1)
        reserve(tx, [take])
        ship(tx, [take])
        assert units(tx, own, shop.allotment("A")) == [Units(4, 0), Units(10, 0)]
        assert counted(tx, supplier_id, "A") == 10
        reserve(tx, [take])
        empty_item(tx, shop.shop_id, supplier_id, item_of("A"), Owner.SHOP)
        assert units(tx, own, shop.allotment("A")) == [Units(2, 2), Units(10, 0)]
        with pytest.raises(Invalid) as refusal:
            count_consigned(tx, shop.shop_id, supplier_id, "UNKNOWN", 1)
        assert refusal.value.code == "stock.unknown_item"
        assert movements_equal_rows(tx)


def test_stock_is_listed_by_location_item_and_owner(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A", "B"), suppliers=1, stock=10, local=3)
        [supplier_id] = shop.supplier_ids
        reserve(tx, [Take(*shop.allotment("A"), 4, 1)])
        listed = list_stock(tx, shop.shop_id, limit=9)
        assert [
            (row.location, row.item, row.owner, row.on_hand, row.reserved, row.available) for row in listed
        ] == [
            (0, "A", 2, 3, 0, 3),
            (0, "B", 2, 3, 0, 3),
            (supplier_id, item_of("A"), 1, 10, 4, 6),
            (supplier_id, item_of("B"), 1, 10, 0, 10),
        ]
        assert list_stock(tx, shop.shop_id, after=(0, "B", 2), limit=1)[0].item == item_of("A")
        assert [row.location for row in list_stock(tx, shop.shop_id, sku="A", limit=9)] == [0, supplier_id]
        assert len(list_stock(tx, shop.shop_id, location=LOCAL, limit=9)) == 2


def test_a_supplier_sees_the_stock_at_its_own_location_alone(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A",), suppliers=2, local=3)
        reserve(tx, [Take(*shop.allotment("A", at), 1, 1) for at in shop.supplier_ids])
    one = shop.supplier_ids[0]
    with request(database, Actor("supplier", one), {shop.shop_id}) as tx:
        assert {row.location for row in list_stock(tx, shop.shop_id, limit=9)} == {one}
        assert {row.location for row in tx.rows("select location from movements")} == {one}
        with tx.as_platform():
            assert {row.location for row in list_stock(tx, shop.shop_id, limit=9)} == {0, *shop.supplier_ids}
