"""Deciding on suppliers: what is kept, who is told, and that a suspended one is given nothing new."""

from datetime import date, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Actor
from andon.membership.qualification.service import Shown, add_document, decide_supplier
from andon.membership.qualification.views import (
    decisions_of,
    document_of,
    documents_of,
    open_work_of,
    scorecard_of,
)
from andon.partners.suppliers.rules import MOST_DOCUMENTS, Application, SupplierState
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers
from andon.platform.files.views import file_of
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, part_of, run_together
from tests.worlds_partners import DemoShop, open_demo_shop, qualified_suppliers, request
from tests.worlds_supply import orders_for, taken
from tests.worlds_trouble import notices_of

OPERATOR = Actor("operator", 7)
ROUNDS = 40


@pytest.mark.clause("QUAL-2")
def test_a_decision_keeps_the_scorecard_that_lay_before_whoever_decided(database: Database):
    with request(database, OPERATOR, {PLATFORM}) as tx:
        [applied] = apply_suppliers(tx, [Application("仓")])
        number = applied.supplier_id
        assert decide_supplier(tx, number, "qualify", "sound").state == SupplierState.QUALIFIED
        add_document(tx, number, Shown("licence", b"%PDF-1.7 %%EOF"))
    with request(database, OPERATOR, {PLATFORM}, now=NOON + timedelta(hours=1)) as tx:
        decide_supplier(tx, number, "suspend", "looks odd")
        suspended, qualified = decisions_of(tx, number, limit=9)
        assert decisions_of(tx, number, before=suspended.id, limit=9) == [qualified]
        assert (suspended.decision, suspended.note, suspended.decided_by) == (
            "suspend", "looks odd", "operator:7",
        )  # fmt: skip
        assert [each.scorecard["score"] for each in (qualified, suspended)] == ["0.0000", "1.0000"]
        assert scorecard_of(tx, number).model_dump(mode="json") == suspended.scorecard
    with transaction(database) as tx:
        assert notices_of(tx, "supplier.qualified") == notices_of(tx, "supplier.suspended") == ["supplier"]


@pytest.mark.clause("QUAL-1")
def test_a_suspended_supplier_is_given_nothing_new_keeps_what_it_has_and_is_given_again(
    database: Database, shop: DemoShop
):
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        other = open_demo_shop(tx, suppliers=[first], stock=0)
        before = orders_for(tx, shop.shop_id, 3)
        taken(tx, before[:1])
    with transaction(database, NOON, OPERATOR) as tx:
        decide_supplier(tx, first, "suspend", "late")
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("new", "S-1"))
        assert part_of(tx, shop.shop_id, order).supplier_id == second
        [work] = open_work_of(tx, first)
        assert (work.shop_id, work.open, work.unanswered, work.accepted) == (shop.shop_id, 3, 2, 1)
        assert open_work_of(tx, first, after=shop.shop_id) == []
        assert [outcome.status for outcome in taken(tx, before[1:])] == ["done", "done"], "its grant stands"
        facts = tx.rows(
            "select shop_id, facts from notices where kind = 'supplier.suspended' and audience = 'seller' order by 1"
        )
        assert [(row.shop_id, row.facts) for row in facts] == [
            (shop.shop_id, {"supplier_id": first, "open": 3}),
            (other.shop_id, {"supplier_id": first, "open": 0}),
        ]
    with transaction(database, NOON, OPERATOR) as tx:
        decide_supplier(tx, first, "restore")
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("again", "S-1"))
        assert part_of(tx, shop.shop_id, order).supplier_id == first
        assert notices_of(tx, "supplier.restored") == ["supplier", "seller", "seller"]
    assert_all_well(database)


