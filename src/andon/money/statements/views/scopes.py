"""Which transfers stand on a statement, and the balance they begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.statements.rules import Month, closing_of, day_starts, statement_number
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import hash_of

State = Literal["issued", "draft", "period"]
"""A month's statement that never changes, one of a month that is not over, or what a period looks like now."""

MOVED = """
select currency, cast(sum(case when credit = 'shop_funds' then amount_minor else -amount_minor end) as bigint) as minor
from transfers
where shop_id = :shop and transfer_id > :after and transfer_id <= :last and 'shop_funds' in (debit, credit)
group by currency
"""

LAST_BEFORE = """
select coalesce(
  (select t.transfer_id - 1 from transfers t
   where t.shop_id = :shop and t.transfer_id > :known and t.transfer_id <= :last and t.at >= :at
     and 'shop_funds' in (t.debit, t.credit)
   order by t.transfer_id limit 1), :last) as last
"""
"""The last transfer before the first line of that instant or later, up to `last`; `known` is before it for certain."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What stands on a statement: the transfers of the shop's funds above `after`, up to `last`.

    `since` and `until` are days of the platform's zone, the second exclusive; balances are minor units by currency.
    """

    shop_id: int
    state: State
    month: Month | None
    since: date
    until: date
    after: int
    last: int
    opening: Mapping[str, int]
    closing: Mapping[str, int]
    issued_at: datetime | None = None
    seal: Mapping[str, Any] | None = None
    policy: str | None = None

    @property
    def balances(self) -> list[tuple[Money, Money]]:
        """What the funds hold before the first line and after the last, in each currency."""
        return [
            (Money.from_minor(self.opening.get(currency, 0), currency), Money.from_minor(minor, currency))
            for currency, minor in sorted(self.closing.items())
        ]

    @property
    def number(self) -> str:
        """What it is called: a month's number, or its days."""
        if self.month is not None:
            return statement_number(self.shop_id, self.month)
        return f"JIT-ST-{self.since:%Y%m%d}-{self.until:%Y%m%d}-{self.shop_id:06d}"


def issued_scope(tx: Tx[Policy], shop_id: int, month: Month) -> Scope | None:
    """The statement of a month as it was issued, if it was."""
    row = tx.one(
        "select * from statements where shop_id = :shop and month = :month", shop=shop_id, month=month.number
    )
    return None if row is None else _issued(row)


def newest_issued(tx: Tx[Policy], shop_id: int, before: Month | None = None) -> Scope | None:
    """The newest statement of a shop, of those before a month if one is named."""
    row = tx.one(
        "select * from statements where shop_id = :shop and (cast(:before as bigint) is null or month < :before) "
        "order by month desc limit 1",
        shop=shop_id,
        before=before.number if before else None,
    )
    return None if row is None else _issued(row)


def list_issued(tx: Tx[Policy], shop_id: int, *, before: int | None = None, limit: int) -> Sequence[Scope]:
    """A shop's issued statements, the newest first, from the month before `before`."""
    rows = tx.rows(
        "select * from statements where shop_id = :shop and (cast(:before as bigint) is null or month < :before) "
        "order by month desc limit :limit",
        shop=shop_id,
        before=before,
        limit=limit,
    )
    return [_issued(row) for row in rows]


def last_transfer(tx: Tx[Policy], shop_id: int) -> int:
    """The number of the shop's last transfer, 0 without any. The shop's head is closed."""
    row = tx.one("select max(transfer_id) as last from transfers where shop_id = :shop", shop=shop_id)
    return (row and row.last) or 0


def draft_scope(tx: Tx[Policy], shop_id: int, month: Month, last: int) -> Scope:
    """What a month that is not over comes to up to that transfer. All months before are issued."""
    newest = newest_issued(tx, shop_id)
    after, opening = (newest.last, newest.closing) if newest else (0, {})
    last = max(last, after)
    return Scope(
        shop_id,
        "draft",
        month,
        month.first_day,
        month.following.first_day,
        after,
        last,
        opening,
        closing_of(opening, _moved(tx, shop_id, after, last)),
    )


def period_scope(tx: Tx[Policy], shop_id: int, since: date, until: date, last: int) -> Scope:
    """What moved between two days, up to that transfer."""
    zone = tx.policy.zone
    known = newest_issued(tx, shop_id, Month(since.year, since.month))
    base, balances = (known.last, known.closing) if known else (0, {})
    after, last = (
        tx.rows(LAST_BEFORE, shop=shop_id, known=base, at=day_starts(day, zone), last=max(last, base))[0].last
        for day in (since, until)
    )
    opening = closing_of(balances, _moved(tx, shop_id, base, after))
    return Scope(
        shop_id,
        "period",
        None,
        since,
        until,
        after,
        last,
        opening,
        closing_of(opening, _moved(tx, shop_id, after, last)),
    )


def newest_seal(tx: Tx[Policy], shop_id: int) -> dict[str, Any] | None:
    """The newest seal of a shop's record: its number, its hash, its instant."""
    seal = tx.one(
        "select seal_no, jws, sealed_at from seals where shop_id = :shop order by seal_no desc limit 1",
        shop=shop_id,
    )
    return seal and {"no": seal.seal_no, "hash": hash_of(seal.jws), "at": seal.sealed_at.isoformat()}


def _moved(tx: Tx[Policy], shop_id: int, after: int, last: int) -> list[tuple[str, int]]:
    rows = tx.rows(MOVED, shop=shop_id, after=after, last=last)
    return [(row.currency, row.minor) for row in rows]


def _issued(row: Row[Any]) -> Scope:
    month = Month.numbered(row.month)
    return Scope(
        row.shop_id,
        "issued",
        month,
        month.first_day,
        month.following.first_day,
        row.after_transfer,
        row.last_transfer,
        row.opening,
        row.closing,
        row.issued_at,
        row.seal,
        row.policy,
    )
