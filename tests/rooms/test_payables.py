"""What suppliers and carriers are owed over all shops, and what is paid out of it: the oldest first, once."""

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.money.ledger.rules import SHOP_FUNDS, Posting, carrier_account, supplier_account
from andon.money.ledger.service import post
from andon.money.payables.papers import totals_of
from andon.money.payables.rules import check_period
from andon.money.payables.service import pay_out
from andon.money.payables.views import list_accounts, list_payable_lines, list_payables
from andon.platform.policies.files import load_policies
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import DELIVERED, DUE, a_settled_world, a_shop

DHL = carrier_account("dhl")
OPERATOR = Actor("operator", "1")


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def owe(tx: Tx[Any], shop: int, amount: str, account: str = DHL) -> None:
    post(tx, shop, [Posting(SHOP_FUNDS, account, cny(amount), "charge.settled", charge_id=1)])


def balances(tx: Tx[Any], account: str = DHL) -> list[tuple[int, str]]:
    return [(each.shop_id, str(each.balance)) for each in list_payables(tx, account, limit=100)]


def two_shops(database: Database) -> tuple[int, int]:
    """Two shops that owe DHL: 3.00 on the first day, 2.00 of the other on the second, 4.00 of the first on the third."""
    with transaction(database) as tx:
        first, second = a_shop(tx), a_shop(tx)
    for day, (shop, amount) in enumerate(((first, "3.00"), (second, "2.00"), (first, "4.00"))):
        with transaction(database, NOON + timedelta(days=day)) as tx:
            tx.hold(shop)
            owe(tx, shop, amount)
    return first, second


def test_what_is_owed_is_told_by_shop_with_what_was_paid_and_taken_back(database: Database) -> None:
    first, second = two_shops(database)
    with transaction(database) as tx:
        tx.hold(first)
        post(tx, first, [Posting(DHL, SHOP_FUNDS, cny("1.00"), "charge.reversed", charge_id=1)])
        pay_out(tx, DHL, cny("2.50"), "P-1")
        of_first, of_second = list_payables(tx, DHL, limit=100)
        assert (of_first.charged, of_first.paid_out, of_first.taken_back) == (
            cny("7.00"),
            cny("2.00"),
            cny("1.00"),
        )
        assert (of_first.shop_id, of_first.balance) == (first, cny("4.00"))
        assert (of_second.shop_id, of_second.balance) == (second, cny("1.50"))
        assert list_payables(tx, DHL, after=(first, "CNY"), limit=100) == [of_second]
        assert list_payables(tx, supplier_account(1), limit=100) == []


def test_an_accounts_period_opens_and_closes_with_what_was_owed_then(database: Database) -> None:
    first, second = two_shops(database)
    with transaction(database, NOON + timedelta(days=3)) as tx:
        pay_out(tx, DHL, cny("3.50"), "P-1")
    days = [NOON + timedelta(days=day) for day in range(5)]
    with transaction(database, days[4]) as tx:
        told = [
            ([(a.shop_id, str(a.opening), str(a.closing)) for a in found], lines)
            for found, lines in (list_accounts(tx, DHL, since, until) for since, until in pairwise(days))
        ]
        assert told == [
            ([(first, "CNY 0.00", "CNY 3.00"), (second, "CNY 0.00", "CNY 0.00")], 1),
            ([(first, "CNY 3.00", "CNY 3.00"), (second, "CNY 0.00", "CNY 2.00")], 1),
            ([(first, "CNY 3.00", "CNY 7.00"), (second, "CNY 2.00", "CNY 2.00")], 1),
            ([(first, "CNY 7.00", "CNY 4.00"), (second, "CNY 2.00", "CNY 1.50")], 2),
        ]
        [whole, _], _ = list_accounts(tx, DHL, days[0], days[4])
        assert (whole.charged, whole.paid_out, whole.taken_back) == (cny("7.00"), cny("3.00"), cny("0.00"))
        [total] = totals_of(list_accounts(tx, DHL, days[0], days[4])[0])
        assert (total.charged, total.paid_out, total.closing) == (cny("9.00"), cny("3.50"), cny("5.50"))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_no_paper_is_of_no_time_or_of_more_than_a_year(days: int) -> None:
    check_period(NOON, NOON + timedelta(days=366))
    with pytest.raises(Invalid, match=r"payables\.period"):
        check_period(NOON, NOON + timedelta(days=days))


def test_the_oldest_entries_are_paid_first_over_all_shops(database: Database) -> None:
    first, second = two_shops(database)
    for amount, shares, left in (
        ("3.50", {first: "3.00", second: "0.50"}, [(first, "CNY 4.00"), (second, "CNY 1.50")]),
        ("2.00", {first: "0.50", second: "1.50"}, [(first, "CNY 3.50"), (second, "CNY 0.00")]),
        ("3.50", {first: "3.50"}, [(first, "CNY 0.00"), (second, "CNY 0.00")]),
    ):
        with transaction(database, actor=OPERATOR) as tx:
            paid = pay_out(tx, DHL, cny(amount), f"P-{amount}-{len(shares)}")
            assert paid.shares == {shop: cny(share) for shop, share in shares.items()}
            assert balances(tx) == left
    with transaction(database) as tx:
        with pytest.raises(Conflict) as refused:
            pay_out(tx, DHL, cny("0.01"), "P-9")
        assert refused.value.code == "payout.exceeds"


