"""Charges over HTTP: what each costs, where it stands, and why it is not settled yet."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query

from andon.kernel.http.models import Instant, MoneyOut, Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.money.charges.rules import ChargeKind, ChargeState
from andon.money.charges.views import ChargeSeen, list_charges
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["charges"])

KindWord = Literal["handling", "warehouse", "freight", "goods"]
StateWord = Literal["provisional", "due", "disputed", "settled", "waived", "reversed"]


class ChargeOut(Out):
    """A charge. `reason` says why it is unsettled (FEE-5), `next_at` when that is looked at next.

    `overdue_at` is when it was found due without funds to cover it, `secured_at` since when the amount of a disputed one
    is held (EXIT-2).

    `basis` is what the amount was worked out from; `round` counts what was charged anew after a correction.
    """

    id: int
    kind: KindWord
    state: StateWord
    order_id: int
    fulfilment_id: int
    parcel_id: int | None
    round: int
    amount: MoneyOut
    payee: str
    basis: str
    policy: str
    accrued_at: Instant
    fixed_at: Instant | None
    due_at: Instant | None
    settled_at: Instant | None
    settled_on: date | None
    reason: Literal["no_delivery_evidence", "not_yet_due", "not_enough_funds", "in_dispute"] | None
    next_at: Instant | None
    overdue_at: Instant | None
    secured_at: Instant | None


@router.get("/shops/{shop_id}/charges", dependencies=[allow("charges.read", "shop")])
def charges(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    kind: KindWord | None = None,
    state: StateWord | None = None,
    accrued_from: Annotated[Instant | None, Query(alias="from", description="Accrued at or after")] = None,
    accrued_until: Annotated[Instant | None, Query(alias="until", description="Accrued before")] = None,
) -> Page[ChargeOut]:
    """The shop's charges, newest first."""
    seen = list_charges(
        tx,
        shop_id,
        kind=ChargeKind.of(kind) if kind else None,
        state=ChargeState[state.upper()] if state else None,
        accrued_from=accrued_from,
        accrued_until=accrued_until,
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
        }
    )