@pytest.mark.clause("QUAL-1")
def test_no_order_goes_to_a_suspended_supplier_after_the_commit_of_its_suspension(
    database: Database, shop: DemoShop
):
    """Real threads: whichever is first, what the supplier has was recorded before its suspension."""
    first = shop.supplier_ids[0]
    met = set()
    for number in range(ROUNDS):
        orders: list[int] = []

        def take(number: int = number, orders: list[int] = orders) -> None:
            with transaction(database) as tx:
                orders.extend(accept(tx, shop.shop_id, incoming(f"R-{number}", "S-1")))

        def suspend() -> None:
            with transaction(database, NOON, OPERATOR) as tx:
                decide_suppliers(tx, [first], "suspend")

        run_together(*((take, suspend) if number % 2 else (suspend, take)))
        with transaction(database) as tx:
            supplier_id = part_of(tx, shop.shop_id, orders[0]).supplier_id
            row = tx.one(
                "select (select max(event_id) from events where order_id = :order) < "
                "(select max(event_id) from events where kind = 'supplier.suspended') as before",
                order=orders[0],
            )
            assert row.before == (supplier_id == first)
            met.add(supplier_id)
        with transaction(database, NOON, OPERATOR) as tx:
            decide_suppliers(tx, [first], "restore")
    assert met == set(shop.supplier_ids), "both came first at times"


def test_a_decision_that_is_not_open_keeps_nothing(database: Database, shop: DemoShop):
    first = shop.supplier_ids[0]
    with transaction(database, NOON, OPERATOR) as tx, pytest.raises(Conflict, match=r"supplier\.state"):
        decide_supplier(tx, first, "restore")
    with transaction(database, NOON, OPERATOR) as tx, pytest.raises(Conflict, match=r"supplier\.bound"):
        decide_supplier(tx, first, "retire")
    with transaction(database) as tx:
        assert decisions_of(tx, first, limit=9) == []


@pytest.mark.clause("QUAL-1")
def test_a_supplier_shows_its_documents_and_its_licence_counts_to_its_last_day(database: Database):
    with transaction(database) as tx:
        [number] = qualified_suppliers(tx, 1)
    with request(database, Actor("supplier", number)) as tx:
        shown = Shown("licence", b"%PDF-1.7 %%EOF", "440300", date(2026, 3, 3))
        added = add_document(tx, number, shown)
        assert [each.document_id for each in documents_of(tx, number)] == [added.document_id]
        assert document_of(tx, number, added.document_id).sha256 == added.sha256
        assert file_of(tx, PLATFORM, added.file_id).body == shown.body
        with pytest.raises(NotFound, match=r"supplier\.no_document"):
            document_of(tx, number, 4711)
        with pytest.raises(Invalid, match=r"file\.type"):
            add_document(tx, number, Shown("licence", b"\x7fELF\x00"))
    for days, valid in ((0, 1), (1, 1), (2, 0)):
        with transaction(database, NOON + timedelta(days=days)) as tx:
            line = scorecard_of(tx, number).figures[0]
            assert (line.name, line.numerator, line.denominator, line.orders) == ("licence", valid, 1, None)
    with transaction(database) as tx:
        assert (
            tx.one("select body from events where kind = 'supplier.document_added'").body.count("440300") == 0
        )


def test_documents_have_a_limit_and_who_was_declined_shows_none(database: Database):
    with transaction(database) as tx:
        [number] = qualified_suppliers(tx, 1)
        [other] = apply_suppliers(tx, [Application("仓")])
        decide_suppliers(tx, [other.supplier_id], "decline")
        for _ in range(MOST_DOCUMENTS):
            add_document(tx, number, Shown("licence", b"text"))
        with pytest.raises(Invalid, match=r"supplier\.documents"):
            add_document(tx, number, Shown("licence", b"text"))
        with pytest.raises(Conflict, match=r"supplier\.state"):
            add_document(tx, other.supplier_id, Shown("licence", b"text"))
        with pytest.raises(NotFound, match=r"supplier\.not_found"):
            add_document(tx, 4711, Shown("licence", b"text"))
