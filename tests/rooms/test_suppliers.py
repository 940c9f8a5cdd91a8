"""Applying, being decided on, and endpoints."""

import base64
import re
from datetime import timedelta

import pytest

from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.outside import LOOPBACK
from andon.kernel.secrets import SecretUnreadable
from andon.kernel.tx import Actor
from andon.partners.suppliers.rules import Application, SupplierState
from andon.partners.suppliers.service import (
    apply_suppliers,
    decide_suppliers,
    remove_endpoint,
    set_endpoint,
)
from andon.partners.suppliers.tables import Endpoint
from andon.partners.suppliers.views import (
    endpoint_of,
    list_suppliers,
    supplier_of,
)
from andon.platform.calling.service import signing_secrets
from tests.worlds import NOON, transaction
from tests.worlds_partners import open_demo_shop, qualified_suppliers, request

KEY = bytes(range(32))
URL = "http://127.0.0.1:9/andon"


def kinds(tx):
    found = tx.rows("select kind, actor from events where shop_id = :p order by event_id", p=PLATFORM)
    return [row.kind for row in found]


def test_suppliers_apply_in_the_order_of_their_applications(database: Database):
    with transaction(database) as tx:
        applied = apply_suppliers(
            tx,
            [
                Application("傲基仓", documents=[{"kind": "licence", "number": "440300"}]),
                Application("菜鸟优选仓", kind="preferred"),
            ],
        )
        assert [(each.name, each.kind, each.state) for each in applied] == [
            ("傲基仓", "third_party", SupplierState.APPLIED),
            ("菜鸟优选仓", "preferred", SupplierState.APPLIED),
        ]
        assert applied[0].documents == [{"kind": "licence", "number": "440300"}]
        assert applied[0].review_due_at == NOON + timedelta(hours=72)
    with transaction(database) as tx:
        assert kinds(tx) == ["supplier.applied"] * 2


def test_one_bad_application_takes_back_all(database: Database):
    with transaction(database) as tx:
        with pytest.raises(Invalid):
            apply_suppliers(tx, [Application("一"), Application("")])
        assert not tx.rows("select 1 from suppliers")


@pytest.mark.clause("QUAL-1")
def test_an_operator_qualifies_suspends_restores_and_retires(database: Database):
    with request(database, Actor("operator"), {PLATFORM}) as tx:
        [applied] = apply_suppliers(tx, [Application("仓")])
        number = applied.supplier_id
    states = []
    for step, decision in enumerate(("qualify", "suspend", "restore", "retire")):
        at = NOON + timedelta(hours=step)
        with request(database, Actor("operator"), {PLATFORM}, now=at) as tx:
            [decided] = decide_suppliers(tx, [number], decision, f"note {step}")
            states.append(SupplierState(decided.state).word)
            assert (decided.decided_at, decided.decision_note) == (at, f"note {step}")
            assert decided.reviewed_at == NOON, "its review ended once"
    assert states == ["qualified", "suspended", "qualified", "retired"]
    with transaction(database) as tx:
        assert kinds(tx) == [
            "supplier.applied",
            "supplier.under_review",
            "supplier.qualified",
            "supplier.suspended",
            "supplier.qualified",
            "supplier.retired",
        ]
        row = tx.one("select actor, policy, body from events order by event_id desc limit 1")
        assert (row.actor, row.policy) == ("operator", "jit-3.2")
        assert "note" not in row.body


def test_a_decision_that_is_not_open_changes_nobody(database: Database):
    with transaction(database) as tx:
        qualified = qualified_suppliers(tx, 1)[0]
        [applied] = apply_suppliers(tx, [Application("仓")])
        with pytest.raises(Conflict) as refusal:
            decide_suppliers(tx, [qualified, applied.supplier_id], "qualify")
        assert refusal.value.code == "supplier.state"
        with pytest.raises(NotFound):
            decide_suppliers(tx, [applied.supplier_id, 999], "qualify")
        assert SupplierState(supplier_of(tx, applied.supplier_id).state) is SupplierState.APPLIED
        assert decide_suppliers(tx, [], "qualify") == []


