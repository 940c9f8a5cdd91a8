"""Settling: taking due charges from a shop's funds, oldest first, as far as the funds go.

A shop's row in `fundings` is the lock of its funds: settlement claims it, a deposit takes it, and what makes a charge
due writes it last. So each due charge is settled once, and none is forgotten between two of them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.told import NUMBERS, Amount, Number, Word, telling
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeSettled
from andon.money.charges.rules import ChargeKind
from andon.money.ledger.service import TOTALLED, tell_journals
from andon.money.settlement.service.rounding import round_settled
from andon.money.settlement.service.securing import secure_disputed
from andon.money.settlement.service.suspense import take_suspended
from andon.platform.policies.rules import Policy

FEWEST_EACH = 100

FUNDS = """
  select b.shop_id, b.currency, b.credited_minor - b.debited_minor as available, r.j as journal_id
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)
  join balances b on b.shop_id = r.s and b.account = 'shop_funds'
"""

BESIDE_DUE = FUNDS.replace(
    "as available",
    "- coalesce((select sum(amount_minor) from charges d where d.shop_id = b.shop_id and d.currency = b.currency "
    "and d.state = 20 and d.due_at <= :now), 0) as available",
)
"""What the funds have beside what is due already, which goes before what is settled early."""

DUE = "due_at <= :now"
EARLY = "due_at > :now and (cast(:chosen as bigint[]) is null or charge_id = any(:chosen))"

FEE = " ".join(f"when {kind.value} then '{kind.word}'" for kind in ChargeKind)
SAID: Mapping[str, Amount | Number | Word] = {
    "charge_id": Number("charge_id"),
    "fulfilment_id": Number("fulfilment_id"),
    "fee": Word(f"(case kind {FEE} end)"),
    "amount": Amount("amount_minor", "currency"),
    "journal_id": Number("journal_id"),
}


def _settling(which: str, funds: str, answered: str) -> str:
    """The statement that settles the due charges for which `which` says so, as far as those funds go.

    It answers those for which `answered` says so, and one row at least: its charge is null where there is none.
    """
    return f"""
with funds as materialized ({funds}),
waiting as (
  select c.place, f.shop_id, f.journal_id, f.available,
         sum(c.amount_minor) over (partition by f.shop_id, f.currency order by c.due_at, c.charge_id) as running
  from funds f cross join lateral (
    select ctid as place, charge_id, due_at, amount_minor from charges
    where shop_id = f.shop_id and currency = f.currency and state = 20 and {which}
    order by due_at, charge_id limit :each) c
  order by f.shop_id, c.due_at, c.charge_id limit :batch
),
paid as (
  update charges c set state = 80, settled_at = :now, settled_on = :today, journal_id = w.journal_id
  from waiting w
  where c.ctid = w.place and c.shop_id = w.shop_id and c.state = 20 and w.running <= w.available
  returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency, c.payee,
            c.journal_id, c.base_minor, c.base_currency, c.rate
),
posted as (
  insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id,
                         base_minor, base_currency, rate)
  select p.shop_id, nextval('transfer_ids'), p.journal_id, :now, 'shop_funds', p.payee, p.amount_minor, p.currency,
         'charge.settled', p.charge_id, p.base_minor, p.base_currency, p.rate
  from paid p where p.amount_minor > 0
  returning shop_id, debit, credit, amount_minor, currency
),
{TOTALLED},
{telling(ChargeSettled, "paid", SAID)}
select n.first, n.last, p.shop_id, p.charge_id, p.amount_minor, p.currency, p.journal_id, p.payee, p.base_minor,
       p.base_currency, p.rate
from {NUMBERS} n left join paid p on {answered}
"""


SETTLE = _settling(DUE, FUNDS, answered="p.rate is not null")
SETTLE_EARLY = _settling(EARLY, BESIDE_DUE, answered="true")

LOOK_AGAIN = f"""
with funds as materialized ({FUNDS}),
oldest as (
  select f.shop_id, case when c.due_at > :now or c.amount_minor <= f.available then c.due_at end as at
  from funds f cross join lateral (
    select due_at, amount_minor from charges
    where shop_id = f.shop_id and currency = f.currency and state = 20 and due_at is not null
    order by due_at, charge_id limit 1) c
)
update fundings g set settle_at = l.settle_at,
  late_at = case when l.unknown_at < coalesce(l.settle_at, 'infinity') then l.unknown_at end,
  overdue_at = case when l.oldest_at <= :now then g.overdue_at end
from (select r.s, (select min(o.at) from oldest o where o.shop_id = r.s) as settle_at,
             (select c.due_at from charges c where c.shop_id = r.s and c.state = 20 and c.due_at is not null
              order by c.due_at, c.charge_id limit 1) as oldest_at,
             (select c.due_at from charges c
              where c.shop_id = r.s and c.state = 20 and c.due_at is not null and c.overdue_at is null
                and c.rate_wanted_on is null
              order by c.due_at, c.charge_id limit 1) as unknown_at
      from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)) l
where g.shop_id = l.s
"""
"""When these shops are looked at next: where the funds cover the oldest due charge of a currency, and where one gets late."""


def settle_shops(tx: Tx[Policy], shop_ids: Sequence[int], limit: int) -> None:
    """Settle up to `limit` due charges of these shops, one journal a shop.

    The shops' rows in `fundings` are locked, and their heads held. Oldest due first, until one does not fit the
    funds of its currency; what is left waits for a deposit. What disputed charges come to is held of what due ones
    leave. Source: FEE-4, EXIT-2.
    """
    take_suspended(tx, shop_ids)
    journals = numbered_journals(tx, shop_ids)
    # Each shop has its share of a step: what one step does not come to is not looked through in every one.
    each = max(limit // max(len(shop_ids), 1), FEWEST_EACH)
    settle_by(tx, SETTLE, shop_ids, journals, limit=limit, each=each)
    secure_disputed(tx, shop_ids)
    look_again(tx, journals)


def settle_by(
    tx: Tx[Policy],
    statement: str,
    shop_ids: Collection[int],
    journals: str,
    *,
    limit: int,
    each: int,
    **chosen: Any,
) -> Sequence[Row[Any]]:
    """Settle up to `limit` charges, `each` of a shop, and tell of it; `journals` name the shops.

    Answers those of them that the statement answers.
    """
    today = tx.policy.day_of(tx.now)
    rows = tx.tell(statement, shop_ids, rows=journals, today=today, batch=limit, each=each, **chosen)()
    if rows[0].first is not None:
        tell_journals(tx, journals)
    settled = [row for row in rows if row.charge_id is not None]
    round_settled(tx, settled)
    return settled


def look_again(tx: Tx[Any], journals: str) -> None:
    """Set when these shops are looked at next."""
    tx.put(LOOK_AGAIN, rows=journals, now=tx.now)


def numbered_journals(tx: Tx[Any], shop_ids: Sequence[int]) -> str:
    """These shops, each with the number of the journal that it is about to have."""
    numbers = tx.take_ids("journal_ids", len(shop_ids))
    return as_json({"s": shop, "j": journal} for shop, journal in zip(sorted(shop_ids), numbers, strict=True))
