"""Units of one pool that several shops want: evened out by demand, and asked for by many at once."""

import threading
from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.partners.stock.service import (
    PoolCount,
    PoolKey,
    Take,
    Units,
    count_pools,
    even_out_pools,
    lock_units,
    release,
    reserve,
    ship,
)
from andon.partners.stock.station import EVEN_OUT
from tests.worlds import NOON, transaction
from tests.worlds_partners import item_of, map_to, open_demo_shop, product, put_products
from tests.worlds_stock import movements_equal_rows, units

MIDNIGHT = NOON + timedelta(hours=12)
"""The platform's next, in Shanghai."""


@pytest.mark.clause("STOCK-3")
def test_pools_of_several_shops_are_evened_out_by_demand_at_midnight(database: Database):
    with transaction(database) as tx:
        busy = open_demo_shop(tx, skus=("A",), suppliers=1, stock=100)
        alone = open_demo_shop(tx, skus=("A",), suppliers=1, stock=100)
        quiet = open_demo_shop(tx, skus=("A",), suppliers=busy.supplier_ids)
        rows = busy.allotment("A"), quiet.allotment("A")
        sold = Take(*rows[0], 8, 1)
        reserve(tx, [sold])
        ship(tx, [sold])
        due = {row.supplier_id: row.even_at for row in tx.rows("select supplier_id, even_at from pools")}
        assert due == {busy.supplier_ids[0]: MIDNIGHT, alone.supplier_ids[0]: None}
        assert tx.one(EVEN_OUT.due)[0] == MIDNIGHT
    with transaction(database, MIDNIGHT - timedelta(seconds=1)) as tx:
        assert even_out_pools(tx, 10) == 0
    with transaction(database, MIDNIGHT) as tx:
        assert even_out_pools(tx, 10) == 1
        assert even_out_pools(tx, 10) == 0
        # 92 are left, and the weights are 9 (8 sold, and one) to 1.
        assert units(tx, *rows) == [Units(83, 0), Units(9, 0)]
        assert tx.one(EVEN_OUT.due)[0] == MIDNIGHT + timedelta(days=1)
        assert movements_equal_rows(tx)
    with transaction(database, MIDNIGHT + timedelta(days=8)) as tx:
        assert even_out_pools(tx, 10) == 1
        assert units(tx, *rows) == [Units(46, 0), Units(46, 0)], "what was sold over 7 days ago is forgotten"


def test_only_a_count_takes_from_a_shop_what_it_has_promised(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A",), suppliers=1, stock=10)
        second = open_demo_shop(tx, skus=("A",), suppliers=first.supplier_ids)
        rows = first.allotment("A"), second.allotment("A")
        takes = [
            Take(*row, units, number)
            for number, (row, units) in enumerate(((rows[0], 3), (rows[1], 1), (rows[1], 2)))
        ]
        reserve(tx, takes)
        count_pools(tx, [PoolCount(first.supplier_ids[0], item_of("A"), 3)])
        assert units(tx, *rows) == [Units(2, 3), Units(1, 3)]
        release(tx, takes[2:])
    with transaction(database, MIDNIGHT) as tx:
        assert even_out_pools(tx, 10) == 1
        assert units(tx, *rows) == [Units(2, 3), Units(1, 1)]


# --- at once --------------------------------------------------------------------------------------------------


@pytest.mark.clause("STOCK-3")
def test_two_that_want_the_last_units_in_opposite_orders_do_not_wait_in_a_ring(database: Database):
    skus = [f"S-{number:02}" for number in range(20)]
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=skus, suppliers=1, stock=1)
    start = threading.Barrier(2)
    won: dict[int, set[int]] = {}
    failed: list[BaseException] = []

    def take(worker: int, order: list[str]) -> None:
        try:
            with transaction(database) as tx:
                takes = [Take(*shop.allotment(sku), 1, worker) for sku in order]
                start.wait()
                refused = reserve(tx, takes)
                won[worker] = set(range(len(takes))) - refused
        except BaseException as error:  # noqa: BLE001 - a deadlock must be told by the test, not by the thread
            failed.append(error)

    threads = [
        threading.Thread(target=take, args=(1, skus)),
        threading.Thread(target=take, args=(2, skus[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(len(places) for places in won.values()) == [0, 20], "one of them took all"
    with transaction(database) as tx:
        assert {tuple(row) for row in tx.rows("select on_hand, reserved from stock")} == {(1, 1)}


def test_counts_mappings_and_reservations_at_once_end(database: Database):
    skus = [f"S-{number:02}" for number in range(10)]
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=skus, suppliers=2, stock=50)
        second = open_demo_shop(tx, skus=skus[:5], suppliers=first.supplier_ids)
        put_products(tx, second.shop_id, [product(sku) for sku in skus[5:]])
    failed: list[BaseException] = []

    def often(step) -> None:
        try:
            for turn in range(6):
                with transaction(database) as tx:
                    step(tx, turn)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    def sell(tx, turn):
        takes = [Take(*first.allotment(sku, at), 1, turn) for sku in skus[::-1] for at in first.supplier_ids]
        # It touches stock twice, so it locks all that it will touch first.
        lock_units(tx, {take.key for take in takes}, {PoolKey(take.location, take.item) for take in takes})
        done = reserve(tx, takes)
        ship(tx, [take for place, take in enumerate(takes) if place not in done])

    def count(tx, turn):
        count_pools(
            tx, [PoolCount(at, item_of(sku), 60 - turn) for at in first.supplier_ids for sku in skus[::-1]]
        )

    def list_more(tx, turn):
        if turn < 5:
            map_to(tx, second.shop_id, skus[5 + turn], second.supplier_ids[turn % 2])

    threads = [threading.Thread(target=often, args=(step,)) for step in (sell, count, list_more)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with transaction(database) as tx:
        assert movements_equal_rows(tx)
        assert not tx.rows(
            "select 1 from pools p where counted < (select coalesce(sum(on_hand), 0) from stock s "
            "where s.location = p.supplier_id and s.item = p.item and s.owner = 1)"
        )
