"""Goods on a real database: kept with the order, moved by a line that takes them, declared as they were sold."""

import json
from typing import Any

import pytest

from andon.insights.story.views import story_of_order
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.orders.addresses.rules import Fault
from andon.orders.addresses.service import correct_ship_to
from andon.orders.customs.service import complete_papers
from andon.orders.customs.views import declarations_of
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.routing.service import reroute, take_over
from andon.orders.shipping.views import supplied
from andon.partners.catalog.service import put_products
from andon.partners.catalog.views import product_of
from andon.partners.goods.rules import Battery, Cell, Goods
from andon.partners.plans.service import put_plan
from andon.partners.taxes.rules import TaxKind
from andon.partners.taxes.service import remove_tax_number, set_tax_number
from andon.platform.policies.rules import Policy
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_goods import BOTH, CHARGER, LIQUID, WHOLE, say
from tests.worlds_orders import MADRID, accept, events_of, incoming, part_of, parts_of, stock_of
from tests.worlds_partners import DemoShop, open_demo_shop, product, request
from tests.worlds_supply import a_scan, labelled, scanned
from tests.worlds_trouble import notices_of


@pytest.fixture
def shop(database: Database) -> DemoShop:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=3)
        put_plan(tx, shop.shop_id, BOTH)
        return shop


def passed_over(tx: Tx[Policy], fulfilment_id: int) -> Any:
    tx.flush()
    row = tx.one(
        "select body from events where kind in ('fulfilment.reserved', 'fulfilment.waiting') and subject = :s",
        s=f"fulfilment:{fulfilment_id}",
    )
    assert row is not None
    return json.loads(row.body).get("passed_over")


def reject(tx: Tx[Policy], shop: DemoShop, fulfilment_id: int) -> list[int]:
    close = Close(shop.shop_id, fulfilment_id, tx.now, "other")
    return reroute(tx, close_fulfilments(tx, [close], FulfilmentState.REJECTED))


def test_what_is_said_of_goods_stands_until_it_is_said_anew(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE)
        put_products(tx, shop.shop_id, [product("S-1", title="新")])
        assert Goods.kept(product_of(tx, shop.shop_id, "S-1").goods) == WHOLE
        say(tx, shop, S_1=LIQUID)
        assert Goods.kept(product_of(tx, shop.shop_id, "S-1").goods) == LIQUID
        say(tx, shop, S_1=Goods())
        assert Goods.kept(product_of(tx, shop.shop_id, "S-1").goods) is None


def test_an_order_goes_by_the_line_that_takes_its_goods_and_its_story_says_why(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE)
        [plain, order] = accept(tx, shop.shop_id, incoming("1", "S-2"), incoming("2", "S-2", "S-1"))
        assert part_of(tx, shop.shop_id, plain).line == "cainiao_jit"
        part = part_of(tx, shop.shop_id, order)
        assert (part.line, part.flags) == ("yunexpress_jit", Flag.PAPERS_MISSING), "S-2 has no papers"
        assert passed_over(tx, part.fulfilment_id) == [
            {"line": 2, "by": "cainiao_jit", "reason": "battery_with_equipment"}
        ]
        [moment] = [
            each
            for each in story_of_order(tx, shop.shop_id, order).moments
            if each.kind == "fulfilment.reserved"
        ]
        assert "passed over: cainiao_jit: no batteries with equipment" in moment.text["en"]
        assert "跳过：cainiao_jit: 不承运配套电池" in moment.text["zh-CN"]
    assert_all_well(database)


def test_goods_that_need_two_lines_are_two_fulfilments_of_one_supplier(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE, S_2=LIQUID)
        [order] = accept(tx, shop.shop_id, incoming("1", ("S-1", 2), "S-2"))
        made = parts_of(tx, shop.shop_id, order)
        assert [(part.supplier_id, part.line, part.flags) for part in made] == [
            (shop.supplier_ids[0], "yunexpress_jit", 0),
            (shop.supplier_ids[0], "cainiao_jit", 0),
        ]
    assert_all_well(database)


@pytest.mark.clause("STOCK-1")
def test_an_order_that_no_line_takes_is_refused_and_takes_nothing(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=Goods(Battery.ALONE, Cell.LITHIUM_ION))
        before = stock_of(tx, shop.shop_id)
        refused, taken_ = accept_orders(tx, shop.shop_id, [incoming("1", "S-2", "S-1"), incoming("2", "S-2")])
        assert (refused.status, refused.code, taken_.status) == ("refused", "order.no_line_flies", "created")
        assert refused.detail == (
            "line 2: S-1: cainiao_jit refuses battery_alone; yunexpress_jit refuses battery_alone"
        )
        changed = {key for key, held in stock_of(tx, shop.shop_id).items() if held != before[key]}
        assert changed == {shop.allotment("S-2")[1:]}
        assert tx.one("select count(*) as n from orders").n == 1
    assert_all_well(database)


