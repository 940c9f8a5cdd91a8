"""Disputes over HTTP: the claimant's calls in a shop, the platform's queue and decisions, and those of the parties named."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import Field

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from andon.kernel.http.models import MoneyIn, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.money.disputes.papers import paper_of
from andon.money.disputes.rules import (
    LONGEST_TEXT,
    MOST_CHARGES,
    Beneficiary,
    Cause,
    DisputeState,
    Fault,
    Outcome,
    Party,
    Said,
)
from andon.money.disputes.service import (
    Claim,
    Exhibit,
    Verdict,
    answer_dispute,
    appeal_dispute,
    decide_dispute,
    give_evidence,
    open_dispute,
    withdraw_dispute,
)
from andon.money.disputes.views import (
    START,
    CaseOut,
    DisputeOut,
    StateWord,
    Wanted,
    case_shown,
    dispute_of,
    dispute_out,
    disputes_naming,
    list_disputes,
    queue_of_jit,
    reaching_named,
    served_evidence,
    shop_of_dispute,
    turn_of,
)
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, served
from andon.platform.files.views import FILE_ANSWER, Base64, bytes_of

router = Router(tags=["disputes"])

MOST_FILES = 10
"""Files a call; a body takes some 5 MiB of them."""

Number = Annotated[int, Field(ge=1)]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
KindIn = Literal["photo", "listing", "count", "tracking", "message", "document"]


class EvidenceIn(Strict):
    """A file: a JPEG, a PNG, a PDF or a plain text, told from its bytes.

    `shows` is the fault that it shows, without it the one that is claimed. `personal` marks what shows a buyer's name
    or address: the parties that the dispute names do not see it.
    """

    kind: KindIn
    content: Base64
    shows: Fault | None = None
    personal: bool = False

    def exhibit(self) -> Exhibit:
        """The same as the use cases have it; Invalid `file.not_base64`."""
        return Exhibit(self.kind, bytes_of(self.content), self.shows, self.personal)


Files = Annotated[list[EvidenceIn], Field(max_length=MOST_FILES)]


class DisputeIn(Strict):
    """A claim for an order: its cause, how much, of which part of it, and which of its charges it contests.

    `beneficiary` is whom an award is paid to: without it the buyer where a channel claims, else the shop.
    """

    order_id: Number
    cause: Cause
    claim: MoneyIn
    fulfilment_id: Number | None = None
    charges: Annotated[list[Number], Field(max_length=MOST_CHARGES)] = []
    beneficiary: Beneficiary | None = None
    text: Words | None = None
    evidence: Files = []


class MoreIn(Strict):
    """Evidence that is added."""

    evidence: Annotated[list[EvidenceIn], Field(min_length=1, max_length=MOST_FILES)]


class DisputeAnswerIn(Strict):
    """What a party that is named says to it."""

    answer: Said
    text: Words | None = None
    evidence: Files = []


class VerdictIn(Strict):
    """The decision. Without `payer` it is whom liability names, without `amount` the claim as far as the cap goes.

    `waived` are those of the contested charges that are not owed; the others are.
    """

    outcome: Outcome
    note: Words
    payer: Party | None = None
    amount: MoneyIn | None = None
    waived: Annotated[list[Number], Field(max_length=MOST_CHARGES)] = []


class AgainstIn(Strict):
    """Why the decision is wrong."""

    text: Words


@router.post(
    "/shops/{shop_id}/disputes",
    status_code=201,
    dependencies=[allow("disputes.write", "shop", "channel")],
    responses=problems(NotFound, Invalid, Conflict),
)
def open_one(shop_id: int, body: DisputeIn, tx: InTransaction) -> CaseOut:
    """Open a dispute about an order, also long after the shop has left JIT; a channel does it for the buyer. DISP-1."""
    claim = Claim(
        shop_id=shop_id,
        order_id=body.order_id,
        cause=body.cause,
        amount=body.claim.money(),
        beneficiary=body.beneficiary,
        fulfilment_id=body.fulfilment_id,
        charges=tuple(body.charges),
        text=body.text,
    )
    return case_shown(tx, open_dispute(tx, claim, [each.exhibit() for each in body.evidence]))


@router.get(
    "/shops/{shop_id}/disputes",
    dependencies=[allow("disputes.read", "shop", "channel")],
)
def shops_disputes(
    shop_id: int,
    query: PageQuery,
    tx: InTransaction,
    state: StateWord | None = None,
    jit: bool | None = None,
) -> Page[DisputeOut]:
    """The shop's disputes by number, of JIT orders or of others; a channel sees those that it has opened."""
    wanted = Wanted(_state(state), jit=jit)
    rows = list_disputes(tx, wanted, shop_id, after=_after(query.after), limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.dispute_id], shape=dispute_out)