def test_a_reference_pays_once_and_stands_for_one_sum(database: Database) -> None:
    two_shops(database)
    with transaction(database) as tx:
        paid = pay_out(tx, DHL, cny("4.00"), "P-1")
        journal = paid.payout.journal_id
    with transaction(database) as tx:
        again = pay_out(tx, DHL, cny("4.00"), "P-1")
        assert (again.payout.journal_id, again.shares) == (journal, paid.shares)
        with pytest.raises(Conflict) as refused:
            pay_out(tx, DHL, cny("4.01"), "P-1")
        assert refused.value.code == "payout.differs"
        assert len(tx.rows("select 1 from payouts")) == 1
        assert (
            tx.rows("select sum(amount_minor) from transfers where cause = 'payable.paid_out'")[0][0] == 400
        )


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_is_no_payout(database: Database, amount: str) -> None:
    with transaction(database) as tx, pytest.raises(Invalid):
        pay_out(tx, DHL, cny(amount), "P-1")


def test_what_a_party_owes_in_one_shop_is_not_paid_out_of_another(database: Database) -> None:
    first, second = two_shops(database)
    with transaction(database) as tx:
        tx.hold(second)
        post(tx, second, [Posting(DHL, SHOP_FUNDS, cny("5.00"), "dispute.decided")])
        assert balances(tx) == [(first, "CNY 7.00"), (second, "CNY -3.00")]
        with pytest.raises(Conflict):
            pay_out(tx, DHL, cny("4.01"), "P-1")
        assert pay_out(tx, DHL, cny("4.00"), "P-1").shares == {first: cny("4.00")}


def test_payouts_at_once_pay_no_more_than_is_owed_and_each_reference_once(database: Database) -> None:
    two_shops(database)
    started = threading.Barrier(4)
    faults: list[BaseException] = []

    def pay(worker: int) -> None:
        started.wait()
        for turn in range(10):
            try:
                with transaction(database) as tx:
                    pay_out(tx, DHL, cny("0.70"), f"P-{worker % 2}-{turn}")
            except Conflict as refused:
                if refused.code != "payout.exceeds":
                    faults.append(refused)
            except BaseException as fault:  # noqa: BLE001 - told by the test
                faults.append(fault)

    workers = [threading.Thread(target=pay, args=(worker,)) for worker in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert faults == []
    with transaction(database) as tx:
        rows = tx.rows("select count(*), sum(amount_minor) from payouts")
        assert tuple(rows[0]) == (12, 840), "nine yuan are twelve times seventy fen, and sixty"
        assert sum(each.balance.minor for each in list_payables(tx, DHL, limit=10)) == 60


def test_a_statement_has_each_entry_of_a_period_with_what_it_is_for(database: Database) -> None:
    world = a_settled_world(database)
    account = carrier_account("cainiao")
    later = DUE + timedelta(days=1)
    with transaction(database, later) as tx:
        [owed] = list_payables(tx, account, limit=10)
        pay_out(tx, account, owed.balance, "PAY-1")
        *charged, paid = list_payable_lines(tx, account, since=None, until=None, limit=100)
        assert sum((line.amount for line in charged), cny("0.00")) == owed.charged == -paid.amount
        assert {(line.charge, line.order_id, line.waybill) for line in charged} == {
            ("freight", world.orders[name], f"W-{name}") for name in ("delivered", "paid")
        }
        assert (paid.reference, paid.charge_id, paid.cause) == ("PAY-1", None, "payable.paid_out")
        assert list_payable_lines(tx, account, since=later, until=None, limit=100) == [paid]
        assert list_payable_lines(tx, account, since=None, until=DELIVERED, limit=100) == []
        first = charged[0]
        rest = list_payable_lines(
            tx, account, since=None, until=None, after=(first.shop_id, first.transfer_id), limit=100
        )
        assert rest == [*charged[1:], paid]
    assert_all_well(database)


def test_the_party_reads_its_own_account_behind_its_walls_and_nothing_of_it_beyond(
    database: Database,
) -> None:
    first, _ = two_shops(database)
    supplier = supplier_account(7)
    with transaction(database) as tx:
        tx.hold(first)
        owe(tx, first, "6.00", supplier)
    with Session(database.app) as session:
        # Bound to nobody: no shop is within its walls.
        tx: Tx[Any] = Tx(session, now=NOON, actor=Actor("supplier", 7), policies=load_policies())
        tx.run("set local andon.shops = ''")
        tx.run("set local andon.supplier = '7'")
        assert balances(tx, supplier) == [(first, "CNY 6.00")]
        lines = list_payable_lines(tx, supplier, since=None, until=None, limit=9)
        assert [line.shop_id for line in lines] == [first]
        for table in ("balances", "transfers", "charges"):
            assert tx.rows(f"select 1 from {table}") == [], "the walls stand again"
