"""Labels, pick lists and scanned goods on a real database."""

from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound, Refused
from andon.kernel.http.pages import PageAsked
from andon.kernel.tx import Actor, Tx
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.holds.rules import Reason
from andon.orders.holds.service import hold_order
from andon.orders.papers.rules import Parcel, Scan
from andon.orders.papers.service import Place, check_goods, put_bins, set_printing
from andon.orders.papers.views import PickOut, checks_of, label_of, labels_of, list_picks, list_shelves
from andon.orders.shipping.rules import Voiding
from andon.orders.shipping.service import Step, Void, label_parcels, pick_fulfilments, void_labels
from andon.partners.catalog.service import put_products
from andon.partners.goods.rules import Goods
from andon.partners.plans.service import put_plan
from andon.partners.stock.service import count_consigned
from andon.partners.taxes.rules import TaxKind
from andon.partners.taxes.service import set_tax_number
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_goods import BOTH, WHOLE
from tests.worlds_orders import accept, incoming, part_of, run_together
from tests.worlds_partners import DemoShop, open_demo_shop, product, request
from tests.worlds_supply import a_label, a_scan, labelled, one, orders_for, scanned, taken

pytestmark = pytest.mark.demo_shop(local=5)

SECRET = b"k" * 32


def by_supplier(database: Database, *shops: DemoShop, place: int = 0) -> Any:
    supplier = shops[0].supplier_ids[place]
    return request(database, Actor("supplier", supplier), [shop.shop_id for shop in shops])


def packed(database: Database, shop: DemoShop, count: int = 1, prefix: str = "O") -> list[int]:
    """So many labelled fulfilments at the first supplier, each one parcel `W<number>`."""
    with transaction(database) as tx:
        numbers = orders_for(tx, shop.shop_id, count, prefix=prefix)
        labelled(tx, numbers)
    return numbers


def parcels(database: Database, number: int) -> list[int]:
    row = one(
        database,
        "select array_agg(parcel_id order by parcel_id) as all from parcels where fulfilment_id = :f",
        f=number,
    )
    return list(row.all)


def label(database: Database, shop: DemoShop, number: int, place: int = 0) -> Parcel:
    with by_supplier(database, shop) as tx:
        return label_of(tx, parcels(database, number)[place])


def refusal(database: Database, shop: DemoShop, parcel: int) -> str:
    with pytest.raises(Refused) as no, by_supplier(database, shop) as tx:
        label_of(tx, parcel)
    return no.value.code


def want_scans(database: Database, shop: DemoShop) -> None:
    with by_supplier(database, shop) as tx:
        set_printing(tx, shop.supplier_ids[0], scan_before_print=True)


def check(
    database: Database, shop: DemoShop, number: int, scanned: str, units: int = 1, said: int | None = None
) -> str | None:
    with by_supplier(database, shop) as tx:
        return check_goods(tx, number, Scan(scanned, said or number, units))


def events(database: Database, number: int) -> list[str]:
    row = one(
        database,
        "select coalesce(array_agg(kind order by event_id), '{}') as kinds from events "
        "where subject = :s and kind like 'fulfilment.check%'",
        s=f"fulfilment:{number}",
    )
    return list(row.kinds)


def test_a_label_says_where_its_parcel_goes_and_no_more_of_the_buyer(
    database: Database, shop: DemoShop
) -> None:
    buyer = {
        "name": "Lucía Pérez", "line1": "Calle Mayor 1", "line2": "3º izq", "city": "Madrid", "region": "Madrid",
        "postcode": "28001", "country": "ES", "phone": "+34 600 123 456", "email": "lucia@example.test",
    }  # fmt: skip
    with transaction(database) as tx:
        accept(tx, shop.shop_id, incoming("A-1", "S-1", ship_to=buyer))
        [number] = [row.fulfilment_id for row in tx.rows("select fulfilment_id from fulfilments")]
        taken(tx, [number])
        label_parcels(tx, [a_label(number, waybill) for waybill in ("W1", "W2", "W3")])
    told = label(database, shop, number, place=1)
    assert [line.text for line in told.recipient] == [
        "Lucía Pérez", "Calle Mayor 1", "3º izq", "28001 MADRID", "Tel *** 3456",
    ]  # fmt: skip
    assert (told.waybill, told.place, told.places, told.weight_g) == ("W2", 2, 3, 350)
    assert (told.carrier, told.country, told.country_name) == ("菜鸟 Cainiao", "ES", "Spain · España")
    assert (told.sender, told.mode, told.line) == ("仓1", "JIT", "菜鸟JIT专线 Cainiao JIT line")
    assert "lucia@example.test" not in str(told)
    assert "600" not in str(told)


