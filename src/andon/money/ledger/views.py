"""Reading the books."""

from dataclasses import dataclass
from typing import Any

from andon.kernel.money import Money
from andon.kernel.tx import Tx


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
