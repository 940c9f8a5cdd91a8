"""Who answers for what: from the cause, what is shown, and the order's policy. Nothing here knows of an exit.

So liability is the same before and after it (DISP-1), and the seller's only where a fault of its own is shown (DISP-5).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from andon.kernel.money import Money
from andon.money.disputes.rules.states import Cause, Party
from andon.platform.policies.figures import Dispute

Fault = Literal[
    "quality", "wrong_item", "short", "badly_packed", "stock_out", "delay", "lost", "wrong_listing", "uncounted_stock"
]  # fmt: skip
"""What went wrong, as the policy's clauses have it."""
Kind = Literal["photo", "listing", "count", "tracking", "message", "document", "record"]
"""What evidence is; a record is Andon's own, and nobody hands it in."""

FAULT_OF: Mapping[str, Fault] = {
    "quality": "quality",
    "wrong_item": "wrong_item",
    "short": "short",
    "packing": "badly_packed",
    "delay": "delay",
    "lost": "lost",
}
"""The fault that each cause claims; another cause claims none."""

SHOWN_BY: Mapping[Fault, frozenset[Kind]] = {
    "quality": frozenset({"photo", "document"}),
    "wrong_item": frozenset({"photo", "document"}),
    "short": frozenset({"photo", "document"}),
    "badly_packed": frozenset({"photo", "document"}),
    "stock_out": frozenset({"count", "record"}),
    "delay": frozenset({"tracking", "record"}),
    "lost": frozenset({"tracking", "record"}),
    "wrong_listing": frozenset({"listing"}),
    "uncounted_stock": frozenset({"count"}),
}
"""The kinds of evidence that can show a fault; anything else is said, and not shown."""

_FIRST: Mapping[Fault, Kind] = {
    "stock_out": "count", "delay": "tracking", "lost": "tracking", "wrong_listing": "listing", "uncounted_stock": "count"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence: what it is, and the fault that it is said to show, None where nobody says."""

    kind: Kind
    shows: Fault | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What liability goes by. `value` is the order's; a party is None where nobody of that kind had it in hand."""

    cause: Cause
    value: Money
    supplier_id: int | None
    carrier: str | None
    evidence: Collection[Shown] = ()


@dataclass(frozen=True, slots=True)
class Liability:
    """Who is to pay, by which clause, and up to what an order; None where an operator must say.

    `limit` is as the policy has it: an amount, in whatever currency, or the order's value. `shown` are the faults that
    evidence shows, `missing` the kinds of evidence that would show what is only said, and `fulfilment` or `waybill` where
    it is not known whose the order's part was.
    """

    payer: Party | None
    clause: str
    limit: Money | Literal["order_value"]
    shown: tuple[Fault, ...]
    missing: tuple[str, ...]


def payer_of(fault: Fault, figures: Dispute) -> Party | None:
    """Who pays for a fault: DISP-2 the supplier, DISP-3 and DISP-6 the carrier, DISP-5 the seller."""
    if fault in figures.supplier_causes:
        return "supplier"
    if fault in figures.delay_causes | figures.lost_causes:
        return "carrier"
    return "seller" if fault in figures.seller_causes else None


def shown_faults(cause: Cause, evidence: Iterable[Shown]) -> frozenset[Fault]:
    """The faults that evidence shows: each is of a kind that can show it. What says nothing is shown for the claim."""
    claimed = FAULT_OF.get(cause)
    said = ((each, each.shows or claimed) for each in evidence)
    return frozenset(fault for each, fault in said if fault is not None and each.kind in SHOWN_BY[fault])


def liability_of(case: Case, figures: Dispute) -> Liability:
    """Who is liable, and what evidence is missing. `figures` are those of the order's policy.

    What is shown goes before what is claimed. Where it points to several parties, or the claim names no fault and none is
    shown, or nobody of that kind is known, an operator decides. Source: DISP-1..3, DISP-5, DISP-6.
    """
    claimed = FAULT_OF.get(case.cause)
    shown = shown_faults(case.cause, case.evidence)
    faults = shown or frozenset({claimed} if claimed else ())
    payers = {payer_of(fault, figures) for fault in faults}
    payer = payers.pop() if len(payers) == 1 else None
    missing = _missing(case, claimed, shown)
    if payer == "supplier" and case.supplier_id is None:
        payer, missing = None, (*missing, "fulfilment")
    if payer == "carrier" and case.carrier is None:
        payer, missing = None, (*missing, "waybill")
    clause, limit = clause_of(payer, case.cause, shown, figures)
    return Liability(payer, clause, limit, tuple(sorted(shown)), missing)


def clause_of(
    payer: Party | None, cause: Cause, shown: Collection[Fault], figures: Dispute
) -> tuple[str, Money | Literal["order_value"]]:
    """The clause by which that party pays, and its limit an order.

    A party that pays for none of its own faults, claimed or shown, does so because an operator says so: DISP-5.
    """
    faults = {FAULT_OF.get(cause), *shown}
    if payer == "supplier" and faults & figures.supplier_causes:
        return "DISP-2", figures.supplier_limit
    if payer == "carrier" and faults & figures.lost_causes:
        return "DISP-6", figures.lost_limit
    if payer == "carrier" and faults & figures.delay_causes:
        return "DISP-3", figures.delay_limit
    return "DISP-5", "order_value"


def named_by(case: Case, figures: Dispute) -> frozenset[Party]:
    """The parties that a dispute names: by what it claims, and by what evidence is said to show.

    One that claims no fault names both who could have been at fault.
    """
    claimed = FAULT_OF.get(case.cause)
    said = {each.shows for each in case.evidence if each.shows} | ({claimed} if claimed else set())
    named = {payer for fault in said if (payer := payer_of(fault, figures))}
    return frozenset(named or {"supplier", "carrier"})


def _missing(case: Case, claimed: Fault | None, shown: Collection[Fault]) -> tuple[str, ...]:
    said = [claimed] if claimed else []
    said += sorted({each.shows for each in case.evidence if each.shows} - {claimed})
    wanted = [_FIRST.get(fault, "photo") for fault in said if fault not in shown]
    if not said and not case.evidence:
        wanted.append("document")
    return tuple(dict.fromkeys(wanted))
