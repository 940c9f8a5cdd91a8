"""Money that comes into a shop's funds, and the row by which its funds are locked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.ledger.rules import EXTERNAL, SHOP_FUNDS, Posting
from andon.money.ledger.service import post
from andon.money.settlement.events import FundsDeposited
from andon.partners.shops.tables import Shop
from andon.platform.policies.rules import Policy

SCHEDULE = """
insert into fundings as f (shop_id, settle_at)
select r.s, r.t from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, t timestamptz)
on conflict (shop_id) do update set settle_at = least(f.settle_at, excluded.settle_at)
"""

LOOK_NOW = """
update fundings set settle_at = case
    when exists (select from charges where shop_id = :shop and state = 30 and secured_at is null) then :now
    when exists (select from balances where shop_id = :shop and account = 'suspense' and debited_minor > credited_minor)
      then :now
    else (select min(due_at) from charges where shop_id = :shop and state = 20) end
where shop_id = :shop
"""
"""What waits for funds: due charges, disputed ones that are not secured, and what could not be taken before."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit as it was booked."""

    journal_id: int
    amount: Money


def schedule_settlements(tx: Tx[Any], due: Mapping[int, datetime]) -> None:
    """Have the settlement of each of these shops look at its due charges at that instant, or earlier."""
    if due:
        tx.put(SCHEDULE, rows=as_json({"s": shop, "t": at} for shop, at in sorted(due.items())))


def deposit_funds(tx: Tx[Policy], shop_id: int, amount: Money) -> Deposit:
    """Put money into a shop's funds account; what waited for funds is settled next.

    Invalid `funds.amount` for nothing or less, `funds.currency` for a currency neither of the fees nor the shop's.
    """
    tx.hold(shop_id)
    check_amount(tx, shop_id, amount)
    lock_funds(tx, shop_id)
    journal = post(tx, shop_id, [Posting(EXTERNAL, SHOP_FUNDS, amount, "funds.deposited")])
    look_now(tx, shop_id)
    tx.emit(FundsDeposited(shop_id=shop_id, journal_id=journal, amount=amount))
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


def lock_funds(tx: Tx[Any], *shop_ids: int) -> None:
    """Take these shops' rows in `fundings`: no other transaction moves their funds until this one ends."""
    if shop_ids:
        tx.put(
            "insert into fundings as f (shop_id, settle_at) select s, null from unnest(cast(:shops as bigint[])) s order by s "
            "on conflict (shop_id) do update set settle_at = f.settle_at",
            shops=list(shop_ids),
        )


def look_now(tx: Tx[Any], shop_id: int) -> None:
    """Have the settlement look at a shop into whose funds money came; its row in `fundings` is taken."""
    tx.put(LOOK_NOW, shop=shop_id, now=tx.now)
    tx.wake("settle")
