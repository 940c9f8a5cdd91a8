"""What the fees of a shop's own shipments come to under one version and under another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.money import Money
from andon.membership.policy_changes.rules.differences import Change
from andon.money.charges.rules import ChargeKind, Parcel, Way, costs_of
from andon.platform.policies.rules import Policy

FEES = ("FEE-1", "FEE-2")
FEE_KINDS = (ChargeKind.HANDLING, ChargeKind.WAREHOUSE, ChargeKind.FREIGHT)


@dataclass(frozen=True, slots=True)
class Shipment:
    """One shipped JIT fulfilment: the order it is of, its way, and its parcels."""

    order_id: int
    fulfilment_id: int
    way: Way
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class FeeEffect:
    """What one kind of fee comes to under either version, each in its own currency."""

    kind: ChargeKind
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class FeeEffects:
    """The fees of the shipments of orders that were placed from `since` on and before `until`."""

    since: datetime
    until: datetime
    shipments: int
    by_kind: tuple[FeeEffect, ...]


def changes_fees(changes: Iterable[Change]) -> bool:
    """Whether any of these changes what a shipment costs."""
    return any(
        change.code in FEES or (change.part == "line" and change.name in ("rates", "whole"))
        for change in changes
    )


def fee_effects(
    shipments: Sequence[Shipment], before: Policy, after: Policy, since: datetime, until: datetime
) -> FeeEffects:
    """What these shipments cost under either version, worked out as charging does. Source: FEE-1..3.

    Handling is counted once an order. Waivers, corrections and the supplier's price of the goods are left aside.
    """
    old, new = (_totals(shipments, policy) for policy in (before, after))
    return FeeEffects(
        since, until, len(shipments), tuple(FeeEffect(kind, old[kind], new[kind]) for kind in FEE_KINDS)
    )


def _totals(shipments: Iterable[Shipment], policy: Policy) -> dict[ChargeKind, Money]:
    totals = dict.fromkeys(FEE_KINDS, Money.from_minor(0, policy.currency))
    handled: set[int] = set()
    for each in shipments:
        for cost in costs_of(each.order_id, each.fulfilment_id, each.parcels, each.way, policy):
            if cost.kind is ChargeKind.HANDLING and cost.subject in handled:
                continue
            if cost.kind is ChargeKind.HANDLING:
                handled.add(cost.subject)
            totals[cost.kind] += cost.amount
    return totals
