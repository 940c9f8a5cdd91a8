"""Charges as they are listed, and why the unsettled ones are unsettled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeKind, ChargeState, Unsettled, reason_unsettled

LIST = """
select c.*, f.settle_at from charges c left join fundings f on f.shop_id = c.shop_id
where c.shop_id = :shop
  and (cast(:kind as int) is null or c.kind = :kind)
  and (cast(:state as int) is null or c.state = :state)
  and (cast(:from as timestamptz) is null or c.accrued_at >= :from)
  and (cast(:until as timestamptz) is null or c.accrued_at < :until)
  and (cast(:after as bigint) is null or c.charge_id < :after)
order by c.charge_id desc limit :limit
"""


@dataclass(slots=True)
class Tally:
    """How many charges, and what they come to by currency."""

    count: int = 0
    totals: dict[str, Money] = field(default_factory=dict)

    def add(self, count: int, amount: Money) -> None:
        """Count these in."""
        self.count += count
        held = self.totals.get(amount.currency)
        self.totals[amount.currency] = amount if held is None else held + amount


@dataclass(frozen=True, slots=True)
class ChargeSeen:
    """A charge as its shop sees it. `reason` is a FEE-5 word while it is unsettled; `next_at` when that is looked at."""

    charge_id: int
    kind: str
    state: str
    order_id: int
    fulfilment_id: int
    parcel_id: int | None
    round: int
    amount: Money
    payee: str
    basis: str
    policy: str
    accrued_at: datetime
    fixed_at: datetime | None
    due_at: datetime | None
    settled_at: datetime | None
    settled_on: date | None
    reason: str | None
    next_at: datetime | None
    overdue_at: datetime | None
    secured_at: datetime | None


def list_charges(
    tx: Tx[Any],
    shop_id: int,
    *,
    kind: ChargeKind | None = None,
    state: ChargeState | None = None,
    accrued_from: datetime | None = None,
    accrued_until: datetime | None = None,
    after: int | None = None,
    limit: int,
) -> list[ChargeSeen]:
    """A shop's charges, newest first, from the one after number `after`. Source: FEE-5."""
    rows = tx.rows(
        LIST,
        **{
            "shop": shop_id,
            "kind": kind,
            "state": state,
            "from": accrued_from,
            "until": accrued_until,
            "after": after,
            "limit": limit,
        },
    )
    return [_seen(row, tx.now) for row in rows]


def charges_of_order(tx: Tx[Any], shop_id: int, order_id: int) -> list[ChargeSeen]:
    """An order's charges, oldest first."""
    rows = tx.rows(
        "select c.*, f.settle_at from charges c left join fundings f on f.shop_id = c.shop_id "
        "where c.shop_id = :shop and c.order_id = :order order by c.charge_id",
        shop=shop_id,
        order=order_id,
    )
    return [_seen(row, tx.now) for row in rows]


def unsettled_reasons(tx: Tx[Any], shop_id: int) -> Mapping[str, Tally]:
    """A shop's unsettled charges, counted by reason. Source: FEE-5."""
    reasons: dict[str, Tally] = {}
    rows = tx.rows(
        "select c.state, c.due_at, f.settle_at, c.currency, count(*) as charges, "
        "cast(sum(c.amount_minor) as bigint) as minor "
        "from charges c left join fundings f on f.shop_id = c.shop_id "
        "where c.shop_id = :shop and c.state < 80 group by c.state, c.due_at, f.settle_at, c.currency",
        shop=shop_id,
    )
    for row in rows:
        known = reason_unsettled(ChargeState(row.state), row.due_at, row.settle_at, tx.now)
        assert known is not None, "below 80 a charge is unsettled"
        reasons.setdefault(known[0].word, Tally()).add(row.charges, Money.from_minor(row.minor, row.currency))
    return {reason.word: reasons[reason.word] for reason in Unsettled if reason.word in reasons}


def uncharged_count(tx: Tx[Any], shop_id: int) -> int:
    """How many shipped JIT fulfilments have ended and wait for charging; they count as unsettled. Source: EXIT-2."""
    found: Sequence[Row[Any]] = tx.rows(
        "select count(*) from fulfilments where shop_id = :shop and charged_at is null and ended_at is not null "
        "and shipped_at is not null and mode = 2",
        shop=shop_id,
    )
    count: int = found[0][0]
    return count


def _seen(row: Row[Any], now: datetime) -> ChargeSeen:
    state = ChargeState(row.state)
    known = reason_unsettled(state, row.due_at, row.settle_at, now)
    return ChargeSeen(
        charge_id=row.charge_id,
        kind=ChargeKind(row.kind).word,
        state=state.word,
        order_id=row.order_id,
        fulfilment_id=row.fulfilment_id,
        parcel_id=row.parcel_id,
        round=row.round,
        amount=Money.from_minor(row.amount_minor, row.currency),
        payee=row.payee,
        basis=row.basis,
        policy=row.policy,
        accrued_at=row.accrued_at,
        fixed_at=row.fixed_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        settled_on=row.settled_on,
        reason=known[0].word if known else None,
        next_at=known[1] if known else None,
        overdue_at=row.overdue_at,
        secured_at=row.secured_at,
    )
