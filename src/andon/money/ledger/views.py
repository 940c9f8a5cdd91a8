"""Reading the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import kind_of
from andon.ports.books import Account, BookedTransfer, Closing

AT_ONCE = 2_000
"""As many transfers are in memory."""


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One account of a shop's books in one currency; what it holds is credits less debits."""

    account: str
    debited: Money
    credited: Money

    @property
    def balance(self) -> Money:
        """Credits less debits."""
        return self.credited - self.debited


def balances_of(tx: Tx[Any], shop_id: int, account: str | None = None) -> list[AccountTotal]:
    """The running totals of a shop's accounts, by account and currency; of one account if it is named."""
    return [
        AccountTotal(
            row.account,
            Money.from_minor(row.debited_minor, row.currency),
            Money.from_minor(row.credited_minor, row.currency),
        )
        for row in tx.rows(
            "select account, currency, debited_minor, credited_minor from balances where shop_id = :shop "
            "and (cast(:account as text) is null or account = :account) order by account, currency",
            shop=shop_id,
            account=account,
        )
    ]


def closings_of(connection: Connection, shop_id: int | None) -> list[Closing]:
    """What each account comes to by its running totals, of one shop or of all."""
    return [
        Closing(
            Account(row.shop_id, row.account, kind_of(row.account)), Money.from_minor(row.minor, row.currency)
        )
        for row in connection.execute(
            text(
                "select shop_id, account, currency, debited_minor - credited_minor as minor from balances "
                "where cast(:shop as bigint) is null or shop_id = :shop order by shop_id, account, currency"
            ),
            {"shop": shop_id},
        )
    ]


def transfers_of(connection: Connection, shop_id: int | None, zone: str) -> Iterator[BookedTransfer]:
    """Every transfer of one shop or of all, shop by shop, oldest number first; days are the zone's.

    A transaction that reads them beside `closings_of` is one snapshot: REPEATABLE READ.
    """
    there = ZoneInfo(zone)
    rows = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(
        text(
            "select shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id "
            "from transfers where cast(:shop as bigint) is null or shop_id = :shop order by shop_id, transfer_id"
        ),
        {"shop": shop_id},
    )
    for row in rows:
        yield BookedTransfer(
            shop_id=row.shop_id,
            transfer_id=row.transfer_id,
            journal_id=row.journal_id,
            on=row.at.astimezone(there).date(),
            at=row.at,
            debit=row.debit,
            credit=row.credit,
            amount=Money.from_minor(row.amount_minor, row.currency),
            cause=row.cause,
            charge_id=row.charge_id,
        )


def days_of(connection: Connection, shop_id: int | None, zone: str) -> tuple[date, date] | None:
    """The day of the first transfer and the one after the last, in the zone; None where there is none."""
    row = connection.execute(
        text(
            "select min(at) as first, max(at) as last from transfers "
            "where cast(:shop as bigint) is null or shop_id = :shop"
        ),
        {"shop": shop_id},
    ).one()
    if row.first is None:
        return None
    there = ZoneInfo(zone)
    return row.first.astimezone(there).date(), row.last.astimezone(there).date() + timedelta(days=1)
