"""Charges over HTTP: what each costs, where it stands, and why it is not settled yet."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query

from andon.kernel.http.models import Instant, MoneyOut, Out, coded
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.money.charges.rules import ChargeKind, ChargeState
from andon.money.charges.views import ChargeSeen, Evidence, list_charges
from andon.orders.tracking.rules import STATUSES
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["charges"])

KindWord = Literal["handling", "warehouse", "freight", "goods", "penalty"]
StateWord = Literal["provisional", "due", "disputed", "settled", "waived", "reversed"]


class EvidenceOut(Out):
    """What a charge's reason stands on. `status` and `last_scan_at` are its parcel's, null where no scan has come.

    `expected_at` is when what it waits for is expected: the delivery, as its line usually takes, or the dispute's decision.
    `missing` is what a deposit must bring for this charge and all that is older; `enquiry` is the number of the open one
    with the carrier; `secured_at` is since when a disputed charge is held of the funds.
    """

    parcel_id: int | None
    carrier: str | None
    waybill: str | None
    status: Annotated[str, coded(STATUSES)] | None
    last_scan_at: Instant | None
    shipped_at: Instant | None
    expected_at: Instant | None
    delivered_at: Instant | None
    missing: MoneyOut | None
    enquiry: str | None
    dispute_id: int | None
    secured_at: Instant | None

    @classmethod
    def of(cls, evidence: Evidence) -> "EvidenceOut":
        """The wire's form of it."""
        missing = evidence.missing and MoneyOut.of(evidence.missing)
        known = {name: getattr(evidence, name) for name in cls.model_fields}
        return cls.model_validate(known | {"missing": missing})


class ChargeOut(Out):
    """A charge. `reason` says why it is unsettled (FEE-5), `evidence` what that stands on, `next_at` when it is looked at.

    `overdue_at` is when it was found due without funds to cover it, `secured_at` since when the amount of a disputed one
    is held (EXIT-2).

    `basis` is what the amount was worked out from; `round` counts what was charged anew after a correction. `base` at `rate`
    is the amount where the tariff is in another currency than the shop's; with `rate_wanted_on` it waits for that day's rate,
    and is in the tariff's own. A penalty of an order that was refused is of no order of ours.
    """

    id: int
    kind: KindWord
    state: StateWord
    order_id: int | None
    fulfilment_id: int | None
    parcel_id: int | None
    round: int
    amount: MoneyOut
    base: MoneyOut | None
    rate: str | None
    rate_wanted_on: date | None
    payee: str
    basis: str
    policy: str
    accrued_at: Instant
    fixed_at: Instant | None
    due_at: Instant | None
    settled_at: Instant | None
    settled_on: date | None
    reason: Literal["no_delivery_evidence", "not_yet_due", "not_enough_funds", "in_dispute", "no_rate"] | None
    next_at: Instant | None
    overdue_at: Instant | None
    secured_at: Instant | None
    evidence: EvidenceOut
    evidence_late: bool


@router.get("/shops/{shop_id}/charges", dependencies=[allow("charges.read", "shop")])
def charges(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    kind: KindWord | None = None,
    state: StateWord | None = None,
    accrued_from: Annotated[Instant | None, Query(alias="from", description="Accrued at or after")] = None,
    accrued_until: Annotated[Instant | None, Query(alias="until", description="Accrued before")] = None,
    evidence_late: Annotated[
        bool | None, Query(description="Whether its delivery is later than its line usually takes")
    ] = None,
) -> Page[ChargeOut]:
    """The shop's charges, newest first."""
    seen = list_charges(
        tx,
        shop_id,
        kind=ChargeKind.of(kind) if kind else None,
        state=ChargeState[state.upper()] if state else None,
        accrued_from=accrued_from,
        accrued_until=accrued_until,
        evidence_late=evidence_late,
        after=query.after[0] if query.after else None,
        limit=query.fetch,
    )
    return page_of(seen, query, key=lambda charge: [charge.charge_id], shape=charge_out)


def charge_out(charge: ChargeSeen) -> ChargeOut:
    """A charge's form on the wire."""
    return ChargeOut.model_validate(
        {
            **{name: getattr(charge, name) for name in ChargeOut.model_fields if hasattr(charge, name)},
            "id": charge.charge_id,
            "amount": MoneyOut.of(charge.amount),
            "evidence": EvidenceOut.of(charge.evidence),
            "base": None if charge.base is None else MoneyOut.of(charge.base),
            "rate": None if charge.rate is None else f"{charge.rate:f}",
        }
    )
