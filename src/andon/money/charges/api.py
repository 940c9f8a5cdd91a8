"""Charges over HTTP: what each costs, where it stands, and why it is not settled yet."""

import csv
import io
from typing import Annotated, Literal

from fastapi import Query, Request, Response

from andon.kernel.http.models import Instant, MoneyOut, Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.money.charges.rules import ChargeKind, ChargeState
from andon.money.charges.views import ChargeSeen, list_charges
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["charges"])

KindWord = Literal["handling", "warehouse", "freight", "goods"]
StateWord = Literal["provisional", "due", "disputed", "settled", "waived", "reversed"]
CSV = "text/csv"
COLUMNS = (
    "id", "kind", "state", "order_id", "fulfilment_id", "parcel_id", "round", "amount", "currency", "payee", "basis",
    "policy", "accrued_at", "fixed_at", "due_at", "settled_at", "settled_on", "reason", "next_at",
)  # fmt: skip


class ChargeOut(Out):
    """A charge. `reason` says why it is unsettled (FEE-5), `next_at` when that is looked at next.

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
    settled_on: str | None
    reason: Literal["no_delivery_evidence", "not_yet_due", "not_enough_funds", "in_dispute"] | None
    next_at: Instant | None


@router.get(
    "/shops/{shop_id}/charges",
    dependencies=[allow("charges.read", "shop")],
    response_model=Page[ChargeOut],
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
def charges(
    shop_id: int,
    request: Request,
    query: PageQuery,
    tx: InTransaction,
    kind: KindWord | None = None,
    state: StateWord | None = None,
    accrued_from: Annotated[Instant | None, Query(alias="from", description="Accrued at or after")] = None,
    accrued_until: Annotated[Instant | None, Query(alias="until", description="Accrued before")] = None,
) -> Page[ChargeOut] | Response:
    """The shop's charges, newest first; as CSV where Accept asks for that, its next page in the Link header."""
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
    page = page_of(seen, query, key=lambda charge: [charge.charge_id], shape=charge_out)
    if CSV not in request.headers.get("accept", ""):
        return page
    headers = {}
    if page.next_cursor:
        onward = request.url.include_query_params(cursor=page.next_cursor)
        headers["Link"] = f'<{onward.path}?{onward.query}>; rel="next"'
    return Response(csv_of(page.items), 200, headers, f"{CSV}; charset=utf-8")


def charge_out(charge: ChargeSeen) -> ChargeOut:
    """A charge's form on the wire."""
    return ChargeOut.model_validate(
        {
            **{name: getattr(charge, name) for name in ChargeOut.model_fields if hasattr(charge, name)},
            "id": charge.charge_id,
            "amount": MoneyOut.of(charge.amount),
            "settled_on": charge.settled_on.isoformat() if charge.settled_on else None,
        }
    )


def csv_of(charges_out: list[ChargeOut]) -> str:
    """Charges as CSV, with a line of names; amounts without their currency, which has a column of its own."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for charge in charges_out:
        told = charge.model_dump(mode="json")
        told |= told["amount"]
        lines.writerow(["" if told[name] is None else told[name] for name in COLUMNS])
    return text.getvalue()