def test_a_supplier_that_a_shop_is_bound_to_is_not_retired(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        [bound], [free] = shop.supplier_ids, qualified_suppliers(tx, 1)
    with transaction(database) as tx, pytest.raises(Conflict, match=r"supplier\.bound") as refused:
        decide_suppliers(tx, [free, bound], "retire")
    assert refused.value.facts == {"supplier_id": bound, "shop_id": shop.shop_id}
    with transaction(database) as tx:
        assert [supplier.state for supplier in decide_suppliers(tx, [free], "retire")] == [
            SupplierState.RETIRED
        ]
        tx.run("update grants set ended_at = :now where supplier_id = :supplier", now=NOON, supplier=bound)
        assert [supplier.state for supplier in decide_suppliers(tx, [bound], "retire")] == [
            SupplierState.RETIRED
        ]


def test_suppliers_are_listed_by_state(database: Database):
    with transaction(database) as tx:
        first, second = qualified_suppliers(tx, 2)
        [waiting] = apply_suppliers(tx, [Application("仓")])
        assert [each.supplier_id for each in list_suppliers(tx, limit=9)] == [
            first,
            second,
            waiting.supplier_id,
        ]
        listed = list_suppliers(tx, state=SupplierState.QUALIFIED, after=first, limit=9)
        assert [each.supplier_id for each in listed] == [second]


def test_an_endpoints_secret_is_answered_once_and_kept_sealed(database: Database):
    with transaction(database) as tx:
        [number] = qualified_suppliers(tx, 1)
    with request(database, Actor("supplier", number)) as tx:
        secret = set_endpoint(tx, number, URL, KEY, allowed=LOOPBACK)
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
        assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
        endpoint = endpoint_of(tx, number)
        assert (endpoint.url, endpoint.enabled, endpoint.next_at) == (URL, True, None)
        assert secret.encode() not in endpoint.secret
        assert signing_secrets(endpoint, KEY, wall()) == [secret]
        with pytest.raises(SecretUnreadable):
            signing_secrets(endpoint, bytes(32), wall())
    with transaction(database) as tx:
        assert kinds(tx)[-1] == "endpoint.set"


def test_an_old_secret_signs_beside_the_new_one_for_a_day_of_machine_time(database: Database):
    with transaction(database) as tx:
        [number] = qualified_suppliers(tx, 1)
        first = set_endpoint(tx, number, URL, KEY, allowed=LOOPBACK)
        second = set_endpoint(tx, number, URL, KEY, allowed=LOOPBACK)
        assert first != second
        endpoint = endpoint_of(tx, number)
        assert signing_secrets(endpoint, KEY, wall() + timedelta(hours=23)) == [second, first]
        assert signing_secrets(endpoint, KEY, wall() + timedelta(hours=24, seconds=1)) == [second]
        third = set_endpoint(tx, number, URL, KEY, allowed=LOOPBACK)
        assert signing_secrets(endpoint_of(tx, number), KEY, wall()) == [third, second]


def test_a_removed_endpoint_keeps_what_waits_for_the_next_one(database: Database):
    with transaction(database) as tx:
        [number] = qualified_suppliers(tx, 1)
        set_endpoint(tx, number, URL, KEY, allowed=LOOPBACK)
        tx.run("update endpoints set next_at = :at", at=NOON)
        remove_endpoint(tx, number)
        for again in (endpoint_of, remove_endpoint):
            with pytest.raises(NotFound) as refusal:
                again(tx, number)
            assert refusal.value.code == "endpoint.not_found"
        assert tx.session.get(Endpoint, number).next_at == NOON
        set_endpoint(tx, number, "https://wms.example/", KEY)
        assert endpoint_of(tx, number).next_at == NOON


def test_an_address_that_is_none_changes_nothing(database: Database):
    with transaction(database) as tx:
        [number] = qualified_suppliers(tx, 1)
        secret = set_endpoint(tx, number, URL, KEY, allowed=LOOPBACK)
        with pytest.raises(Invalid):
            set_endpoint(tx, number, "ftp://wms.example", KEY)
        assert signing_secrets(endpoint_of(tx, number), KEY, wall()) == [secret]
