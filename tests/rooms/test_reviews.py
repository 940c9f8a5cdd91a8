"""Reviews of suppliers: for everybody, and for one shop that comes back. They are opened, escalated and decided."""

from contextlib import closing
from datetime import datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Actor
from andon.membership.enrolment.service import join_jit
from andon.membership.qualification.rules import ReviewState
from andon.membership.qualification.service import decide_review, open_review
from andon.membership.qualification.station import ESCALATE_APPLICATIONS, ESCALATE_REVIEWS, REVIEW_SIGNED
from andon.membership.qualification.views import list_reviews, reviews_of
from andon.partners.suppliers.rules import Application, SupplierState
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers, take_under_review
from andon.partners.suppliers.tables import Supplier
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import OFF_AT, done_exit, told_of, unbind
from tests.worlds_partners import bind, open_demo_shop, qualified_suppliers, request
from tests.worlds_standing import make_ready
from tests.worlds_supply import a_line
from tests.worlds_trouble import notices_of

OPERATOR = Actor("operator", 7)
HOURS = timedelta(hours=1)


def reviewed(database: Database, at: datetime) -> int:
    """How many suppliers' reviews the line opens at that instant."""
    with closing(a_line(database, REVIEW_SIGNED, now=at)) as line:
        return line.run_due()


def escalated(database: Database, until: datetime, since: datetime = NOON) -> None:
    """Let the time go by, and the line escalate what falls due."""
    with closing(a_line(database, ESCALATE_REVIEWS, ESCALATE_APPLICATIONS, now=since)) as line:
        line.advance(until)


@pytest.mark.clause("QUAL-1", "QUAL-2")
def test_one_review_of_a_pair_is_open_and_its_clock_runs_from_its_opening(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=2)
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        review = open_review(tx, shop.shop_id, first)
        assert (review.state, review.due_at) == (ReviewState.OPENED, NOON + 72 * HOURS)
        number = review.review_id
    with transaction(database, NOON + HOURS) as tx:
        assert open_review(tx, shop.shop_id, first).review_id == number
        other = open_review(tx, shop.shop_id, second).review_id
        assert [each.review_id for each in reviews_of(tx, shop.shop_id)] == [other, number]
        assert [each.review_id for each in reviews_of(tx, shop.shop_id, NOON + HOURS)] == [other]


@pytest.mark.clause("QUAL-1")
def test_who_is_signed_anew_by_a_shop_that_left_is_reviewed_for_it_alone(database: Database):
    left, _ = done_exit(database, suppliers=1)
    [supplier_id] = left.supplier_ids
    with transaction(database) as tx:
        other = open_demo_shop(tx, suppliers=[supplier_id], stock=0)
    with transaction(database, OFF_AT + HOURS) as tx:
        bind(tx, left.shop_id, [supplier_id])
        bind(tx, other.shop_id, qualified_suppliers(tx, 1))
    assert reviewed(database, OFF_AT + HOURS) == 1
    assert reviewed(database, OFF_AT + HOURS) == 0, "it is opened once"
    with transaction(database) as tx:
        [review] = reviews_of(tx, left.shop_id)
        assert (review.supplier_id, review.state, review.opened_at) == (
            supplier_id, ReviewState.OPENED, OFF_AT + HOURS,
        )  # fmt: skip
        assert not reviews_of(tx, other.shop_id), "a shop that is in JIT has its suppliers as they are"
        assert told_of(tx, left.shop_id, "review.%") == ["review.opened"]
        assert sorted(notices_of(tx, "review.opened")) == ["operator", "supplier"]
        assert tx.get(Supplier, supplier_id).state == SupplierState.QUALIFIED
    assert_all_well(database)


def test_who_is_unbound_before_the_line_comes_to_it_is_not_reviewed(database: Database):
    left, _ = done_exit(database, suppliers=1)
    with transaction(database, OFF_AT) as tx:
        bind(tx, left.shop_id, left.supplier_ids)
    unbind(database, left.shop_id, OFF_AT)
    assert reviewed(database, OFF_AT) == 1
    with transaction(database) as tx:
        assert not reviews_of(tx, left.shop_id)


def test_a_shop_that_is_back_signs_whom_it_likes(database: Database):
    left, _ = done_exit(database, suppliers=1, local=1)
    with transaction(database, OFF_AT) as tx:
        make_ready(tx, left.shop_id, left.supplier_ids)
        join_jit(tx, left.shop_id, signed_by="key:1")
    reviewed(database, OFF_AT)
    with transaction(database, OFF_AT) as tx:
        bind(tx, left.shop_id, qualified_suppliers(tx, 1))
    assert reviewed(database, OFF_AT) == 0