@router.get(
    "/shops/{shop_id}/disputes/{dispute_id}.pdf",
    dependencies=[allow("disputes.read", "shop")],
    responses=PDF_ANSWER | problems(NotFound),
    response_class=Response,
)
def case_pdf(shop_id: int, dispute_id: int, caller: Caller) -> Response:
    """The whole case as one PDF: facts, timeline, answers, liability with its clause, decisions, evidence with its hashes."""
    return served(caller, lambda tx: paper_of(tx, dispute_of(tx, shop_id, dispute_id)))


@router.get(
    "/shops/{shop_id}/disputes/{dispute_id}",
    dependencies=[allow("disputes.read", "shop", "channel")],
    responses=problems(NotFound),
)
def shops_dispute(shop_id: int, dispute_id: int, tx: InTransaction) -> CaseOut:
    """One dispute with all that it is judged by."""
    return case_shown(tx, dispute_of(tx, shop_id, dispute_id))


@router.post(
    "/shops/{shop_id}/disputes/{dispute_id}/evidence",
    status_code=201,
    dependencies=[allow("disputes.write", "shop", "channel")],
    responses=problems(NotFound, Invalid, Conflict),
)
def add_evidence(shop_id: int, dispute_id: int, body: MoreIn, tx: InTransaction) -> CaseOut:
    """Add evidence; with a claim's first its clock begins: it is decided within 48 hours. DISP-4."""
    dispute_of(tx, shop_id, dispute_id)
    exhibits = [each.exhibit() for each in body.evidence]
    return case_shown(tx, give_evidence(tx, shop_id, dispute_id, exhibits))


@router.get(
    "/shops/{shop_id}/disputes/{dispute_id}/evidence/{evidence_id}",
    dependencies=[allow("disputes.read", "shop", "channel")],
    responses=FILE_ANSWER | problems(NotFound),
    response_class=Response,
)
def shops_evidence(shop_id: int, dispute_id: int, evidence_id: int, tx: InTransaction) -> Response:
    """The file of a piece of evidence, to be saved."""
    return served_evidence(tx, dispute_of(tx, shop_id, dispute_id), evidence_id)


@router.post(
    "/shops/{shop_id}/disputes/{dispute_id}/withdraw",
    dependencies=[allow("disputes.write", "shop", "channel")],
    responses=problems(NotFound, Forbidden, Conflict),
)
def withdraw(shop_id: int, dispute_id: int, tx: InTransaction) -> CaseOut:
    """Withdraw a dispute, by the party that opened it, while it waits for its decision."""
    return case_shown(tx, withdraw_dispute(tx, shop_id, dispute_id))


@router.post(
    "/shops/{shop_id}/disputes/{dispute_id}/appeal",
    dependencies=[allow("disputes.write", "shop", "channel")],
    responses=problems(NotFound, Forbidden, Conflict),
)
def appeal(shop_id: int, dispute_id: int, body: AgainstIn, tx: InTransaction) -> CaseOut:
    """Appeal against the decision, once, within 48 hours of it: it is decided anew, with a clock of its own."""
    if tx.actor.kind == "operator":
        raise Forbidden("dispute.own_decision")
    dispute_of(tx, shop_id, dispute_id)
    return case_shown(tx, appeal_dispute(tx, shop_id, dispute_id, body.text))


