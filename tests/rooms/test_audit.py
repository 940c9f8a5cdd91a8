"""The audit: nothing is found while all is well, and every check finds what breaks it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from andon.insights.audit.rules import Check, Finding, all_well, told
from andon.insights.audit.views import CHECKS, audit
from andon.kernel.db import Database, create_database, drop_database, open_database
from andon.kernel.settings import Settings
from tests.worlds import NOON, transaction
from tests.worlds_audit import suspected
from tests.worlds_breaks import BREAKS
from tests.worlds_disputes import a_disputed_world
from tests.worlds_exits import done_exit
from tests.worlds_money import a_settled_world
from tests.worlds_moves import moving_shop


def findings(database: Database) -> dict[str, Finding]:
    with database.line.connect() as connection:
        return {finding.name: finding for finding in audit(connection)}


def broken(database: Database) -> set[str]:
    return {name for name, finding in findings(database).items() if not finding.ok}


def test_a_line_that_ran_by_its_use_cases_passes_every_check(database: Database) -> None:
    a_settled_world(database)
    done_exit(database)
    found = findings(database)
    assert {name: finding.sample for name, finding in found.items() if not finding.ok} == {}
    assert list(found) == [check.name for check in CHECKS]
    assert all_well(found.values())


def test_an_empty_database_passes_every_check(database: Database) -> None:
    assert broken(database) == set()


def test_every_check_has_a_way_to_break_it() -> None:
    assert set(BREAKS) == {check.name for check in CHECKS}


@pytest.fixture(scope="module")
def settled(settings: Settings, template: str) -> Iterator[Database]:
    """A database with a settled world, for tests that undo what they do."""
    name = f"settled_{uuid4().hex[:8]}"
    create_database(settings, name, template=template)
    database = open_database(settings, name)
    a_settled_world(database)
    done_exit(database)
    a_disputed_world(database)
    moving_shop(database)
    yield database
    database.dispose()
    drop_database(settings, name)


@contextmanager
def broken_by(database: Database, name: str) -> Iterator[Connection]:
    """The database as what breaks that check leaves it; undone at the end."""
    with database.owner.connect() as connection:
        for statement in map(str.strip, BREAKS[name].split(";")):
            done = connection.execute(text(statement))
            assert statement.startswith("alter") or done.rowcount
        yield connection
        connection.rollback()


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found_and_shown(settled: Database, name: str) -> None:
    with broken_by(settled, name) as connection:
        [finding] = audit(connection, [check for check in CHECKS if check.name == name])
    assert not finding.ok
    assert finding.count
    assert len(finding.sample) == min(finding.count, 5)
    assert json.dumps(told(finding), default=str)


@pytest.mark.parametrize("name", ["units_moved", "books_balance", "stamps_stand"])
def test_what_is_broken_is_found_also_when_all_checks_are_asked_in_one(settled: Database, name: str) -> None:
    with settled.line.connect() as connection:
        assert suspected(connection) == set()
    with broken_by(settled, name) as connection:
        assert name in suspected(connection)


def test_a_row_that_breaks_a_check_comes_with_the_events_that_led_there(settled: Database) -> None:
    with broken_by(settled, "stamps_stand") as connection:
        [finding] = audit(connection, [check for check in CHECKS if check.name == "stamps_stand"], events=3)
    [offence] = finding.sample
    kinds = [step.kind for step in offence.events]
    assert kinds == ["fulfilment.labelled", "parcel.labelled", "fulfilment.shipped"]
    assert {step.subject for step in offence.events} == {f"fulfilment:{offence.row['fulfilment_id']}"}
    assert all(step.facts["fulfilment_id"] == offence.row["fulfilment_id"] for step in offence.events)


def test_a_row_that_is_about_no_order_comes_with_the_events_of_its_subject(settled: Database) -> None:
    with broken_by(settled, "binding_moves") as connection:
        [finding] = audit(connection, [check for check in CHECKS if check.name == "binding_moves"])
    for offence in finding.sample:
        assert [step.kind for step in offence.events][:2] == ["binding.offered", "binding.active"]


UNLAWFUL = {
    "fulfilment_moves": (
        "fulfilment.shipped",
        "fulfilment:",
        "select fulfilment_id from fulfilments where state = 20",
    ),
    "charge_moves": ("charge.fixed", "charge:", "select charge_id from charges where state = 80"),
    "supplier_moves": ("supplier.declined", "supplier:", "select supplier_id from suppliers"),
    "binding_moves": ("binding.offered", "binding:", "select binding_id from bindings"),
    "exit_moves": ("exit.started", "exit:", "select exit_id from exits"),
    "enrolment_moves": ("enrolment.joining", "enrolment:", "select number from enrolments"),
}
"""An event that no move of the lifecycle leads to from where the things stand."""


@pytest.mark.parametrize("name", UNLAWFUL)
def test_an_event_that_no_move_leads_to_is_found(settled: Database, name: str) -> None:
    kind, about, numbers = UNLAWFUL[name]
    with settled.owner.connect() as connection:
        done = connection.execute(
            text(
                "insert into events (shop_id, event_id, kind, subject, at, recorded_at, actor, policy, body) "
                "select e.shop_id, nextval('event_ids'), :kind, e.subject, e.at, e.recorded_at, 'line', e.policy, '{}' "
                "from (select distinct on (shop_id, subject) * from events) e "
                f"where e.subject in (select :about || n from ({numbers}) x(n))"
            ),
            {"kind": kind, "about": about},
        )
        assert done.rowcount
        [finding] = audit(connection, [check for check in CHECKS if check.name == name], sample=100)
        connection.rollback()
    assert finding.count


def test_a_check_that_takes_too_long_is_not_well(database: Database) -> None:
    slow = Check("slow", {"en": "slow", "zh-CN": "慢"}, "select pg_sleep(20) as nothing where false or true")
    with database.line.connect() as connection:
        (finding,) = audit(connection, [slow], seconds=1)
        assert finding.count is None
        assert not finding.ok
        assert finding.seconds < 10
        assert audit(connection, CHECKS[:1])[0].ok


def test_the_audit_writes_nothing(database: Database) -> None:
    writing = Check("writing", {"en": "w", "zh-CN": "写"}, "select nextval('order_ids') as number")
    with database.line.connect() as connection, pytest.raises(Exception, match="read-only"):
        audit(connection, [writing])


def test_the_audit_may_be_asked_inside_a_transaction(database: Database) -> None:
    with transaction(database, NOON + timedelta(days=1)) as tx:
        assert all_well(audit(tx.connection))
        tx.run("insert into heads (shop_id) values (77)")
