"""Settling: taking due charges from a shop's funds, oldest first, as far as the funds go.

A shop's row in `fundings` is the lock of its funds: settlement claims it, a deposit takes it, and what makes a charge
due writes it last. So each due charge is settled once, and none is forgotten between two of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.errors import Invalid, codes
from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeSettled
from andon.money.charges.rules import ChargeKind
from andon.money.ledger.rules import EXTERNAL, SHOP_FUNDS, Posting
from andon.money.ledger.service import post
from andon.money.settlement.events import FundsDeposited
from andon.partners.shops.tables import Shop
from andon.platform.policies.rules import Policy

FEWEST_EACH = 100

SCHEDULE = """
insert into fundings as f (shop_id, settle_at)
select r.s, r.t from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, t timestamptz)
on conflict (shop_id) do update set settle_at = least(f.settle_at, excluded.settle_at)
"""

FUNDS = """
  select b.shop_id, b.currency, b.credited_minor - b.debited_minor as available, r.j as journal_id
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)
  join balances b on b.shop_id = r.s and b.account = 'shop_funds'
"""

SETTLE = f"""
with funds as materialized ({FUNDS}),
waiting as (
  select f.shop_id, c.charge_id, f.journal_id, f.available,
         sum(c.amount_minor) over (partition by f.shop_id, f.currency order by c.due_at, c.charge_id) as running
  from funds f cross join lateral (
    select charge_id, due_at, amount_minor from charges
    where shop_id = f.shop_id and currency = f.currency and state = 20 and due_at <= :now
    order by due_at, charge_id limit :each) c
  order by f.shop_id, c.due_at, c.charge_id limit :batch
),
paid as (
  update charges c set state = 80, settled_at = :now, settled_on = :today, journal_id = w.journal_id
  from waiting w
  where c.shop_id = w.shop_id and c.charge_id = w.charge_id and c.state = 20 and w.running <= w.available
  returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency, c.payee,
            c.journal_id
),
posted as (
  insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id)
  select p.shop_id, nextval('transfer_ids'), p.journal_id, :now, 'shop_funds', p.payee, p.amount_minor, p.currency,
         'charge.settled', p.charge_id
  from paid p where p.amount_minor > 0
  returning shop_id, debit, credit, amount_minor, currency
),
totalled as (
  insert into balances as b (shop_id, account, currency, debited_minor, credited_minor)
  select t.shop_id, t.account, t.currency, sum(t.debited), sum(t.credited)
  from (select shop_id, debit as account, currency, amount_minor as debited, 0 as credited from posted
        union all select shop_id, credit, currency, 0, amount_minor from posted) t
  group by t.shop_id, t.account, t.currency order by t.shop_id, t.account, t.currency
  on conflict (shop_id, account, currency) do update
    set debited_minor = b.debited_minor + excluded.debited_minor,
        credited_minor = b.credited_minor + excluded.credited_minor
)
select shop_id, charge_id, kind, order_id, fulfilment_id, amount_minor, currency, journal_id from paid
"""

LOOK_AGAIN = f"""
with funds as materialized ({FUNDS}),
oldest as (
  select f.shop_id, case when c.due_at > :now or c.amount_minor <= f.available then c.due_at end as at
  from funds f cross join lateral (
    select due_at, amount_minor from charges
    where shop_id = f.shop_id and currency = f.currency and state = 20 and due_at is not null
    order by due_at, charge_id limit 1) c
)
update fundings g set settle_at = (select min(o.at) from oldest o where o.shop_id = g.shop_id)
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)
where g.shop_id = r.s
"""


CODES = codes(
    {
        "funds.amount": ("An amount is more than nothing", "金额须大于零"),
        "funds.currency": ("Not a currency of this funds account", "资金账户不支持该币种"),
    }
)


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit as it was booked."""

    journal_id: int
    amount: Money


def schedule_settlements(tx: Tx[Any], due: Mapping[int, datetime]) -> None:
    """Have the settlement of each of these shops look at its due charges at that instant, or earlier."""
    if due:
        tx.put(SCHEDULE, rows=as_json({"s": shop, "t": at} for shop, at in sorted(due.items())))


def settle_shops(tx: Tx[Policy], shop_ids: Sequence[int], limit: int) -> int:
    """Settle up to `limit` due charges of these shops, one journal a shop; answers how many.

    The shops' rows in `fundings` are locked, and their heads held. Oldest due first, until one does not fit the
    funds of its currency; what is left waits for a deposit. Source: FEE-4.
    """
    rows = as_json(
        {"s": shop, "j": journal}
        for shop, journal in zip(sorted(shop_ids), tx.take_ids("journal_ids", len(shop_ids)), strict=True)
    )
    today = tx.now.astimezone(ZoneInfo(tx.policy.zone)).date()
    # Each shop has its share of a step: what one step does not come to is not looked through in every one.
    each = max(limit // max(len(shop_ids), 1), FEWEST_EACH)
    settled = tx.rows(SETTLE, rows=rows, now=tx.now, today=today, batch=limit, each=each)
    tx.put(LOOK_AGAIN, rows=rows, now=tx.now)
    tx.emit(
        *(
            ChargeSettled(
                shop_id=row.shop_id,
                order_id=row.order_id,
                charge_id=row.charge_id,
                fulfilment_id=row.fulfilment_id,
                fee=ChargeKind(row.kind).word,
                amount=Money.from_minor(row.amount_minor, row.currency),
                journal_id=row.journal_id,
            )
            for row in settled
        )
    )
    return len(settled)


def deposit_funds(tx: Tx[Policy], shop_id: int, amount: Money) -> Deposit:
    """Put money into a shop's funds account; what waited for funds is settled next.

    Invalid `funds.amount` for nothing or less, `funds.currency` for a currency neither of the fees nor the shop's.
    """
    tx.hold(shop_id)
    check_amount(tx, shop_id, amount)
    lock_funds(tx, shop_id)
    journal = post(tx, shop_id, [Posting(EXTERNAL, SHOP_FUNDS, amount, "funds.deposited")])
    tx.put(
        "update fundings set settle_at = (select min(due_at) from charges where shop_id = :shop and state = 20) "
        "where shop_id = :shop",
        shop=shop_id,
    )
    tx.emit(FundsDeposited(shop_id=shop_id, journal_id=journal, amount=amount))
    tx.wake("settle")
    return Deposit(journal, amount)


def check_amount(tx: Tx[Policy], shop_id: int, amount: Money) -> None:
    """Refuse what neither goes in nor out: Invalid `funds.amount` for nothing or less, `funds.currency` for another's."""
    if amount.minor <= 0:
        raise Invalid("funds.amount", str(amount))
    shop = tx.get(Shop, shop_id)
    if amount.currency not in {tx.policy.currency, shop.currency}:
        raise Invalid(
            "funds.currency", f"fees are in {tx.policy.currency}, the shop sells in {shop.currency}"
        )


def lock_funds(tx: Tx[Any], shop_id: int) -> None:
    """Take a shop's row in `fundings`: no other transaction moves its funds until this one ends."""
    tx.put(
        "insert into fundings as f (shop_id, settle_at) values (:shop, null) "
        "on conflict (shop_id) do update set settle_at = f.settle_at",
        shop=shop_id,
    )
