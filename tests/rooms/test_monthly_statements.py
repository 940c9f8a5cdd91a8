"""Statements: which transfers stand on one, that it agrees with the ledger to the cent, and that it never changes."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.funds.service import withdraw_funds
from andon.money.ledger.rules import COMPENSATION, SHOP_FUNDS, SHOP_HOLDS, SUBSIDIES, Posting
from andon.money.ledger.service import post
from andon.money.settlement.service import deposit_funds
from andon.money.statements.rules import Line, Month
from andon.money.statements.service import fix_lines, period_of, statement_of
from andon.money.statements.station import ISSUE
from andon.money.statements.views import Scope, lines_of, list_issued, summary_of
from andon.platform.record.service import Settled, seal_events
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import DUE, a_settled_world, a_shop
from tests.worlds_tariffs import a_trade, set_rate

MARCH, APRIL, MAY = Month(2026, 3), Month(2026, 4), Month(2026, 5)
APRIL_1 = datetime(2026, 3, 31, 16, tzinfo=UTC)
"""00:00 of the 1st in Shanghai."""
SECOND = timedelta(seconds=1)


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def a_seller(database: Database) -> int:
    with transaction(database, NOON) as tx:
        return a_shop(tx)


def deposit(database: Database, shop_id: int, amount: str, at: datetime) -> None:
    with transaction(database, at) as tx:
        deposit_funds(tx, shop_id, cny(amount))


def statement(database: Database, shop_id: int, month: Month, at: datetime) -> Scope:
    with transaction(database, at) as tx:
        return statement_of(tx, shop_id, month, fix_lines(tx, shop_id, month))


def period(database: Database, shop_id: int, since: date, until: date) -> Scope:
    with transaction(database, APRIL_1 + SECOND) as tx:
        return period_of(tx, shop_id, since, until, fix_lines(tx, shop_id))


def read(database: Database, scope: Scope, **asked: Any) -> list[Line]:
    def ask(question: Any) -> Any:
        with transaction(database) as tx:
            return question(tx)

    return [line for some in lines_of(ask, scope, **asked) for line in some]


def issue(database: Database, at: datetime) -> int:
    with transaction(database, at) as tx:
        return ISSUE.step(tx, ISSUE.batch)


def holds(tx: Tx[Any], shop_id: int) -> int:
    row = tx.one(
        "select credited_minor - debited_minor as minor from balances where shop_id = :shop and account = 'shop_funds'",
        shop=shop_id,
    )
    return row.minor if row else 0


def amounts(lines: Sequence[Line]) -> list[tuple[str, int, int]]:
    return [(line.kind, line.minor, line.balance) for line in lines]


@pytest.mark.clause("FEE-5")
def test_a_month_explains_each_movement_and_its_balances_are_the_ledgers(database: Database) -> None:
    world = a_settled_world(database)
    with transaction(database, DUE + SECOND) as tx:
        withdraw_funds(tx, world.shop_id, cny("100.00"))
        left = holds(tx, world.shop_id)
    scope = statement(database, world.shop_id, MARCH, APRIL_1)
    assert (scope.state, scope.number) == ("issued", f"JIT-ST-202603-{world.shop_id:06d}")
    assert (scope.opening, scope.closing) == ({}, {"CNY": left})
    lines = read(database, scope)
    fees = sorted(("handling", "warehouse", "freight") * 2)
    assert (lines[0].kind, sorted(line.kind for line in lines[1:-1]), lines[-1].kind) == (
        "deposit", fees, "withdrawal",
    )  # fmt: skip
    assert lines[-1].balance == left
    assert sum(line.minor for line in lines) == left
    freight = next(line for line in lines if line.kind == "freight")
    assert (freight.clause, freight.policy, freight.minor, freight.on) == (
        "FEE-3", "jit-3.2", -(1520 + 3 * 490), date(2026, 3, 10),
    )  # fmt: skip
    assert freight.basis == "line=cainiao_jit country=ES label_g=350 billed_g=350"
    assert freight.channel_order_no in ("delivered", "paid")
    assert freight.waybill == f"W-{freight.channel_order_no}"
    assert freight.delivered_at == NOON + timedelta(days=5)
    with transaction(database) as tx:
        summary = summary_of(tx, scope)
        assert {(each.kind, each.lines, str(each.amount.amount)) for each in summary.subtotals} == {
            ("handling", 2, "-0.60"), ("warehouse", 2, "-2.20"), ("freight", 2, "-59.80"),
            ("deposit", 1, "1000.00"), ("withdrawal", 1, "-100.00"),
        }  # fmt: skip
        assert summary.lines == len(lines)


def test_a_type_leaves_lines_out_and_no_balance(database: Database) -> None:
    world = a_settled_world(database)
    scope = statement(database, world.shop_id, MARCH, APRIL_1)
    fees = read(database, scope, wanted="service_fee")
    assert {line.kind for line in fees} == {"handling", "warehouse", "freight"}
    assert fees[-1].balance == scope.closing["CNY"]
    # As many at a time as there is room for: it is the same lines.
    assert read(database, scope, most=1) == read(database, scope) == read(database, scope, most=3)
    with transaction(database) as tx:
        summary = summary_of(tx, scope, "service_fee")
        assert (summary.lines, sum(each.amount.minor for each in summary.subtotals)) == (6, -6260)
    assert read(database, scope, wanted="penalty") == []


@pytest.mark.clause("FEE-5")
def test_a_fee_that_was_converted_says_from_what_and_at_which_rate(database: Database) -> None:
    trade = a_trade(database, "EUR", "100.00")
    set_rate(database, "0.14")
    trade.ship("O1")
    trade.deliver("O1")
    trade.settle()
    deposited, *fees = read(database, statement(database, trade.shop_id, MARCH, APRIL_1))
    assert (deposited.currency, deposited.base_minor, deposited.rate) == ("EUR", None, None)
    # CNY 0.30, 1.10 and 29.90.
    assert {(line.kind, line.minor, line.base_minor, line.base_currency, line.rate) for line in fees} == {
        ("handling", -4, 30, "CNY", Decimal("0.14")), ("warehouse", -15, 110, "CNY", Decimal("0.14")),
        ("freight", -419, 2990, "CNY", Decimal("0.14")),
    }  # fmt: skip


def test_what_comes_by_disputes_and_subsidies_is_of_its_kind(database: Database) -> None:
    shop = a_seller(database)
    deposit(database, shop, "50.00", NOON)
    with transaction(database, NOON) as tx:
        tx.hold(shop)
        post(tx, shop, [Posting(SUBSIDIES, SHOP_FUNDS, cny("3.00"), "subsidy.paid")])
        post(tx, shop, [Posting(COMPENSATION, SHOP_FUNDS, cny("5.00"), "compensation.paid")])
        post(tx, shop, [Posting(SHOP_FUNDS, SHOP_HOLDS, cny("10.00"), "charge.held")])
        post(tx, shop, [Posting(SHOP_HOLDS, SHOP_FUNDS, cny("10.00"), "charge.released")])
    lines = read(database, statement(database, shop, MARCH, NOON + SECOND))
    assert amounts(lines) == [
        ("deposit", 5000, 5000), ("subsidy", 300, 5300), ("compensation", 500, 5800), ("hold", -1000, 4800),
        ("hold", 1000, 5800),
    ]  # fmt: skip


@pytest.mark.clause("FEE-5")
def test_a_month_that_is_not_over_is_a_draft_and_grows(database: Database) -> None:
    shop = a_seller(database)
    deposit(database, shop, "10.00", NOON)
    draft = statement(database, shop, MARCH, NOON)
    assert (draft.state, draft.closing) == ("draft", {"CNY": 1000})
    deposit(database, shop, "5.00", APRIL_1 - SECOND)
    assert statement(database, shop, MARCH, APRIL_1 - SECOND).closing == {"CNY": 1500}
    with transaction(database) as tx:
        assert list_issued(tx, shop, limit=10) == []


@pytest.mark.clause("FEE-5")
def test_a_statement_once_issued_does_not_change_what_is_booked_late_stands_on_the_next(
    database: Database,
) -> None:
    shop = a_seller(database)
    deposit(database, shop, "10.00", NOON)
    issued = statement(database, shop, MARCH, APRIL_1)
    before = read(database, issued)
    # A transaction that began in March and ends after the statement was issued.
    deposit(database, shop, "7.00", APRIL_1 - SECOND)
    deposit(database, shop, "1.00", APRIL_1 + SECOND)
    again = statement(database, shop, MARCH, APRIL_1 + SECOND)
    assert (again, read(database, again)) == (issued, before)
    april = statement(database, shop, APRIL, datetime(2026, 5, 2, tzinfo=UTC))
    assert (april.opening, april.closing) == ({"CNY": 1000}, {"CNY": 1800})
    late, own = read(database, april)
    assert (late.on, late.minor, own.on, own.minor) == (date(2026, 3, 31), 700, date(2026, 4, 1), 100)


def test_months_asked_for_out_of_order_follow_one_another_all_the_same(database: Database) -> None:
    shop = a_seller(database)
    deposit(database, shop, "1.00", NOON)
    deposit(database, shop, "2.00", datetime(2026, 5, 10, tzinfo=UTC))
    deposit(database, shop, "4.00", datetime(2026, 7, 10, tzinfo=UTC))
    now = datetime(2026, 9, 1, tzinfo=UTC)
    closings = {
        month: statement(database, shop, Month(2026, month), now).closing for month in (7, 3, 6, 8, 5, 4)
    }
    assert closings == {
        3: {"CNY": 100}, 4: {"CNY": 100}, 5: {"CNY": 300}, 6: {"CNY": 300}, 7: {"CNY": 700}, 8: {"CNY": 700},
    }  # fmt: skip
    with transaction(database) as tx:
        scopes = list_issued(tx, shop, limit=20)
    assert [str(scope.month) for scope in scopes] == [f"2026-0{month}" for month in (8, 7, 6, 5, 4, 3)]
    for newer, older in pairwise(scopes):
        assert (newer.after, newer.opening) == (older.last, older.closing)


def test_a_month_that_has_not_begun_or_is_before_the_shop_is_not_found(database: Database) -> None:
    shop = a_seller(database)
    for month in (Month(2026, 2), APRIL):
        with pytest.raises(NotFound) as missing:
            statement(database, shop, month, NOON)
        assert missing.value.code == "statement.not_found"


@pytest.mark.clause("FEE-5")
def test_the_station_issues_at_the_months_end_each_shop_that_moved_once(database: Database) -> None:
    moved, still = a_seller(database), a_seller(database)
    assert issue(database, NOON) == 1
    deposit(database, moved, "10.00", NOON)
    assert issue(database, APRIL_1 - SECOND) == 0
    with transaction(database) as tx:
        assert tx.rows(ISSUE.due)[0][0] == APRIL_1
        seal_events(tx, 10, bytes(32), Settled())
    with transaction(database, NOON + timedelta(days=1)) as tx:
        seal_events(tx, 10, bytes(32), Settled())
    assert [issue(database, APRIL_1) for _ in range(3)] == [1, 1, 0]
    with transaction(database) as tx:
        [scope] = list_issued(tx, moved, limit=10)
        assert (scope.issued_at, scope.closing, scope.seal and scope.seal["no"]) == (
            APRIL_1,
            {"CNY": 1000},
            1,
        )
        assert list_issued(tx, still, limit=10) == []
        [event] = tx.rows("select subject from events where kind = 'statement.issued'")
        assert event.subject == "statement:202603"
        [notice] = tx.rows("select audience, facts from notices where kind = 'statement.issued'")
        assert (notice.audience, notice.facts["month"]) == ("seller", "2026-03")
        assert tx.rows(ISSUE.due)[0][0] == datetime(2026, 4, 30, 16, tzinfo=UTC)


def test_what_came_late_for_an_issued_month_does_not_keep_the_station_busy(database: Database) -> None:
    shop = a_seller(database)
    deposit(database, shop, "10.00", NOON)
    issue(database, APRIL_1)
    issue(database, APRIL_1)
    deposit(database, shop, "7.00", APRIL_1 - SECOND)
    deposit(database, shop, "7.00", APRIL_1 + SECOND)
    deposit(database, shop, "9.00", APRIL_1 - SECOND)
    may_1 = datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert [issue(database, may_1) for _ in range(3)] == [1, 1, 0]
    with transaction(database) as tx:
        assert [str(scope.month) for scope in list_issued(tx, shop, limit=10)] == ["2026-04", "2026-03"]


def test_a_month_that_was_asked_for_before_its_turn_and_then_booked_late_ends_the_turn(
    database: Database,
) -> None:
    shop = a_seller(database)
    deposit(database, shop, "10.00", NOON)
    statement(database, shop, MARCH, APRIL_1)
    deposit(database, shop, "7.00", APRIL_1 - SECOND)
    assert [issue(database, APRIL_1) for _ in range(3)] == [1, 0, 0]
    assert statement(database, shop, APRIL, APRIL_1).closing == {"CNY": 1700}


@pytest.mark.clause("FEE-5")
def test_a_free_period_begins_and_ends_with_the_days_of_the_platforms_zone(database: Database) -> None:
    shop = a_seller(database)
    deposit(database, shop, "1.00", NOON)
    deposit(database, shop, "2.00", APRIL_1 - SECOND)
    deposit(database, shop, "4.00", APRIL_1)
    day = period(database, shop, date(2026, 3, 31), date(2026, 4, 1))
    both = period(database, shop, date(2026, 3, 31), date(2026, 4, 2))
    none = period(database, shop, date(2026, 3, 3), date(2026, 3, 31))
    for until in (date(2026, 3, 31), date(2026, 3, 30)):
        with pytest.raises(Invalid):
            period(database, shop, date(2026, 3, 31), until)
    assert (day.opening, day.closing, amounts(read(database, day))) == (
        {"CNY": 100}, {"CNY": 300}, [("deposit", 200, 300)],
    )  # fmt: skip
    assert (both.closing, len(read(database, both))) == ({"CNY": 700}, 2)
    assert (none.opening, none.closing, read(database, none)) == ({"CNY": 100}, {"CNY": 100}, [])
    # It is the same where months before it were issued.
    statement(database, shop, MARCH, APRIL_1)
    assert period(database, shop, date(2026, 3, 31), date(2026, 4, 2)) == both


def test_many_that_ask_at_once_while_others_pay_in_read_one_statement(database: Database) -> None:
    shop = a_seller(database)
    deposit(database, shop, "10.00", NOON)
    scopes: list[Scope] = []
    jobs = [
        *(lambda: scopes.append(statement(database, shop, MARCH, APRIL_1)) for _ in range(4)),
        # Dated in March, and booked while its statement is issued: it stands on the one or on the next.
        *(lambda: deposit(database, shop, "1.00", APRIL_1 - SECOND) for _ in range(4)),
        lambda: issue(database, APRIL_1),
    ]
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(scopes) == 4
    assert all(scope == scopes[0] for scope in scopes)
    assert sum(line.minor for line in read(database, scopes[0])) == scopes[0].closing["CNY"]
    april = statement(database, shop, APRIL, datetime(2026, 5, 1, tzinfo=UTC))
    assert (april.opening, april.closing) == (scopes[0].closing, {"CNY": 1400})
    with transaction(database) as tx:
        assert len(tx.rows("select 1 from events where kind = 'statement.issued'")) == 2
    assert_all_well(database)


def test_while_a_draft_is_added_up_the_shop_goes_on_and_what_comes_then_stands_not_on_it(
    database: Database,
) -> None:
    shop_id = a_seller(database)
    march = Month(2026, 3)
    deposit(database, shop_id, "10.00", NOON)
    with transaction(database, NOON) as tx:
        last = fix_lines(tx, shop_id, march)
    with transaction(database, NOON) as tx:
        draft = statement_of(tx, shop_id, march, last)
        deposit(database, shop_id, "5.00", NOON + SECOND)  # it does not wait for this transaction's end
        days = period_of(tx, shop_id, date(2026, 3, 1), date(2026, 4, 1), last)
    assert draft.closing == days.closing == {"CNY": 1000}
    assert statement(database, shop_id, march, NOON + SECOND).closing == {"CNY": 1500}
