"""When a shop's due charges are settled, and what they wait for."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

NEEDED = """
select n.shop_id, n.currency, cast(n.minor as bigint) as minor,
       cast(coalesce(b.credited_minor - b.debited_minor, 0) as bigint) as available
from (
  select shop_id, currency, sum(minor) as minor from (
    select shop_id, currency, amount_minor as minor from charges
    where shop_id = any(:shops) and state = 20 and due_at <= :now and rate_wanted_on is null
    union all
    select shop_id, currency, amount_minor from charges
    where shop_id = any(:shops) and state = 30 and secured_at is null and rate_wanted_on is null
    union all
    select shop_id, currency, debited_minor - credited_minor from balances
    where shop_id = any(:shops) and account = 'suspense' and debited_minor > credited_minor
  ) each group by shop_id, currency
) n
left join balances b on b.shop_id = n.shop_id and b.account = 'shop_funds' and b.currency = n.currency
order by n.shop_id, n.currency
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
    for shop_id, needed, available in _needed(tx, shop_ids):
        if needed > available:
            missing[shop_id].append(needed - available)
    return missing


def needed_funds(tx: Tx[Policy], shop_id: int) -> Mapping[str, Money]:
    """What of the funds is spoken for by currency: what is due, disputed and not held yet, or owed beyond the funds."""
    return {needed.currency: needed for _, needed, _ in _needed(tx, [shop_id])}


def _needed(tx: Tx[Policy], shop_ids: Collection[int]) -> Iterator[tuple[int, Money, Money]]:
    for row in tx.rows(NEEDED, shops=sorted(shop_ids), now=tx.now) if shop_ids else ():
        needed, available = (Money.from_minor(minor, row.currency) for minor in (row.minor, row.available))
        yield row.shop_id, needed, available
