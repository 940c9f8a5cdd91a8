"""What a shipped fulfilment costs, by the policy that was in force when its order was placed. Source: FEE-1..3."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from andon.kernel.money import Money, minor_digits
from andon.money.charges.rules.kinds import ChargeKind
from andon.money.ledger.rules import PLATFORM_REVENUE, carrier_account, supplier_account
from andon.platform.policies.figures import Fee, Rate, Surcharge
from andon.platform.policies.rules import Policy

MM3_PER_ML = 1000
"""Cubic millimetres to the millilitre."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel in grams and millimetres: as its carrier reported it, or, while it has not, as its label says."""

    parcel_id: int
    carrier: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    reported: bool = False

    @property
    def volume_mm3(self) -> int:
        """The volume in cubic millimetres."""
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True)
class Ware:
    """So many sales of a SKU, and the supplier's price of one when the order was placed; None where none was said."""

    quantity: int
    price: Money | None


@dataclass(frozen=True, slots=True)
class Cost:
    """A fee as worked out: what it is for, its number there, to whom it is owed, and on what basis."""

    kind: ChargeKind
    subject: int
    parcel_id: int | None
    amount: Money
    payee: str
    basis: str


@dataclass(frozen=True, slots=True)
class Way:
    """By which line a fulfilment goes, and where to.

    Once the buyer's data is erased there is no `postcode`; `areas` then says which surcharges of an area each parcel was
    charged before, by its number.
    """

    line: str | None
    country: str | None
    postcode: str | None = None
    areas: Mapping[int, Collection[str]] | None = None


def handling_fee(fee: Fee) -> Money:
    """The handling fee of one order. Source: FEE-1."""
    return fee.handling


def volume_ml(parcels: Iterable[Parcel]) -> int:
    """The volume of some parcels together, in millilitres, a part of one counted as one."""
    return -(-sum(parcel.volume_mm3 for parcel in parcels) // MM3_PER_ML)


def warehouse_fee(millilitres: int, fee: Fee) -> Money:
    """The warehouse fee of one fulfilment, by the volume of its parcels; a bound belongs to its tier. Source: FEE-2."""
    return fee.tier_of(millilitres).fee


def billed_weight_g(weight_g: int, volume_mm3: int, rate: Rate) -> int:
    """The grams that freight is worked out from: the real weight, or the volumetric one if that is more.

    The divisor is cubic centimetres to the kilogram, which is cubic millimetres to the gram.
    """
    return max(weight_g, -(-volume_mm3 // rate.volumetric_divisor))


def freight_fee(billed_g: int, rate: Rate) -> Money:
    """The freight of one waybill before surcharges: the first weight, then each further step that was begun. Source: FEE-3."""
    steps = -(-max(billed_g - rate.first_weight_grams, 0) // rate.step_weight_grams)
    return rate.first_fee + rate.step_fee * steps


def surcharge_fee(surcharge: Surcharge, freight: Money) -> Money:
    """What one surcharge adds to a waybill's freight: flat, or a share of it, half-even to the minor unit. Source: FEE-3."""
    if surcharge.share is None:
        assert surcharge.fee is not None, "a surcharge is flat or a share"
        return surcharge.fee
    unit = Decimal(1).scaleb(-minor_digits(freight.currency))
    return Money((freight.amount * surcharge.share).quantize(unit, ROUND_HALF_EVEN), freight.currency)


def surcharges_of(parcel_id: int, rate: Rate, way: Way) -> list[Surcharge]:
    """Those of the rate's surcharges that a parcel bears: of its area where its postcode is in it, and the general ones."""
    if way.postcode is None:
        before = (way.areas or {}).get(parcel_id, ())
        return [each for each in rate.surcharges if not each.postcodes or each.code in before]
    return [each for each in rate.surcharges if each.bears(way.postcode)]


def freight_cost(parcel: Parcel, rate: Rate, way: Way) -> Cost:
    """The freight of one waybill with its surcharges; the basis names each with what it comes to. Source: FEE-3."""
    billed = billed_weight_g(parcel.weight_g, parcel.volume_mm3, rate)
    freight = total = freight_fee(billed, rate)
    weighed = "reported_g" if parcel.reported else "label_g"
    basis = f"line={way.line} country={way.country} {weighed}={parcel.weight_g} billed_g={billed}"
    for surcharge in surcharges_of(parcel.parcel_id, rate, way):
        fee = surcharge_fee(surcharge, freight)
        total += fee
        basis += f" {surcharge.code}={fee.amount}"
    payee = carrier_account(parcel.carrier)
    return Cost(ChargeKind.FREIGHT, parcel.parcel_id, parcel.parcel_id, total, payee, basis)


def words_of(basis: str) -> frozenset[str]:
    """What a basis names."""
    return frozenset(said.partition("=")[0] for said in basis.split())


def costs_of(
    order_id: int, fulfilment_id: int, parcels: Iterable[Parcel], way: Way, policy: Policy
) -> list[Cost]:
    """Every fee of one shipped JIT fulfilment, worked out from its parcels by the order's policy.

    A waybill on a line that has no rate for the country gets no freight: the audit finds the gap, and the
    rest of the line does not stand still for it. Source: FEE-1..3.
    """
    packed = tuple(parcels)
    millilitres = volume_ml(packed)
    basis = f"volume_ml={millilitres}"
    warehouse = warehouse_fee(millilitres, policy.fee)
    costs = [
        Cost(ChargeKind.HANDLING, order_id, None, handling_fee(policy.fee), PLATFORM_REVENUE, "order"),
        Cost(ChargeKind.WAREHOUSE, fulfilment_id, None, warehouse, PLATFORM_REVENUE, basis),
    ]
    card = policy.lines.get(way.line or "")
    rate = card.rates.get(way.country or "") if card else None
    if rate is not None:
        costs += [freight_cost(parcel, rate, way) for parcel in packed]
    return costs


def goods_cost(fulfilment_id: int, supplier_id: int | None, wares: Iterable[Ware]) -> Cost | None:
    """What a supplier asks for the goods of one fulfilment; None where it never said a price of any of them.

    `unpriced` in the basis counts the lines without a price, which add nothing.
    """
    known = tuple(wares)
    prices = [ware.price * ware.quantity for ware in known if ware.price is not None]
    if supplier_id is None or not prices:
        return None
    basis = f"lines={len(known)} quantity={sum(ware.quantity for ware in known)} unpriced={len(known) - len(prices)}"
    total = sum(prices, Money.from_minor(0, prices[0].currency))
    return Cost(ChargeKind.GOODS, fulfilment_id, None, total, supplier_account(supplier_id), basis)
