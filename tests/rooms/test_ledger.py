"""The books: transfers balance by construction, and running totals are what recomputing them gives."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from andon.insights.audit.views import CHECKS, audit
from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import (
    EXTERNAL,
    PLATFORM_REVENUE,
    SHOP_FUNDS,
    Posting,
    carrier_account,
    supplier_account,
)
from andon.money.ledger.service import post
from andon.money.ledger.views import balances_of
from tests.worlds import transaction
from tests.worlds_money import a_shop


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def recomputed(tx: Tx[Any], shop: int) -> dict[tuple[str, str], int]:
    rows = tx.rows(
        "select account, currency, cast(sum(minor) as bigint) as minor from ("
        "select credit as account, currency, amount_minor as minor from transfers where shop_id = :shop "
        "union all select debit, currency, -amount_minor from transfers where shop_id = :shop) t group by 1, 2",
        shop=shop,
    )
    return {(row.account, row.currency): row.minor for row in rows}


def test_a_journal_is_written_whole_and_its_totals_are_what_recomputing_gives(database: Database) -> None:
    with transaction(database) as tx:
        shop, other = a_shop(tx), a_shop(tx)
        first = post(tx, shop, [Posting(EXTERNAL, SHOP_FUNDS, cny("10.00"), "funds.deposited")])
        second = post(
            tx,
            shop,
            [
                Posting(SHOP_FUNDS, PLATFORM_REVENUE, cny("0.30"), "charge.settled", charge_id=1),
                Posting(SHOP_FUNDS, PLATFORM_REVENUE, cny("0.80"), "charge.settled", charge_id=2),
                Posting(SHOP_FUNDS, carrier_account("dhl"), cny("2.00"), "charge.settled", charge_id=3),
                Posting(EXTERNAL, SHOP_FUNDS, Money.of("7.00", "BRL"), "funds.deposited"),
            ],
        )
        assert first != second
        totals = {
            (total.account, total.credited.currency): total.balance.minor for total in balances_of(tx, shop)
        }
        assert totals == recomputed(tx, shop)
        assert totals[SHOP_FUNDS, "CNY"] == 690
        assert totals[SHOP_FUNDS, "BRL"] == 700
        assert sum(totals.values()) == 0
        assert balances_of(tx, other) == []


def test_a_posting_taken_back_leaves_the_accounts_as_they_were(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        posting = Posting(SHOP_FUNDS, supplier_account(3), cny("5.00"), "goods.owed", charge_id=4)
        post(tx, shop, [posting])
        post(tx, shop, [posting.reversed("goods.returned")])
        assert {total.balance for total in balances_of(tx, shop)} == {cny("0.00")}
        assert tx.rows("select count(*) from transfers")[0][0] == 2


@pytest.mark.parametrize(
    ("debit", "amount"), [(SHOP_FUNDS, "0.00"), (SHOP_FUNDS, "-1.00"), (PLATFORM_REVENUE, "1.00")]
)
def test_a_posting_has_two_accounts_and_a_positive_amount(debit: str, amount: str) -> None:
    with pytest.raises(AssertionError):
        Posting(debit, PLATFORM_REVENUE, cny(amount), "wrong")


@pytest.mark.parametrize("change", ["update transfers set amount_minor = 1", "delete from transfers"])
def test_nobody_changes_a_transfer(database: Database, change: str) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        post(tx, shop, [Posting(EXTERNAL, SHOP_FUNDS, cny("10.00"), "funds.deposited")])
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(database) as tx:
        tx.run(change)


UNDER_THE_COUNTER = {
    "its instant": "update transfers set at = at + interval '1 microsecond' where amount_minor = 30",
    "an account": "update transfers set credit = 'payable:carrier:me' where amount_minor = 30",
    "both amounts": "update transfers set amount_minor = amount_minor + 1",
    "its currency": "update transfers set currency = 'USD' where amount_minor = 30",
    "its cause": "update transfers set cause = 'gift' where amount_minor = 30",
    "its charge": "update transfers set charge_id = 9 where amount_minor = 30",
    "what it was converted from": "update transfers set base_minor = 1, base_currency = 'USD', rate = 7.1 where amount_minor = 30",
    "one is gone": "delete from transfers where amount_minor = 30",
    "a journal is gone": "delete from transfers where journal_id = (select max(journal_id) from transfers)",
    "one is there beside": "insert into transfers select shop_id, nextval('transfer_ids'), journal_id, at, debit, credit, "
    "amount_minor, currency, cause, charge_id from transfers where amount_minor = 30",
    "a journal is there beside": "insert into transfers select shop_id, nextval('transfer_ids'), "
    "nextval('journal_ids'), at, debit, credit, amount_minor, currency, cause, charge_id from transfers where amount_minor = 30",
}


@pytest.mark.parametrize("what", UNDER_THE_COUNTER)
def test_the_record_proves_every_entry(database: Database, what: str) -> None:
    """An entry that the database's owner changes, with all totals put right, is found by the sealed record."""
    with transaction(database) as tx:
        shop = a_shop(tx)
        post(tx, shop, [Posting(EXTERNAL, SHOP_FUNDS, cny("10.00"), "funds.deposited")])
        post(
            tx,
            shop,
            [
                Posting(SHOP_FUNDS, PLATFORM_REVENUE, cny("0.30"), "charge.settled", charge_id=1),
                Posting(SHOP_FUNDS, carrier_account("dhl"), cny("2.00"), "charge.settled", charge_id=2),
            ],
        )
    [proof] = [check for check in CHECKS if check.name == "journals_told"]
    with database.owner.connect() as owner:
        assert audit(owner, [proof])[0].ok
        assert owner.execute(text(UNDER_THE_COUNTER[what])).rowcount
        assert not audit(owner, [proof])[0].ok
        owner.rollback()


def test_the_logins_may_add_to_the_books_and_nothing_else(database: Database) -> None:
    with database.owner.connect() as owner:
        rights = owner.execute(
            text(
                "select grantee, string_agg(privilege_type, ',' order by privilege_type) from "
                "information_schema.role_table_grants where table_name = :table and grantee <> :owner group by 1"
            ),
            {"table": "transfers", "owner": f"{database.prefix}_owner"},
        ).all()
    assert {tuple(row) for row in rights} == {
        (f"{database.prefix}_{login}", "INSERT,SELECT") for login in ("app", "line")
    }
