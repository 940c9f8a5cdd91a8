"""The funds account of a shop: what is there, what a freeze holds of it, and the exposure part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from andon.kernel.money import Money, totals_of
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeState, reason_unsettled
from andon.money.disputes.views import EXPOSING
from andon.money.funds.rules import (
    CHARGING,
    CLEARED_BY,
    DECIDING,
    ENDING,
    Account,
    Exposed,
    Part,
    PartKind,
    held_of,
)
from andon.money.funds.tables import FundsHold
from andon.money.ledger.rules import SHOP_FUNDS, SHOP_HOLDS
from andon.money.ledger.views import balances_of
from andon.money.settlement.views import needed_funds
from andon.platform.policies.rules import Policy
from andon.platform.policies.values import Freeze
from andon.platform.policies.views import policy_for

OPEN_FULFILMENTS = "f.state < 80 and f.mode = 2"
"""JIT fulfilments that are open; a literal, for the partial index."""
UNCHARGED_FULFILMENTS = (
    "f.charged_at is null and f.ended_at is not null and f.shipped_at is not null and f.mode = 2"
)
"""Those that have ended, and whose charges do not say so yet."""
UNSETTLED_CHARGES = "c.state < 80 and c.secured_at is null"
"""What is not settled, nor disputed and set aside."""

PARTS = f"""
select 1 as kind, o.order_id as number, o.order_id, o.goods_minor + o.freight_minor as minor, o.currency,
       o.placed_at as since, f.open, null as state, cast(null as timestamptz) as due_at, cast(null as timestamptz) as settle_at,
       false as rate_wanted
from (select order_id, bool_or(open) as open from (
        select f.order_id, true as open from fulfilments f where f.shop_id = :shop and {OPEN_FULFILMENTS}
        union all
        select f.order_id, false from fulfilments f where f.shop_id = :shop and {UNCHARGED_FULFILMENTS}) f
      group by order_id) f
join orders o on o.shop_id = :shop and o.order_id = f.order_id
union all
select 2, c.charge_id, c.order_id, c.amount_minor, c.currency, c.accrued_at, null, c.state, c.due_at, g.settle_at,
       c.rate_wanted_on is not null
from charges c left join fundings g on g.shop_id = c.shop_id
where c.shop_id = :shop and {UNSETTLED_CHARGES}
union all
select 3, d.dispute_id, d.order_id, d.claim_minor, d.currency, d.opened_at, null, d.state, d.due_at, null, false
from disputes d where d.shop_id = :shop and {EXPOSING}
"""

PAGE = f"""
select * from ({PARTS}) p where (p.kind, p.number) > (:kind, :number) order by p.kind, p.number limit :limit
"""

EXPOSED = f"""
select p.kind, p.currency, count(*) as parts, cast(sum(p.minor) as bigint) as minor from ({PARTS}) p
group by p.kind, p.currency order by p.kind, p.currency
"""

RECEIVED = ("subsidy.paid", "dispute.paid")
"""Why money comes into the funds from the platform."""

MOVED = """
select currency, cause, cast(sum(case when credit = 'shop_funds' then amount_minor else -amount_minor end) as bigint)
  as minor
from transfers
where shop_id = :shop and left(cause, 7) <> 'charge.' and 'shop_funds' in (debit, credit) group by currency, cause
"""
"""What came into the funds and went out of them beside charges; the same words as the partial index."""

CLEARED = f"""
case when exists (select from fulfilments f where f.shop_id = h.shop_id and {OPEN_FULFILMENTS}) then false
     when exists (select from fulfilments f where f.shop_id = h.shop_id and {UNCHARGED_FULFILMENTS}) then false
     when exists (select from charges c where c.shop_id = h.shop_id and {UNSETTLED_CHARGES}) then false
     else not exists (select from disputes d where d.shop_id = h.shop_id and {EXPOSING}) end
"""
"""Whether nothing is open that the hold `h` was set for; the cheapest question first."""


@dataclass(frozen=True, slots=True)
class Fund:
    """The funds account in one currency: what came in and went out, what is set aside, and what is left of it.

    `received` came from the platform - subsidies, compensations; `secured` is set aside for disputed charges; `spent` is
    what went into fees and what else the shop owed: what came in less what is named here.
    """

    deposited: Money
    received: Money
    spent: Money
    withdrawn: Money
    secured: Money
    account: Account


def freeze_of(tx: Tx[Policy], shop_id: int) -> Freeze:
    """What a freeze holds of the shop's funds now: the whole account, or, where the operator says so, the exposure."""
    return policy_for(tx, shop_id).exit.freeze


