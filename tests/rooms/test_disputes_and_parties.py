"""What a supplier and a carrier see of disputes and say to them, behind their walls, whatever grants they have."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.outside import LOOPBACK
from andon.kernel.tx import Actor
from andon.money.disputes.service import answer_dispute, appeal_dispute
from andon.money.disputes.views import (
    ALL,
    case_shown,
    dispute_of,
    disputes_naming,
    disputes_of_supplier,
    queue_of_jit,
    reaching_named,
    served_evidence,
)
from andon.platform.subscriptions.service import subscribe
from andon.platform.subscriptions.station import TELL
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import HANDLED, Sold, decided, look, opened, photo, sold
from tests.worlds_exits import unbind
from tests.worlds_partners import request
from tests.worlds_supply import one

CARRIER = Actor("carrier", "cainiao")
URL = "http://127.0.0.1:9/nobody"
SECRET = "收件人 Ana Sol, Calle Mayor 1"


def told_to(database: Database, order: Sold, number: int, actor: Actor) -> str:
    """All that a party reads of a dispute, as text."""
    with request(database, actor) as tx, reaching_named(tx, number) as shop_id:
        return case_shown(tx, dispute_of(tx, shop_id, number)).model_dump_json()


@pytest.mark.clause("DISP-7")
def test_a_supplier_reads_and_answers_what_names_it_also_after_its_binding_has_ended(
    database: Database,
) -> None:
    order = sold(database)
    number = opened(database, order.claim(text=SECRET), [photo(personal=True), photo()])
    unbind(database, order.shop.shop_id)
    with request(database, order.supplier) as tx:
        assert [each.dispute_id for each in disputes_naming(tx, ALL, limit=9)] == [number]
        assert not tx.rows("select from disputes"), "by itself it sees nothing of the shop"
    with request(database, order.supplier) as tx:
        answer_dispute(tx, number, "contest", "出库前已检验", [photo("wrong_listing", "listing")])
    with transaction(database) as tx:
        case = case_shown(tx, dispute_of(tx, order.shop.shop_id, number))
        assert [(each.party, each.answer, each.text) for each in case.answers] == [
            ("supplier", "contest", "出库前已检验")
        ]
        assert (case.text, case.liability.payer) == (SECRET, None)
        assert [each.given_by for each in case.evidence] == ["shop", "shop", "supplier"]
    decided(database, number, payer="supplier")
    with request(database, order.supplier) as tx, reaching_named(tx, number) as shop_id:
        appeal_dispute(tx, shop_id, number, "责任在卖家")
    assert_all_well(database)


@pytest.mark.clause("DISP-7")
def test_no_party_that_is_named_sees_what_may_tell_of_the_buyer(database: Database) -> None:
    order = sold(database)
    number = opened(
        database, order.claim("other", text=SECRET), [photo(personal=True), photo(kind="message")]
    )
    for actor in (order.supplier, CARRIER):
        said = told_to(database, order, number, actor)
        assert "Ana Sol" not in said
        assert '"personal":true' not in said
        with request(database, actor) as tx, reaching_named(tx, number) as shop_id:
            dispute = dispute_of(tx, shop_id, number)
            hidden, seen = (
                one(database, f"select {which}(evidence_id) as id from dispute_evidence").id
                for which in ("min", "max")
            )
            with pytest.raises(NotFound, match=r"file\.not_found"):
                served_evidence(tx, dispute, hidden)
            served = served_evidence(tx, dispute, seen)
            assert served.headers["content-disposition"] == f'attachment; filename="evidence-{seen}.png"'
    with request(database, order.supplier) as tx:
        answer_dispute(tx, number, "contest", "责任在承运商")
    assert "责任在承运商" in told_to(database, order, number, order.supplier)
    assert "责任在承运商" not in told_to(database, order, number, CARRIER)
    decided(database, number, payer="supplier")
    with request(database, order.supplier) as tx, reaching_named(tx, number) as shop_id:
        appeal_dispute(tx, shop_id, number, "包装完好")
    assert "包装完好" in told_to(database, order, number, order.supplier)
    assert "包装完好" not in told_to(database, order, number, CARRIER)


@pytest.mark.clause("DISP-7")
def test_a_dispute_that_names_somebody_else_is_not_there(database: Database) -> None:
    order, other = sold(database), sold(database, "OTHER")
    number = opened(database, order.claim("quality"), [photo()])
    for stranger in (other.supplier, CARRIER, Actor("carrier", "yanwen")):
        with request(database, stranger) as tx:
            assert disputes_naming(tx, ALL, limit=9) == []
            with pytest.raises(NotFound, match=r"dispute\.not_found"), reaching_named(tx, number):
                pass
            with pytest.raises(NotFound, match=r"dispute\.not_found"):
                answer_dispute(tx, number, "accept", None)
    # A supplier that still works for the shop sees what names it, and nothing else, in the tables themselves.
    with request(database, other.supplier, [order.shop.shop_id]) as tx:
        assert not tx.rows("select from disputes")
        for hidden in ("dispute_evidence", "dispute_answers", "dispute_decisions", "files"):
            assert not tx.rows(f"select from {hidden}")


@pytest.mark.clause("DISP-7")
def test_a_party_that_evidence_points_to_is_named_from_then_on(database: Database) -> None:
    order = sold(database)
    number = opened(database, order.claim("quality"), [photo()])
    with request(database, order.supplier) as tx:
        answer_dispute(tx, number, "contest", "运输途中受潮", [photo("lost", "tracking")])
    with request(database, CARRIER) as tx:
        assert [each.dispute_id for each in disputes_naming(tx, ALL, limit=9)] == [number]
        answer_dispute(tx, number, "accept", None)
    decided(database, number, payer="carrier")
    with request(database, CARRIER) as tx, pytest.raises(Conflict, match=r"dispute\.state"):
        answer_dispute(tx, number, "contest", None)


def test_a_supplier_is_counted_by_what_named_it_and_what_it_lost(database: Database) -> None:
    order = sold(database)
    numbers = [opened(database, order.claim("quality", "1.00"), [photo()]) for _ in range(3)]
    opened(database, order.claim("lost"), [photo()])
    decided(database, numbers[0])
    decided(database, numbers[1], outcome="rejected")
    supplier = order.shop.supplier_ids[0]
    with transaction(database) as tx:
        count = disputes_of_supplier(tx, supplier, NOON, NOON + HANDLED)
        assert (count.opened, count.lost) == (3, 1)
        assert disputes_of_supplier(tx, supplier, NOON + HANDLED, NOON + 2 * HANDLED).opened == 0
    with request(database, order.supplier) as tx:
        assert disputes_of_supplier(tx, supplier, NOON, NOON + HANDLED).opened == 3


@pytest.mark.clause("DISP-4")
def test_the_jit_lane_goes_by_the_clock_and_what_has_none_comes_last(database: Database) -> None:
    order, other = sold(database), sold(database, "OTHER")
    waiting = opened(database, order.claim())
    later = opened(database, other.claim(), [photo()], at=NOON + HANDLED / 2)
    first = opened(database, order.claim(), [photo()], at=NOON)
    done = opened(database, order.claim(), [photo()])
    decided(database, done)
    with transaction(database) as tx:
        lane = queue_of_jit(tx, ALL, limit=9)
        assert [each.dispute_id for each in lane] == [first, later, waiting]
    assert look(database, NOON + HANDLED) == 2, "the first is escalated, the decided one is paid"
    with transaction(database) as tx:
        assert queue_of_jit(tx, ALL, limit=9)[0].dispute_id == first


@pytest.mark.clause("DISP-7")
def test_the_supplier_that_is_named_hears_of_it_and_no_other(database: Database) -> None:
    order, other = sold(database), sold(database, "OTHER")
    hooks = {}
    for actor in (order.seller, order.supplier, other.supplier):
        with request(database, actor, [order.shop.shop_id] if actor.kind == "shop" else []) as tx:
            hooks[str(actor)] = subscribe(tx, URL, ["dispute.*"], bytes(32), allowed=LOOPBACK)[0]
    opened(database, order.claim(text=SECRET), [photo()])
    with transaction(database) as tx:
        while TELL.step(tx, 100):
            pass
        rows = tx.rows("select webhook_id, kind from deliveries order by webhook_id, delivery_id")
    kinds = ["dispute.opened", "dispute.evidence_given"]
    assert [(row.webhook_id, row.kind) for row in rows] == [
        (hooks[str(actor)], kind) for actor in (order.seller, order.supplier) for kind in kinds
    ]
