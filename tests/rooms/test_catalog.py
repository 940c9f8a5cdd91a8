"""Products, batch edits and mappings."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.money import Money
from andon.kernel.tx import Actor
from andon.partners.bindings.service import offer_bindings
from andon.partners.catalog.rules import MappingDraft, Mode
from andon.partners.catalog.service import (
    Edit,
    edit_products,
    put_mappings,
    put_products,
    remove_mapping,
)
from andon.partners.catalog.views import list_mappings, list_products, mapping_of, product_of
from andon.partners.stock.service import PoolCount, Take, count_pools, release, reserve
from tests.worlds import transaction
from tests.worlds_partners import (
    a_shop,
    bind,
    item_of,
    map_to,
    open_demo_shop,
    product,
    qualified_suppliers,
    request,
)


def on_hand(tx, shop_id):
    found = tx.rows("select location, item, on_hand from stock where shop_id = :s", s=shop_id)
    return {(row.location, row.item): row.on_hand for row in found}


def told(tx, kind):
    return [
        row.subject for row in tx.rows("select subject from events where kind = :k order by event_id", k=kind)
    ]


def test_putting_a_product_again_replaces_what_is_said_of_it(database: Database):
    sku = "红色/M 42%"
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        put_products(tx, shop_id, [product(sku), product("B")])
        put_products(tx, shop_id, [product(sku, title="新", price=Money.of("5", "CNY"), mode=Mode.STANDARD)])
        found = product_of(tx, shop_id, sku)
        assert (found.title, found.price_minor, found.mode) == ("新", 500, Mode.STANDARD)
        assert [each.sku for each in list_products(tx, shop_id, limit=9)] == ["B", sku]
        assert [each.sku for each in list_products(tx, shop_id, mode=Mode.JIT, limit=9)] == ["B"]
        assert [each.sku for each in list_products(tx, shop_id, after="B", limit=9)] == [sku]
    with transaction(database) as tx:
        assert told(tx, "product.mode_set") == [f"product:{sku}", "product:B", f"product:{sku}"]


FOUND = {
    "亚麻": (["TEE-1"], ["TEE-1"]),
    "tee": (["HAT_1", "TEE-1", "TEE-2"], ["TEE-1", "TEE-2"]),
    "_1": (["HAT_1"], []),
    "100%": (["TEE-2"], ["TEE-2"]),
    "it-": ([], ["TEE-1", "TEE-2"]),
    "wool": ([], []),
}
"""By a text: the products that it finds, and the products whose mappings it finds."""


def test_products_and_mappings_are_found_by_any_part_of_what_they_are_called(database: Database):
    with transaction(database) as tx:
        shop_id, [supplier] = a_shop(tx), qualified_suppliers(tx, 1)
        bind(tx, shop_id, [supplier])
        titles = {"TEE-1": "亚麻T恤", "TEE-2": "Tee, 100% linen", "HAT_1": "Hat for a tee"}
        put_products(tx, shop_id, [product(sku, title=title) for sku, title in titles.items()])
        for sku in ("TEE-1", "TEE-2"):
            map_to(tx, shop_id, sku, supplier, item=f"IT-{sku}")
        put_products(tx, a_shop(tx), [product("TEE-9", title="亚麻")])
        for text, (skus, mapped) in FOUND.items():
            assert [each.sku for each in list_products(tx, shop_id, contains=text, limit=9)] == skus
            assert [each.sku for each in list_mappings(tx, shop_id, contains=text, limit=9)] == mapped
        after = list_products(tx, shop_id, contains="TEE", after="HAT_1", limit=1)
        assert [each.sku for each in after] == ["TEE-1"]


def test_one_bad_product_takes_back_all(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        for drafts, code in (
            ([product("A"), product("B", weight_g=0)], "product.weight"),
            ([product("A"), product("A")], "product.twice"),
            ([product("A", price=Money.of("1", "JPY"))], "product.currency"),
        ):
            with pytest.raises(Invalid) as refusal:
                put_products(tx, shop_id, drafts)
            assert refusal.value.code == code
        assert list_products(tx, shop_id, limit=9) == []
        with pytest.raises(NotFound):
            product_of(tx, shop_id, "A")
        with pytest.raises(NotFound):
            put_products(tx, 999, [product("A")])


def test_prices_are_in_the_shops_currency_and_its_minor_unit(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx, currency="JPY")
        put_products(tx, shop_id, [product("A", currency="JPY", price=Money.of("1200", "JPY"))])
        assert product_of(tx, shop_id, "A").price_minor == 1200


@pytest.mark.clause("PART-1")
def test_a_batch_edit_answers_for_each_sku_in_order(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        put_products(tx, shop_id, [product("A"), product("B"), product("C", mode=Mode.STANDARD)])
        assert edit_products(tx, shop_id, ["C", "X", "A", "A"], Mode.STANDARD) == [
            Edit("C", "unchanged"),
            Edit("X", "refused", "product.not_found"),
            Edit("A", "changed"),
            Edit("A", "changed"),
        ]
        modes = {each.sku: Mode(each.mode).word for each in list_products(tx, shop_id, limit=9)}
        assert modes == {"A": "standard", "B": "jit", "C": "standard"}
    with transaction(database) as tx:
        assert told(tx, "product.mode_set")[3:] == ["product:A"]


@pytest.mark.clause("PART-1")
def test_a_batch_edit_of_more_skus_than_the_policy_allows_is_refused_whole(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        skus = [f"S-{number}" for number in range(1_001)]
        put_products(tx, shop_id, [product(sku) for sku in skus])
        with pytest.raises(Invalid) as refusal:
            edit_products(tx, shop_id, skus, Mode.STANDARD)
        assert (refusal.value.code, refusal.value.clause) == ("product.batch_limit", "PART-1")
        assert all(edit.status == "changed" for edit in edit_products(tx, shop_id, skus[1:], Mode.STANDARD))


def test_a_sku_is_mapped_to_suppliers_that_are_bound(database: Database):
    with transaction(database) as tx:
        shop_id, [bound, offered, stranger] = a_shop(tx), qualified_suppliers(tx, 3)
        bind(tx, shop_id, [bound])
        offer_bindings(tx, shop_id, [offered])
        put_products(tx, shop_id, [product("A")])
        for supplier_id in (offered, stranger):
            with pytest.raises(Conflict) as refusal:
                put_mappings(tx, shop_id, [MappingDraft("A", at, "I", 1, 1) for at in (bound, supplier_id)])
            assert refusal.value.code == "mapping.not_bound"
        with pytest.raises(Invalid) as unknown:
            map_to(tx, shop_id, "A", 999)
        assert unknown.value.code == "supplier.unknown"
        with pytest.raises(NotFound) as missing:
            map_to(tx, shop_id, "Z", bound)
        assert (missing.value.code, missing.value.facts) == ("product.not_found", {"sku": "Z"})
        with pytest.raises(Invalid) as twice:
            put_mappings(tx, shop_id, [MappingDraft("A", bound, item, 1, 1) for item in "IJ"])
        assert twice.value.code == "mapping.twice"
        assert list_mappings(tx, shop_id, limit=9) == []


def test_mappings_are_listed_by_sku_and_supplier(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A", "B"), suppliers=2)
        one, two = shop.supplier_ids

        def listed(**asked):
            return [
                (each.sku, each.supplier_id) for each in list_mappings(tx, shop.shop_id, limit=9, **asked)
            ]

        assert listed() == [("A", one), ("A", two), ("B", one), ("B", two)]
        assert listed(sku="B") == [("B", one), ("B", two)]
        assert listed(supplier_id=two) == [("A", two), ("B", two)]
        assert listed(after=("A", two)) == [("B", one), ("B", two)]
        put_mappings(tx, shop.shop_id, [MappingDraft("A", one, item_of("A"), 3, 7, Money.of("2.50", "CNY"))])
        found = mapping_of(tx, shop.shop_id, "A", one)
        assert (found.units, found.priority, found.supply_price_minor) == (3, 7, 250)


def test_only_a_mapping_that_says_something_new_is_an_event(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A",), suppliers=1)
        map_to(tx, shop.shop_id, "A", shop.supplier_ids[0])
        map_to(tx, shop.shop_id, "A", shop.supplier_ids[0], units=2)
    with transaction(database) as tx:
        assert told(tx, "product.mapped") == ["product:A"] * 2


@pytest.mark.clause("STOCK-3")
def test_a_mapping_gives_the_shop_its_share_of_the_items_pool(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A",), suppliers=1, stock=100)
        [supplier_id] = first.supplier_ids
        reserve(tx, [Take(*first.allotment("A"), 40, 1)])
        second = a_shop(tx)
        bind(tx, second, [supplier_id])
        put_products(tx, second, [product("A"), product("AA")])
    with request(database, Actor("shop", second), {second}) as tx:
        map_to(tx, second, "A", supplier_id)
        assert on_hand(tx, second) == {(supplier_id, item_of("A")): 30}
        assert on_hand(tx, first.shop_id) == {}, "another shop's stock stays behind its wall"
        # A second listing of the same item makes the share no larger.
        map_to(tx, second, "AA", supplier_id, item=item_of("A"))
        assert on_hand(tx, second) == {(supplier_id, item_of("A")): 30}
    with transaction(database) as tx:
        assert on_hand(tx, first.shop_id) == {(supplier_id, item_of("A")): 70}


@pytest.mark.clause("PART-1")
def test_removing_the_last_mapping_of_an_item_gives_its_unreserved_units_to_the_others(database: Database):
    with transaction(database) as tx:
        first = open_demo_shop(tx, skus=("A", "AA"), suppliers=1, stock=100)
        [supplier_id] = first.supplier_ids
        map_to(tx, first.shop_id, "AA", supplier_id, item=item_of("A"))
        second = open_demo_shop(tx, skus=("A",), suppliers=first.supplier_ids)
        reserve(tx, [Take(*first.allotment("A"), 10, 1)])
    row = (supplier_id, item_of("A"))
    with request(database, Actor("shop", first.shop_id), {first.shop_id}) as tx:
        remove_mapping(tx, first.shop_id, "AA", supplier_id)
        assert on_hand(tx, first.shop_id)[row] == 50, "another listing still sells it"
        remove_mapping(tx, first.shop_id, "A", supplier_id)
        assert on_hand(tx, first.shop_id)[row] == 10, "what is reserved stays"
        with pytest.raises(NotFound) as refusal:
            remove_mapping(tx, first.shop_id, "A", supplier_id)
        assert refusal.value.code == "mapping.not_found"
    with transaction(database) as tx:
        assert on_hand(tx, second.shop_id)[row] == 90
        assert told(tx, "product.unmapped") == ["product:AA", "product:A"]
        # What comes back later is shared out at the next midnight.
        release(tx, [Take(*first.allotment("A"), 10, 1)])
        assert tx.one("select even_at from pools where item = :i", i=item_of("A")).even_at is not None


@pytest.mark.clause("STOCK-3")
def test_mapping_a_sku_to_another_item_leaves_the_old_ones_pool(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A",), suppliers=1, stock=100)
        [supplier_id] = shop.supplier_ids
        count_pools(tx, [PoolCount(supplier_id, "NEW", 7)])
        map_to(tx, shop.shop_id, "A", supplier_id, item="NEW")
        assert on_hand(tx, shop.shop_id) == {(supplier_id, item_of("A")): 0, (supplier_id, "NEW"): 7}


def test_a_supplier_sees_its_own_mappings_and_no_product(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("A",), suppliers=2)
        one, _ = shop.supplier_ids
    with request(database, Actor("supplier", one), {shop.shop_id}) as tx:
        assert [each.supplier_id for each in list_mappings(tx, shop.shop_id, limit=9)] == [one]
        assert list_products(tx, shop.shop_id, limit=9) == []
