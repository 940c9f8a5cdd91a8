"""Hand-over notes over HTTP: for their supplier, and for the carrier that collects."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import CSV_TYPE, csv_of
from andon.kernel.http.threads import in_thread
from andon.kernel.tx import Tx
from andon.orders.handovers.papers import TEMPLATE, paper_facts
from andon.orders.handovers.rules import Role, window_of
from andon.orders.handovers.service import Signature, answer_note, make_note, scan_note, sign_note
from andon.orders.handovers.views import (
    NoteOut,
    NoteParcel,
    NoteSummary,
    Punctuality,
    list_notes,
    note_row,
    punctuality_of,
    shown_note,
)
from andon.partners.suppliers.views import supplier_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.rendering import rendered
from andon.platform.policies.rules import Policy

router = Router(tags=["handovers"])

SPAN = timedelta(days=30)
Waybill = Annotated[str, Field(pattern=r"^[!-~]{1,64}$", examples=["CN0012345678"])]
Waybills = Annotated[list[Waybill], Field(min_length=1, max_length=10_000)]
PDF_TYPE = "application/pdf"
FILE = "inline; filename={number}.{kind}"


class WindowIn(Strict):
    """Between which instants the carrier is to come; `until` is exclusive."""

    from_: Annotated[Instant | None, Field(alias="from")] = None
    until: Instant | None = None


class NoteIn(Strict):
    """A note to be made: of these waybills, or of all that is labelled for that carrier and on no note.

    The planned collection is the window, or the whole day `collected_on` of the supplier's calendar.
    """

    carrier: Annotated[str, Field(min_length=1, max_length=32)]
    waybills: Waybills | None = None
    collected_on: date | None = None
    window: WindowIn | None = None


class ScanIn(Strict):
    """What was scanned at the door."""

    waybills: Waybills


class ScanOut(Out):
    """What a scan-out shows: scanned now, missing still, and what is not on the note."""

    scanned: list[str]
    missing: list[str]
    surplus: list[str]
    note: NoteSummary


class SignIn(Strict):
    """A side's signature: who, and a reference to the signature or its hash; now, if no instant is said."""

    signed_by: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role
    signature: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    at: Instant | None = None


class AnswerIn(Strict):
    """Whether the carrier collected, and how many parcels it counted."""

    collected: bool
    counted: Annotated[int, Field(ge=0, le=10_000)] | None = None


@router.post(
    "/supplier/handovers",
    status_code=201,
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(Invalid),
)
def make(note: NoteIn, tx: InTransaction) -> NoteOut:
    """A new hand-over note: all of the parcels named, or a refusal that names each that cannot stand on it."""
    said = note.window or WindowIn.model_construct(from_=None, until=None)
    window = window_of(note.collected_on, said.from_, said.until)
    number = make_note(tx, _supplier(tx), note.carrier, note.waybills, window)
    return _own(tx, number)


@router.get("/supplier/handovers", dependencies=[allow("fulfilments.read", "supplier")])
def list_own(query: PageQuery, tx: InTransaction) -> Page[NoteSummary]:
    """The caller's notes, the newest first."""
    after = query.after[0] if query.after else 0
    rows = list_notes(tx, supplier_id=_supplier(tx), after=after, limit=query.fetch)
    return page_of(rows, query, lambda each: [each.id])


@router.get(
    "/supplier/handovers/{note_id}.pdf",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
    responses=problems(NotFound),
)
async def paper(note_id: int, caller: Caller) -> Response:
    """The note on paper, to be signed, or as it was; it is set when no transaction is open."""

    def look(tx: Tx[Policy]) -> dict[str, Any]:
        note = _own(tx, note_id)
        carrier = tx.policy.carriers.get(note.carrier)
        names = carrier.names if carrier else {"zh-CN": note.carrier, "en": ""}
        return paper_facts(note, supplier_of(tx, note.supplier_id).name, names)

    facts = await caller.look(look)
    named = {"Content-Disposition": FILE.format(number=facts["number"], kind="pdf")}
    return Response(await in_thread(rendered, TEMPLATE, facts), media_type=PDF_TYPE, headers=named)


