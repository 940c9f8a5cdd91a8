"""What is owed to a supplier or a carrier over all shops, and how it came to that.

A party that is owed money finds the shops by `payees` and is let through the walls for its own account alone, so that
it reads the same after a binding has ended. Nothing here tells of a buyer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeKind
from andon.money.payables.rules import PAID_OUT, Account, Payable
from andon.platform.policies.rules import Policy

BALANCES = """
select b.shop_id, b.currency, b.credited_minor as charged, b.debited_minor as debited,
       coalesce((select cast(sum(t.amount_minor) as bigint) from transfers t
                 where t.shop_id = b.shop_id and t.cause = 'payable.paid_out' and left(t.cause, 7) <> 'charge.'
                   and t.debit = b.account and t.currency = b.currency), 0) as paid_out
from balances b
where b.shop_id = any(:shops) and b.account = :account and (b.shop_id, b.currency) > (:shop, :currency)
order by b.shop_id, b.currency limit :limit
"""

LINES = """
select t.shop_id, t.transfer_id, t.journal_id, t.at, t.cause, t.currency, t.charge_id, c.kind, c.order_id,
       c.fulfilment_id, w.carrier, w.waybill, p.reference,
       case when t.credit = :account then t.amount_minor else -t.amount_minor end as minor
from transfers t
left join charges c on c.shop_id = t.shop_id and c.charge_id = t.charge_id
left join parcels w on w.shop_id = c.shop_id and w.parcel_id = c.parcel_id
left join payouts p on p.journal_id = t.journal_id and p.account = :account
where t.shop_id = any(:shops) and :account in (t.debit, t.credit)
  and (t.shop_id, t.transfer_id) > (:shop, :transfer)
  and (cast(:from as timestamptz) is null or t.at >= :from)
  and (cast(:until as timestamptz) is null or t.at < :until)
order by t.shop_id, t.transfer_id limit :limit
"""


ACCOUNTS = """
select b.shop_id, b.currency, coalesce(m.charged, 0) as charged, coalesce(m.paid_out, 0) as paid_out,
       coalesce(m.taken_back, 0) as taken_back, coalesce(m.lines, 0) as lines,
       b.credited_minor - b.debited_minor - coalesce(m.later, 0) as closing
from balances b left join (
  select t.shop_id, t.currency, count(*) filter (where t.at < :until) as lines,
    sum(t.amount_minor) filter (where t.at < :until and t.credit = :account) as charged,
    sum(t.amount_minor) filter (where t.at < :until and t.debit = :account and t.cause = :paid) as paid_out,
    sum(t.amount_minor) filter (where t.at < :until and t.debit = :account and t.cause <> :paid) as taken_back,
    sum(case when t.credit = :account then t.amount_minor else -t.amount_minor end) filter (where t.at >= :until) as later
  from transfers t where t.shop_id = any(:shops) and :account in (t.debit, t.credit) and t.at >= :from
  group by t.shop_id, t.currency) m on m.shop_id = b.shop_id and m.currency = b.currency
where b.shop_id = any(:shops) and b.account = :account order by b.shop_id, b.currency
"""
"""The balance at a period's end is that of now without what came after."""


@dataclass(frozen=True, slots=True)
class PayableLine:
    """One entry of a party's account in a shop's books; below nothing where it was paid out or taken back.

    A charge's entry names its kind, order, fulfilment and waybill; a payout's its reference.
    """

    shop_id: int
    transfer_id: int
    journal_id: int
    at: datetime
    cause: str
    amount: Money
    charge_id: int | None
    charge: str | None
    order_id: int | None
    fulfilment_id: int | None
    waybill: str | None
    reference: str | None


def shops_owing(tx: Tx[Policy], account: str) -> list[int]:
    """The shops whose books have that account, lowest first."""
    rows = tx.rows("select shop_id from payees where account = :account order by shop_id", account=account)
    return [row.shop_id for row in rows]


def list_payables(
    tx: Tx[Policy], account: str, *, after: tuple[int, str] = (0, ""), limit: int
) -> Sequence[Payable]:
    """What is owed on an account by shop and currency, from the one after `after`."""
    shops = [shop for shop in shops_owing(tx, account) if shop >= after[0]]
    with tx.as_platform(), tx.reaching(shops):
        rows = tx.rows(BALANCES, shops=shops, account=account, shop=after[0], currency=after[1], limit=limit)
    return [_payable(row) for row in rows]


def list_payable_lines(
    tx: Tx[Policy],
    account: str,
    *,
    since: datetime | None,
    until: datetime | None,
    after: tuple[int, int] = (0, 0),
    limit: int,
) -> Sequence[PayableLine]:
    """The entries of an account in a period, shop by shop, the oldest first, from the one after (shop, transfer)."""
    shops = [shop for shop in shops_owing(tx, account) if shop >= after[0]]
    with tx.as_platform(), tx.reaching(shops):
        rows = tx.rows(
            LINES,
            **{
                "shops": shops,
                "account": account,
                "shop": after[0],
                "transfer": after[1],
                "from": since,
                "until": until,
                "limit": limit,
            },
        )
    return [_line(row) for row in rows]


def list_accounts(
    tx: Tx[Policy], account: str, since: datetime, until: datetime
) -> tuple[list[Account], int]:
    """What the books of each shop say of an account over a period, and how many entries that are."""
    shops = shops_owing(tx, account)
    with tx.as_platform(), tx.reaching(shops):
        rows = tx.rows(
            ACCOUNTS,
            **{"shops": shops, "account": account, "from": since, "until": until, "paid": PAID_OUT},
        )
    return [_account(row) for row in rows], sum(row.lines for row in rows)


def _account(row: Row[Any]) -> Account:
    charged, paid_out, taken_back, closing = (
        Money.from_minor(int(minor), row.currency)
        for minor in (row.charged, row.paid_out, row.taken_back, row.closing)
    )
    return Account(row.shop_id, charged, paid_out, taken_back, closing)


def _payable(row: Row[Any]) -> Payable:
    charged, paid_out, taken_back = (
        Money.from_minor(minor, row.currency)
        for minor in (row.charged, row.paid_out, row.debited - row.paid_out)
    )
    return Payable(row.shop_id, charged, paid_out, taken_back)


def _line(row: Row[Any]) -> PayableLine:
    return PayableLine(
        shop_id=row.shop_id,
        transfer_id=row.transfer_id,
        journal_id=row.journal_id,
        at=row.at,
        cause=row.cause,
        amount=Money.from_minor(row.minor, row.currency),
        charge_id=row.charge_id,
        charge=ChargeKind(row.kind).word if row.kind is not None else None,
        order_id=row.order_id,
        fulfilment_id=row.fulfilment_id,
        waybill=row.waybill,
        reference=row.reference,
    )
