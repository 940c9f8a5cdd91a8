"""An appeal by ticket: opened once, answered or escalated, closed; what it changes and who hears of it."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Actor, Tx
from andon.membership.appeals.rules import AppealState
from andon.membership.appeals.service import answer_appeal, appeal_exit
from andon.membership.appeals.station import APPEALS
from andon.membership.appeals.tables import Appeal
from andon.membership.appeals.views import open_appeal
from andon.membership.exits.station import VERIFY
from andon.membership.exits.views import exit_of, newest_checks
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_exits import OFF_AT, leaving_shop, struck_exit, thrown_exit, told_of

OPERATOR = Actor("operator", "1")
ANSWER_BY = NOON + timedelta(hours=48)


def ticket_of(tx: Tx[Policy], shop_id: int, exit_id: int) -> str:
    ticket = exit_of(tx, shop_id, exit_id).ticket
    assert ticket is not None
    return ticket


def appealed(database: Database) -> tuple[int, int, int]:
    """A shop whose switch is thrown and that appeals at noon: its number, its exit's, its appeal's."""
    shop, exit_id = thrown_exit(database)
    with transaction(database) as tx:
        ticket = ticket_of(tx, shop.shop_id, exit_id)
    with transaction(database) as tx:
        return shop.shop_id, exit_id, appeal_exit(tx, shop.shop_id, exit_id, ticket, "核验有误").appeal_id


def look(database: Database, at: timedelta) -> int:
    with transaction(database, NOON + at) as tx:
        return APPEALS.step(tx, 10)


def notices(tx: Tx[Policy]) -> list[tuple[str, str]]:
    rows = tx.rows("select kind, audience from notices where kind like 'appeal.%' order by notice_id")
    return [(row.kind, row.audience) for row in rows]


@pytest.mark.clause("EXIT-5")
def test_an_appeal_that_nobody_answers_is_escalated_at_its_instant_and_can_be_answered_still(
    database: Database,
) -> None:
    shop, exit_id, number = appealed(database)
    with transaction(database) as tx:
        assert tx.get(Appeal, shop, number).due_at == ANSWER_BY
    assert look(database, timedelta(hours=48, seconds=-1)) == 0
    assert (look(database, timedelta(hours=48)), look(database, timedelta(hours=48))) == (1, 0)
    with transaction(database, ANSWER_BY) as tx:
        appeal = tx.get(Appeal, shop, number)
        assert (appeal.state, appeal.escalated_at, appeal.due_at) == (AppealState.OPENED, ANSWER_BY, None)
    with transaction(database, ANSWER_BY, actor=OPERATOR) as tx:
        answered = answer_appeal(tx, number, "rejected", "核验无误")
        assert (answered.state, answered.due_at) == (
            AppealState.ANSWERED, ANSWER_BY + timedelta(hours=48),
        )  # fmt: skip
    assert look(database, timedelta(hours=96)) == 1
    with transaction(database) as tx:
        appeal = tx.get(Appeal, shop, number)
        assert (appeal.state, appeal.closed_at) == (AppealState.CLOSED, NOON + timedelta(hours=96))
        assert (appeal.escalated_at, appeal.answered_by) == (ANSWER_BY, "operator:1")
        assert open_appeal(tx, shop, exit_id) is None
        assert told_of(tx, shop, "appeal.%") == [
            "appeal.opened", "appeal.escalated", "appeal.answered", "appeal.closed",
        ]  # fmt: skip
        assert notices(tx) == [
            (f"appeal.{kind}", audience)
            for kind in ("opened", "escalated", "answered")
            for audience in ("seller", "operator")
        ]


def test_what_the_parties_wrote_is_in_no_event_and_no_notice(database: Database) -> None:
    _, exit_id, number = appealed(database)
    with transaction(database, actor=OPERATOR) as tx:
        answer_appeal(tx, number, "upheld", "平台说明")
    with transaction(database) as tx:
        said = [row.body for row in tx.rows("select body from events where kind like 'appeal.%'")]
        said += [str(row.facts) for row in tx.rows("select facts from notices where kind like 'appeal.%'")]
        assert len(said) == 6
        assert not [each for each in said if "核验有误" in each or "平台说明" in each]
        subjects = tx.rows("select subject from events where kind like 'appeal.%'")
        assert {row.subject for row in subjects} == {f"exit:{exit_id}"}, "it belongs to the exit's story"


@pytest.mark.clause("EXIT-5")
def test_an_appeal_needs_the_exits_own_ticket(database: Database) -> None:
    shop, exit_id, _ = appealed(database)
    other, others_exit = thrown_exit(database)
    unthrown, early = leaving_shop(database)
    with transaction(database) as tx:
        ticket = ticket_of(tx, shop, exit_id)
    for where, number, code in (
        (other.shop_id, others_exit, "appeal.ticket"),
        (unthrown.shop_id, early, "appeal.ticket"),
        (other.shop_id, exit_id, "exit.not_found"),
    ):
        with transaction(database) as tx, pytest.raises((Invalid, NotFound)) as no:
            appeal_exit(tx, where, number, ticket, "x")
        assert no.value.code == code


def test_one_appeal_of_an_exit_is_open_and_the_next_may_come_once_it_is_closed(database: Database) -> None:
    shop, exit_id, number = appealed(database)
    with transaction(database) as tx:
        ticket = ticket_of(tx, shop, exit_id)
    with pytest.raises(Conflict) as no, transaction(database) as tx:
        appeal_exit(tx, shop, exit_id, ticket, "again")
    assert (no.value.code, no.value.facts) == ("appeal.open", {"appeal_id": number})
    with transaction(database, actor=OPERATOR) as tx:
        answer_appeal(tx, number, "rejected", "x")
    look(database, timedelta(hours=48))
    with transaction(database, ANSWER_BY) as tx:
        assert appeal_exit(tx, shop, exit_id, ticket, "again").appeal_id != number


def test_an_answer_is_given_once(database: Database) -> None:
    *_, number = appealed(database)
    with transaction(database, actor=OPERATOR) as tx:
        answer_appeal(tx, number, "rejected", "first")
    with transaction(database, actor=OPERATOR) as tx:
        assert answer_appeal(tx, number, "rejected", "second").note == "first"
    with transaction(database, actor=OPERATOR) as tx, pytest.raises(Conflict) as no:
        answer_appeal(tx, number, "upheld", "third")
    assert no.value.code == "appeal.state"
    with transaction(database, actor=OPERATOR) as tx, pytest.raises(NotFound) as lost:
        answer_appeal(tx, number + 1, "upheld", "x")
    assert lost.value.code == "appeal.not_found"


@pytest.mark.clause("EXIT-5", "EXIT-6")
@pytest.mark.parametrize("verdict", ["upheld", "rejected"])
def test_an_appeal_that_is_upheld_has_the_exit_verified_anew_at_once(
    database: Database, verdict: str
) -> None:
    shop, exit_id = struck_exit(database)
    with transaction(database) as tx:
        # Somebody's grant was overlooked: it works, so that the verification fails, until it is ended.
        tx.put("update grants set ended_at = null where shop_id = :shop", shop=shop.shop_id)
        ticket = ticket_of(tx, shop.shop_id, exit_id)
    with transaction(database, OFF_AT) as tx:
        assert VERIFY.step(tx, 1) == 1
        assert not all(check.passed for check in newest_checks(tx, shop.shop_id, exit_id))
    soon = OFF_AT + timedelta(minutes=1)
    with transaction(database, soon) as tx:
        tx.put("update grants set ended_at = :now where shop_id = :shop", now=soon, shop=shop.shop_id)
    with transaction(database, soon) as tx:
        number = appeal_exit(tx, shop.shop_id, exit_id, ticket, "x").appeal_id
    with transaction(database, soon, actor=OPERATOR) as tx:
        answer_appeal(tx, number, verdict, "x")
    with transaction(database, soon) as tx:
        assert VERIFY.step(tx, 1) == (1 if verdict == "upheld" else 0)
        verified = {check.at for check in newest_checks(tx, shop.shop_id, exit_id)}
        assert verified == {soon if verdict == "upheld" else OFF_AT}
