"""Qualification over HTTP: the operator's desk. What is decided here, a person decides. Source: QUAL-1, QUAL-2."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Response
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, JsonObject, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.membership.qualification.rules import LONGEST_NOTE, ReviewState, Verdict
from andon.membership.qualification.service import Shown, add_document, decide_review, decide_supplier
from andon.membership.qualification.tables import Review, SupplierDocument
from andon.membership.qualification.views import (
    CountedOut,
    DecidedOut,
    OpenWorkOut,
    ScorecardOut,
    decisions_of,
    document_of,
    documents_of,
    figure_of,
    list_counted,
    list_reviews,
    open_work_of,
    reviews_page,
    scorecard_of,
    shown_counted,
)
from andon.partners.suppliers.rules import is_late
from andon.partners.suppliers.views import SupplierFileOut, supplier_file, supplier_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.files.views import FILE_ANSWER, Base64, bytes_of, file_of, served_file

router = Router(tags=["qualification"])

ReviewWord = Literal["opened", "passed", "failed"]


class DocumentIn(Strict):
    """A document: what it is, its number and last day where it has them, and the file."""

    kind: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$", examples=["licence"])]
    number: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    valid_until: date | None = None
    content: Base64


class DocumentOut(Out):
    """A document that was shown, with the hash of its file."""

    id: int
    kind: str
    number: str | None
    valid_until: date | None
    sha256: str
    added_at: Instant


class DocumentsOut(Out):
    """All documents that a supplier has shown."""

    items: list[DocumentOut]


class DecisionIn(Strict):
    """What an operator decides, and why."""

    decision: Literal["qualify", "decline", "suspend", "restore", "retire"]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class ReviewDecisionIn(Strict):
    """How a review ends, and why."""

    decision: Verdict
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class ReviewOut(Out):
    """The review of a supplier for one shop. It is to end by `due_at`; `late` says that it did not."""

    id: int
    shop_id: int
    supplier_id: int
    state: ReviewWord
    opened_at: Instant
    due_at: Instant
    late: bool
    escalated_at: Instant | None
    decided_at: Instant | None


class ReviewFileOut(ReviewOut):
    """A review with why it ended as it did, and the scorecard that lay before whoever decided; null while it is open."""

    note: str | None
    scorecard: JsonObject | None


@router.post(
    "/suppliers/{supplier_id}/documents",
    status_code=201,
    dependencies=[allow("suppliers.write", "operator", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def show(supplier_id: int, body: DocumentIn, tx: InTransaction) -> DocumentOut:
    """Show a document for the review. The kinds that are asked for are a value of QUAL-1."""
    document = Shown(body.kind, bytes_of(body.content), body.number, body.valid_until)
    return _document(add_document(tx, supplier_id, document))


@router.get(
    "/suppliers/{supplier_id}/documents",
    dependencies=[allow("suppliers.read", "operator", "supplier")],
    responses=problems(NotFound),
)
def documents(supplier_id: int, tx: InTransaction) -> DocumentsOut:
    """The documents that a supplier has shown as files, in their order."""
    supplier_of(tx, supplier_id)
    return DocumentsOut(items=[_document(each) for each in documents_of(tx, supplier_id)])


@router.get(
    "/suppliers/{supplier_id}/documents/{document_id}/file",
    dependencies=[allow("suppliers.read", "operator", "supplier")],
    responses={**FILE_ANSWER, **problems(NotFound)},
    response_class=Response,
)
def document_file(supplier_id: int, document_id: int, tx: InTransaction) -> Response:
    """A document's file, as it was handed in."""
    document = document_of(tx, supplier_id, document_id)
    return served_file(
        file_of(tx, PLATFORM, document.file_id), f"supplier-{supplier_id}-document-{document_id}"
    )


@router.post(
    "/suppliers/{supplier_id}/decision",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def decide(supplier_id: int, body: DecisionIn, tx: InTransaction) -> SupplierFileOut:
    """Decide on a supplier: 409 `supplier.state` where its state does not allow it.

    The scorecard as it stands is kept with the decision. Suspended, it is given nothing new until it is restored.
    """
    return supplier_file(tx, decide_supplier(tx, supplier_id, body.decision, body.note))


@router.get(
    "/suppliers/{supplier_id}/decisions",
    dependencies=[allow("suppliers.read", "operator")],
    responses=problems(NotFound),
)
def decisions(supplier_id: int, query: PageQuery, tx: InTransaction) -> Page[DecidedOut]:
    """What was decided about a supplier, the newest first, each with the scorecard of then."""
    supplier_of(tx, supplier_id)
    before = query.after[0] if query.after else None
    rows = decisions_of(tx, supplier_id, before=before, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.id])


