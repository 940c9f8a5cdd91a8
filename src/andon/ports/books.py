"""The books as an accounting program is given them: accounts, transfers between them, and what each comes to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from andon.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a shop's books. `kind` is asset, liability, income or expense, as whoever keeps the books has it."""

    shop_id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class BookedTransfer:
    """A positive amount from the account debited to the account credited; `on` is its day in the books' zone."""

    shop_id: int
    transfer_id: int
    journal_id: int
    on: date
    at: datetime
    debit: str
    credit: str
    amount: Money
    cause: str
    charge_id: int | None


@dataclass(frozen=True, slots=True)
class Closing:
    """What an account comes to by its running totals: debits less credits, in one currency."""

    account: Account
    balance: Money


class BookWriter(Protocol):
    """Writes books in one program's own form, line by line."""

    def __call__(
        self, closings: Iterable[Closing], transfers: Iterable[BookedTransfer], first: date, closed: date
    ) -> Iterator[str]:
        """The lines of a file: accounts opened on `first`, transfers by day, and at the start of `closed`

        what each account must come to, so that the program itself checks it.
        """
        ...
