"""Joining JIT for the first time: what is asked, what is recorded, what opens."""

import threading

import pytest
from sqlalchemy import text

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Forbidden
from andon.membership.enrolment.rules import (
    ENROLMENT,
    Bound,
    EnrolmentState,
    Facts,
    Funds,
    conditions_of,
    unmet,
)
from andon.membership.enrolment.service import join_jit
from andon.membership.enrolment.views import conditions, enrolment_of
from andon.partners.shops.tables import Shop
from andon.partners.suppliers.service import decide_suppliers
from andon.platform.policies.files import load_policies
from tests.worlds import NOON, transaction
from tests.worlds_partners import a_shop, bind, qualified_suppliers

S = EnrolmentState
QUALIFIED = (Bound(1, "qualified"),)


def a_bound_shop(database: Database, category: str = "apparel") -> tuple[int, int]:
    """A shop that has never joined, and the supplier that it is bound to."""
    with transaction(database) as tx:
        shop = a_shop(tx, category=category)
        [supplier] = qualified_suppliers(tx, 1)
        bind(tx, shop, [supplier])
        return shop, supplier


@pytest.mark.clause("MODE-7")
def test_joining_records_who_signed_which_authorisation_and_when_and_opens_the_intake(
    database: Database,
) -> None:
    shop, _ = a_bound_shop(database)
    with transaction(database) as tx:
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
    shop, _ = a_bound_shop(database, category="furniture")
    with transaction(database) as tx:
        with pytest.raises(Forbidden) as refused:
            join_jit(tx, shop, "key:17")
        assert (refused.value.code, refused.value.clause) == ("enrolment.category", "MODE-1")
        assert [each.code for each in unmet(conditions(tx, shop))] == ["enrolment.category"]
        assert enrolment_of(tx, shop) is None
        assert not tx.get(Shop, shop).jit_intake_open


@pytest.mark.clause("QUAL-1")
def test_a_first_timer_has_a_qualified_supplier_bound_to_it_and_is_asked_nothing_of_its_past(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        with pytest.raises(Forbidden) as refused:
            join_jit(tx, shop, "key:17")
        assert (refused.value.code, refused.value.clause) == ("enrolment.supplier", "QUAL-1")
        assert refused.value.facts == {"unmet": ["enrolment.supplier"]}
        [supplier] = qualified_suppliers(tx, 1)
        bind(tx, shop, [supplier])
    with transaction(database) as tx:
        decide_suppliers(tx, [supplier], "suspend")
    with transaction(database) as tx:
        [missing] = unmet(conditions(tx, shop))
        assert (missing.code, missing.measured) == ("enrolment.supplier", "0")
        assert missing.evidence == {"suppliers": [{"supplier_id": supplier, "state": "suspended"}]}
    with transaction(database) as tx:
        decide_suppliers(tx, [supplier], "restore")
        assert join_jit(tx, shop, "key:17").number == 1
    with transaction(database) as tx:
        assert not [each for each in conditions(tx, shop) if (each.clause or "").startswith("BACK")]


@pytest.mark.clause("EXIT-7")
def test_a_frozen_account_or_one_that_does_not_cover_what_is_due_is_no_account_to_join_with() -> None:
    policy = load_policies().named("jit-3.2")
    for funds, measured in (
        (Funds(), "open"),
        (Funds(frozen_by=[7]), "frozen"),
        (Funds(uncovered=["CNY 3.00"]), "not covered"),
    ):
        facts = Facts("apparel", ["cainiao_jit"], funds, QUALIFIED)
        [found] = [
            each
            for each in conditions_of(facts, policy.mode.categories, policy.lines)
            if each.code == "enrolment.funds"
        ]
        assert (found.measured, found.met) == (measured, measured == "open")


def test_joining_again_while_on_changes_nothing(database: Database) -> None:
    shop, _ = a_bound_shop(database)
    with transaction(database) as tx:
        first = join_jit(tx, shop, "key:17")
        assert join_jit(tx, shop, "key:18") is first
        assert tx.rows("select count(*) from enrolments")[0][0] == 1


def test_a_shop_that_is_leaving_does_not_join(database: Database) -> None:
    shop, _ = a_bound_shop(database)
    with transaction(database) as tx:
        join_jit(tx, shop, "key:17").state = S.LEAVING
        with pytest.raises(Conflict, match=r"enrolment\.state"):
            join_jit(tx, shop, "key:17")


def test_signing_another_version_than_the_one_in_force_is_refused(database: Database) -> None:
    shop, _ = a_bound_shop(database)
    with transaction(database) as tx:
        with pytest.raises(Conflict) as refused:
            join_jit(tx, shop, "key:17", "0")
        assert refused.value.code == "enrolment.authorisation"
        assert refused.value.facts == {"version": "1"}
        assert join_jit(tx, shop, "key:17", "1").number == 1


def test_two_joins_at_once_make_one_membership(database: Database) -> None:
    shop, _ = a_bound_shop(database)
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


@pytest.mark.clause("QUAL-1")
def test_a_supplier_is_not_suspended_while_a_shop_joins_with_it(database: Database) -> None:
    shop, supplier = a_bound_shop(database)
    with transaction(database) as tx:
        join_jit(tx, shop, "key:17")
        with database.line.begin() as other:
            other.execute(text("set local lock_timeout = '100ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                other.execute(
                    text("update suppliers set state = 40 where supplier_id = :supplier"),
                    {"supplier": supplier},
                )


@pytest.mark.clause("MODE-1")
@pytest.mark.parametrize(
    ("category", "plan", "unmet_codes", "advice"),
    [
        ("apparel", ["cainiao_jit"], [], []),
        ("apparel", ["cainiao_standard"], [], ["enrolment.jit_line"]),
        ("furniture", ["cainiao_jit"], ["enrolment.category"], []),
    ],
)
def test_the_category_is_needed_and_a_jit_line_is_advice(
    category: str, plan: list[str], unmet_codes: list[str], advice: list[str]
) -> None:
    policy = load_policies().named("jit-3.2")
    facts = Facts(category, plan, Funds(), QUALIFIED)
    asked = conditions_of(facts, policy.mode.categories, policy.lines)
    assert [each.code for each in unmet(asked)] == unmet_codes
    assert [each.code for each in asked if not each.needed and not each.met] == advice


def test_a_membership_is_left_only_by_leaving_and_leaving_can_be_withdrawn() -> None:
    assert ENROLMENT.ends() == {S.OFF}
    assert ENROLMENT.sources(S.OFF) == (S.JOINING, S.LEAVING)
    assert ENROLMENT.sources(S.ON) == (S.JOINING, S.LEAVING)
