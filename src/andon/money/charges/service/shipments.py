"""What charging reads: what was shipped and where to, what it cost so far, and how its order stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeKind, ChargeState, End, Parcel, Standing
from andon.orders.order.rules import FulfilmentState, Mode
from andon.platform.policies.rules import Policy

READ = """
select x.s as shop_id, x.f as fulfilment_id, x.o as order_id, o.policy,
  (select r.country from recipients r where r.shop_id = x.s and r.order_id = x.o) as country,
  (select json_agg(json_build_array(p.parcel_id, p.carrier, p.weight_g, p.length_mm, p.width_mm, p.height_mm)
                   order by p.parcel_id)
     from parcels p where p.shop_id = x.s and p.fulfilment_id = x.f and p.voided_at is null) as parcels,
  (select json_agg(json_build_array(c.charge_id, c.kind, c.subject, c.round, c.state, c.amount_minor, c.currency,
                                    c.fulfilment_id) order by c.charge_id)
     from charges c where c.shop_id = x.s and c.order_id = x.o) as charges,
  (select json_agg(json_build_array(f.fulfilment_id, f.state, f.shipped_at is not null, f.ended_at)
                   order by f.fulfilment_id)
     from fulfilments f where f.shop_id = x.s and f.order_id = x.o and f.mode = 2) as ends
from json_to_recordset(cast(cast(:rows as text) as json)) as x(s bigint, f bigint, o bigint)
join orders o on o.shop_id = x.s and o.order_id = x.o
"""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One fulfilment as charging sees it.

    `standing` are the charges of its order; `ends` the JIT fulfilments of its order, itself among them, by number.
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


def read_shipments(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> list[Shipment]:
    """What charging needs to know of these fulfilments, in one read.

    `claimed` are rows with shop_id, fulfilment_id, order_id, mode, line and shipped_at.
    """
    if not claimed:
        return []
    rows = [{"s": row.shop_id, "f": row.fulfilment_id, "o": row.order_id} for row in claimed]
    found = {(row.shop_id, row.fulfilment_id): row for row in tx.rows(READ, rows=as_json(rows))}
    policies = {name: tx.policies.named(name) for name in {row.policy for row in found.values()}}
    return [
        _shipment(row, known, policies[known.policy])
        for row in claimed
        if (known := found.get((row.shop_id, row.fulfilment_id)))
    ]


def marks_of(fulfilments: Iterable[Shipment | Row[Any]]) -> str:
    """The parameter by which a statement marks these fulfilments as accrued or charged."""
    return as_json({"s": one.shop_id, "f": one.fulfilment_id} for one in fulfilments)


def _shipment(row: Row[Any], known: Row[Any], policy: Policy) -> Shipment:
    return Shipment(
        shop_id=row.shop_id,
        fulfilment_id=row.fulfilment_id,
        order_id=row.order_id,
        jit=row.mode == Mode.JIT,
        line=row.line,
        shipped_at=row.shipped_at,
        policy=policy,
        country=known.country,
        parcels=tuple(Parcel(*parcel) for parcel in known.parcels or ()),
        standing=tuple(_standing(*charge) for charge in known.charges or ()),
        ends={end[0]: _end(*end[1:]) for end in known.ends or ()},
    )


def _standing(number: int, kind: int, subject: int, turn: int, state: int, *rest: Any) -> Standing:
    minor, currency, fulfilment_id = rest
    amount = Money.from_minor(minor, currency)
    return Standing(number, ChargeKind(kind), subject, turn, ChargeState(state), amount, fulfilment_id)


def _end(state: int, shipped: bool, ended_at: str | None) -> End:
    return End(FulfilmentState(state), shipped, datetime.fromisoformat(ended_at) if ended_at else None)