@pytest.mark.clause("QUAL-2")
def test_a_review_that_nobody_decides_escalates_once_and_can_still_be_decided(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        number = open_review(tx, shop.shop_id, shop.supplier_ids[0]).review_id
    escalated(database, NOON + 72 * HOURS - timedelta(microseconds=1))
    with transaction(database) as tx:
        assert [row.escalated_at for row in reviews_of(tx, shop.shop_id)] == [None]
    escalated(database, NOON + 100 * HOURS)
    with transaction(database) as tx:
        assert [row.escalated_at for row in reviews_of(tx, shop.shop_id)] == [NOON + 72 * HOURS]
        assert notices_of(tx, "review.escalated") == ["operator"]
    with transaction(database, NOON + 101 * HOURS, OPERATOR) as tx:
        decide_review(tx, number, "passed", "look again")
    with transaction(database) as tx:
        assert told_of(tx, shop.shop_id, "review.%") == ["review.opened", "review.escalated", "review.passed"]
    assert_all_well(database)


def test_a_review_keeps_who_decided_why_and_on_what_and_is_not_decided_twice(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=2)
        first, second = (open_review(tx, shop.shop_id, each).review_id for each in shop.supplier_ids)
    with request(database, OPERATOR, {PLATFORM, shop.shop_id}, now=NOON + HOURS) as tx:
        review = decide_review(tx, first, "failed", "too late too often")
        assert (review.note, review.decided_by, review.decided_at) == (
            "too late too often", "operator:7", NOON + HOURS,
        )  # fmt: skip
        assert review.scorecard["supplier_id"] == shop.supplier_ids[0]
        assert review.scorecard["figures"][0]["name"] == "licence"
    with request(database, OPERATOR, {PLATFORM, shop.shop_id}, now=NOON + 2 * HOURS) as tx:
        assert decide_review(tx, first, "failed", "again").note == "too late too often"
        with pytest.raises(Conflict, match=r"review\.state"):
            decide_review(tx, first, "passed", "")
        with pytest.raises(NotFound, match=r"review\.not_found"):
            decide_review(tx, 4711, "passed", "")
        waiting = list_reviews(tx, state=ReviewState.OPENED, limit=9)
        assert [row.review_id for row in waiting] == [second]
        due = (waiting[0].due_at, second)
        assert not list_reviews(tx, state=ReviewState.OPENED, after=due, limit=9)
        assert open_review(tx, shop.shop_id, shop.supplier_ids[0]).review_id not in (first, second)
    assert_all_well(database)


@pytest.mark.clause("QUAL-2")
@pytest.mark.parametrize(
    ("applied_at", "hours"),
    [("2023-12-31T15:59:59+00:00", 48), ("2023-12-31T16:00:00+00:00", 72)],
)
def test_an_application_is_decided_by_the_version_under_which_it_came(
    database: Database, applied_at: str, hours: int
):
    """2024 begins at 16:00 UTC in Shanghai; the line finds the deadline to the microsecond."""
    at = NOON.fromisoformat(applied_at)
    with transaction(database, at) as tx:
        [supplier] = apply_suppliers(tx, [Application("仓")])
        number, due_at = supplier.supplier_id, supplier.review_due_at
    assert due_at == at + hours * HOURS
    escalated(database, due_at - timedelta(microseconds=1), since=at)
    with transaction(database, at) as tx:
        assert tx.get(Supplier, number).escalated_at is None
    escalated(database, due_at + 9 * HOURS, since=at)
    with transaction(database, due_at + 9 * HOURS) as tx:
        assert tx.get(Supplier, number).escalated_at == due_at
        assert notices_of(tx, "supplier.review_escalated") == ["operator"]
        assert told_of(tx, PLATFORM, "supplier.review%") == ["supplier.review_escalated"]


def test_what_was_decided_in_time_is_not_escalated(database: Database):
    with transaction(database) as tx:
        taken, decided = (
            each.supplier_id for each in apply_suppliers(tx, [Application("一"), Application("二")])
        )
        assert take_under_review(tx, taken).state == SupplierState.UNDER_REVIEW
        assert take_under_review(tx, taken).state == SupplierState.UNDER_REVIEW
        decide_suppliers(tx, [decided], "decline")
        with pytest.raises(Conflict, match=r"supplier\.state"):
            take_under_review(tx, decided)
        with pytest.raises(NotFound, match=r"supplier\.not_found"):
            take_under_review(tx, 4711)
    escalated(database, NOON + 100 * HOURS)
    with transaction(database) as tx:
        assert tx.get(Supplier, taken).escalated_at == NOON + 72 * HOURS
        assert tx.get(Supplier, decided).escalated_at is None
        assert told_of(tx, PLATFORM, "supplier.under%") == ["supplier.under_review"] * 2