def test_void_labels_do_not_print_and_are_not_counted(database: Database, shop: DemoShop) -> None:
    [number] = packed(database, shop)
    with transaction(database) as tx:
        label_parcels(tx, [a_label(number, "W-2")])
        void_labels(tx, [Void(number, NOON, "cainiao", f"W{number}", Voiding.MISPRINTED)])
    void, standing = parcels(database, number)
    assert refusal(database, shop, void) == "label.voided"
    told = label(database, shop, number, place=1)
    assert (told.parcel_id, told.place, told.places) == (standing, 1, 1)


def test_a_label_prints_until_the_carrier_has_that_parcel(database: Database, shop: DemoShop) -> None:
    [number] = packed(database, shop)
    with transaction(database) as tx:
        label_parcels(tx, [a_label(number, "W-2")])
        scanned(tx, a_scan(f"W{number}"))
    gone, waiting = parcels(database, number)
    assert refusal(database, shop, gone) == "label.scanned"
    assert label(database, shop, number, place=1).parcel_id == waiting


def test_what_is_held_or_cancelled_does_not_print(database: Database, shop: DemoShop) -> None:
    held, cancelled = packed(database, shop, 2)
    with transaction(database) as tx:
        order = tx.one("select order_id from fulfilments where fulfilment_id = :f", f=held)
        assert order is not None
        hold_order(tx, shop.shop_id, order.order_id, Reason.BUYER_WISH, None)
        tx.put("update fulfilments set state = 91 where fulfilment_id = :f", f=cancelled)
    assert refusal(database, shop, parcels(database, held)[0]) == "fulfilment.held"
    assert refusal(database, shop, parcels(database, cancelled)[0]) == "fulfilment.state"


def test_a_label_is_its_suppliers_alone_and_only_while_it_may_see_the_shop(
    database: Database, shop: DemoShop
) -> None:
    [parcel] = parcels(database, packed(database, shop)[0])
    with by_supplier(database, shop, place=1) as tx, pytest.raises(NotFound):
        label_of(tx, parcel)
    with request(database, Actor("supplier", shop.supplier_ids[0]), []) as tx, pytest.raises(NotFound):
        label_of(tx, parcel)  # its grant has ended
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx, pytest.raises(NotFound):
        label_of(tx, parcel, own_of=shop.shop_id)  # a supplier ships it


def test_a_shop_prints_the_labels_of_what_it_ships_itself(database: Database) -> None:
    with transaction(database) as tx:
        own = open_demo_shop(tx, skus=("S-1",), local=5, intake_open=False)
        [number] = orders_for(tx, own.shop_id)
        pick_fulfilments(tx, [Step(number, NOON)], own_of=own.shop_id)
        label_parcels(tx, [a_label(number)], own_of=own.shop_id)
    [parcel] = parcels(database, number)
    with request(database, Actor("shop", own.shop_id), [own.shop_id]) as tx:
        told = label_of(tx, parcel, own_of=own.shop_id)
    assert (told.sender, told.mode) == ("衣见", "STANDARD")
    with by_supplier(database, own) as tx, pytest.raises(NotFound):
        label_of(tx, parcel)


def test_labels_come_in_the_order_asked_or_not_at_all(database: Database, shop: DemoShop) -> None:
    numbers = packed(database, shop, 3)
    wanted = [parcels(database, number)[0] for number in (numbers[2], numbers[0], numbers[2])]
    with by_supplier(database, shop) as tx:
        assert [each.parcel_id for each in labels_of(tx, wanted)] == wanted
    with transaction(database) as tx:
        void_labels(tx, [Void(numbers[0], NOON, "cainiao", f"W{numbers[0]}", Voiding.OTHER)])
    with pytest.raises(Conflict) as no, by_supplier(database, shop) as tx:
        labels_of(tx, [*wanted, 4711])
    assert no.value.facts["parcels"] == [
        {"parcel_id": wanted[1], "code": "label.voided"},
        {"parcel_id": 4711, "code": "label.not_found"},
    ]


def test_nothing_has_to_be_scanned_until_the_supplier_says_so(database: Database, shop: DemoShop) -> None:
    [number] = packed(database, shop)
    assert label(database, shop, number).waybill == f"W{number}"
    want_scans(database, shop)
    assert refusal(database, shop, parcels(database, number)[0]) == "label.not_checked"
    assert check(database, shop, number, "I-S-1") is None
    assert label(database, shop, number).waybill == f"W{number}"
    assert_all_well(database)


