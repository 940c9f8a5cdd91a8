"""When a shop's due charges are settled, and what they wait for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

MISSING = """
select f.shop_id, f.currency, cast(f.needed - coalesce(b.credited_minor - b.debited_minor, 0) as bigint) as minor
from (
  select shop_id, currency, sum(amount_minor) as needed from charges
  where shop_id = any(:shops) and (state = 20 and due_at <= :now or state = 30 and secured_at is null)
  group by shop_id, currency
) f
left join balances b on b.shop_id = f.shop_id and b.account = 'shop_funds' and b.currency = f.currency
where f.needed > coalesce(b.credited_minor - b.debited_minor, 0)
order by f.shop_id, f.currency
"""


def next_settlement_at(tx: Tx[Policy], shop_id: int) -> datetime | None:
    """When the shop's due charges are settled next; None while none waits, or while they wait for a deposit."""
    row = tx.one("select settle_at from fundings where shop_id = :shop", shop=shop_id)
    at: datetime | None = row.settle_at if row else None
    return at


def overdue_since(tx: Tx[Policy], shop_id: int) -> datetime | None:
    """Since when something due has waited for funds without a break; None while nothing does. Source: FEE-5."""
    row = tx.one("select overdue_at from fundings where shop_id = :shop", shop=shop_id)
    at: datetime | None = row.overdue_at if row else None
    return at


def missing_funds(tx: Tx[Policy], shop_ids: Collection[int]) -> Mapping[int, list[Money]]:
    """What is to be deposited for each shop, by currency, so that all that is due is settled and all that is disputed held.

    Source: FEE-5, EXIT-2.
    """
    missing: dict[int, list[Money]] = defaultdict(list)
    if shop_ids:
        for row in tx.rows(MISSING, shops=sorted(shop_ids), now=tx.now):
            missing[row.shop_id].append(Money.from_minor(row.minor, row.currency))
    return missing
