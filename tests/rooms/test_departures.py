"""A supplier gives notice: it is told, its day comes, what it has not accepted goes to others, its bindings end."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.membership.departures.service import (
    AGAIN,
    Alternative,
    announce,
    leave_due,
    reroute_before,
    withdraw,
)
from andon.membership.departures.views import departure_of, list_departures, shown
from andon.membership.unbinding.service import Signature, draw_up_end, sign_letter
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.partners.bindings.views import granted_shops
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, bring_to, incoming, part_of
from tests.worlds_partners import open_demo_shop
from tests.worlds_supply import labelled

DAY = NOON + timedelta(days=7)
WANG = Signature("王五", "key:9", "notice")
MANY = 300

_S = FulfilmentState


def depart(database: Database, now=DAY) -> int:
    with transaction(database, now) as tx:
        return leave_due(tx, 1)


def parts(tx, shop_id: int) -> dict[int, tuple[int | None, _S]]:
    """Supplier and state of every fulfilment, by number."""
    rows = tx.rows("select fulfilment_id, supplier_id, state from fulfilments where shop_id = :s", s=shop_id)
    return {row.fulfilment_id: (row.supplier_id, _S(row.state)) for row in rows}


@pytest.mark.clause("EXIT-3")
def test_on_its_day_hundreds_of_open_orders_go_to_the_next_and_the_binding_ends_by_its_notice(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=MANY * 2)
        first, second = shop.supplier_ids
        [number] = announce(tx, first, DAY, WANG)
    with transaction(database) as tx:
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(MANY)))
        assert {supplier for supplier, _ in parts(tx, shop.shop_id).values()} == {first}, (
            "nothing changes before"
        )
    assert depart(database) == 1
    with transaction(database, DAY) as tx:
        found = list(parts(tx, shop.shop_id).values())
        assert found.count((first, _S.REJECTED)) == MANY
        assert found.count((second, _S.PUSHED)) == MANY
        assert granted_shops(tx, first) == []
        assert departure_of(tx, shop.shop_id, number).left_at == DAY
        [letter] = tx.rows("select signed_name, signed_by, factor from letters")
        assert tuple(letter) == ("王五", "key:9", "notice")
    assert depart(database, DAY + timedelta(days=9)) == 0
    assert_all_well(database)


def test_what_it_accepted_it_ships_and_until_then_the_binding_is_ending(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",))
        first, second = shop.supplier_ids
        announce(tx, first, DAY, WANG)
        kept, given = (
            part_of(tx, shop.shop_id, order).fulfilment_id
            for order in accept(tx, shop.shop_id, incoming("1", "S-1"), incoming("2", "S-1"))
        )
        bring_to(tx, shop.shop_id, kept, _S.ACCEPTED)
    assert depart(database) == 1
    with transaction(database, DAY) as tx:
        assert parts(tx, shop.shop_id)[kept] == (first, _S.ACCEPTED)
        assert parts(tx, shop.shop_id)[given] == (first, _S.REJECTED)
        assert granted_shops(tx, first) == [shop.shop_id], "for what is under way"
        [order] = accept(tx, shop.shop_id, incoming("3", "S-1"))
        assert part_of(tx, shop.shop_id, order).supplier_id == second, "nothing new"
        [departure] = shown(tx, list_departures(tx, shop.shop_id, limit=9))
        assert (departure.state, departure.open) == ("leaving", 1)
    with transaction(database, DAY) as tx:
        for state in (_S.PICKED, _S.LABELLED, _S.SHIPPED, _S.DELIVERED):
            assert move_fulfilments(tx, [Move(shop.shop_id, kept, DAY)], state)
    assert depart(database, DAY + AGAIN) == 1
    with transaction(database, DAY + AGAIN) as tx:
        assert granted_shops(tx, first) == []
        [departure] = shown(tx, list_departures(tx, shop.shop_id, limit=9))
        assert (departure.state, departure.open) == ("left", 0)


def test_the_seller_gives_its_open_work_to_others_at_once_before_the_day(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",))
        first, second = shop.supplier_ids
        [number] = announce(tx, first, DAY, WANG)
        orders = accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(4)))
        mine = [part_of(tx, shop.shop_id, order).fulfilment_id for order in orders]
        bring_to(tx, shop.shop_id, mine[0], _S.ACCEPTED)
        labelled(tx, [mine[1]])
    with transaction(database) as tx:
        rerouted, successors = reroute_before(tx, shop.shop_id, number)
        assert (rerouted, len(successors)) == (3, 3)
    with transaction(database) as tx:
        found = parts(tx, shop.shop_id)
        assert found[mine[1]] == (first, _S.LABELLED), "what has a label leaves with it"
        assert {found[each] for each in successors} == {(second, _S.PUSHED)}
        assert reroute_before(tx, shop.shop_id, number) == (0, [])
    assert_all_well(database)


def test_what_nobody_else_can_take_waits_for_the_seller(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        announce(tx, shop.supplier_ids[0], DAY, WANG)
        accept(tx, shop.shop_id, incoming("1", "S-1"))
    assert depart(database) == 1
    with transaction(database, DAY) as tx:
        assert sorted(parts(tx, shop.shop_id).values(), key=str) == [
            (shop.supplier_ids[0], _S.REJECTED),
            (None, _S.WAITING),
        ]


def test_alternatives_are_shown_beside_the_shops_own_skus(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        first, second = shop.supplier_ids
        announce(tx, first, DAY, WANG, None, [Alternative("I-S-1", second, "same cloth"), Alternative("I-9")])
    with transaction(database) as tx:
        [departure] = shown(tx, list_departures(tx, shop.shop_id, limit=9))
        told = [
            (each.supplier_sku, each.skus, each.supplier_id, each.note) for each in departure.alternatives
        ]
        assert told == [("I-S-1", ["S-1"], second, "same cloth"), ("I-9", [], None, None)]
        assert not tx.rows("select 1 from events where body like '%王五%' or body like '%cloth%'")
        audiences = {
            row.audience for row in tx.rows("select audience from notices where kind = 'departure.announced'")
        }
        assert audiences == {"seller", "operator"}


def test_a_notice_is_taken_back_before_its_day_and_not_after(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        [first] = announce(tx, shop.supplier_ids[0], DAY, WANG)
    for _ in range(2):
        with transaction(database) as tx:
            withdraw(tx, shop.shop_id, first)
    assert depart(database) == 0
    with transaction(database) as tx:
        [second] = announce(tx, shop.supplier_ids[0], DAY, WANG)
    assert depart(database) == 1
    with transaction(database, DAY) as tx, pytest.raises(Conflict) as late:
        withdraw(tx, shop.shop_id, second)
    assert late.value.code == "departure.under_way"


def test_the_seller_may_sign_before_and_then_the_supplier_has_left(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        [number] = announce(tx, shop.supplier_ids[0], DAY, WANG)
        [binding] = tx.rows("select binding_id from bindings")
    with transaction(database) as tx:
        letter = draw_up_end(tx, shop.shop_id, binding.binding_id).letter_id
    with transaction(database) as tx:
        sign_letter(tx, shop.shop_id, letter, Signature("李雷", "key:1", "key"))
    assert depart(database) == 1
    with transaction(database, DAY) as tx:
        assert departure_of(tx, shop.shop_id, number).left_at == DAY
        assert [row.signed_name for row in tx.rows("select signed_name from letters")] == ["李雷"]


def test_a_notice_that_cannot_be_is_refused_whole(database: Database) -> None:
    with transaction(database) as tx:
        shop, other = open_demo_shop(tx, suppliers=1), open_demo_shop(tx, suppliers=1)
        supplier = shop.supplier_ids[0]
        with pytest.raises(Invalid) as past:
            announce(tx, supplier, NOON, WANG)
        assert past.value.code == "departure.in_past"
        with pytest.raises(NotFound) as stranger:
            announce(tx, supplier, DAY, WANG, [shop.shop_id, other.shop_id])
        assert stranger.value.code == "departure.no_grant"
        announce(tx, supplier, DAY, WANG)
        with pytest.raises(Conflict) as again:
            announce(tx, supplier, DAY, WANG)
        assert again.value.code == "departure.announced"
        assert len(tx.rows("select 1 from departures")) == 1
