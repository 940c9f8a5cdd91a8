"""Charges, decided: what a shipped fulfilment costs, when that is due, and why it is not settled yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from enum import IntEnum
from zoneinfo import ZoneInfo

from andon.kernel.lifecycle import Lifecycle, State
from andon.kernel.money import Money
from andon.money.ledger.rules import PLATFORM_REVENUE, carrier_account
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState
from andon.platform.policies.figures import Fee, Rate
from andon.platform.policies.rules import Policy

MM3_PER_ML = 1000
"""Cubic millimetres to the millilitre."""


class ChargeKind(IntEnum):
    """What a charge is for: once an order, once a fulfilment, once a waybill; goods are a supplier's price."""

    HANDLING = 1
    WAREHOUSE = 2
    FREIGHT = 3
    GOODS = 4

    @property
    def word(self) -> str:
        """The kind's name on the wire."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "ChargeKind":
        """The kind of that name; KeyError for any other word."""
        return cls[word.upper()]


class ChargeState(State):
    """Where a charge stands. Below 80 it is unsettled (EXIT-2)."""

    PROVISIONAL = 10
    DUE = 20
    DISPUTED = 30
    SETTLED = 80
    WAIVED = 81
    REVERSED = 82


_S = ChargeState

CHARGE = Lifecycle(
    "charge",
    ChargeState,
    start=frozenset({_S.PROVISIONAL}),
    moves={
        _S.PROVISIONAL: frozenset({_S.DUE, _S.DISPUTED, _S.WAIVED, _S.REVERSED}),
        _S.DUE: frozenset({_S.DISPUTED, _S.SETTLED, _S.WAIVED, _S.REVERSED}),
        _S.DISPUTED: frozenset({_S.PROVISIONAL, _S.DUE, _S.WAIVED, _S.REVERSED}),
        _S.SETTLED: frozenset({_S.REVERSED}),
    },
)
"""The allowed moves: an amount is never edited, only reversed, and then charged anew in a further round."""


class Unsettled(IntEnum):
    """Why a charge is not settled. Source: FEE-5."""

    NO_DELIVERY_EVIDENCE = 1
    NOT_YET_DUE = 2
    NOT_ENOUGH_FUNDS = 3
    IN_DISPUTE = 4

    @property
    def word(self) -> str:
        """The reason's name on the wire."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as its label says: grams and millimetres."""

    parcel_id: int
    carrier: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int

    @property
    def volume_mm3(self) -> int:
        """The volume in cubic millimetres."""
        return self.length_mm * self.width_mm * self.height_mm


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
class Standing:
    """A charge as it stands. `round` counts what was charged anew for the same thing, from 0."""

    charge_id: int
    kind: ChargeKind
    subject: int
    round: int
    state: ChargeState
    amount: Money
    fulfilment_id: int


