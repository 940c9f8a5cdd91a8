"""Offering and accepting bindings, and the grants that they open."""

import threading

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Actor
from andon.partners.bindings.rules import GRANT_SCOPES, BindingState
from andon.partners.bindings.service import accept_bindings, offer_bindings
from andon.partners.bindings.views import (
    binding_of,
    bindings_of_supplier,
    granted_shops,
    list_bindings,
    names_of_shops,
    shop_offering,
)
from andon.partners.suppliers.rules import Application
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers
from tests.worlds import NOON, transaction
from tests.worlds_partners import a_shop, bind, qualified_suppliers, request


def test_an_offer_grants_nothing_until_it_is_accepted(database: Database):
    with transaction(database) as tx:
        shop_id, [supplier_id] = a_shop(tx), qualified_suppliers(tx, 1)
        [binding] = offer_bindings(tx, shop_id, [supplier_id])
        assert (binding.state, binding.offered_at) == (BindingState.OFFERED, NOON)
        assert names_of_shops(tx, [binding]) == {shop_id: "衣见"}, "who is asked knows by whom"
        assert granted_shops(tx, supplier_id) == []
        [binding] = accept_bindings(tx, shop_id, [binding.binding_id])
        assert (binding.state, binding.accepted_at) == (BindingState.ACTIVE, NOON)
        assert granted_shops(tx.connection, supplier_id) == [shop_id]
        subject = f"binding:{binding.binding_id}"
        [grant] = tx.rows("select binding_id, scopes, since, ended_at from grants")
        assert tuple(grant) == (binding.binding_id, list(GRANT_SCOPES), NOON, None)
    with transaction(database) as tx:
        events = tx.rows("select kind, subject from events where kind like 'binding%' order by event_id")
        assert [tuple(row) for row in events] == [("binding.offered", subject), ("binding.active", subject)]


def test_offering_again_answers_the_binding_that_lives(database: Database):
    with transaction(database) as tx:
        shop_id, [one, other] = a_shop(tx), qualified_suppliers(tx, 2)
        [first] = offer_bindings(tx, shop_id, [one])
        again = offer_bindings(tx, shop_id, [other, one, one])
        assert [(each.supplier_id, each.binding_id == first.binding_id) for each in again] == [
            (one, True),
            (other, False),
        ]
        accept_bindings(tx, shop_id, [first.binding_id])
        [accepted] = offer_bindings(tx, shop_id, [one])
        assert (accepted.binding_id, accepted.state) == (first.binding_id, BindingState.ACTIVE)
        assert len(tx.rows("select 1 from bindings")) == 2


def test_an_ended_binding_may_be_offered_anew(database: Database):
    with transaction(database) as tx:
        shop_id, [supplier_id] = a_shop(tx), qualified_suppliers(tx, 1)
        [ended] = bind(tx, shop_id, [supplier_id])
        tx.run("update bindings set state = 80, ended_at = :now", now=NOON)
        tx.run("update grants set ended_at = :now", now=NOON)
        [anew] = bind(tx, shop_id, [supplier_id])
        assert anew != ended
        assert granted_shops(tx, supplier_id) == [shop_id]
        with pytest.raises(Conflict) as refusal:
            accept_bindings(tx, shop_id, [ended])
        assert (refusal.value.code, refusal.value.facts) == ("binding.state", {"state": "ended"})


@pytest.mark.clause("QUAL-1")
def test_only_a_qualified_supplier_can_be_bound(database: Database):
    with transaction(database) as tx:
        shop_id, [sound] = a_shop(tx), qualified_suppliers(tx, 1)
        applied, declined = (
            each.supplier_id for each in apply_suppliers(tx, [Application("一"), Application("二")])
        )
        decide_suppliers(tx, [declined], "decline")
        for supplier_id in (applied, declined):
            with pytest.raises(Conflict) as refusal:
                offer_bindings(tx, shop_id, [sound, supplier_id])
            assert (refusal.value.code, refusal.value.clause) == ("supplier.not_qualified", "QUAL-1")
        with pytest.raises(Invalid) as unknown:
            offer_bindings(tx, shop_id, [999])
        assert unknown.value.code == "supplier.unknown"
        assert not tx.rows("select 1 from bindings")


