"""Settling: due charges are taken from the funds once, oldest first, as far as the funds go."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.kernel.tx import LINE, Tx
from andon.money.charges.views import unsettled_reasons
from andon.money.ledger.views import balances_of
from andon.money.settlement.service import deposit_funds
from andon.money.settlement.station import settle_due
from andon.platform.policies.files import load_policies
from tests.worlds import transaction
from tests.worlds_money import a_shop, due_charges

DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def states(tx: Tx[Any]) -> list[int]:
    return [row.state for row in tx.rows("select state from charges order by charge_id")]


def settle_at(tx: Tx[Any]) -> datetime | None:
    (row,) = tx.rows("select settle_at from fundings")
    at: datetime | None = row.settle_at
    return at


def available(tx: Tx[Any], shop: int) -> Money:
    (funds,) = balances_of(tx, shop, "shop_funds")
    return funds.balance


@pytest.mark.clause("FEE-4")
def test_a_due_charge_is_settled_at_its_instant_and_not_before(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [30, 110], DUE)
    with transaction(database, DUE - timedelta(seconds=1)) as tx:
        assert settle_due(tx, 100) == 0
    with transaction(database, DUE) as tx:
        assert settle_due(tx, 100) == 1
        assert settle_due(tx, 100) == 0
        rows = tx.rows("select settled_at, settled_on, journal_id from charges")
        assert {tuple(row)[:2] for row in rows} == {(DUE, date(2026, 3, 10))}
        assert len({row.journal_id for row in rows}) == 1
        assert available(tx, shop) == cny("8.60")
        assert settle_at(tx) is None
    with transaction(database) as tx:
        assert tx.rows("select count(*) from events where kind = 'charge.settled'")[0][0] == 2


def test_a_journal_takes_from_the_funds_and_gives_to_those_who_are_owed(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [30, 110], DUE)
        tx.run("update charges set payee = 'payable:carrier:dhl' where amount_minor = 110")
        settle_due(tx, 100)
        transfers = tx.rows("select debit, credit, amount_minor, cause from transfers order by transfer_id")
        assert {tuple(row) for row in transfers} == {
            ("external", "shop_funds", 1000, "funds.deposited"),
            ("shop_funds", "platform_revenue", 30, "charge.settled"),
            ("shop_funds", "payable:carrier:dhl", 110, "charge.settled"),
        }
        assert {total.account: total.balance for total in balances_of(tx, shop)} == {
            "external": cny("-10.00"),
            "shop_funds": cny("8.60"),
            "platform_revenue": cny("0.30"),
            "payable:carrier:dhl": cny("1.10"),
        }


@pytest.mark.clause("FEE-5")
def test_funds_that_do_not_cover_all_settle_the_oldest_and_the_rest_waits_for_a_deposit(
    database: Database,
) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("1.00"))
        due_charges(tx, shop, [30, 30, 50, 10], DUE)
        due_charges(tx, shop, [20], DUE + timedelta(days=1))
        assert settle_due(tx, 100) == 1
        # 10 fen would fit, but the charge before it does not: nobody jumps the line.
        assert states(tx) == [80, 80, 20, 20, 20]
        assert available(tx, shop) == cny("0.40")
        assert settle_at(tx) is None
        assert settle_due(tx, 100) == 0
        reasons = unsettled_reasons(tx, shop)
        assert {word: tally.count for word, tally in reasons.items()} == {
            "not_enough_funds": 2,
            "not_yet_due": 1,
        }
        deposit_funds(tx, shop, cny("0.20"))
        assert settle_due(tx, 100) == 1
        assert states(tx) == [80, 80, 80, 80, 20]
        assert available(tx, shop) == cny("0.00")
        assert settle_at(tx) == DUE + timedelta(days=1)


def test_a_shop_without_funds_settles_nothing_and_is_not_asked_again(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        due_charges(tx, shop, [30], DUE)
        assert settle_due(tx, 100) == 1
        assert settle_due(tx, 100) == 0
        assert tx.rows("select 1 from transfers") == []


def test_a_charge_of_nothing_is_settled_without_a_transfer(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("1.00"))
        due_charges(tx, shop, [0], DUE)
        settle_due(tx, 100)
        assert states(tx) == [80]
        assert available(tx, shop) == cny("1.00")


def test_currencies_do_not_stand_in_each_others_way(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx, "BRL")
        due_charges(tx, shop, [30] * 5, DUE)
        due_charges(tx, shop, [40], DUE)
        tx.run("update charges set currency = 'BRL' where amount_minor = 40")
        deposit_funds(tx, shop, Money.of("1.00", "BRL"))
        assert settle_due(tx, 2) == 1
        assert states(tx) == [20] * 5 + [80]
        assert settle_due(tx, 2) == 0


def test_a_step_that_is_full_leaves_the_rest_for_the_next(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [30] * 5, DUE)
        assert [settle_due(tx, 2) for _ in range(4)] == [1, 1, 1, 0]
        assert states(tx) == [80] * 5


def test_several_shops_settle_in_one_step_each_from_its_own_funds(database: Database) -> None:
    with transaction(database, DUE) as tx:
        rich, poor = a_shop(tx), a_shop(tx)
        deposit_funds(tx, rich, cny("10.00"))
        deposit_funds(tx, poor, cny("0.10"))
        for shop in (rich, poor):
            due_charges(tx, shop, [30], DUE)
        assert settle_due(tx, 100) == 2
        assert available(tx, rich) == cny("9.70")
        assert available(tx, poor) == cny("0.10")


def test_two_workers_settle_each_charge_once(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shops = [a_shop(tx) for _ in range(4)]
        for shop in shops:
            deposit_funds(tx, shop, cny("100.00"))
            due_charges(tx, shop, [10] * 300, DUE)
    started = threading.Barrier(2)
    faults: list[BaseException] = []

    def work() -> None:
        started.wait()
        try:
            # While the other holds the shops there is nothing to take: it looks until all is settled.
            while True:
                with transaction(database, DUE) as tx:
                    if not settle_due(tx, 70) and set(states(tx)) == {80}:
                        break
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not faults
    with transaction(database, DUE) as tx:
        assert states(tx) == [80] * 1200
        transfers = tx.rows(
            "select charge_id, count(*) from transfers where charge_id is not null group by 1"
        )
        assert len(transfers) == 1200
        assert {row[1] for row in transfers} == {1}
        assert {available(tx, shop) for shop in shops} == {cny("70.00")}


def test_a_step_that_is_cut_off_leaves_nothing_behind_and_is_done_again(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [30, 30], DUE)
    with Session(database.line) as session:
        cut: Tx[Any] = Tx(session, now=DUE, actor=LINE, policies=load_policies())
        assert settle_due(cut, 100) == 1
        session.connection().connection.invalidate()
    with transaction(database, DUE) as tx:
        assert states(tx) == [20, 20]
        assert available(tx, shop) == cny("10.00")
        assert settle_due(tx, 100) == 1
        assert available(tx, shop) == cny("9.40")


def test_a_charge_that_becomes_due_while_its_shop_settles_is_not_forgotten(database: Database) -> None:
    later = DUE + timedelta(days=1)
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [30], DUE)

    def make_due() -> None:
        with transaction(database, DUE) as tx:
            due_charges(tx, shop, [30], later)

    with transaction(database, DUE) as tx:
        settle_due(tx, 100)
        worker = threading.Thread(target=make_due)
        worker.start()
        worker.join(0.3)
        assert worker.is_alive(), "it waits for the shop's row"
    worker.join()
    with transaction(database, DUE) as tx:
        assert settle_at(tx) == later


def test_a_deposit_is_of_more_than_nothing_and_in_a_currency_of_the_account(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        for amount, code in ((cny("0.00"), "funds.amount"), (cny("-1.00"), "funds.amount"),
                             (Money.of("1.00", "EUR"), "funds.currency")):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                deposit_funds(tx, shop, amount)
            assert refused.value.code == code
        assert tx.rows("select 1 from transfers") == []


def test_a_step_takes_many_thousand_charges_of_one_shop_at_once(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10000.00"))
        due_charges(tx, shop, [30] * 20_000, DUE)
    with transaction(database, DUE) as tx:
        assert settle_due(tx, 20_000) == 1
        assert settle_due(tx, 20_000) == 0
        assert available(tx, shop) == cny("4000.00")
