"""What is due and waits for funds is overdue: known charge by charge, told once a stretch; and what is settled early."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeState as S
from andon.money.charges.views import list_charges
from andon.money.funds.views import fund_in
from andon.money.settlement.service import deposit_funds, settle_early
from andon.money.settlement.station import OVERDUE, SETTLE
from andon.money.settlement.views import missing_funds, next_settlement_at, overdue_since
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import DELIVERED, a_settled_world, a_shop, due_charges, run_money, scan

DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def run(database: Database, at: datetime) -> None:
    """Settle and look for what is overdue, until nothing is to be done."""
    with transaction(database, at) as tx:
        while SETTLE.step(tx, 100) + OVERDUE.step(tx, 2):
            pass


def overdue(tx: Tx[Any]) -> list[datetime | None]:
    return [row.overdue_at for row in tx.rows("select overdue_at from charges order by charge_id")]


def notices(tx: Tx[Any]) -> list[str]:
    rows = tx.rows("select facts from notices where kind = 'charges.overdue' order by notice_id")
    return [row.facts["missing"] for row in rows]


def states(tx: Tx[Any]) -> list[S]:
    return [S(row.state) for row in tx.rows("select state from charges order by charge_id")]


@pytest.mark.clause("FEE-5")
def test_a_seller_is_told_once_a_stretch_what_is_missing(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("1.00"))
        due_charges(tx, shop, [80, 50, 40, 10], DUE)
        due_charges(tx, shop, [30], DUE + DAY)
    run(database, DUE)
    with transaction(database, DUE) as tx:
        assert overdue(tx) == [None, DUE, DUE, DUE, None]
        assert notices(tx) == ["CNY 0.80"]
        assert overdue_since(tx, shop) == DUE
        assert next_settlement_at(tx, shop) is None
        # Of less than is missing the oldest is settled; the stretch goes on, and nobody is told again.
        deposit_funds(tx, shop, cny("0.40"))
    run(database, DUE + DAY)
    with transaction(database, DUE + DAY) as tx:
        assert states(tx) == [S.SETTLED, S.SETTLED, S.DUE, S.DUE, S.DUE]
        assert overdue(tx)[2:] == [DUE, DUE, DUE + DAY], "what comes due in the stretch is found on its day"
        assert notices(tx) == ["CNY 0.80"]
        assert missing_funds(tx, [shop]) == {shop: [cny("0.70")]}
        deposit_funds(tx, shop, cny("0.70"))
    run(database, DUE + DAY)
    with transaction(database, DUE + DAY) as tx:
        assert set(states(tx)) == {S.SETTLED}
        assert overdue_since(tx, shop) is None
        due_charges(tx, shop, [20], DUE + 2 * DAY)
    run(database, DUE + 2 * DAY)
    with transaction(database, DUE + 2 * DAY) as tx:
        assert notices(tx) == ["CNY 0.80", "CNY 0.20"], "another stretch is told anew"
        told = tx.rows("select body from events where kind = 'charge.overdue' order by event_id")
        assert [orjson.loads(row.body)["amount"]["amount"] for row in told] == [
            "0.50",
            "0.40",
            "0.10",
            "0.30",
            "0.20",
        ]


@pytest.mark.clause("FEE-5")
def test_a_shop_that_never_had_funds_is_told_and_each_currency_for_itself(database: Database) -> None:
    with transaction(database) as tx:
        bare, two = a_shop(tx), a_shop(tx, "BRL")
        due_charges(tx, bare, [30], DUE)
        due_charges(tx, bare, [30], DUE + DAY)
        due_charges(tx, two, [30, 40], DUE)
        tx.run("update charges set currency = 'BRL' where amount_minor = 40")
        deposit_funds(tx, two, Money.of("0.40", "BRL"))
    run(database, DUE)
    run(database, DUE + DAY)
    with transaction(database, DUE + DAY) as tx:
        assert overdue(tx) == [DUE, DUE + DAY, DUE, None]
        assert notices(tx) == ["CNY 0.30", "CNY 0.30"]
        assert OVERDUE.step(tx, 10) == 0


def test_what_is_covered_is_never_overdue_however_many_steps_it_takes(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [10] * 7, DUE)
        while SETTLE.step(tx, 2) + OVERDUE.step(tx, 2):
            pass
        assert overdue(tx) == [None] * 7
        assert set(states(tx)) == {S.SETTLED}
        assert notices(tx) == []


@pytest.mark.clause("FEE-4", "EXIT-2")
def test_the_seller_settles_today_what_delivery_has_fixed(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [300, 200, 400], DUE)
        [last, *_] = list_charges(tx, shop, limit=10)
        early = settle_early(tx, shop, [last.charge_id, 4711])
        assert early.settled == {last.charge_id: cny("4.00")}
        assert early.answers == {last.charge_id: None, 4711: "charge.not_found"}
        again = settle_early(tx, shop, [last.charge_id])
        assert (again.journal_id, again.settled, again.answers) == (None, {}, {last.charge_id: None})
        rest = settle_early(tx, shop, None)
        assert (sorted(total.minor for total in rest.settled.values()), rest.totals) == (
            [200, 300],
            [cny("5.00")],
        )
        assert next_settlement_at(tx, shop) is None
        assert fund_in(tx, shop, "CNY").account.available == cny("1.00")


@pytest.mark.clause("FEE-4")
def test_what_is_due_already_goes_before_what_is_settled_early(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("5.00"))
        due_charges(tx, shop, [300], DUE)
        due_charges(tx, shop, [150, 60], DUE + DAY)
        early = settle_early(tx, shop, None)
        assert [total.minor for total in early.settled.values()] == [150], (
            "the earliest first, and no further"
        )
        [third, second, first] = [charge.charge_id for charge in list_charges(tx, shop, limit=10)]
        assert settle_early(tx, shop, [first, second, third]).answers == {
            first: "charge.not_covered", second: None, third: "charge.not_covered",
        }  # fmt: skip
        assert SETTLE.step(tx, 10) == 1
        assert states(tx) == [S.SETTLED, S.SETTLED, S.DUE]


def test_early_settlement_is_told_and_the_audit_knows_that_it_was_asked_for(database: Database) -> None:
    world = a_settled_world(database)
    later = DELIVERED + timedelta(days=20)
    with transaction(database, later) as tx:
        provisional = [
            charge.charge_id for charge in list_charges(tx, world.shop_id, state=S.PROVISIONAL, limit=9)
        ]
        refused = settle_early(tx, world.shop_id, provisional)
        assert set(refused.answers.values()) == {"charge.not_fixed"}
        assert refused.settled == {}
    scan(database, world, "delivered", later, "shipped")
    run_money(database, later)
    with transaction(database, later) as tx:
        assert set(settle_early(tx, world.shop_id, provisional).answers.values()) == {None}
        waived = [charge.charge_id for charge in list_charges(tx, world.shop_id, state=S.WAIVED, limit=9)]
        assert set(settle_early(tx, world.shop_id, waived).answers.values()) == {"charge.over"}
    assert_all_well(database)
    with transaction(database, later) as tx:
        [told] = tx.rows("select body from events where kind = 'settlement.early'")
        assert orjson.loads(told.body)["charges"] == len(provisional)
    with database.owner.begin() as owner:
        owner.exec_driver_sql("delete from events where kind = 'settlement.early'")
    with pytest.raises(AssertionError, match="charges_due_then"):
        assert_all_well(database)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_of_whatever_comes_and_goes_the_oldest_are_paid_and_no_fen_is_lost(
    database: Database, data: st.DataObject
) -> None:
    """Deposits, early settlements and days in any order: the funds never go below nothing, and all adds up."""
    with transaction(database) as tx:
        shop = a_shop(tx)
    at, came = NOON, 0
    for _ in range(data.draw(st.integers(1, 8))):
        act = data.draw(st.sampled_from(["charge", "deposit", "early", "day"]))
        with transaction(database, at) as tx:
            if act == "charge":
                amounts = data.draw(st.lists(st.integers(1, 90), min_size=1, max_size=4))
                due_charges(tx, shop, amounts, at + data.draw(st.sampled_from([0, 1, 2])) * DAY)
            elif act == "deposit":
                amount = data.draw(st.integers(1, 150))
                deposit_funds(tx, shop, Money.from_minor(amount, "CNY"))
                came += amount
            elif act == "early":
                settle_early(tx, shop, None)
        at += DAY if act == "day" else timedelta()
        run(database, at)
        with transaction(database, at) as tx:
            settled = tx.rows(
                "select coalesce(sum(amount_minor), 0) from charges where shop_id = :s and state = 80", s=shop
            )[0][0]
            left = fund_in(tx, shop, "CNY").account.available.minor
            assert (left >= 0, left + settled) == (True, came)
            due = tx.rows(
                "select amount_minor, overdue_at from charges where shop_id = :s and state = 20 and due_at <= :now "
                "order by due_at, charge_id", s=shop, now=at,
            )  # fmt: skip
            assert not due or due[0].amount_minor > left, "whatever the oldest needs is not there"
            assert all(row.overdue_at for row in due)
            assert (overdue_since(tx, shop) is not None) == bool(due)
