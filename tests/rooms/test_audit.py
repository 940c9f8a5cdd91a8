"""The audit: nothing is found while all is well, and every check finds what breaks it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from andon.insights.audit.rules import Check, Finding, all_well
from andon.insights.audit.views import CHECKS, audit
from andon.kernel.db import Database
from tests.worlds import NOON, transaction
from tests.worlds_money import a_settled_world


def findings(database: Database) -> dict[str, Finding]:
    with database.line.connect() as connection:
        return {finding.name: finding for finding in audit(connection)}


def broken(database: Database) -> set[str]:
    return {name for name, finding in findings(database).items() if not finding.ok}


BREAKS: dict[str, str] = {
    "units_moved": "update stock set on_hand = on_hand - 1 where on_hand > 0",
    "units_not_negative": """
        alter table stock drop constraint ck_stock_no_negative_units;
        update stock set on_hand = -1""",
    "units_allotted": "update pools set counted = 0",
    "units_reserved": "update fulfilment_lines set units = units + 1",
    "never_oversold": """
        insert into movements
          (shop_id, movement_id, location, item, owner, kind, on_hand_change, reserved_change, at)
        select shop_id, nextval('movement_ids'), location, item, owner, 3, 0, 100000, counted_at from stock
        where counted_at is not null limit 1""",
    "orders_covered": "update order_lines set quantity = quantity + 1",
    "fulfilments_owned": "update grants set ended_at = since",
    "one_live_push": """
        insert into pushes
          (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, due_at, tries)
        select shop_id, nextval('push_ids'), supplier_id, fulfilment_id, 'fulfilment.pushed', 'm', reserved_at,
          reserved_at, 0 from fulfilments, generate_series(1, 2) where supplier_id is not null""",
    "states_told": "update fulfilments set state = 92 where state = 91",
    "orders_told": """
        insert into orders
        select shop_id, order_id + 1000, channel, channel_order_no || 'x', fingerprint, placed_at, received_at,
          ship_by, paid_at, source_status, currency, goods_minor, freight_minor, policy from orders""",
    "books_balance": "update balances set credited_minor = credited_minor + 1 where account = 'external'",
    "funds_not_overdrawn": """
        update balances set debited_minor = credited_minor + 1 where account = 'shop_funds'""",
    "settled_once": "update charges set amount_minor = amount_minor + 1 where state = 80",
    "charged_once": """
        insert into charges
        select shop_id, nextval('charge_ids'), kind, state, subject, round + 1, order_id, fulfilment_id, parcel_id,
          amount_minor, currency, payee, basis, policy, accrued_at, fixed_at, due_at, settled_at, settled_on,
          journal_id from charges""",
    "ended_in_line": "update fulfilments set ended_at = null, charged_at = null where state = 80",
    "delivered_charged": "delete from charges where kind = 3",
    "nothing_left_provisional": "update charges set state = 10 where state = 81",
    "due_in_line": """
        update charges set state = 20 where state = 80;
        update fundings set settle_at = null""",
    "charges_told": "update charges set state = 82 where state = 80",
}
"""What breaks each check, by the line's own hand; a constraint is taken away by the owner."""


def test_a_line_that_ran_by_its_use_cases_passes_every_check(database: Database) -> None:
    a_settled_world(database)
    found = findings(database)
    assert {name: finding.sample for name, finding in found.items() if not finding.ok} == {}
    assert list(found) == [check.name for check in CHECKS]
    assert all_well(found.values())


def test_an_empty_database_passes_every_check(database: Database) -> None:
    assert broken(database) == set()


def test_every_check_has_a_way_to_break_it() -> None:
    assert set(BREAKS) == {check.name for check in CHECKS}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found_and_shown(database: Database, name: str) -> None:
    a_settled_world(database)
    for statement in map(str.strip, BREAKS[name].split(";")):
        engine = database.owner if statement.startswith("alter") else database.line
        with engine.begin() as connection:
            assert connection.execute(text(statement)).rowcount
    finding = findings(database)[name]
    assert not finding.ok
    assert finding.count
    assert len(finding.sample) == min(finding.count, 5)
    assert json.dumps(finding.sample, default=str)


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
