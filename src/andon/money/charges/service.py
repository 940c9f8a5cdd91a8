"""Charging what was shipped: provisional from the first scan, fixed by the end, by the order's own policy.

Both use cases are set-based: one read of what the claimed fulfilments carried and cost so far, pure rules, one write
for each table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx, as_json
from andon.money.charges.events import ChargeAccrued, ChargeFixed, ChargeReversed, ChargeWaived
from andon.money.charges.rules import (
    ChargeKind,
    ChargeState,
    Cost,
    End,
    Parcel,
    Standing,
    Verdict,
    costs_of,
    handling_verdict,
    to_book,
    verdict_of,
)
from andon.money.settlement.service import schedule_settlements
from andon.orders.order.rules import FulfilmentState, Mode
from andon.platform.policies.rules import Policy

READ_SHIPMENTS = """
select x.s as shop_id, x.f as fulfilment_id, x.o as order_id, o.policy,
  (select r.country from recipients r where r.shop_id = x.s and r.order_id = x.o) as country,
  (select json_agg(json_build_array(p.parcel_id, p.carrier, p.weight_g, p.length_mm, p.width_mm, p.height_mm)
                   order by p.parcel_id)
     from parcels p where p.shop_id = x.s and p.fulfilment_id = x.f) as parcels,
  (select json_agg(json_build_array(c.charge_id, c.kind, c.subject, c.round, c.state, c.amount_minor, c.currency,
                                    c.fulfilment_id) order by c.charge_id)
     from charges c where c.shop_id = x.s and c.order_id = x.o) as charges,
  (select json_agg(json_build_array(f.fulfilment_id, f.state, f.shipped_at is not null, f.ended_at)
                   order by f.fulfilment_id)
     from fulfilments f where f.shop_id = x.s and f.order_id = x.o and f.mode = 2) as ends
from json_to_recordset(cast(cast(:rows as text) as json)) as x(s bigint, f bigint, o bigint)
join orders o on o.shop_id = x.s and o.order_id = x.o
"""

INSERT_CHARGES = """
insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, parcel_id,
                     amount_minor, currency, payee, basis, policy, accrued_at)
select r.s, nextval('charge_ids'), r.k, 10, r.u, r.n, r.o, r.f, r.p, r.m, r.y, r.a, r.b, r.v, r.t
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, k smallint, u bigint, n bigint, o bigint,
    f bigint, p bigint, m bigint, y text, a text, b text, v text, t timestamptz)
on conflict (shop_id, kind, subject, round) do nothing
returning shop_id, charge_id, kind, subject, round, state, order_id, fulfilment_id, amount_minor, currency, basis,
          accrued_at
"""

REVERSE_CHARGES = """
update charges c set state = 82
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, c bigint)
where c.shop_id = r.s and c.charge_id = r.c and c.state = 10
returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency
"""

DECIDE_CHARGES = """
with decided as materialized (
  select c.shop_id, c.charge_id, r.k, r.t, r.d
  from json_to_recordset(cast(cast(:rows as text) as json))
    as r(s bigint, c bigint, k smallint, t timestamptz, d timestamptz)
  join charges c on c.shop_id = r.s and c.charge_id = r.c
  where c.state = 10 order by c.shop_id, c.charge_id for no key update of c
)
update charges c set state = d.k, fixed_at = d.t, due_at = d.d from decided d
where c.shop_id = d.shop_id and c.charge_id = d.charge_id and c.state = 10
returning c.shop_id, c.charge_id, c.kind, c.state, c.order_id, c.fulfilment_id, c.amount_minor, c.currency,
          c.fixed_at, c.due_at
"""

MARK_ACCRUED = """
update fulfilments f set accrued_at = :now
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, f bigint)
where f.shop_id = r.s and f.fulfilment_id = r.f
"""

MARK_CHARGED = """
update fulfilments f set charged_at = :now,
  accrued_at = case when f.shipped_at is null then f.accrued_at else coalesce(f.accrued_at, :now) end
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, f bigint)
where f.shop_id = r.s and f.fulfilment_id = r.f
"""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One fulfilment as charging sees it: what was shipped and where to, and what its order cost so far.

    `ends` are the JIT fulfilments of its order, itself among them, by their number.
    """

    shop_id: int
    fulfilment_id: int
    order_id: int
    jit: bool
    line: str | None
    shipped_at: datetime | None
    policy: Policy
    country: str | None
    parcels: tuple[Parcel, ...]
    standing: tuple[Standing, ...]
    ends: dict[int, End]


