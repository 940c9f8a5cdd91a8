"""Holding what disputed charges come to, so that they stand in nobody's way. Source: EXIT-2."""

from collections.abc import Sequence
from typing import Any

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeHeld
from andon.money.charges.rules import ChargeKind
from andon.money.ledger.service import TOTALLED, tell_journals

SECURE = f"""
with funds as materialized (
  select b.shop_id, b.currency, r.j as journal_id, b.credited_minor - b.debited_minor
    - coalesce((select sum(amount_minor) from charges d where d.shop_id = b.shop_id and d.currency = b.currency
                and d.state = 20 and d.due_at <= :now), 0) as spare
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)
  join balances b on b.shop_id = r.s and b.account = 'shop_funds'
),
waiting as (
  select c.shop_id, c.charge_id, r.j as journal_id, greatest(coalesce(f.spare, 0), 0) as spare,
         sum(c.amount_minor) over (partition by c.shop_id, c.currency order by c.charge_id) as running
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)
  join charges c on c.shop_id = r.s and c.state = 30 and c.secured_at is null
  left join funds f on f.shop_id = c.shop_id and f.currency = c.currency
),
held as (
  update charges c set secured_at = :now from waiting w
  where c.shop_id = w.shop_id and c.charge_id = w.charge_id and w.running <= w.spare
  returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency, w.journal_id
),
posted as (
  insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id)
  select shop_id, nextval('transfer_ids'), journal_id, :now, 'shop_funds', 'shop_holds', amount_minor, currency,
         'charge.held', charge_id
  from held where amount_minor > 0
  returning shop_id, debit, credit, amount_minor, currency
),
{TOTALLED}
select * from held
"""


def secure_disputed(tx: Tx[Any], shop_ids: Sequence[int]) -> None:
    """Hold what these shops' disputed charges come to, the oldest first, of what the due ones leave of the funds.

    The shops' rows in `fundings` are locked, and their heads held.
    """
    waiting = tx.rows(
        "select distinct shop_id from charges where shop_id = any(:shops) and state = 30 and secured_at is null "
        "order by shop_id",
        shops=list(shop_ids),
    )
    if not waiting:
        return
    numbers = tx.take_ids("journal_ids", len(waiting))
    rows = as_json({"s": row.shop_id, "j": journal} for row, journal in zip(waiting, numbers, strict=True))
    for row in (held := tx.rows(SECURE, rows=rows, now=tx.now)):
        tx.emit(
            ChargeHeld(
                shop_id=row.shop_id,
                order_id=row.order_id,
                charge_id=row.charge_id,
                fulfilment_id=row.fulfilment_id,
                fee=ChargeKind(row.kind).word,
                amount=Money.from_minor(row.amount_minor, row.currency),
                journal_id=row.journal_id,
            )
        )
    if held:
        tell_journals(tx, rows)
