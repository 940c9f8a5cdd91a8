"""Corrections and checks of addresses on a real database: until the label, recorded without the address itself."""

import json
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Actor
from andon.orders.addresses.rules import Fault
from andon.orders.addresses.service import correct_ship_to
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.views import order_of
from andon.orders.shipping.service import Answer, Void, answer_fulfilments, label_parcels, void_labels
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import MADRID, accept, events_of, incoming, part_of, parts_of, run_together
from tests.worlds_partners import DemoShop, request
from tests.worlds_supply import a_label, labelled, taken
from tests.worlds_trouble import notices_of, pushes_of

pytestmark = pytest.mark.demo_shop(local=3)

S = FulfilmentState
ELSEWHERE = MADRID | {"line1": "Gran Via 7", "postcode": "28013"}


def an_order(database: Database, shop: DemoShop, **changes: Any) -> int:
    with transaction(database) as tx:
        [order_id] = accept(tx, shop.shop_id, incoming("O1", "S-1", **changes))
        return order_id


def test_an_address_is_corrected_and_only_commitments_are_told(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        before = tx.one("select salt, commitment from recipients")
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
        correct_ship_to(tx, shop.shop_id, order_id, ELSEWHERE, Fault.BUYER, "moved")
        correct_ship_to(tx, shop.shop_id, order_id, ELSEWHERE, Fault.SELLER)
    with transaction(database) as tx:
        shown = order_of(tx, shop.shop_id, order_id)
        assert shown.ship_to == ELSEWHERE
        assert (shown.address.fault, shown.address.note, shown.address.corrections) == ("buyer", "moved", 1)
        after = tx.one("select salt, commitment from recipients")
        assert after.salt != before.salt
        assert pushes_of(tx, "fulfilment.ship_to_corrected") == [
            part_of(tx, shop.shop_id, order_id).fulfilment_id
        ]
        assert events_of(tx, shop.shop_id)[-1] == "order.ship_to_corrected"
        body = tx.one("select body from events where kind = 'order.ship_to_corrected'").body
        told = json.loads(body)
        assert (told["old_recipient"], told["recipient"]) == (before.commitment.hex(), after.commitment.hex())
        assert "Gran Via" not in body
        assert "Calle Mayor" not in str(tx.rows("select * from address_corrections"))
    assert_all_well(database)


def test_a_label_closes_corrections_and_the_same_address_still_changes_nothing(
    database: Database, shop: DemoShop
) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        labelled(tx, [part_of(tx, shop.shop_id, order_id).fulfilment_id])
        correct_ship_to(tx, shop.shop_id, order_id, MADRID, Fault.BUYER)
        with pytest.raises(Conflict) as told:
            correct_ship_to(tx, shop.shop_id, order_id, ELSEWHERE, Fault.BUYER)
        assert told.value.code == "order.labelled"


def test_once_its_label_is_void_the_address_is_corrected_and_the_next_label_is_the_last_word(
    database: Database, shop: DemoShop
) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        labelled(tx, [number])
        [void] = void_labels(tx, [Void(number, NOON, "cainiao", f"W{number}", "wrong_address")])
        assert void.status == "done"
        correct_ship_to(tx, shop.shop_id, order_id, ELSEWHERE, Fault.BUYER)
        assert order_of(tx, shop.shop_id, order_id).ship_to == ELSEWHERE
        [again] = label_parcels(tx, [a_label(number, "W-NEW")])
        assert again.status == "done"
        with pytest.raises(Conflict) as told:
            correct_ship_to(tx, shop.shop_id, order_id, MADRID, Fault.BUYER)
        assert told.value.code == "order.labelled"
    assert_all_well(database)


def test_a_country_that_no_line_serves_is_refused_and_another_shops_order_is_not_found(
    database: Database, shop: DemoShop
) -> None:
    order_id = an_order(database, shop)
    with transaction(database) as tx:
        with pytest.raises(Conflict) as told:
            correct_ship_to(tx, shop.shop_id, order_id, MADRID | {"country": "AQ"}, Fault.BUYER)
        assert told.value.code == "order.no_line_serves"
        with pytest.raises(NotFound):
            correct_ship_to(tx, shop.shop_id, order_id + 999, ELSEWHERE, Fault.BUYER)
        assert order_of(tx, shop.shop_id, order_id).ship_to == MADRID


def test_a_failed_check_flags_and_tells_once_and_a_correction_clears_it(
    database: Database, shop: DemoShop
) -> None:
    order_id = an_order(database, shop, ship_to=MADRID | {"postcode": "2800"})
    with transaction(database) as tx:
        shown = order_of(tx, shop.shop_id, order_id)
        assert (shown.flags, shown.address.faults) == (["address_problem"], ["postcode.format"])
        assert notices_of(tx, "order.address_problem") == ["seller"]
        assert "order.address_checked" in events_of(tx, shop.shop_id)
    assert_all_well(database)
    with transaction(database) as tx:
        correct_ship_to(tx, shop.shop_id, order_id, ELSEWHERE, Fault.CHANNEL)
        shown = order_of(tx, shop.shop_id, order_id)
        assert (shown.flags, shown.address.faults) == ([], [])
    assert_all_well(database)


def test_a_successor_keeps_the_flag(database: Database, shop: DemoShop) -> None:
    order_id = an_order(database, shop, ship_to=MADRID | {"postcode": ""})
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        answer_fulfilments(tx, [Answer(number, tx.now, accept=False, code="other")])
    with transaction(database) as tx:
        assert parts_of(tx, shop.shop_id, order_id)[-1].flags & Flag.ADDRESS_PROBLEM
    assert_all_well(database)


def test_of_a_label_and_a_correction_at_once_both_stand_or_the_label_alone(
    database: Database, shop: DemoShop
) -> None:
    order_id = an_order(database, shop)
    refused: list[str] = []
    with transaction(database) as tx:
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
        taken(tx, [number])

    def correct() -> None:
        try:
            with transaction(database) as tx:
                correct_ship_to(tx, shop.shop_id, order_id, ELSEWHERE, Fault.BUYER)
        except Conflict as told:
            refused.append(told.code)

    def label() -> None:
        with transaction(database) as tx:
            label_parcels(tx, [a_label(number)])

    run_together(correct, label)
    with transaction(database) as tx:
        assert part_of(tx, shop.shop_id, order_id).state == S.LABELLED
        shown = order_of(tx, shop.shop_id, order_id)
        assert shown.ship_to == (MADRID if refused else ELSEWHERE)
        assert refused in ([], ["order.labelled"])
    assert_all_well(database)
