"""Coming back: each condition of BACK-1..4 with what was measured, at its edges, and under lock."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Forbidden
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import Condition, EnrolmentState, unmet
from andon.membership.enrolment.service import join_jit, restore_mappings
from andon.membership.enrolment.views import conditions, enrolment_of, former_mappings
from andon.membership.qualification.service import decide_review
from andon.membership.qualification.station import review_signed
from andon.membership.qualification.views import reviews_of
from andon.membership.standing.rules import Draft, Told
from andon.membership.standing.service import decide_violation, record_ratings, record_violation
from andon.partners.catalog.service import MappingKey
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import OFF_AT, done_exit, leaving_shop
from tests.worlds_partners import DemoShop, bind, qualified_suppliers
from tests.worlds_standing import make_ready, rate_well, sign_anew, stars

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def asked(tx: Tx[Policy], shop_id: int, code: str) -> Condition:
    [found] = [each for each in conditions(tx, shop_id) if each.code == f"enrolment.{code}"]
    return found


def missing(tx: Tx[Policy], shop_id: int) -> list[str]:
    return [each.code.removeprefix("enrolment.") for each in unmet(conditions(tx, shop_id))]


def violation(shop_id: int, at: datetime, **changes: object) -> Draft:
    return Draft(shop_id, "false_shipment", "shop", "operator", at, **changes)  # type: ignore[arg-type]


@pytest.fixture
def left(database: Database) -> DemoShop:
    shop, _ = done_exit(database, skus=("S-1", "S-2"), suppliers=1)
    return shop


@pytest.fixture
def ready(database: Database, left: DemoShop) -> DemoShop:
    with transaction(database, OFF_AT) as tx:
        make_ready(tx, left.shop_id, left.supplier_ids)
    return left


@pytest.mark.clause("BACK-1", "BACK-2", "BACK-3", "BACK-4")
def test_whoever_left_is_told_every_condition_with_what_was_measured(database: Database, left: DemoShop):
    with transaction(database, OFF_AT) as tx:
        assert missing(tx, left.shop_id) == ["supplier", "rating"]
        cooled = asked(tx, left.shop_id, "cooling_off")
        assert (cooled.met, cooled.measured, cooled.wanted) == (True, "0.00 d", "0 d"), (
            "at once, no cooling-off"
        )
        rating = asked(tx, left.shop_id, "rating")
        assert (rating.measured, rating.wanted, rating.earliest_at) == ("no ratings", "4.7", None)
        with pytest.raises(Forbidden) as refused:
            join_jit(tx, left.shop_id, "key:1")
        assert refused.value.facts == {"unmet": ["enrolment.supplier", "enrolment.rating"]}
    with transaction(database, OFF_AT) as tx:
        make_ready(tx, left.shop_id, left.supplier_ids)
        assert missing(tx, left.shop_id) == []
        assert join_jit(tx, left.shop_id, "key:1").number == 2
    assert_all_well(database)


@pytest.mark.clause("BACK-2")
@pytest.mark.parametrize(("third", "met", "measured"), [(410, True, "4.70"), (409, False, "4.69")])
def test_a_mean_of_4_7_passes_and_the_next_below_it_does_not(
    database: Database, ready: DemoShop, third: int, met: bool, measured: str
):
    with transaction(database, OFF_AT) as tx:
        number = rate_well(tx, ready.shop_id)
    with transaction(database, OFF_AT + SECOND) as tx:
        record_ratings(tx, ready.shop_id, [Told(number, stars(500)._replace(shipping=third), tx.now)])
        found = asked(tx, ready.shop_id, "rating")
        assert (found.met, found.measured) == (met, measured)
        assert found.evidence["ratings"] == 1


@pytest.mark.clause("BACK-2")
def test_a_bad_rating_leaves_the_window_after_30_days_to_the_second_and_then_there_is_none(
    database: Database, ready: DemoShop
):
    with transaction(database, OFF_AT + 30 * DAY - SECOND) as tx:
        assert asked(tx, ready.shop_id, "rating").met
    with transaction(database, OFF_AT + 30 * DAY) as tx:
        found = asked(tx, ready.shop_id, "rating")
        assert (found.met, found.measured, found.earliest_at) == (False, "no ratings", None)


@pytest.mark.clause("BACK-3")
def test_a_violation_exactly_90_days_ago_to_the_second_counts_no_more(database: Database, ready: DemoShop):
    with transaction(database, OFF_AT) as tx:
        made = record_violation(tx, violation(ready.shop_id, OFF_AT))
        number = made.violation_id
    with transaction(database, OFF_AT + 90 * DAY - SECOND) as tx:
        found = asked(tx, ready.shop_id, "violations")
        assert (found.met, found.measured, found.earliest_at) == (False, "1", OFF_AT + 90 * DAY)
        assert [each["violation_id"] for each in found.evidence["violations"]] == [number]
        rate_well(tx, ready.shop_id)
        with pytest.raises(Forbidden, match=r"enrolment\.violations"):
            join_jit(tx, ready.shop_id, "key:1")
    with transaction(database, OFF_AT + 90 * DAY) as tx:
        assert asked(tx, ready.shop_id, "violations").met
        assert join_jit(tx, ready.shop_id, "key:1").number == 2


@pytest.mark.clause("BACK-3")
def test_what_is_a_suppliers_fault_of_another_kind_or_withdrawn_does_not_count(
    database: Database, ready: DemoShop
):
    with transaction(database, OFF_AT) as tx:
        shop_id = ready.shop_id
        record_violation(tx, Draft(shop_id, "false_shipment", "supplier", "operator", OFF_AT))
        record_violation(tx, Draft(shop_id, "stock_out", "shop", "operator", OFF_AT))
        assert asked(tx, shop_id, "violations").met
        made = record_violation(tx, Draft(shop_id, "wrong_address", "shop", "operator", OFF_AT))
        assert not asked(tx, shop_id, "violations").met
        decide_violation(tx, shop_id, made.violation_id, "withdrawn", "a mistake")
        assert asked(tx, shop_id, "violations").met


@pytest.mark.clause("BACK-4", "QUAL-1")
def test_every_supplier_signed_anew_has_passed_its_review_for_this_shop(database: Database, left: DemoShop):
    shop_id = left.shop_id
    with transaction(database, OFF_AT) as tx:
        rate_well(tx, shop_id)
        [other] = qualified_suppliers(tx, 1)
        bind(tx, shop_id, [*left.supplier_ids, other])
        found = asked(tx, shop_id, "reviews")
        assert (found.met, found.measured, found.wanted) == (False, "0", "2")
    with transaction(database, OFF_AT) as tx:
        review_signed(tx, 100)
    with transaction(database, OFF_AT) as tx:
        assert [each["state"] for each in asked(tx, shop_id, "reviews").evidence["reviews"]] == ["opened"] * 2
        second, first = reviews_of(tx, shop_id)
        decide_review(tx, first.review_id, "passed", "seen")
        decide_review(tx, second.review_id, "failed", "seen")
    with transaction(database, OFF_AT) as tx:
        assert missing(tx, shop_id) == ["reviews"]
        with pytest.raises(Forbidden, match=r"enrolment\.reviews"):
            join_jit(tx, shop_id, "key:1")


def test_a_shop_that_is_in_stays_in_whatever_becomes_of_its_rating(database: Database, ready: DemoShop):
    with transaction(database, OFF_AT) as tx:
        join_jit(tx, ready.shop_id, "key:1")
    with transaction(database, OFF_AT + DAY) as tx:
        rate_well(tx, ready.shop_id, 100)
        record_violation(tx, violation(ready.shop_id, tx.now))
        assert join_jit(tx, ready.shop_id, "key:1").number == 2
        enrolment = enrolment_of(tx, ready.shop_id)
        assert enrolment is not None
        assert enrolment.state == EnrolmentState.ON


@pytest.mark.clause("BACK-2", "BACK-3")
@pytest.mark.parametrize("what", ["a violation", "a rating"])
def test_a_join_waits_for_what_is_being_recorded_and_then_sees_it(
    database: Database, ready: DemoShop, what: str
):
    shop_id, outcome = ready.shop_id, []
    began = threading.Event()

    def record(tx: Tx[Policy]) -> None:
        if what == "a violation":
            record_violation(tx, violation(shop_id, tx.now))
        else:
            rate_well(tx, shop_id, 100)

    def join() -> None:
        with transaction(database, OFF_AT + SECOND) as tx:
            began.set()
            try:
                outcome.append(join_jit(tx, shop_id, "key:1").number)
            except Forbidden as refused:
                outcome.append(refused.code)

    with transaction(database, OFF_AT + SECOND) as tx:
        record(tx)
        tx.flush()
        worker = threading.Thread(target=join)
        worker.start()
        assert began.wait(5)
        worker.join(0.3)
        assert worker.is_alive(), "it waits"
    worker.join(10)
    wanted = "enrolment.violations" if what == "a violation" else "enrolment.rating"
    assert outcome == [wanted]


@pytest.mark.clause("BACK-3")
def test_of_a_join_and_a_violation_that_race_one_comes_first_and_the_state_says_which(
    database: Database, ready: DemoShop
):
    shop_id = ready.shop_id
    together = threading.Barrier(2)
    refused: list[str] = []

    def act(do: Callable[[Tx[Policy]], object]) -> None:
        together.wait()
        try:
            with transaction(database, OFF_AT + SECOND) as tx:
                do(tx)
        except Forbidden as no:
            refused.append(no.code)

    jobs = (
        lambda tx: join_jit(tx, shop_id, "key:1"),
        lambda tx: record_violation(tx, violation(shop_id, tx.now)),
    )
    workers = [threading.Thread(target=act, args=(job,)) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with transaction(database, OFF_AT + SECOND) as tx:
        rows = tx.rows(
            "select kind from events where shop_id = :shop and kind in ('enrolment.on', 'violation.recorded') "
            "order by event_id desc limit 2",
            shop=shop_id,
        )
        newest = [row.kind for row in rows]
        [last] = tx.rows("select max(number) from enrolments where shop_id = :shop", shop=shop_id)
    if refused:
        assert (refused, last[0]) == (["enrolment.violations"], 1)
    else:
        assert (newest[0], last[0]) == ("violation.recorded", 2)


def test_what_the_last_membership_mapped_is_proposed_and_restored_row_by_row(
    database: Database, left: DemoShop
):
    shop_id, [supplier] = left.shop_id, left.supplier_ids
    with transaction(database, OFF_AT) as tx:
        rows = former_mappings(tx, shop_id, limit=10)
        assert [(row.sku, row.item, row.number, row.code) for row in rows] == [
            ("S-1", rows[0].item, 1, "mapping.not_bound"),
            ("S-2", rows[1].item, 1, "mapping.not_bound"),
        ]
        assert restore_mappings(tx, shop_id) == []
    with transaction(database, OFF_AT) as tx:
        sign_anew(tx, shop_id, [supplier])
        told = restore_mappings(tx, shop_id, [MappingKey("S-1", supplier), MappingKey("S-9", supplier)])
        assert [refusal and refusal.code for _, refusal in told] == [None, "mapping.not_found"]
        assert [row.code for row in former_mappings(tx, shop_id, limit=10)] == ["mapping.known", None]
        assert [key.sku for key, _ in restore_mappings(tx, shop_id)] == ["S-2"]
        mapped = tx.rows(
            "select sku, units, priority from mappings where shop_id = :shop order by sku", shop=shop_id
        )
        assert [tuple(row) for row in mapped] == [("S-1", 1, 1), ("S-2", 1, 1)]
    assert_all_well(database)


def test_an_exit_that_is_withdrawn_leaves_what_is_mapped_as_it_is(database: Database):
    shop, _ = leaving_shop(database, suppliers=1)
    with transaction(database, NOON) as tx:
        assert [row.code for row in former_mappings(tx, shop.shop_id, limit=10)] == ["mapping.known"] * 2
        with pytest.raises(Conflict):
            join_jit(tx, shop.shop_id, "key:1")