def test_what_does_not_belong_there_is_refused_and_kept(database: Database, shop: DemoShop) -> None:
    want_scans(database, shop)
    with transaction(database) as tx:
        [number] = orders_for(tx, shop.shop_id, 1, ("S-1", 3), "S-2")
        [order] = [row.order_id for row in tx.rows("select order_id from fulfilments")]
        labelled(tx, [number])
    with by_supplier(database, shop) as tx:
        put_bins(tx, shop.supplier_ids[0], [Place("I-S-2", "B-1", "6901234567892")])
    said = [
        check(database, shop, number, "I-S-9"),
        check(database, shop, number, "I-S-1", said=order + 4711),
        check(database, shop, number, "I-S-1", 4),
        check(database, shop, number, "I-S-1", 2, said=order),
        check(database, shop, number, "I-S-1", 2),
        check(database, shop, number, "6901234567892"),
        check(database, shop, number, "6901234567892"),
    ]
    wrong = ["check.wrong_item", "check.other_order", "check.too_many", "check.too_many", "check.too_many"]
    assert said == [*wrong[:3], None, wrong[3], None, wrong[4]]
    assert refusal(database, shop, parcels(database, number)[0]) == "label.not_checked"
    with by_supplier(database, shop) as tx:
        seen = checks_of(tx, number)
    assert [(line.units, line.checked) for line in seen.lines] == [(3, 2), (1, 1)]
    assert [each.code for each in reversed(seen.refused)] == wrong
    assert seen.refused[-1].model_dump() == {
        "scanned": "I-S-9", "number": number, "units": 1, "code": "check.wrong_item",
        "actor": f"supplier:{shop.supplier_ids[0]}", "at": NOON,
    }  # fmt: skip
    assert check(database, shop, number, "I-S-1") is None
    assert events(database, number) == ["fulfilment.check_refused"] * 5 + ["fulfilment.checked"]
    assert_all_well(database)


def test_two_scans_at_once_never_count_more_units_than_there_are(database: Database, shop: DemoShop) -> None:
    [number] = packed(database, shop)
    found: list[str | None] = []
    run_together(*(lambda: found.append(check(database, shop, number, "I-S-1")) for _ in range(4)))
    assert sorted(found, key=str) == [None, *["check.too_many"] * 3]
    assert events(database, number).count("fulfilment.checked") == 1
    assert_all_well(database)


def test_goods_are_scanned_between_acceptance_and_collection_by_their_supplier(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        [fresh] = orders_for(tx, shop.shop_id, prefix="N")
    with pytest.raises(Conflict) as no:
        check(database, shop, fresh, "I-S-1")
    assert no.value.code == "fulfilment.state"
    [number] = packed(database, shop)
    with by_supplier(database, shop, place=1) as tx, pytest.raises(NotFound):
        check_goods(tx, number, Scan("I-S-1", number, 1))
    with transaction(database) as tx:
        scanned(tx, a_scan(f"W{number}"))
    with pytest.raises(Conflict):
        check(database, shop, number, "I-S-1")


def wave(tx: Tx[Policy], supplier: int, limit: int = 50, after: int = 0) -> tuple[list[PickOut], bool]:
    page = list_picks(tx, supplier, PageAsked(limit, [after] if after else None, "here", SECRET))
    return page.items, page.next_cursor is not None


def test_a_pick_list_goes_by_bin_as_one_walks_and_sums_what_fulfilments_need(database: Database) -> None:
    skus = ("S-1", "S-2", "S-3", "S-4")
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=skus)
        other = open_demo_shop(tx, skus=skus, suppliers=shop.supplier_ids)
        first, second = orders_for(tx, shop.shop_id, 2, ("S-1", 2), "S-2", "S-3", "S-4")
        [third] = orders_for(tx, other.shop_id, 1, "S-2")
        [waits] = orders_for(tx, shop.shop_id, 1, "S-1", prefix="W")
        taken(tx, [first, second, third])
    supplier = shop.supplier_ids[0]
    with by_supplier(database, shop, other) as tx:
        put_bins(tx, supplier, [Place("I-S-1", "A-10"), Place("I-S-2", "A-2"), Place("I-S-3", "B-1")])
        put_bins(tx, shop.supplier_ids[0], [Place("I-S-3", None)])
        picks, more = wave(tx, supplier)
        assert [(each.bin, each.supplier_sku, each.units) for each in picks] == [
            ("A-2", "I-S-2", 3),
            ("A-10", "I-S-1", 4),
            (None, "I-S-3", 2),
            (None, "I-S-4", 2),
        ]
        assert not more
        assert [(each.fulfilment_id, each.units) for each in picks[1].fulfilments] == [
            (first, 2),
            (second, 2),
        ]
        small, more = wave(tx, supplier, limit=1)
        assert {need.fulfilment_id for pick in small for need in pick.fulfilments} == {first}
        assert more
        rest, _ = wave(tx, supplier, after=first)
        assert {need.fulfilment_id for pick in rest for need in pick.fulfilments} == {second, third}
    assert waits not in {need.fulfilment_id for pick in picks for need in pick.fulfilments}
    with transaction(database) as tx:
        pick_fulfilments(tx, [Step(first, NOON), Step(second, NOON)])
    with by_supplier(database, shop) as tx:
        assert wave(tx, supplier)[0] == [], "the other shop is not seen, and the rest is picked"


