"""Charges, decided: what a shipped fulfilment costs, when that is due, and why it is not settled yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from andon.money.charges.rules.booking import Booking, Standing, is_disputed, to_book
from andon.money.charges.rules.fees import (
    Cost,
    Parcel,
    Ware,
    Way,
    billed_weight_g,
    costs_of,
    freight_cost,
    freight_fee,
    goods_cost,
    handling_fee,
    surcharge_fee,
    volume_ml,
    warehouse_fee,
    words_of,
)
from andon.money.charges.rules.kinds import CHARGE, ChargeKind, ChargeState
from andon.money.charges.rules.reasons import Unsettled, is_evidence_late, reason_unsettled
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState
from andon.platform.policies.rules import Policy

__all__ = [
    "CHARGE",
    "Booking",
    "ChargeKind",
    "ChargeState",
    "Cost",
    "End",
    "Parcel",
    "Standing",
    "Unsettled",
    "Verdict",
    "Ware",
    "Way",
    "billed_weight_g",
    "costs_of",
    "freight_cost",
    "freight_fee",
    "goods_cost",
    "handling_fee",
    "handling_verdict",
    "is_disputed",
    "is_evidence_late",
    "reason_unsettled",
    "settle_due_at",
    "surcharge_fee",
    "to_book",
    "verdict_of",
    "volume_ml",
    "warehouse_fee",
    "words_of",
]


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


def settle_due_at(delivered_at: datetime, zone: str, days: int) -> datetime:
    """The instant at which a fee is due: 00:00, in the platform's zone, `days` days after the delivery's date there.

    Where that midnight is skipped by a change of clocks it is the first instant of the day. Source: FEE-4.
    """
    place = ZoneInfo(zone)
    day = delivered_at.astimezone(place).date() + timedelta(days=days)
    midnight = datetime.combine(day, time_of_day(), place)
    return midnight.astimezone(UTC)


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