@pytest.mark.clause("QUAL-1")
def test_a_supplier_suspended_since_the_offer_cannot_accept_it(database: Database):
    with transaction(database) as tx:
        shop_id, [supplier_id] = a_shop(tx), qualified_suppliers(tx, 1)
        [binding] = offer_bindings(tx, shop_id, [supplier_id])
        decide_suppliers(tx, [supplier_id], "suspend")
        with pytest.raises(Conflict) as refusal:
            accept_bindings(tx, shop_id, [binding.binding_id])
        assert refusal.value.code == "supplier.not_qualified"
        assert granted_shops(tx, supplier_id) == []


def test_a_supplier_finds_and_accepts_an_offer_of_a_shop_that_it_cannot_see_yet(database: Database):
    with transaction(database) as tx:
        shop_id, [supplier_id, stranger] = a_shop(tx), qualified_suppliers(tx, 2)
    with request(database, Actor("shop", shop_id), {shop_id}) as tx:
        [offered] = offer_bindings(tx, shop_id, [supplier_id])
        binding_id = offered.binding_id
    with request(database, Actor("supplier", supplier_id)) as tx:
        [seen] = bindings_of_supplier(tx, supplier_id, limit=9)
        assert (seen.binding_id, seen.shop_id) == (binding_id, shop_id)
        tx.session.expunge_all()
        assert list_bindings(tx, shop_id, limit=9) == []
    with request(database, Actor("supplier", supplier_id)) as tx:
        assert shop_offering(tx, supplier_id, binding_id) == shop_id
        [accepted] = accept_bindings(tx, shop_id, [binding_id])
        [again] = accept_bindings(tx, shop_id, [binding_id])
        assert accepted.state == again.state == BindingState.ACTIVE
    with request(database, Actor("supplier", stranger)) as tx:
        assert bindings_of_supplier(tx, stranger, limit=9) == []
        for look in (
            lambda: shop_offering(tx, stranger, binding_id),
            lambda: accept_bindings(tx, shop_id, [binding_id]),
        ):
            with pytest.raises(NotFound) as refusal:
                look()
            assert refusal.value.code == "binding.not_found"
    with transaction(database) as tx:
        actors = tx.rows("select actor from events where kind like 'binding%' order by event_id")
        assert [row.actor for row in actors] == [f"shop:{shop_id}", f"supplier:{supplier_id}"]


def test_a_shop_sees_its_own_bindings_alone(database: Database):
    with transaction(database) as tx:
        mine, theirs, [supplier_id] = a_shop(tx), a_shop(tx), qualified_suppliers(tx, 1)
        [own] = bind(tx, mine, [supplier_id])
        [other] = bind(tx, theirs, [supplier_id])
    with request(database, Actor("shop", mine), {mine}) as tx:
        assert binding_of(tx, mine, own).supplier_id == supplier_id
        assert list_bindings(tx, theirs, limit=9) == []
        for shop_id in (mine, theirs):
            with pytest.raises(NotFound):
                binding_of(tx, shop_id, other)
        assert [each.binding_id for each in list_bindings(tx, mine, state=BindingState.ACTIVE, limit=9)] == [
            own
        ]
        assert list_bindings(tx, mine, state=BindingState.OFFERED, limit=9) == []
    with transaction(database) as tx:
        both = bindings_of_supplier(tx, supplier_id, limit=9)
        assert [each.binding_id for each in both] == [own, other]
        assert granted_shops(tx, supplier_id) == sorted([mine, theirs])


def test_two_offers_at_once_make_one_binding(database: Database):
    with transaction(database) as tx:
        shop_id, [supplier_id] = a_shop(tx), qualified_suppliers(tx, 1)
    start, answers = threading.Barrier(2), []

    def offer() -> None:
        with transaction(database) as tx:
            start.wait()
            answers.append(offer_bindings(tx, shop_id, [supplier_id])[0].binding_id)

    threads = [threading.Thread(target=offer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert len(set(answers)) == 1
