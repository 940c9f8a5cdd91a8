"""Products, mappings and counts placed many at a time: each by itself, in a few statements, also by two at once."""

import threading

from andon.kernel.db import Database
from andon.kernel.errors import Invalid
from andon.orders.routing.service import take_local_counts
from andon.partners.catalog.rules import MappingDraft
from andon.partners.catalog.service import MappingKey, place_mappings, place_products
from andon.partners.stock.service import LocalCount
from tests.journeys.blackbox import soon
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import run_together
from tests.worlds_partners import DemoShop, item_of, product

LOCAL = 0


def local_rows(database: Database, shop: DemoShop) -> dict[str, int]:
    with transaction(database) as tx:
        rows = tx.rows("select item, on_hand from stock where shop_id = :s and location = 0", s=shop.shop_id)
        return {row.item: row.on_hand for row in rows}


def test_a_count_that_is_refused_leaves_no_row(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        place_products(tx, shop.shop_id, [product("A"), product("B"), product("C")])
        refused = take_local_counts(
            tx,
            shop.shop_id,
            [
                LocalCount(LOCAL, "A", 5, 7),
                LocalCount(LOCAL, "B", 5, 0),
                LocalCount(LOCAL, "NONE", 5),
                LocalCount(LOCAL, "C", -1),
                LocalCount(shop.supplier_ids[0], "C", 1),
                LocalCount(LOCAL, "B", 9),
            ],
        )
    codes = ["stock.changed", None, "stock.unknown_item", "stock.count", "stock.location", "stock.item_twice"]
    assert [refused[place].code if place in refused else None for place in range(6)] == codes
    assert {"A", "C"}.isdisjoint(local_rows(database, shop))
    assert local_rows(database, shop)["B"] == 5
    assert_all_well(database)


def test_a_draft_that_could_not_be_made_is_its_own_refusal(database: Database, shop: DemoShop) -> None:
    no = Invalid("money.too_precise")
    with transaction(database) as tx:
        refusals = place_products(tx, shop.shop_id, [no, product("A"), product("A", title=" ")])
        assert refusals[0] is no
        assert refusals[1] is None
        assert refusals[2] is not None
        assert place_products(tx, shop.shop_id, [no]) == [no]
        assert place_mappings(tx, shop.shop_id, [no]) == [no]


def test_two_who_place_the_same_in_other_orders_do_not_wait_in_a_ring(
    database: Database, shop: DemoShop
) -> None:
    skus = [f"N-{number}" for number in range(50)]
    mapped = [MappingDraft(sku, shop.supplier_ids[0], item_of(sku), 1, 1) for sku in skus]
    gone = [MappingKey(sku, shop.supplier_ids[0]) for sku in skus]
    counts = [LocalCount(LOCAL, sku, 3) for sku in skus]

    def place(step: int) -> None:
        for _ in range(5):
            with transaction(database) as tx:
                place_products(tx, shop.shop_id, [product(sku) for sku in skus[::step]])
            with transaction(database) as tx:
                place_mappings(tx, shop.shop_id, mapped[::step])
            with transaction(database) as tx:
                assert take_local_counts(tx, shop.shop_id, counts[::step]) == {}
            with transaction(database) as tx:
                place_mappings(tx, shop.shop_id, gone[::step])

    run_together(lambda: place(1), lambda: place(-1))
    assert dict.fromkeys(skus, 3).items() <= local_rows(database, shop).items()
    assert_all_well(database)


def test_a_mapping_that_is_made_beside_one_that_is_removed_does_not_wait_in_a_ring(
    database: Database, shop: DemoShop
) -> None:
    sku, supplier = "N-1", shop.supplier_ids[0]
    with transaction(database) as tx:
        place_products(tx, shop.shop_id, [product(sku)])
        place_mappings(tx, shop.shop_id, [MappingDraft(sku, supplier, item_of(sku), 1, 1)])
        place_mappings(tx, shop.shop_id, [MappingKey(sku, supplier)])

    def change(change: MappingDraft | MappingKey) -> threading.Thread:
        def act() -> None:
            with transaction(database) as tx:
                outcomes.append(place_mappings(tx, shop.shop_id, [change]))

        thread = threading.Thread(target=act)
        thread.start()
        return thread

    def waiting() -> int:
        with transaction(database) as tx:
            return len(tx.rows("select 1 from pg_locks where not granted"))

    outcomes: list[object] = []
    with transaction(database) as held:
        held.rows(
            "select 1 from pools where supplier_id = :s and item = :i for update", s=supplier, i=item_of(sku)
        )
        maker = change(
            MappingDraft(sku, supplier, item_of(sku), 1, 2)
        )  # it has found no mapping, and waits for the pool
        soon(lambda: waiting() == 1)
        with transaction(database) as tx:  # as one whose commit came between
            tx.run(
                "insert into mappings (shop_id, sku, supplier_id, item, units, priority, updated_at) "
                "values (:shop, :sku, :s, :i, 1, 1, :now)",
                shop=shop.shop_id, sku=sku, s=supplier, i=item_of(sku), now=tx.now,
            )  # fmt: skip
        remover = change(MappingKey(sku, supplier))
        soon(lambda: waiting() == 2)
    maker.join()
    remover.join()
    assert outcomes == [[None], [None]]
    assert_all_well(database)
