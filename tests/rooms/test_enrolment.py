"""Joining JIT: the category decides, the authorisation is recorded, the intake opens."""

import threading

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Forbidden
from andon.membership.enrolment.rules import ENROLMENT, EnrolmentState, conditions_of, unmet
from andon.membership.enrolment.service import join_jit
from andon.membership.enrolment.views import conditions, enrolment_of
from andon.partners.shops.tables import Shop
from andon.platform.policies.files import load_policies
from tests.worlds import NOON, transaction
from tests.worlds_partners import a_shop

S = EnrolmentState


@pytest.mark.clause("MODE-7")
def test_joining_records_who_signed_which_authorisation_and_when_and_opens_the_intake(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        assert enrolment_of(tx, shop) is None
        joined = join_jit(tx, shop, "key:17")
        assert (joined.number, joined.state, joined.joined_at) == (1, S.ON, NOON)
        assert joined.authorisation["version"] == "1"
        assert joined.authorisation["signed_by"] == "key:17"
        assert joined.authorisation["signed_at"] == NOON.isoformat()
        assert set(joined.authorisation["text"]) == {"zh-CN", "en"}
        assert tx.get(Shop, shop).jit_intake_open
    with transaction(database) as tx:
        told = tx.rows(
            "select kind, subject, body from events where subject like 'enrolment:%' order by event_id"
        )
        assert [(row.kind, row.subject) for row in told] == [
            ("enrolment.joining", "enrolment:1"),
            ("enrolment.on", "enrolment:1"),
        ]
        assert "授权" not in told[1].body


@pytest.mark.clause("MODE-1")
def test_a_category_that_jit_is_not_open_to_is_refused_and_nothing_changes(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx, category="furniture")
        with pytest.raises(Forbidden) as refused:
            join_jit(tx, shop, "key:17")
        assert (refused.value.code, refused.value.clause) == ("enrolment.category", "MODE-1")
        assert not [condition for condition in conditions(tx, shop) if condition.needed and condition.met]
        assert enrolment_of(tx, shop) is None
        assert not tx.get(Shop, shop).jit_intake_open


def test_joining_again_while_on_changes_nothing(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        first = join_jit(tx, shop, "key:17")
        assert join_jit(tx, shop, "key:18") is first
        assert tx.rows("select count(*) from enrolments")[0][0] == 1


def test_a_shop_that_is_leaving_does_not_join_and_one_that_left_starts_a_new_membership(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        first = join_jit(tx, shop, "key:17")
        first.state = S.LEAVING
        with pytest.raises(Conflict, match=r"enrolment\.state"):
            join_jit(tx, shop, "key:17")
        first.state = S.OFF
        assert join_jit(tx, shop, "key:17").number == 2


def test_signing_another_version_than_the_one_in_force_is_refused(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        with pytest.raises(Conflict) as refused:
            join_jit(tx, shop, "key:17", "0")
        assert refused.value.code == "enrolment.authorisation"
        assert refused.value.facts == {"version": "1"}
        assert join_jit(tx, shop, "key:17", "1").number == 1


def test_two_joins_at_once_make_one_membership(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
    together = threading.Barrier(2)
    numbers: list[int] = []

    def join() -> None:
        together.wait()
        with transaction(database) as tx:
            numbers.append(join_jit(tx, shop, "key:17").number)

    workers = [threading.Thread(target=join) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert numbers == [1, 1]


@pytest.mark.clause("MODE-1")
@pytest.mark.parametrize(
    ("category", "plan", "met", "eligible"),
    [
        ("apparel", ["cainiao_jit"], [True, True], True),
        ("apparel", ["cainiao_standard"], [True, False], True),
        ("furniture", ["cainiao_jit"], [False, True], False),
    ],
)
def test_the_category_is_needed_and_a_jit_line_is_advice(
    category: str, plan: list[str], met: list[bool], eligible: bool
) -> None:
    policy = load_policies().named("jit-3.2")
    asked = conditions_of(category, policy.mode.categories, plan, dict(policy.lines))
    assert [condition.met for condition in asked] == met
    assert unmet(asked) is not eligible


def test_a_membership_is_left_only_by_leaving_and_leaving_can_be_withdrawn() -> None:
    assert ENROLMENT.ends() == {S.OFF}
    assert ENROLMENT.sources(S.OFF) == (S.JOINING, S.LEAVING)
    assert ENROLMENT.sources(S.ON) == (S.JOINING, S.LEAVING)
