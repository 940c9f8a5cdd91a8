"""Charges that are due and wait for funds: each is known as overdue, and the seller is told once a stretch."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeOverdue
from andon.money.charges.rules import ChargeKind
from andon.money.settlement.views import missing_funds
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

MARK = """
with late as (
  select c.shop_id, c.charge_id
  from fundings g cross join lateral (
    select shop_id, charge_id, due_at from charges
    where shop_id = g.shop_id and state = 20 and due_at <= :now and overdue_at is null and rate_wanted_on is null
    order by due_at, charge_id limit :each) c
  where g.shop_id = any(:shops) and (g.settle_at is null or g.settle_at > :now)
  order by c.shop_id, c.charge_id
)
update charges c set overdue_at = :now from late l
where c.shop_id = l.shop_id and c.charge_id = l.charge_id and c.state = 20
returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency, c.due_at
"""

BEGIN = """
update fundings g set overdue_at = case when m.shop_id is null then g.overdue_at else coalesce(g.overdue_at, :now) end,
  late_at = (select c.due_at from charges c
             where c.shop_id = g.shop_id and c.state = 20 and c.due_at is not null and c.overdue_at is null
               and c.rate_wanted_on is null
               and c.due_at < coalesce(g.settle_at, 'infinity') order by c.due_at, c.charge_id limit 1)
from fundings before
left join json_to_recordset(cast(cast(:marked as text) as json)) as m(shop_id bigint) on m.shop_id = before.shop_id
where before.shop_id = any(:shops) and g.shop_id = before.shop_id
returning g.shop_id, before.overdue_at is null and m.shop_id is not null as begun
"""


def note_overdue(tx: Tx[Policy], shop_ids: Sequence[int], limit: int) -> None:
    """Know the charges of these shops that are due and that no funds cover as overdue, up to `limit` of each shop.

    The shops' rows in `fundings` are locked, and their heads held. With the first of a stretch - nothing was overdue
    before it - the seller is told what is missing. Source: FEE-5.
    """
    marked = tx.rows(MARK, shops=list(shop_ids), now=tx.now, each=limit)
    tx.emit(*(_told(row) for row in marked))
    shops = as_json({"shop_id": shop_id} for shop_id in sorted({row.shop_id for row in marked}))
    begun = [
        row.shop_id for row in tx.rows(BEGIN, shops=list(shop_ids), marked=shops, now=tx.now) if row.begun
    ]
    missing = missing_funds(tx, begun)
    tell(
        tx,
        [
            Notice(
                shop_id,
                "seller",
                "charges.overdue",
                facts={"missing": ", ".join(str(amount) for amount in missing[shop_id])},
            )
            for shop_id in begun
        ],
    )


def _told(row: Row[Any]) -> ChargeOverdue:
    return ChargeOverdue(
        shop_id=row.shop_id,
        order_id=row.order_id,
        charge_id=row.charge_id,
        fulfilment_id=row.fulfilment_id,
        fee=ChargeKind(row.kind).word,
        amount=Money.from_minor(row.amount_minor, row.currency),
        due_at=row.due_at,
    )
