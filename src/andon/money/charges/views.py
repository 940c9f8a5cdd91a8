"""Charges as they are listed, and why the unsettled ones are unsettled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.rules import (
    ChargeKind,
    ChargeState,
    Unsettled,
    is_evidence_late,
    reason_unsettled,
)
from andon.platform.policies.rules import Policy

DAY_SECONDS = 86_400

LIST = """
with promised as (select p.l as line, p.s as seconds from json_to_recordset(cast(cast(:promises as text) as json))
                    as p(l text, s bigint)),
waiting as materialized (
  select charge_id, sum(amount_minor) over (partition by currency order by due_at, charge_id) as running
  from charges where shop_id = :shop and state = 20 and due_at <= :now)
select s.* from (
  select c.*, g.settle_at, f.shipped_at, p.parcel_id as seen_parcel, p.carrier, p.waybill, p.status, p.last_scan_at,
         p.delivered_at, e.number as enquiry, d.dispute_id,
         case c.state when 10 then f.shipped_at + coalesce(u.seconds, m.seconds) * interval '1 second'
                      when 30 then d.handle_by end as expected_at,
         cast(w.running - coalesce(b.credited_minor - b.debited_minor, 0) as bigint) as missing_minor
  from charges c
  left join fundings g on g.shop_id = c.shop_id
  left join balances b on b.shop_id = c.shop_id and b.account = 'shop_funds' and b.currency = c.currency
  left join waiting w on w.charge_id = c.charge_id
  left join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.fulfilment_id
  left join recipients r on r.shop_id = c.shop_id and r.order_id = c.order_id
  left join usual_transits u on u.line = f.line and u.country = r.country
  left join promised m on m.line = f.line
  left join enquiries e on e.shop_id = c.shop_id and e.charge_id = c.charge_id and e.state < 80
  left join lateral (
    select d.dispute_id, d.handle_by from disputes d
    where d.shop_id = c.shop_id and d.order_id = c.order_id and d.state < 80 and d.charges @> to_jsonb(c.charge_id)
    order by d.dispute_id desc limit 1) d on c.state = 30
  left join lateral (
    select p.* from parcels p
    where p.shop_id = c.shop_id and p.fulfilment_id = c.fulfilment_id and p.voided_at is null
      and (c.parcel_id is null or p.parcel_id = c.parcel_id)
    order by p.delivered_at is not null, p.parcel_id limit 1) p on true
  where c.shop_id = :shop) s
where (cast(:kind as int) is null or s.kind = :kind)
  and (cast(:state as int) is null or s.state = :state)
  and (cast(:from as timestamptz) is null or s.accrued_at >= :from)
  and (cast(:until as timestamptz) is null or s.accrued_at < :until)
  and (cast(:late as boolean) is null or (s.state = 10 and s.expected_at <= :now) is true = :late)
  and (cast(:after as bigint) is null or s.charge_id < :after)
order by s.charge_id desc limit :limit
"""
"""Charges, each with what stands behind it: of several parcels the one that is still waited for."""


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
class Evidence:
    """What a charge's reason stands on: its parcel and the last scan, or none; the funds it lacks; the enquiry and dispute.

    `expected_at` is when what it waits for is expected: the delivery, as its line usually takes, or the dispute's decision.
    `missing` is what a deposit must bring for this charge and all that is older; `secured_at` since when a disputed one is
    held of the funds.
    """

    parcel_id: int | None
    carrier: str | None
    waybill: str | None
    status: str | None
    last_scan_at: datetime | None
    shipped_at: datetime | None
    expected_at: datetime | None
    delivered_at: datetime | None
    missing: Money | None
    enquiry: str | None
    dispute_id: int | None
    secured_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChargeSeen:
    """A charge as its shop sees it. `reason` is a FEE-5 word while it is unsettled; `next_at` when that is looked at.

    `evidence_late`: its delivery is later than its line usually takes.
    """

    charge_id: int
    kind: str
    state: str
    order_id: int | None
    fulfilment_id: int | None
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
    base: Money | None
    rate: Decimal | None
    rate_wanted_on: date | None
    reason: str | None
    next_at: datetime | None
    overdue_at: datetime | None
    secured_at: datetime | None
    evidence: Evidence
    evidence_late: bool


def list_charges(
    tx: Tx[Policy],
    shop_id: int,
    *,
    kind: ChargeKind | None = None,
    state: ChargeState | None = None,
    accrued_from: datetime | None = None,
    accrued_until: datetime | None = None,
    evidence_late: bool | None = None,
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
            "late": evidence_late,
            "after": after,
            "limit": limit,
            "now": tx.now,
            "promises": _promises(tx.policy),
        },
    )
    return [_seen(row, tx.now) for row in rows]


def unsettled_reasons(tx: Tx[Any], shop_id: int) -> Mapping[str, Tally]:
    """A shop's unsettled charges, counted by reason. Source: FEE-5."""
    reasons: dict[str, Tally] = {}
    rows = tx.rows(
        "select c.state, c.due_at, f.settle_at, c.currency, c.rate_wanted_on is not null as rate_wanted, "
        "count(*) as charges, "
        "cast(sum(c.amount_minor) as bigint) as minor "
        "from charges c left join fundings f on f.shop_id = c.shop_id "
        "where c.shop_id = :shop and c.state < 80 group by c.state, c.due_at, f.settle_at, "
        "c.currency, c.rate_wanted_on is not null",
        shop=shop_id,
    )
    for row in rows:
        known = reason_unsettled(
            ChargeState(row.state), row.due_at, row.settle_at, tx.now, rate_wanted=row.rate_wanted
        )
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


def _promises(policy: Policy) -> str:
    """What each line promises, for where it has too little history."""
    return as_json({"l": line.code, "s": line.promise_days * DAY_SECONDS} for line in policy.lines.values())


def _seen(row: Row[Any], now: datetime) -> ChargeSeen:
    state = ChargeState(row.state)
    wanted = row.rate_wanted_on is not None
    known = reason_unsettled(state, row.due_at, row.settle_at, now, row.expected_at, rate_wanted=wanted)
    lacks = known is not None and known[0] is Unsettled.NOT_ENOUGH_FUNDS and row.missing_minor is not None
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
        base=None if row.base_minor is None else Money.from_minor(row.base_minor, row.base_currency),
        rate=row.rate,
        rate_wanted_on=row.rate_wanted_on,
        reason=known[0].word if known else None,
        next_at=known[1] if known else None,
        overdue_at=row.overdue_at,
        secured_at=row.secured_at,
        evidence=_evidence(row, state, lacks=lacks),
        evidence_late=is_evidence_late(state, row.expected_at, now),
    )


def _evidence(row: Row[Any], state: ChargeState, *, lacks: bool) -> Evidence:
    """What a charge's reason stands on; `lacks` says that the funds do not cover it."""
    return Evidence(
        parcel_id=row.seen_parcel,
        carrier=row.carrier,
        waybill=row.waybill,
        status=row.status,
        last_scan_at=row.last_scan_at,
        shipped_at=row.shipped_at,
        expected_at=row.expected_at,
        delivered_at=row.delivered_at,
        missing=Money.from_minor(max(row.missing_minor, 0), row.currency) if lacks else None,
        enquiry=row.enquiry,
        dispute_id=row.dispute_id,
        secured_at=row.secured_at if state is ChargeState.DISPUTED else None,
    )
