"""A binding's end on a real database: drawn up, taken back, signed; what ends with it, and what stands in its way."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.membership.unbinding.service import Signature, draw_up_end, sign_letter, stay
from andon.membership.unbinding.views import letter_of, unproven_letters
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.partners.bindings.rules import BindingState
from andon.partners.bindings.service import offer_bindings
from andon.partners.bindings.views import binding_of, granted_shops
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_parting import a_consigning_shop, calibrations
from tests.worlds_partners import DemoShop, a_shop, bind, open_demo_shop, qualified_suppliers

SIGNED = Signature("李雷", "key:5", "key")


def bindings_by_supplier(tx, shop: DemoShop) -> dict[int, int]:
    rows = tx.rows("select supplier_id, binding_id from bindings where shop_id = :s", s=shop.shop_id)
    return {row.supplier_id: row.binding_id for row in rows}


@pytest.mark.clause("EXIT-3")
def test_a_signature_ends_binding_grant_and_mappings_in_one_transaction(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = shop.supplier_ids
        binding_id = bindings_by_supplier(tx, shop)[first]
    with transaction(database) as tx:
        end = draw_up_end(tx, shop.shop_id, binding_id)
        assert (end.state, binding_of(tx, shop.shop_id, binding_id).letter_id) == (
            BindingState.ENDING,
            end.letter_id,
        )
        assert granted_shops(tx, first) == [shop.shop_id], "what is under way goes on until it is signed"
    with transaction(database) as tx:
        letter = sign_letter(tx, shop.shop_id, end.letter_id, SIGNED)
        assert letter.number == f"JIT-TL-2026-{end.letter_id:06d}"
        assert (letter.signed_at, letter.signed_name, letter.signed_by) == (NOON, "李雷", "key:5")
        assert [each["sku"] for each in letter.ended["mappings"]] == ["S-1", "S-2"]
    with transaction(database) as tx:
        ended = binding_of(tx, shop.shop_id, binding_id)
        assert (ended.state, ended.ended_at, ended.letter_id) == (BindingState.ENDED, NOON, end.letter_id)
        assert granted_shops(tx, first) == []
        assert granted_shops(tx, second) == [shop.shop_id], "the other supplier is as it was"
        left = tx.rows("select sku, supplier_id from mappings order by sku")
        assert [tuple(row) for row in left] == [("S-1", second), ("S-2", second)]
        events = [
            row.kind
            for row in tx.rows(
                "select kind from events where subject = :b order by event_id", b=f"binding:{binding_id}"
            )
        ]
        assert events == ["binding.offered", "binding.active", "binding.ending", "binding.ended"]
        [unproven] = unproven_letters(tx, shop.shop_id)
        assert unproven.letter_id == end.letter_id


@pytest.mark.clause("EXIT-3")
def test_no_name_stands_in_any_event(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
    with transaction(database) as tx:
        end = draw_up_end(tx, shop.shop_id, min(bindings_by_supplier(tx, shop).values()))
    with transaction(database) as tx:
        sign_letter(tx, shop.shop_id, end.letter_id, SIGNED)
    with transaction(database) as tx:
        assert not tx.rows("select 1 from events where body like '%李雷%'")
        assert not tx.rows("select 1 from notices where cast(facts as text) like '%李雷%'")


def test_drawing_up_twice_and_signing_twice_give_the_same_letter(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        binding_id = min(bindings_by_supplier(tx, shop).values())
    ends = []
    for _ in range(2):
        with transaction(database) as tx:
            ends.append(draw_up_end(tx, shop.shop_id, binding_id))
    assert ends[0] == ends[1]
    for name in ("李雷", "Somebody else"):
        with transaction(database) as tx:
            letter = sign_letter(tx, shop.shop_id, ends[0].letter_id, Signature(name, "key:5", "key"))
            assert letter.signed_name == "李雷"
    with transaction(database) as tx:
        assert draw_up_end(tx, shop.shop_id, binding_id).letter_id == ends[0].letter_id
        assert len(tx.rows("select 1 from events where kind in ('letter.signed', 'binding.ended')")) == 2


@pytest.mark.clause("EXIT-3")
def test_an_open_fulfilment_refuses_the_end_and_the_signature_and_is_named(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = shop.supplier_ids
        binding_id = bindings_by_supplier(tx, shop)[first]
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        fulfilment_id = part_of(tx, shop.shop_id, order).fulfilment_id
    with transaction(database) as tx, pytest.raises(Conflict) as refusal:
        draw_up_end(tx, shop.shop_id, binding_id)
    assert (refusal.value.code, refusal.value.clause) == ("binding.blocked", "EXIT-3")
    [blocker] = refusal.value.facts["blockers"]
    assert blocker["object"] == {
        "kind": "fulfilment", "id": fulfilment_id, "order_id": order, "supplier_id": first,
    }  # fmt: skip
    assert (blocker["owner"], blocker["since"]) == ("supplier", "2026-03-02T04:00:00Z")
    assert refusal.value.facts["blocker_counts"] == {"open_order": 1}
    with transaction(database) as tx:
        other = draw_up_end(tx, shop.shop_id, bindings_by_supplier(tx, shop)[second])
        assert other.state is BindingState.ENDING, "another supplier's queue is empty: it may go"


@pytest.mark.clause("EXIT-3")
def test_a_fulfilment_that_came_after_the_letter_was_drawn_up_refuses_its_signature(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        binding_id = bindings_by_supplier(tx, shop)[shop.supplier_ids[0]]
    with transaction(database) as tx:
        letter_id = draw_up_end(tx, shop.shop_id, binding_id).letter_id
        # Nothing new goes there by any use case: so it is put there by hand.
        tx.put("update bindings set state = 20")
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        tx.put("update bindings set state = 30")
    with transaction(database) as tx, pytest.raises(Conflict) as refusal:
        sign_letter(tx, shop.shop_id, letter_id, SIGNED)
    assert refusal.value.code == "binding.blocked"
    with transaction(database) as tx:
        cancel_orders(tx, [Wish(shop.shop_id, order, NOON, "seller", "seller")])
    with transaction(database) as tx:
        assert sign_letter(tx, shop.shop_id, letter_id, SIGNED).signed_at == NOON


def test_a_binding_that_is_ending_is_given_nothing_new(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = shop.supplier_ids
    with transaction(database) as tx:
        draw_up_end(tx, shop.shop_id, bindings_by_supplier(tx, shop)[first])
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        assert part_of(tx, shop.shop_id, order).supplier_id == second


def test_an_end_is_taken_back_before_it_is_signed_and_not_after(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        binding_id = min(bindings_by_supplier(tx, shop).values())
    with transaction(database) as tx:
        first = draw_up_end(tx, shop.shop_id, binding_id).letter_id
    for _ in range(2):
        with transaction(database) as tx:
            assert stay(tx, shop.shop_id, binding_id).state is BindingState.ACTIVE
    with transaction(database) as tx:
        assert letter_of(tx, shop.shop_id, first).withdrawn_at == NOON
        with pytest.raises(Conflict) as refusal:
            sign_letter(tx, shop.shop_id, first, SIGNED)
        assert refusal.value.code == "letter.withdrawn"
    with transaction(database) as tx:
        second = draw_up_end(tx, shop.shop_id, binding_id).letter_id
        assert second != first
    with transaction(database) as tx:
        sign_letter(tx, shop.shop_id, second, SIGNED)
    with transaction(database) as tx, pytest.raises(Conflict) as late:
        stay(tx, shop.shop_id, binding_id)
    assert late.value.code == "binding.state"


def test_an_offer_that_nobody_accepted_is_withdrawn_without_a_letter(database: Database) -> None:
    with transaction(database) as tx:
        shop_id, [supplier_id] = a_shop(tx), qualified_suppliers(tx, 1)
        [offered] = offer_bindings(tx, shop_id, [supplier_id])
        binding_id = offered.binding_id
    with transaction(database) as tx:
        end = draw_up_end(tx, shop_id, binding_id)
        assert (end.state, end.letter_id) == (BindingState.ENDED, None)
    with transaction(database) as tx:
        assert not tx.rows("select 1 from letters")
        assert bind(tx, shop_id, [supplier_id]) != [binding_id], "it may be offered anew"


def test_another_shops_binding_and_letter_are_not_found(database: Database) -> None:
    with transaction(database) as tx:
        mine, theirs = open_demo_shop(tx, suppliers=1), open_demo_shop(tx, suppliers=1)
        other = min(bindings_by_supplier(tx, theirs).values())
    with transaction(database) as tx, pytest.raises(NotFound):
        draw_up_end(tx, mine.shop_id, other)
    with transaction(database) as tx, pytest.raises(NotFound):
        sign_letter(tx, mine.shop_id, 1, SIGNED)


@pytest.mark.clause("EXIT-3", "PART-2")
def test_a_signature_lets_consigned_stock_come_back_under_a_transfer_note(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_consigning_shop(tx, "S-1", "S-2", units=7)
        [binding_id] = bindings_by_supplier(tx, shop).values()
    with transaction(database) as tx:
        letter_id = draw_up_end(tx, shop.shop_id, binding_id).letter_id
        assert not calibrations(tx, shop), "a draft releases nothing"
    with transaction(database) as tx:
        letter = sign_letter(tx, shop.shop_id, letter_id, SIGNED)
        released = calibrations(tx, shop)
        assert [(each.sku, each.units, each.released_at) for each in released] == [
            ("S-1", 7, NOON),
            ("S-2", 7, NOON),
        ]
        assert letter.ended["released"] == sorted({each.transfer_note for each in released})
        held = tx.rows("select item, on_hand, held from stock where location = 0 order by item")
        assert [tuple(row) for row in held] == [("S-1", 7, 7), ("S-2", 7, 7)]
    assert_all_well(database)