def funds_holds_of(tx: Tx[Policy], shop_id: int) -> Sequence[FundsHold]:
    """The freezes of a shop's funds that stand, the oldest first."""
    return tx.session.scalars(
        select(FundsHold)
        .where(FundsHold.shop_id == shop_id, FundsHold.lifted_at.is_(None))
        .order_by(FundsHold.hold_id)
    ).all()


def hold_of_exit(tx: Tx[Policy], shop_id: int, exit_id: int) -> FundsHold | None:
    """The freeze that an exit brought, standing or lifted; None where it brought none."""
    return tx.session.scalars(
        select(FundsHold).where(FundsHold.shop_id == shop_id, FundsHold.exit_id == exit_id)
    ).first()


def funds_of(tx: Tx[Policy], shop_id: int) -> list[Fund]:
    """The funds account by currency; that of the fees is always there, and first."""
    fees = tx.policy.currency
    available = {total.credited.currency: total.balance for total in balances_of(tx, shop_id, SHOP_FUNDS)}
    secured = {total.credited.currency: total.balance for total in balances_of(tx, shop_id, SHOP_HOLDS)}
    balances = {fees: Money.from_minor(0, fees)} | available
    moved = {
        (row.currency, row.cause): Money.from_minor(row.minor, row.currency)
        for row in tx.rows(MOVED, shop=shop_id)
    }
    needed = needed_funds(tx, shop_id)
    holds = funds_holds_of(tx, shop_id)
    exposure = totals_of(each.amount for each in exposure_of(tx, shop_id)) if holds else {}
    held = held_of(freeze_of(tx, shop_id) if holds else None, exposure, balances)
    return [
        _fund(
            Account(balance, needed.get(currency, Money.from_minor(0, currency)), held[currency]),
            secured.get(currency, Money.from_minor(0, currency)),
            {cause: amount for (of, cause), amount in moved.items() if of == currency},
        )
        for currency, balance in sorted(balances.items(), key=lambda item: (item[0] != fees, item[0]))
    ]


def fund_in(tx: Tx[Policy], shop_id: int, currency: str) -> Fund:
    """The funds account in one currency, empty where nothing ever came in."""
    none = Money.from_minor(0, currency)
    found = (fund for fund in funds_of(tx, shop_id) if fund.account.available.currency == currency)
    return next(found, _fund(Account(none, none, none), none, {}))


def _fund(account: Account, secured: Money, moved: Mapping[str, Money]) -> Fund:
    none = Money.from_minor(0, account.available.currency)
    deposited, out = moved.get("funds.deposited", none), moved.get("funds.withdrawn", none)
    received = sum((moved.get(cause, none) for cause in RECEIVED), none)
    return Fund(
        deposited=deposited,
        received=received,
        spent=deposited + received + out - secured - account.available,
        withdrawn=none - out,
        secured=secured,
        account=account,
    )


def exposure_of(tx: Tx[Policy], shop_id: int) -> list[Exposed]:
    """How much of what kind is open in a shop, by kind and currency. Source: EXIT-7."""
    return [
        Exposed(PartKind(row.kind), row.parts, Money.from_minor(row.minor, row.currency))
        for row in tx.rows(EXPOSED, shop=shop_id)
    ]


def list_parts(tx: Tx[Policy], shop_id: int, *, after: tuple[int, int] = (0, 0), limit: int) -> list[Part]:
    """What is open in a shop, part by part: orders, charges, disputes, from the one after (kind, number). Source: EXIT-7."""
    kind, number = after
    return [_part(row, tx.now) for row in tx.rows(PAGE, shop=shop_id, kind=kind, number=number, limit=limit)]


def _part(row: Row[Any], now: datetime) -> Part:
    expected_at: datetime | None = None
    if row.kind == PartKind.OPEN_ORDER:
        cleared_by = ENDING if row.open else CHARGING
    elif row.kind == PartKind.OPEN_DISPUTE:
        cleared_by, expected_at = DECIDING, row.due_at
    else:
        known = reason_unsettled(
            ChargeState(row.state), row.due_at, row.settle_at, now, rate_wanted=row.rate_wanted
        )
        assert known is not None, "below 80 a charge is unsettled"
        cleared_by, expected_at = CLEARED_BY[known[0]], known[1]
    return Part(
        kind=PartKind(row.kind),
        number=row.number,
        order_id=row.order_id,
        amount=Money.from_minor(row.minor, row.currency),
        since=row.since,
        cleared_by=cleared_by,
        expected_at=expected_at,
    )