@router.get("/disputes", dependencies=[allow("disputes.read", "operator", "supplier", "carrier")])
def disputes(
    query: PageQuery,
    tx: InTransaction,
    queue: Literal["jit"] | None = None,
    state: StateWord | None = None,
    breached: bool | None = None,
) -> Page[DisputeOut]:
    """The platform's disputes; for a supplier or a carrier those that name it, also of shops that it left (DISP-7).

    `queue=jit` is the JIT lane: what waits for a decision, by its clock. `breached` are those not decided in time (DISP-4).
    """
    wanted, lane = Wanted(_state(state), breached), queue == "jit"
    if tx.actor.kind != "operator":
        rows = disputes_naming(tx, wanted, lane=lane, after=_after(query.after), limit=query.fetch)
    elif lane:
        at, number = query.after or [START[0].isoformat(), START[1]]
        waiting = queue_of_jit(tx, wanted, after=(datetime.fromisoformat(at), number), limit=query.fetch)
        return page_of(waiting, query, key=lambda row: list(turn_of(row)), shape=dispute_out)
    else:
        rows = list_disputes(tx, wanted, after=_after(query.after), limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.dispute_id], shape=dispute_out)


@router.get(
    "/disputes/{dispute_id}",
    dependencies=[allow("disputes.read", "operator", "supplier", "carrier")],
    responses=problems(NotFound),
)
def one(dispute_id: int, tx: InTransaction) -> CaseOut:
    """One dispute, for the platform, and for a party that it names: without words and files that may tell of a buyer."""
    if tx.actor.kind == "operator":
        return case_shown(tx, dispute_of(tx, shop_of_dispute(tx, dispute_id), dispute_id))
    with reaching_named(tx, dispute_id) as shop_id:
        return case_shown(tx, dispute_of(tx, shop_id, dispute_id))


@router.get(
    "/disputes/{dispute_id}/evidence/{evidence_id}",
    dependencies=[allow("disputes.read", "operator", "supplier", "carrier")],
    responses=FILE_ANSWER | problems(NotFound),
    response_class=Response,
)
def evidence(dispute_id: int, evidence_id: int, tx: InTransaction) -> Response:
    """The file of a piece of evidence, to be saved."""
    if tx.actor.kind == "operator":
        return served_evidence(tx, dispute_of(tx, shop_of_dispute(tx, dispute_id), dispute_id), evidence_id)
    with reaching_named(tx, dispute_id) as shop_id:
        return served_evidence(tx, dispute_of(tx, shop_id, dispute_id), evidence_id)


@router.post(
    "/disputes/{dispute_id}/answer",
    dependencies=[allow("disputes.write", "supplier", "carrier")],
    responses=problems(NotFound, Invalid, Conflict),
)
def answer(dispute_id: int, body: DisputeAnswerIn, tx: InTransaction) -> CaseOut:
    """Answer a dispute that names the caller, also after its binding has ended; its last answer stands. DISP-7."""
    exhibits = [each.exhibit() for each in body.evidence]
    answered = answer_dispute(tx, dispute_id, body.answer, body.text, exhibits)
    with reaching_named(tx, dispute_id):
        return case_shown(tx, answered)


@router.post(
    "/disputes/{dispute_id}/decision",
    dependencies=[allow("disputes.write", "operator")],
    responses=problems(NotFound, Invalid, Conflict),
)
def decide(dispute_id: int, body: VerdictIn, tx: InTransaction) -> CaseOut:
    """Decide a dispute: posted at once, paid when nobody has appealed within 48 hours. DISP-2 to DISP-6."""
    amount = None if body.amount is None else body.amount.money()
    verdict = Verdict(body.outcome, body.note, body.payer, amount, tuple(body.waived))
    return case_shown(tx, decide_dispute(tx, dispute_id, verdict))


@router.post(
    "/disputes/{dispute_id}/appeal",
    dependencies=[allow("disputes.write", "supplier", "carrier")],
    responses=problems(NotFound, Conflict),
)
def appeal_as_named(dispute_id: int, body: AgainstIn, tx: InTransaction) -> CaseOut:
    """Appeal against a decision of a dispute that names the caller, once, within 48 hours of it."""
    with reaching_named(tx, dispute_id) as shop_id:
        return case_shown(tx, appeal_dispute(tx, shop_id, dispute_id, body.text))


def _state(word: StateWord | None) -> DisputeState | None:
    return DisputeState[word.upper()] if word else None


def _after(after: list[Any] | None) -> int:
    return after[0] if after else 0
