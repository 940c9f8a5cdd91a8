"""What charging reads: what was shipped and where to, what it cost so far, and how its order stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    Cost,
    End,
    Parcel,
    Standing,
    Ware,
    Way,
    costs_of,
    goods_cost,
    words_of,
)
from andon.orders.order.rules import FulfilmentState, Mode
from andon.platform.policies.rules import Policy

# A carrier reports all of a parcel's measures or none.
READ = """
select x.s as shop_id, x.f as fulfilment_id, x.o as order_id, o.policy, o.currency, f.supplier_id,
  r.country, r.ship_to->>'postcode' as postcode, r.erased_at is not null as erased,
  (select json_agg(json_build_array(p.parcel_id, p.carrier, coalesce(p.reported_weight_g, p.weight_g),
                                    coalesce(p.reported_length_mm, p.length_mm),
                                    coalesce(p.reported_width_mm, p.width_mm),
                                    coalesce(p.reported_height_mm, p.height_mm), p.reported_weight_g is not null)
                   order by p.parcel_id)
     from parcels p where p.shop_id = x.s and p.fulfilment_id = x.f and p.voided_at is null) as parcels,
  (select json_agg(json_build_array(c.charge_id, c.kind, c.subject, c.round, c.state, c.amount_minor, c.currency,
                                    c.fulfilment_id, c.payee, c.basis, c.base_minor, c.base_currency,
                                    cast(c.rate as text), c.rate_wanted_on, c.fixed_at, c.due_at) order by c.charge_id)
     from charges c where c.shop_id = x.s and c.order_id = x.o) as charges,
  (select json_agg(json_build_array(g.fulfilment_id, g.state, g.shipped_at is not null, g.ended_at)
                   order by g.fulfilment_id)
     from fulfilments g where g.shop_id = x.s and g.order_id = x.o and g.mode = 2) as ends,
  (select json_agg(json_build_array(l.quantity, (
       select t.price_minor from supply_prices t where t.shop_id = x.s and t.sku = l.sku
       and t.supplier_id = f.supplier_id and t.holds_from <= o.placed_at order by t.holds_from desc limit 1)))
     from fulfilment_lines l where l.shop_id = x.s and l.fulfilment_id = x.f) as wares
from json_to_recordset(cast(cast(:rows as text) as json)) as x(s bigint, f bigint, o bigint)
join orders o on o.shop_id = x.s and o.order_id = x.o
join fulfilments f on f.shop_id = x.s and f.fulfilment_id = x.f
left join recipients r on r.shop_id = x.s and r.order_id = x.o
"""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One fulfilment as charging sees it.

    `currency` is the shop's. `standing` are the charges of its order; `ends` the JIT fulfilments of its order, itself
    among them, by number. `wares` are what of it the supplier has a price for.
    """

    shop_id: int
    fulfilment_id: int
    order_id: int
    supplier_id: int | None
    jit: bool
    shipped_at: datetime | None
    policy: Policy
    currency: str
    way: Way
    parcels: tuple[Parcel, ...]
    standing: tuple[Standing, ...]
    ends: dict[int, End]
    wares: tuple[Ware, ...]

    @property
    def goods(self) -> Cost | None:
        """What its supplier asks for the goods; None where it said no price."""
        return goods_cost(self.fulfilment_id, self.supplier_id, self.wares)

    @property
    def costs(self) -> list[Cost]:
        """Every fee that is taken from the funds."""
        costs = costs_of(self.order_id, self.fulfilment_id, self.parcels, self.way, self.policy)
        if self.policy.fee.goods_settled == "funds" and (goods := self.goods):
            costs.append(goods)
        return costs


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
    standing = tuple(_standing(*charge) for charge in known.charges or ())
    areas = None
    if known.erased:
        # What surcharges of an area a parcel bore is all that is left of where it went.
        areas = {each.subject: words_of(each.basis) for each in standing if each.kind is ChargeKind.FREIGHT}
    return Shipment(
        shop_id=row.shop_id,
        fulfilment_id=row.fulfilment_id,
        order_id=row.order_id,
        supplier_id=known.supplier_id,
        jit=row.mode == Mode.JIT,
        shipped_at=row.shipped_at,
        policy=policy,
        currency=known.currency,
        way=Way(row.line, known.country, None if known.erased else known.postcode or "", areas),
        parcels=tuple(Parcel(*parcel) for parcel in known.parcels or ()),
        standing=standing,
        ends={end[0]: _end(*end[1:]) for end in known.ends or ()},
        wares=tuple(_ware(known.currency, *ware) for ware in known.wares or ()),
    )


def _standing(number: int, kind: int, subject: int, turn: int, state: int, *rest: Any) -> Standing:
    minor, currency, fulfilment_id, payee, basis, base_minor, base_currency, rate, wanted_on, *ends = rest
    return Standing(
        charge_id=number,
        kind=ChargeKind(kind),
        subject=subject,
        round=turn,
        state=ChargeState(state),
        amount=Money.from_minor(minor, currency),
        fulfilment_id=fulfilment_id,
        payee=payee,
        basis=basis,
        base=None if base_minor is None else Money.from_minor(base_minor, base_currency),
        rate=None if rate is None else Decimal(rate),
        rate_wanted_on=wanted_on and date.fromisoformat(wanted_on),
        fixed_at=_instant(ends[0]),
        due_at=_instant(ends[1]),
    )


def _end(state: int, shipped: bool, ended_at: str | None) -> End:
    return End(FulfilmentState(state), shipped, _instant(ended_at))


def _ware(currency: str, quantity: int, price_minor: int | None) -> Ware:
    return Ware(quantity, None if price_minor is None else Money.from_minor(price_minor, currency))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