def test_what_is_held_or_to_be_cancelled_is_not_picked(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        numbers = orders_for(tx, shop.shop_id, 3)
        taken(tx, numbers)
        rows = tx.rows("select order_id from fulfilments order by fulfilment_id")
        hold_order(tx, shop.shop_id, rows[0].order_id, Reason.BUYER_WISH, None)
        cancel_orders(tx, [Wish(shop.shop_id, rows[1].order_id, NOON, "buyer")])
    with by_supplier(database, shop) as tx:
        picks, _ = wave(tx, shop.supplier_ids[0])
    assert [need.fulfilment_id for pick in picks for need in pick.fulfilments] == [numbers[2]]


def test_bins_are_of_the_suppliers_own_items_each_with_an_answer(database: Database, shop: DemoShop) -> None:
    supplier = shop.supplier_ids[0]
    with by_supplier(database, shop) as tx:
        places = [Place("I-S-1", "A-1"), Place("NONE", "A-1"), Place("I-S-1", "A-2")]
        found = [verdict.code or verdict.status for verdict in put_bins(tx, supplier, places)]
        assert found == ["done", "bin.item_unknown", "bin.item_twice"]
        assert [verdict.status for verdict in put_bins(tx, supplier, places[:1])] == ["already"]
        later = [verdict.status for verdict in put_bins(tx, supplier, [Place("I-S-1", "A-1", "690")])]
        assert later == ["done"], "a new barcode is a change"
    with by_supplier(database, shop, place=1) as tx:
        assert not tx.rows("select from bins where supplier_id = :s", s=shop.supplier_ids[1])


def test_a_label_declares_what_the_order_was_sold_as(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        put_plan(tx, shop.shop_id, BOTH)
        put_products(tx, shop.shop_id, [product("S-1", goods=WHOLE)])
        set_tax_number(tx, shop.shop_id, TaxKind.IOSS, "IM3720000224")
        [order] = accept(tx, shop.shop_id, incoming("1", ("S-1", 2), country="ES"))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
        labelled(tx, [number])
        put_products(tx, shop.shop_id, [product("S-1", goods=Goods())])
    printed = label(database, shop, number).customs
    assert printed
    [content] = printed.contents
    assert (content.name, content.hs_code, content.quantity) == (WHOLE.customs_name, "850440", 2)
    assert content.value == "CNY 80.00"
    assert (printed.tax_number, printed.marks) == ("IOSS IM3720000224", ["电池 Battery UN3481"])


def test_a_supplier_counts_its_own_units_and_those_that_shops_consigned(
    database: Database, shop: DemoShop
) -> None:
    supplier = shop.supplier_ids[0]
    with transaction(database) as tx:
        count_consigned(tx, shop.shop_id, supplier, "I-S-1", 5)
        accept(tx, shop.shop_id, incoming("A-1", "S-1"))

    def shelves(*shops: DemoShop, after: tuple[str, int, int] | None = None) -> list[tuple[Any, ...]]:
        with by_supplier(database, *shops) as tx:
            rows = list_shelves(tx, supplier, code="I-S-1", after=after, limit=10)
        return [(row.owner, row.shop, row.counted, row.reserved) for row in rows]

    own, consigned = shelves(shop)
    assert (consigned[:3], own[:2]) == ((2, shop.shop_id, 5), (1, 0))
    assert own[3] + consigned[3] == 1, "one of them is promised"
    assert shelves(shop, after=("I-S-1", *own[:2])) == [consigned]
    with request(database, Actor("supplier", supplier), []) as tx:
        [alone] = list_shelves(tx, supplier, code="I-S-1", after=None, limit=10)
    assert (alone.owner, alone.counted, alone.reserved) == (1, own[2], 0), (
        "a shop without a grant shows nothing"
    )