@router.get(
    "/supplier/handovers/{note_id}.csv",
    dependencies=[allow("fulfilments.read", "supplier")],
    response_class=Response,
    responses=problems(NotFound),
)
def scan_list(note_id: int, tx: InTransaction) -> Response:
    """The note's scan list as CSV: a parcel a line, by waybill."""
    note = _own(tx, note_id)
    rows: list[Mapping[str, Any]] = [each.model_dump(mode="json") for each in note.listed]
    named = {"Content-Disposition": FILE.format(number=note.number, kind="csv")}
    return Response(csv_of(NoteParcel, rows), media_type=CSV_TYPE, headers=named)


@router.get(
    "/supplier/handovers/{note_id}",
    dependencies=[allow("fulfilments.read", "supplier")],
    responses=problems(NotFound),
)
def show(note_id: int, tx: InTransaction) -> NoteOut:
    """One note of the caller's, with its parcels."""
    return _own(tx, note_id)


@router.post(
    "/supplier/handovers/{note_id}/scan",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def scan(note_id: int, scanned: ScanIn, tx: InTransaction) -> ScanOut:
    """Scan parcels out, at once or bit by bit; what was scanned before stays so."""
    found = scan_note(tx, _supplier(tx), note_id, scanned.waybills)
    note = _own(tx, note_id)
    return ScanOut(scanned=found.fresh, missing=found.missing, surplus=found.surplus, note=note)


@router.post(
    "/supplier/handovers/{note_id}/sign",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def sign(note_id: int, signed: SignIn, tx: InTransaction) -> NoteOut:
    """Sign for a side, once; the driver's signature closes the note, and is the caller's hand-over claim."""
    signature = Signature(signed.signed_by, signed.role, signed.signature, signed.at or tx.now)
    sign_note(tx, _supplier(tx), note_id, signature)
    return _own(tx, note_id)


@router.get("/carriers/{carrier}/handovers", dependencies=[allow("scans.write", "carrier")])
def list_collections(carrier: str, query: PageQuery, tx: InTransaction) -> Page[NoteSummary]:
    """The notes that the calling carrier is to collect by, the newest first."""
    after = query.after[0] if query.after else 0
    rows = list_notes(tx, carrier=carrier, after=after, limit=query.fetch)
    return page_of(rows, query, lambda each: [each.id])


@router.get(
    "/carriers/{carrier}/handovers/punctuality",
    dependencies=[allow("scans.write", "carrier", "operator")],
)
def punctuality(
    carrier: str,
    tx: InTransaction,
    since: Annotated[Instant | None, Query(description="Of notes made from then on; 30 days ago")] = None,
    until: Annotated[Instant | None, Query(description="Of notes made before; now")] = None,
) -> Punctuality:
    """How a carrier kept to its planned collections, and how soon it scanned what was signed for."""
    end = until or tx.now + timedelta(seconds=1)
    return punctuality_of(tx, carrier, since or end - SPAN, end)


@router.get(
    "/carriers/{carrier}/handovers/{note_id}",
    dependencies=[allow("scans.write", "carrier")],
    responses=problems(NotFound),
)
def show_collection(carrier: str, note_id: int, tx: InTransaction) -> NoteOut:
    """One note of the calling carrier's, with its parcels."""
    return shown_note(tx, note_row(tx, note_id, carrier=carrier))


@router.post(
    "/carriers/{carrier}/handovers/{note_id}/answer",
    dependencies=[allow("scans.write", "carrier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def answer(carrier: str, note_id: int, said: AnswerIn, tx: InTransaction) -> NoteOut:
    """The carrier says whether it collected, once: what it confirms is evidence on its own side."""
    answer_note(tx, carrier, note_id, said.collected, said.counted)
    return shown_note(tx, note_row(tx, note_id, carrier=carrier))


def _own(tx: Tx[Policy], note_id: int) -> NoteOut:
    return shown_note(tx, note_row(tx, note_id, supplier_id=_supplier(tx)))


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
