"""Paying out what suppliers and carriers are owed."""

from dataclasses import dataclass

from sqlalchemy import select

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import EXTERNAL, Posting
from andon.money.ledger.service import post_in_shops
from andon.money.payables.events import PayablePaidOut
from andon.money.payables.rules import PAID_OUT, check_payout
from andon.money.payables.tables import Payout
from andon.money.payables.views import shops_owing
from andon.platform.policies.rules import Policy

LOCK = """
select shop_id, credited_minor - debited_minor as minor from balances
where shop_id = any(:shops) and account = :account and currency = :currency order by shop_id for no key update
"""

OLDEST = """
with owing as (
  select shop_id, debited_minor from balances
  where shop_id = any(:shops) and account = :account and currency = :currency and credited_minor > debited_minor
),
owed as (
  select t.shop_id, t.transfer_id, t.at, t.amount_minor, o.debited_minor as gone,
         sum(t.amount_minor) over (partition by t.shop_id order by t.transfer_id) as running
  from owing o join transfers t on t.shop_id = o.shop_id and t.credit = :account and t.currency = :currency
),
unpaid as (
  select shop_id, least(amount_minor, running - gone) as minor,
         sum(least(amount_minor, running - gone)) over (order by at, transfer_id) as up_to
  from owed where running > gone
)
select shop_id, cast(sum(least(minor, :minor - (up_to - minor))) as bigint) as minor
from unpaid where up_to - minor < :minor group by shop_id order by shop_id
"""
"""Of each shop's books what is unpaid longest, until the sum is reached; what went out before has paid the oldest."""


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A payout, and what of it each shop's books have paid."""

    payout: Payout
    shares: dict[int, Money]


def pay_out(tx: Tx[Policy], account: str, amount: Money, reference: str) -> PaidOut:
    """Pay a supplier or carrier of what it is owed over all shops, the oldest first; the same reference pays once.

    Invalid `funds.amount` for nothing or less; Conflict `payout.exceeds` for more than is owed, `payout.differs` where
    the reference stands for another sum.
    """
    if amount.minor <= 0:
        raise Invalid("funds.amount", str(amount))
    shops = shops_owing(tx, account)
    with tx.as_platform(), tx.reaching(shops):
        tx.hold(shops)
        # Whoever pays the same account waits here, and then sees what this one has paid.
        rows = tx.rows(LOCK, shops=shops, account=account, currency=amount.currency)
        if known := _known(tx, account, amount, reference):
            return known
        check_payout(amount, Money.from_minor(sum(row.minor for row in rows), amount.currency))
        found = tx.rows(OLDEST, shops=shops, account=account, currency=amount.currency, minor=amount.minor)
        shares = {row.shop_id: Money.from_minor(row.minor, amount.currency) for row in found}
        journal = post_in_shops(
            tx, {shop: [Posting(account, EXTERNAL, share, PAID_OUT)] for shop, share in shares.items()}
        )
        tx.emit(
            *(
                PayablePaidOut(shop_id=shop, journal_id=journal, account=account, amount=share)
                for shop, share in shares.items()
            )
        )
    payout = Payout(
        journal_id=journal,
        account=account,
        reference=reference,
        currency=amount.currency,
        amount_minor=amount.minor,
        paid_at=tx.now,
        paid_by=str(tx.actor),
    )
    return PaidOut(tx.add(payout), shares)


def _known(tx: Tx[Policy], account: str, amount: Money, reference: str) -> PaidOut | None:
    known = tx.session.scalars(
        select(Payout).where(Payout.account == account, Payout.reference == reference)
    ).first()
    if known is None:
        return None
    if (known.amount_minor, known.currency) != (amount.minor, amount.currency):
        stands_for = Money.from_minor(known.amount_minor, known.currency)
        raise Conflict("payout.differs", f"it stands for {stands_for}")
    rows = tx.rows(
        "select t.shop_id, t.amount_minor from payees p "
        "join transfers t on t.shop_id = p.shop_id and t.journal_id = :journal and t.debit = p.account "
        "where p.account = :account order by t.shop_id",
        account=account,
        journal=known.journal_id,
    )
    return PaidOut(known, {row.shop_id: Money.from_minor(row.amount_minor, known.currency) for row in rows})