@router.get(
    "/suppliers/{supplier_id}/scorecard",
    dependencies=[allow("suppliers.read", "operator", "supplier")],
    responses=problems(NotFound),
)
def scorecard(supplier_id: int, tx: InTransaction) -> ScorecardOut:
    """What a supplier's fulfilments of late say of it, each figure with its numbers; a supplier sees its own.

    It counts what is sealed: a few minutes behind. QUAL-2.
    """
    return scorecard_of(tx, supplier_id)


@router.get(
    "/suppliers/{supplier_id}/scorecard/{figure}",
    dependencies=[allow("suppliers.read", "operator")],
    responses=problems(NotFound),
)
def counted(
    supplier_id: int, figure: str, query: PageQuery, tx: InTransaction, against: bool = False
) -> Page[CountedOut]:
    """The fulfilments that a figure counts, the newest first; with `against`, those that speak against the supplier."""
    supplier_of(tx, supplier_id)
    asked = figure_of(figure)
    before = query.after[0] if query.after else None
    rows = list_counted(tx, supplier_id, asked, against=against, before=before, limit=query.fetch)
    return page_of(
        rows, query, key=lambda row: [row.fulfilment_id], shape=lambda row: shown_counted(row, asked)
    )


@router.get(
    "/suppliers/{supplier_id}/open_fulfilments",
    dependencies=[allow("fulfilments.read", "operator")],
    responses=problems(NotFound),
)
def open_fulfilments(supplier_id: int, query: PageQuery, tx: InTransaction) -> Page[OpenWorkOut]:
    """What a supplier has open, shop by shop: what goes on while it is suspended."""
    supplier_of(tx, supplier_id)
    after = query.after[0] if query.after else 0
    rows = open_work_of(tx, supplier_id, after=after, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.shop_id])


@router.get("/reviews", dependencies=[allow("suppliers.read", "operator")])
def reviews(query: PageQuery, tx: InTransaction, state: ReviewWord | None = None) -> Page[ReviewOut]:
    """The reviews of suppliers for shops that come back, by their deadline. QUAL-1."""
    wanted = ReviewState[state.upper()] if state else None
    after = (query.after[0], query.after[1]) if query.after else None
    rows = list_reviews(tx, state=wanted, after=after, limit=query.fetch)
    return page_of(
        rows,
        query,
        key=lambda row: [row.due_at, row.review_id],
        shape=lambda row: ReviewOut.model_validate(_shown(tx, row)),
    )


@router.get(
    "/shops/{shop_id}/reviews", dependencies=[allow("enrolment.read", "shop")], responses=problems(NotFound)
)
def shops_reviews(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[ReviewOut]:
    """The reviews of the suppliers that this shop has signed on its way back, the newest first. QUAL-1."""
    before = query.after[0] if query.after else None
    rows = reviews_page(tx, shop_id, before=before, limit=query.fetch)
    return page_of(
        rows,
        query,
        key=lambda row: [row.review_id],
        shape=lambda row: ReviewOut.model_validate(_shown(tx, row)),
    )


@router.post(
    "/reviews/{review_id}/decision",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def decide_one(review_id: int, body: ReviewDecisionIn, tx: InTransaction) -> ReviewFileOut:
    """End a review; the same decision again changes nothing. Other shops of the supplier are untouched. QUAL-1."""
    review = decide_review(tx, review_id, body.decision, body.note)
    return ReviewFileOut.model_validate(
        _shown(tx, review) | {"note": review.note, "scorecard": review.scorecard}
    )


def _document(document: SupplierDocument) -> DocumentOut:
    known = {name: getattr(document, name) for name in DocumentOut.model_fields if name != "id"}
    return DocumentOut.model_validate(known | {"id": document.document_id})


def _shown(tx: InTransaction, review: Review) -> dict[str, object]:
    known = {name: getattr(review, name) for name in ReviewOut.model_fields if hasattr(review, name)}
    return known | {
        "id": review.review_id,
        "state": ReviewState(review.state).word,
        "late": is_late(review.due_at, review.decided_at, tx.now),
    }