def test_the_catalogue_may_change_and_an_order_keeps_what_it_was_sold_as(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
    with transaction(database) as tx:
        say(tx, shop, S_1=Goods(liquid=True, hs_code="330300"))
        [number] = reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id)
        assert parts_of(tx, shop.shop_id, order)[1].line == "yunexpress_jit", "a liquid would not go by it"
        [line] = declarations_of(tx, [(shop.shop_id, number)])[shop.shop_id, number].lines
        assert (line.hs_code, line.marks, line.un_number) == ("850440", ("battery_with_equipment",), "UN3481")
    assert_all_well(database)


def test_what_no_line_of_the_plan_takes_any_more_waits_for_the_seller(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", "S-2"))
        put_plan(tx, shop.shop_id, ["cainiao_jit", "cainiao_standard"])
        went, waits = reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id)
        _, new, waiting = parts_of(tx, shop.shop_id, order)
        assert (new.fulfilment_id, new.line, new.flags) == (went, "cainiao_jit", 0)
        assert (waiting.fulfilment_id, waiting.state, waiting.flags) == (waits, 5, 0)
        assert passed_over(tx, waits) == [
            {"line": 1, "by": "cainiao_jit", "reason": "battery_with_equipment"}
        ]
    assert_all_well(database)


def test_missing_papers_flag_and_tell_and_are_completed_from_the_catalogue(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        say(tx, shop, S_1=CHARGER)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        part = part_of(tx, shop.shop_id, order)
        assert (part.line, part.flags) == ("yunexpress_jit", Flag.PAPERS_MISSING)
        assert events_of(tx, shop.shop_id, order)[-1] == "fulfilment.flagged"
        assert notices_of(tx, "fulfilment.papers_missing") == ["seller"]
        complete_papers(tx, shop.shop_id, order)
        assert part_of(tx, shop.shop_id, order).flags == Flag.PAPERS_MISSING, "nobody has said more by now"
        say(tx, shop, S_1=Goods(liquid=True, hs_code="850440", customs_name="Charger"))
        complete_papers(tx, shop.shop_id, order)
        complete_papers(tx, shop.shop_id, order)
        assert part_of(tx, shop.shop_id, order).flags == 0
        assert events_of(tx, shop.shop_id, order)[-1] == "fulfilment.papers_completed"
        assert events_of(tx, shop.shop_id, order).count("fulfilment.papers_completed") == 1
        key = shop.shop_id, part.fulfilment_id
        [line] = declarations_of(tx, [key])[key].lines
        assert (line.name, line.hs_code, line.marks) == ("Charger", "850440", ("battery_with_equipment",))
    assert_all_well(database)


def test_papers_of_what_left_or_is_not_there_are_not_completed(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        part = part_of(tx, shop.shop_id, order)
        close_fulfilments(
            tx,
            [Close(shop.shop_id, part.fulfilment_id, tx.now, "buyer")],
            FulfilmentState.CANCELLED,
        )
        with pytest.raises(Conflict, match=r"order\.closed"):
            complete_papers(tx, shop.shop_id, order)
        with pytest.raises(NotFound, match=r"order\.not_found"):
            complete_papers(tx, shop.shop_id, order + 1000)


def test_what_is_flagged_for_papers_is_so_no_more_once_it_ended(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=CHARGER)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        reject(tx, shop, part_of(tx, shop.shop_id, order).fulfilment_id)
        assert [part.flags for part in parts_of(tx, shop.shop_id, order)] == [0, Flag.PAPERS_MISSING]
    assert_all_well(database)


def test_an_address_in_another_country_takes_a_line_there_that_takes_the_goods(
    database: Database, shop: DemoShop
):
    def correct(order: int, country: str) -> None:
        address = MADRID | {"country": country, "postcode": "01310-100", "region": "SP"}
        correct_ship_to(tx, shop.shop_id, order, address, Fault.BUYER)

    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE)
        [plain, order] = accept(tx, shop.shop_id, incoming("1", "S-2"), incoming("2", "S-1"))
        correct(plain, "BR")
        with pytest.raises(Conflict, match=r"order\.no_line_flies"):
            correct(order, "BR")
        put_plan(tx, shop.shop_id, ["correios_jit", *BOTH])
        with pytest.raises(Conflict, match=r"order\.no_line_serves"):
            correct(order, "NZ")


def test_a_line_that_an_address_asks_for_flags_what_it_needs_and_another_one_takes_the_flag_away(
    database: Database, shop: DemoShop
):
    france = MADRID | {"country": "FR", "postcode": "75001", "city": "Paris"}
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        put_plan(tx, shop.shop_id, ["yunexpress_jit", "cainiao_standard"])
        correct_ship_to(tx, shop.shop_id, order, france, Fault.BUYER)
        part = part_of(tx, shop.shop_id, order)
        assert (part.line, part.flags) == ("yunexpress_jit", Flag.PAPERS_MISSING)
        correct_ship_to(tx, shop.shop_id, order, france | {"line1": "Rue 1"}, Fault.BUYER)
        assert notices_of(tx, "fulfilment.papers_missing") == ["seller"]
        put_plan(tx, shop.shop_id, BOTH)
        correct_ship_to(tx, shop.shop_id, order, MADRID, Fault.BUYER)
        part = part_of(tx, shop.shop_id, order)
        assert (part.line, part.flags) == ("cainiao_jit", 0)
    assert_all_well(database)


def test_a_seller_that_takes_over_ships_by_a_standard_line_that_takes_the_goods(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        put_plan(tx, shop.shop_id, ["cainiao_jit", "yunexpress_jit", "yunexpress_standard", "dhl_express"])
        say(tx, shop, S_1=WHOLE, S_2=LIQUID)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", "S-2"))
        first, second = (part.fulfilment_id for part in parts_of(tx, shop.shop_id, order))
        for number in (first, second):
            close = Close(shop.shop_id, number, tx.now, "taken_over")
            [closed] = close_fulfilments(tx, [close], FulfilmentState.REJECTED)
            assert len(take_over(tx, closed)) == 1
        assert [part.line for part in parts_of(tx, shop.shop_id, order)[2:]] == [
            "yunexpress_standard",
            "dhl_express",
        ]
    assert_all_well(database)


def test_a_supplier_sees_what_it_packs_and_what_the_parcel_is_declared_as_but_no_order(
    database: Database, shop: DemoShop
):
    with transaction(database) as tx:
        say(tx, shop, S_1=WHOLE)
        set_tax_number(tx, shop.shop_id, TaxKind.IOSS, "im 372.000-0224")
        [order] = accept(tx, shop.shop_id, incoming("1", ("S-1", 3)))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
    first, other = shop.supplier_ids
    with request(database, Actor("supplier", first), {shop.shop_id}) as tx:
        [line] = supplied(tx, first, number).lines
        assert (line.marks, line.un_number) == (["battery_with_equipment"], "UN3481")
        declared = declarations_of(tx, [(shop.shop_id, number)])[shop.shop_id, number]
        assert (declared.tax_kind, declared.tax_number) == ("ioss", "IM3720000224")
        assert (declared.country, declared.value) == ("ES", Money.of("120.00", "CNY"))
        assert declared.lines[0].name == WHOLE.customs_name
        assert tx.rows("select * from orders") == tx.rows("select * from tax_numbers") == []
    with request(database, Actor("supplier", other), {shop.shop_id}) as tx:
        assert declarations_of(tx, [(shop.shop_id, number)]) == {}, "it is another's"


def test_a_parcel_worth_more_than_the_limit_does_not_bear_the_number(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        set_tax_number(tx, shop.shop_id, TaxKind.IOSS, "IM3720000224")
        set_tax_number(tx, shop.shop_id, TaxKind.EORI, "ESB12345678")
        [cheap, dear] = accept(
            tx, shop.shop_id, incoming("1", "S-1", price="1100.00"), incoming("2", "S-1", price="1100.01")
        )
        numbers = [part_of(tx, shop.shop_id, order).fulfilment_id for order in (cheap, dear)]
        declared = declarations_of(tx, [(shop.shop_id, number) for number in numbers])
        assert [declared[shop.shop_id, number].tax_number for number in numbers] == ["IM3720000224", None]
        assert {each.eori for each in declared.values()} == {"ESB12345678"}
        remove_tax_number(tx, shop.shop_id, TaxKind.IOSS)
        with pytest.raises(NotFound, match=r"tax_number\.not_found"):
            remove_tax_number(tx, shop.shop_id, TaxKind.IOSS)
        tx.flush()
        told = tx.rows("select kind, subject from events where kind like 'tax_number.%' order by event_id")
        assert [tuple(row) for row in told] == [
            ("tax_number.set", "tax:ioss"),
            ("tax_number.set", "tax:eori"),
            ("tax_number.removed", "tax:ioss"),
        ]


def test_a_label_is_made_for_what_lacks_papers_and_shipping_ends_the_flag(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        say(tx, shop, S_1=CHARGER)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
        labelled(tx, [number])
        assert part_of(tx, shop.shop_id, order).flags == Flag.PAPERS_MISSING
        scanned(tx, a_scan(f"W{number}"))
        assert (part_of(tx, shop.shop_id, order).state, part_of(tx, shop.shop_id, order).flags) == (60, 0)
    assert_all_well(database)