def accrue_charges(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Charge what was shipped, provisionally; a standard fulfilment costs nothing.

    `claimed` are fulfilments locked by this transaction, their shops' heads held. Asked again for one that is
    charged already, it adds what a parcel labelled since then costs. Source: FEE-1..4.
    """
    book_costs(tx, read_shipments(tx, [row for row in claimed if row.mode == Mode.JIT]))
    tx.run(
        MARK_ACCRUED,
        rows=as_json({"s": row.shop_id, "f": row.fulfilment_id} for row in claimed),
        now=tx.now,
    )


def fix_charges(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Take the end of some fulfilments into account: what they cost becomes due, or is waived.

    `claimed` as for `accrue_charges`. What no accrual has charged yet is charged first. Source: FEE-4.
    """
    shipments = read_shipments(tx, claimed)
    booked = book_costs(tx, [one for one in shipments if one.jit and one.shipped_at is not None])
    verdicts: dict[tuple[int, int], Verdict] = {}
    for one in shipments:
        for charge in (*one.standing, *booked.get((one.shop_id, one.order_id), ())):
            if charge.state is ChargeState.PROVISIONAL and (verdict := _verdict(one, charge)):
                verdicts.setdefault((one.shop_id, charge.charge_id), verdict)
    if verdicts:
        decide_charges(tx, verdicts, {(one.shop_id, one.fulfilment_id): one for one in shipments})
    tx.run(
        MARK_CHARGED,
        rows=as_json({"s": row.shop_id, "f": row.fulfilment_id} for row in claimed),
        now=tx.now,
    )


def read_shipments(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> list[Shipment]:
    """What charging needs to know of these fulfilments, in one read."""
    if not claimed:
        return []
    known = {(row.shop_id, row.fulfilment_id): row for row in claimed}
    rows = [{"s": row.shop_id, "f": row.fulfilment_id, "o": row.order_id} for row in claimed]
    policies: dict[str, Policy] = {}
    shipments = []
    for found in tx.rows(READ_SHIPMENTS, rows=as_json(rows)):
        row = known[found.shop_id, found.fulfilment_id]
        if found.policy not in policies:
            policies[found.policy] = tx.policies.named(found.policy)
        shipments.append(
            Shipment(
                shop_id=row.shop_id,
                fulfilment_id=row.fulfilment_id,
                order_id=row.order_id,
                jit=row.mode == Mode.JIT,
                line=row.line,
                shipped_at=row.shipped_at,
                policy=policies[found.policy],
                country=found.country,
                parcels=tuple(Parcel(*parcel) for parcel in found.parcels or ()),
                standing=tuple(_standing(*charge) for charge in found.charges or ()),
                ends={end[0]: _end(*end[1:]) for end in found.ends or ()},
            )
        )
    return shipments


def book_costs(tx: Tx[Policy], shipments: Iterable[Shipment]) -> dict[tuple[int, int], list[Standing]]:
    """Write the charges that are missing, provisionally; answers what was written, by shop and order."""
    wanted: list[dict[str, Any]] = []
    replaced: list[dict[str, Any]] = []
    for one in shipments:
        costs = costs_of(one.order_id, one.fulfilment_id, one.parcels, one.line, one.country, one.policy)
        missing, stale = to_book(costs, one.standing)
        replaced += ({"s": one.shop_id, "c": charge.charge_id} for charge in stale)
        known = any(charge.fulfilment_id == one.fulfilment_id for charge in one.standing)
        at = tx.now if known else one.shipped_at
        wanted += (_charge_row(one, cost, turn, at) for cost, turn in missing)
    if replaced:
        _reverse(tx, replaced)
    booked: dict[tuple[int, int], list[Standing]] = {}
    if not wanted:
        return booked
    # One order for all writers: two that charge one order's handling at once wait in line, not in a ring.
    wanted.sort(key=lambda row: (row["s"], row["k"], row["u"], row["f"]))
    for row in tx.rows(INSERT_CHARGES, rows=as_json(wanted)):
        charge = _standing(
            row.charge_id,
            row.kind,
            row.subject,
            row.round,
            row.state,
            row.amount_minor,
            row.currency,
            row.fulfilment_id,
        )
        booked.setdefault((row.shop_id, row.order_id), []).append(charge)
        tx.emit(
            ChargeAccrued(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=row.accrued_at,
                charge_id=row.charge_id,
                fulfilment_id=row.fulfilment_id,
                fee=charge.kind.word,
                amount=charge.amount,
                basis=row.basis,
            )
        )
    return booked


def decide_charges(
    tx: Tx[Policy],
    verdicts: dict[tuple[int, int], Verdict],
    shipments: dict[tuple[int, int], Shipment],
) -> None:
    """Make provisional charges due or waived, and have the shops' settlements look at what is due.

    `verdicts` are by shop and charge; one that another worker has decided meanwhile stays as it is.
    """
    rows = [
        {"s": shop, "c": charge, "k": int(verdict.state), "t": verdict.at, "d": verdict.due_at}
        for (shop, charge), verdict in sorted(verdicts.items())
    ]
    earliest: dict[int, datetime] = {}
    for row in tx.rows(DECIDE_CHARGES, rows=as_json(rows)):
        told: dict[str, Any] = {
            "shop_id": row.shop_id,
            "order_id": row.order_id,
            "at": row.fixed_at,
            "charge_id": row.charge_id,
            "fulfilment_id": row.fulfilment_id,
            "fee": ChargeKind(row.kind).word,
            "amount": Money.from_minor(row.amount_minor, row.currency),
        }
        if row.state == ChargeState.DUE:
            earliest[row.shop_id] = min(earliest.get(row.shop_id, row.due_at), row.due_at)
            tx.emit(ChargeFixed(**told, due_at=row.due_at))
            continue
        ended = shipments.get((row.shop_id, row.fulfilment_id))
        end = ended.ends.get(row.fulfilment_id) if ended else None
        tx.emit(ChargeWaived(**told, cause=end.state.word if end else "order_ended"))
    schedule_settlements(tx, earliest)


def _verdict(one: Shipment, charge: Standing) -> Verdict | None:
    if charge.kind is ChargeKind.HANDLING:
        return handling_verdict(one.ends.values(), one.policy)
    if charge.fulfilment_id != one.fulfilment_id or one.fulfilment_id not in one.ends:
        return None
    return verdict_of(one.ends[one.fulfilment_id], one.policy)


def _reverse(tx: Tx[Policy], rows: list[dict[str, Any]]) -> None:
    for row in tx.rows(REVERSE_CHARGES, rows=as_json(rows)):
        tx.emit(
            ChargeReversed(
                shop_id=row.shop_id,
                order_id=row.order_id,
                charge_id=row.charge_id,
                fulfilment_id=row.fulfilment_id,
                fee=ChargeKind(row.kind).word,
                amount=Money.from_minor(row.amount_minor, row.currency),
                cause="parcel_added",
            )
        )


def _charge_row(one: Shipment, cost: Cost, turn: int, at: datetime | None) -> dict[str, Any]:
    return {
        "s": one.shop_id,
        "k": int(cost.kind),
        "u": cost.subject,
        "n": turn,
        "o": one.order_id,
        "f": one.fulfilment_id,
        "p": cost.parcel_id,
        "m": cost.amount.minor,
        "y": cost.amount.currency,
        "a": cost.payee,
        "b": cost.basis,
        "v": one.policy.version,
        "t": at,
    }


def _standing(
    charge_id: int,
    kind: int,
    subject: int,
    turn: int,
    state: int,
    minor: int,
    currency: str,
    fulfilment_id: int,
) -> Standing:
    return Standing(
        charge_id,
        ChargeKind(kind),
        subject,
        turn,
        ChargeState(state),
        Money.from_minor(minor, currency),
        fulfilment_id,
    )


def _end(state: int, shipped: bool, ended_at: str | None) -> End:
    return End(FulfilmentState(state), shipped, datetime.fromisoformat(ended_at) if ended_at else None)
