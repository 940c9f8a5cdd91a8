"""Enquiries over HTTP: the shop asks from a charge, the carrier answers by the number."""

from typing import Annotated, Any, Literal

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.money.enquiries.rules import LONGEST_TEXT, Answer, EnquiryState
from andon.money.enquiries.service import Answered, answer_enquiry, ask_carrier
from andon.money.enquiries.views import enquiries_of_carrier, enquiries_of_shop
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["enquiries"])

StateWord = Literal["opened", "answered"]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class EnquiryIn(Strict):
    """What the seller would like to know, if it is more than what became of the parcel."""

    text: Words | None = None


class AnswerIn(Strict):
    """What became of the parcel; with `occurred_at` it is a scan as well. `proof` says where it can be seen."""

    answer: Answer
    occurred_at: Instant | None = None
    note: Words | None = None
    proof: Words | None = None


class CarrierEnquiryOut(Out):
    """An enquiry as its carrier has it: the parcel, its last status, and what it was asked and has answered."""

    number: str
    state: StateWord
    carrier: str
    waybill: str
    text: str | None
    asked_at: Instant
    answer: Answer | None
    occurred_at: Instant | None
    note: str | None
    proof: str | None
    answered_at: Instant | None
    status: str | None = None
    last_scan_at: Instant | None = None


class EnquiryOut(Out):
    """An enquiry about the parcel of a charge. FEE-5."""

    id: int
    number: str
    state: StateWord
    charge_id: int
    order_id: int
    fulfilment_id: int
    parcel_id: int
    carrier: str
    waybill: str
    text: str | None
    asked_at: Instant
    asked_by: str
    answer: Answer | None
    occurred_at: Instant | None
    note: str | None
    proof: str | None
    answered_at: Instant | None


@router.post(
    "/shops/{shop_id}/charges/{charge_id}/enquiry",
    status_code=201,
    dependencies=[allow("charges.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def ask(shop_id: int, charge_id: int, tx: InTransaction, body: EnquiryIn | None = None) -> EnquiryOut:
    """Ask the carrier about an unsettled charge; while that is open, asking again answers the same one. FEE-5."""
    return enquiry_out(ask_carrier(tx, shop_id, charge_id, body.text if body else None))


@router.get("/shops/{shop_id}/enquiries", dependencies=[allow("charges.read", "shop")])
def enquiries(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    state: StateWord | None = None,
    charge_id: int | None = None,
) -> Page[EnquiryOut]:
    """The shop's enquiries, the newest first."""
    rows = enquiries_of_shop(
        tx,
        shop_id,
        state=EnquiryState[state.upper()] if state else None,
        charge_id=charge_id,
        before=query.after[0] if query.after else None,
        limit=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.enquiry_id], shape=enquiry_out)


@router.get("/carriers/{carrier}/enquiries", dependencies=[allow("scans.write", "carrier")])
def asked(
    carrier: str, query: PageQuery, tx: InTransaction, state: StateWord | None = None
) -> Page[CarrierEnquiryOut]:
    """What the caller is asked, the oldest first; nothing of buyers. FEE-5."""
    rows = enquiries_of_carrier(
        tx,
        carrier,
        state=EnquiryState[state.upper()] if state else None,
        after=query.after[0] if query.after else 0,
        limit=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.enquiry_id], shape=carriers_enquiry_out)


@router.post(
    "/carriers/{carrier}/enquiries/{number}/answer",
    dependencies=[allow("scans.write", "carrier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def answer(carrier: str, number: str, body: AnswerIn, tx: InTransaction) -> CarrierEnquiryOut:
    """Answer an enquiry, once. FEE-5."""
    said = Answered(body.answer, body.occurred_at, body.note, body.proof)
    return carriers_enquiry_out(answer_enquiry(tx, carrier, number, said))


def enquiry_out(enquiry: Any) -> EnquiryOut:
    """An enquiry's form on the wire, for its shop."""
    known = {name: getattr(enquiry, name) for name in EnquiryOut.model_fields if hasattr(enquiry, name)}
    return EnquiryOut.model_validate(
        known | {"id": enquiry.enquiry_id, "state": EnquiryState(enquiry.state).word}
    )


def carriers_enquiry_out(enquiry: Any) -> CarrierEnquiryOut:
    """An enquiry's form on the wire, for its carrier."""
    known = {
        name: getattr(enquiry, name) for name in CarrierEnquiryOut.model_fields if hasattr(enquiry, name)
    }
    return CarrierEnquiryOut.model_validate(known | {"state": EnquiryState(enquiry.state).word})