@dataclass(frozen=True, slots=True)
class End:
    """How one JIT fulfilment of an order stands: its state, and the instant it ended at if it did."""

    state: FulfilmentState
    shipped: bool
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an end makes of provisional charges: due at `due_at`, or waived where that is None."""

    state: ChargeState
    at: datetime
    due_at: datetime | None


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
    """The freight of one waybill: the first weight, then each further step that was begun. Source: FEE-3."""
    steps = -(-max(billed_g - rate.first_weight_grams, 0) // rate.step_weight_grams)
    return rate.first_fee + rate.step_fee * steps


def settle_due_at(delivered_at: datetime, zone: str, days: int) -> datetime:
    """The instant at which a fee is due: 00:00, in the platform's zone, `days` days after the delivery's date there.

    Where that midnight is skipped by a change of clocks it is the first instant of the day. Source: FEE-4.
    """
    place = ZoneInfo(zone)
    day = delivered_at.astimezone(place).date() + timedelta(days=days)
    midnight = datetime.combine(day, time_of_day(), place)
    return midnight.astimezone(UTC)


def costs_of(
    order_id: int,
    fulfilment_id: int,
    parcels: Iterable[Parcel],
    line: str | None,
    country: str | None,
    policy: Policy,
) -> list[Cost]:
    """Every fee of one shipped JIT fulfilment, worked out from its labels by the order's policy.

    A waybill on a line that has no rate for the country gets no freight: the audit finds the gap, and the
    rest of the line does not stand still for it. Source: FEE-1..3.
    """
    packed = tuple(parcels)
    millilitres = volume_ml(packed)
    costs = [
        Cost(ChargeKind.HANDLING, order_id, None, handling_fee(policy.fee), PLATFORM_REVENUE, "order"),
        Cost(
            ChargeKind.WAREHOUSE,
            fulfilment_id,
            None,
            warehouse_fee(millilitres, policy.fee),
            PLATFORM_REVENUE,
            f"volume_ml={millilitres}",
        ),
    ]
    card = policy.lines.get(line or "")
    rate = card.rates.get(country or "") if card else None
    if rate is None:
        return costs
    for parcel in packed:
        billed = billed_weight_g(parcel.weight_g, parcel.volume_mm3, rate)
        basis = f"line={line} country={country} label_g={parcel.weight_g} billed_g={billed}"
        payee = carrier_account(parcel.carrier)
        costs.append(
            Cost(
                ChargeKind.FREIGHT,
                parcel.parcel_id,
                parcel.parcel_id,
                freight_fee(billed, rate),
                payee,
                basis,
            )
        )
    return costs


def to_book(
    costs: Iterable[Cost], standing: Iterable[Standing], fulfilment_id: int | None = None
) -> tuple[list[tuple[Cost, int]], list[Standing]]:
    """Which costs are to be charged, each with its round, and which provisional charges they take the place of.

    A cost that stands is left alone, and so is one that was waived or that delivery has fixed; a provisional one
    whose figure has changed - a parcel was added - is reversed and charged anew. The provisional freight of a parcel
    of `fulfilment_id` that costs nothing any more - its label was voided - is reversed.
    """
    newest: dict[tuple[ChargeKind, int], Standing] = {}
    for charge in sorted(standing, key=lambda charge: charge.round):
        newest[charge.kind, charge.subject] = charge
    wanted: list[tuple[Cost, int]] = []
    known = list(costs)
    carried = {cost.subject for cost in known if cost.kind is ChargeKind.FREIGHT}
    replaced = [
        last
        for (kind, subject), last in newest.items()
        if kind is ChargeKind.FREIGHT
        and last.fulfilment_id == fulfilment_id
        and last.state is ChargeState.PROVISIONAL
        and subject not in carried
    ]
    for cost in known:
        last = newest.get((cost.kind, cost.subject))
        if last is None:
            wanted.append((cost, 0))
        elif last.state is ChargeState.REVERSED:
            wanted.append((cost, last.round + 1))
        elif last.state is ChargeState.PROVISIONAL and last.amount != cost.amount:
            wanted.append((cost, last.round + 1))
            replaced.append(last)
    return wanted, replaced


def verdict_of(end: End, policy: Policy) -> Verdict | None:
    """What one fulfilment's end makes of its own charges; None while it is open or if it was never shipped.

    Delivered ones are owed. Lost, returned and cancelled ones are waived where the policy says so, else owed,
    due as if delivered then. Source: FEE-4.
    """
    if end.state < OPEN_BELOW or end.ended_at is None or not end.shipped:
        return None
    if end.state.word in policy.fee.waived_when:
        return Verdict(ChargeState.WAIVED, end.ended_at, None)
    due_at = settle_due_at(end.ended_at, policy.zone, policy.fee.settle_after_days)
    return Verdict(ChargeState.DUE, end.ended_at, due_at)


def handling_verdict(ends: Iterable[End], policy: Policy) -> Verdict | None:
    """What an order's JIT fulfilments, as they stand, make of its handling charge; None while it may still be owed.

    It goes with the first that is owed; it is waived once all have ended and none is. Source: FEE-1, FEE-4.
    """
    known = tuple(ends)
    verdicts = [verdict for end in known if (verdict := verdict_of(end, policy))]
    owed = [verdict for verdict in verdicts if verdict.state is ChargeState.DUE]
    if owed:
        return min(owed, key=lambda verdict: verdict.at)
    if any(end.state < OPEN_BELOW or end.ended_at is None for end in known):
        return None
    waived_at = [end.ended_at for end in known if end.ended_at is not None]
    return Verdict(ChargeState.WAIVED, max(waived_at), None) if waived_at else None


def reason_unsettled(
    state: ChargeState, due_at: datetime | None, settle_at: datetime | None, now: datetime
) -> tuple[Unsettled, datetime | None] | None:
    """Why a charge is not settled and when that is next looked at; None for one that is over.

    `settle_at` is the instant at which its shop's due charges are next settled. A charge that is due while that
    lies ahead, or nowhere, waits for funds. Source: FEE-5.
    """
    if state is ChargeState.PROVISIONAL:
        return Unsettled.NO_DELIVERY_EVIDENCE, None
    if state is ChargeState.DISPUTED:
        return Unsettled.IN_DISPUTE, None
    if state is not ChargeState.DUE:
        return None
    assert due_at is not None, "a due charge says when"
    if due_at <= now and (settle_at is None or settle_at > now):
        return Unsettled.NOT_ENOUGH_FUNDS, settle_at
    return Unsettled.NOT_YET_DUE, due_at
