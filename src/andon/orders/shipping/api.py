"""A supplier's side over HTTP: what there is to do, and what is said of it; and a shop's own location."""

import time
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.ears import SUPPLIER_CHANNEL
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageAsked, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.rules import Rejection, Shortfall, Status, Voiding, refusal_of
from andon.orders.shipping.service import (
    Answer,
    Handover,
    Label,
    Outcome,
    Shortage,
    Step,
    Void,
    answer_fulfilments,
    label_parcels,
    note_handovers,
    pick_fulfilments,
    report_shortages,
    void_labels,
)
from andon.orders.shipping.views import SupplierFulfilment, list_supplied, supplied, supplied_among
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["fulfilments"])

LONGEST_WAIT_SECONDS = 60
BULK_LIMIT = 1000

Word = Literal[
    "waiting", "reserved", "pushed", "accepted", "picked", "labelled", "shipped", "delivered", "completed",
    "rejected", "cancelled", "returned", "lost",
]  # fmt: skip
Number = Annotated[int, Field(ge=1)]
Note = Annotated[str, Field(min_length=1, max_length=2000)]


class RejectionIn(Strict):
    """Why a fulfilment will not be fulfilled; the note is for people."""

    code: Rejection
    note: Note | None = None


class LabelIn(Strict):
    """A parcel's label. Weight in grams, lengths in millimetres."""

    carrier: Annotated[str, Field(min_length=1, max_length=32)]
    waybill: Annotated[str, Field(min_length=1, max_length=64)]
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int

    def label(self, fulfilment_id: int, tx: Tx[Policy]) -> Label:
        """The label of that fulfilment, made now."""
        figures = (self.weight_g, self.length_mm, self.width_mm, self.height_mm)
        return Label(fulfilment_id, tx.now, self.carrier, self.waybill, *figures)


class VoidIn(Strict):
    """A label that is void before the carrier has the parcel."""

    carrier: Annotated[str, Field(min_length=1, max_length=32)]
    waybill: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Voiding = Voiding.OTHER

    def void(self, fulfilment_id: int, tx: Tx[Policy]) -> Void:
        """The void of that fulfilment's label, now."""
        return Void(fulfilment_id, tx.now, self.carrier, self.waybill, self.reason.value)


class ShortageIn(Strict):
    """Why what was accepted cannot be fulfilled, and which lines lack; all of them if none is named."""

    reason: Shortfall
    note: Note | None = None
    lines: Annotated[list[Number], Field(max_length=BULK_LIMIT)] = []

    def shortage(self, fulfilment_id: int, tx: Tx[Policy]) -> Shortage:
        """The shortage of that fulfilment, found now."""
        return Shortage(fulfilment_id, tx.now, self.reason.value, self.note, tuple(self.lines))


class HandoverIn(Strict):
    """When the parcels were given to the carrier; now, if it is not said."""

    handed_over_at: Instant | None = None


class BulkAccept(Strict):
    """Accept one."""

    id: Number
    action: Literal["accept"]


class BulkReject(RejectionIn):
    """Reject one."""

    id: Number
    action: Literal["reject"]


class BulkPick(Strict):
    """One is picked."""

    id: Number
    action: Literal["picked"]


class BulkLabel(LabelIn):
    """A parcel of one is labelled."""

    id: Number
    action: Literal["labelled"]


class BulkHandover(HandoverIn):
    """One was given to the carrier."""

    id: Number
    action: Literal["shipped"]


class BulkVoid(VoidIn):
    """A label of one is void."""

    id: Number
    action: Literal["void_label"]


class BulkShortage(ShortageIn):
    """One cannot be fulfilled after all."""

    id: Number
    action: Literal["cannot_fulfil"]


Act = Annotated[
    BulkAccept | BulkReject | BulkPick | BulkLabel | BulkHandover | BulkVoid | BulkShortage,
    Field(discriminator="action"),
]
Acts = Annotated[list[Act], Field(min_length=1, max_length=BULK_LIMIT)]


class ActOut(Out):
    """What became of one act; `state` is the fulfilment's where it was refused for it."""

    index: int
    id: int
    status: Status
    code: str | None = None
    state: str | None = None


class ActsOut(Out):
    """What became of each act, in the order of the call."""

    results: list[ActOut]


@router.get(
    "/supplier/fulfilments",
    dependencies=[allow("fulfilments.read", "supplier")],
    responses=problems(Invalid),
)
async def list_fulfilments(
    caller: Caller,
    query: PageQuery,
    state: Annotated[Word | None, Query(description="Only those in this state")] = None,
    shop: Annotated[int | None, Query(ge=1, description="Only those of this shop")] = None,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Whole seconds to wait while there are none")
    ] = 0,
) -> Page[SupplierFulfilment]:
    """The caller's fulfilments, oldest first; with `wait`, as soon as there is one."""
    deadline = time.monotonic() + wait

    def look(tx: Tx[Policy]) -> tuple[str, Page[SupplierFulfilment]]:
        return str(tx.actor.id), _page(tx, query, state, shop)

    supplier, page = await caller.look(look)
    if page.items or not wait:
        return page
    with caller.listening(SUPPLIER_CHANNEL, supplier) as ear:
        while True:
            _, page = await caller.look(look)
            rest = deadline - time.monotonic()
            if page.items or rest <= 0 or not await ear.heard(rest):
                return page


def _page(tx: Tx[Policy], query: PageAsked, state: Word | None, shop: int | None) -> Page[SupplierFulfilment]:
    rows = list_supplied(
        tx,
        _supplier(tx),
        state=FulfilmentState[state.upper()] if state else None,
        shop_id=shop,
        after=query.after[0] if query.after else 0,
        limit=query.fetch,
    )
    return page_of(rows, query, lambda each: [each.id])


@router.get(
    "/supplier/fulfilments/{fulfilment_id}",
    dependencies=[allow("fulfilments.read", "supplier")],
    responses=problems(NotFound),
)
def show_fulfilment(fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """One fulfilment of the caller's."""
    return supplied(tx, _supplier(tx), fulfilment_id)


@router.post(
    "/supplier/fulfilments/bulk",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(Invalid),
)
def act_in_bulk(acts: Acts, tx: InTransaction) -> ActsOut:
    """Up to 1,000 acts, with an answer each; those of one fulfilment are done in the order of the way."""
    results: dict[int, ActOut] = {}

    def note(places: list[int], outcomes: list[Outcome]) -> None:
        for place, outcome in zip(places, outcomes, strict=True):
            results[place] = ActOut(
                index=place,
                id=acts[place].id,
                status=outcome.status,
                code=outcome.code,
                state=outcome.state,
            )

    answers = {i: _answer(act, tx) for i, act in enumerate(acts) if isinstance(act, BulkAccept | BulkReject)}
    note(list(answers), answer_fulfilments(tx, list(answers.values())))
    picks = {i: Step(act.id, tx.now) for i, act in enumerate(acts) if isinstance(act, BulkPick)}
    note(list(picks), pick_fulfilments(tx, list(picks.values())))
    voids = {i: act.void(act.id, tx) for i, act in enumerate(acts) if isinstance(act, BulkVoid)}
    note(list(voids), void_labels(tx, list(voids.values())))
    labels = {i: act.label(act.id, tx) for i, act in enumerate(acts) if isinstance(act, BulkLabel)}
    note(list(labels), label_parcels(tx, list(labels.values())))
    handovers = {
        i: Handover(act.id, act.handed_over_at or tx.now)
        for i, act in enumerate(acts)
        if isinstance(act, BulkHandover)
    }
    note(list(handovers), note_handovers(tx, list(handovers.values())))
    shortages = {i: act.shortage(act.id, tx) for i, act in enumerate(acts) if isinstance(act, BulkShortage)}
    note(list(shortages), report_shortages(tx, list(shortages.values())))
    return ActsOut(results=[results[index] for index in range(len(acts))])


def _answer(act: BulkAccept | BulkReject, tx: Tx[Policy]) -> Answer:
    if isinstance(act, BulkAccept):
        return Answer(act.id, tx.now, accept=True)
    return Answer(act.id, tx.now, accept=False, code=act.code, note=act.note)


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/accept",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def accept(fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """Accept a fulfilment; accepting it again changes nothing. MODE-3."""
    return _done(tx, fulfilment_id, answer_fulfilments(tx, [Answer(fulfilment_id, tx.now, accept=True)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/reject",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def reject(fulfilment_id: int, rejection: RejectionIn, tx: InTransaction) -> SupplierFulfilment:
    """Reject a whole fulfilment; another supplier gets it, or it waits for the seller. MODE-3."""
    answer = Answer(fulfilment_id, tx.now, accept=False, code=rejection.code, note=rejection.note)
    return _done(tx, fulfilment_id, answer_fulfilments(tx, [answer]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/picked",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def pick(fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """The goods are off the shelf."""
    return _done(tx, fulfilment_id, pick_fulfilments(tx, [Step(fulfilment_id, tx.now)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/labelled",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def label(fulfilment_id: int, parcel: LabelIn, tx: InTransaction) -> SupplierFulfilment:
    """One parcel is labelled; further calls add further parcels."""
    return _done(tx, fulfilment_id, label_parcels(tx, [parcel.label(fulfilment_id, tx)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/void_label",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def void_label(fulfilment_id: int, void: VoidIn, tx: InTransaction) -> SupplierFulfilment:
    """A label is void before its first scan; its number counts for nothing from here on. Again changes nothing."""
    return _done(tx, fulfilment_id, void_labels(tx, [void.void(fulfilment_id, tx)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/cannot_fulfil",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def report_shortage(fulfilment_id: int, shortage: ShortageIn, tx: InTransaction) -> SupplierFulfilment:
    """What was accepted cannot be fulfilled after all; another supplier gets it, or it waits for the seller. MODE-3."""
    return _done(tx, fulfilment_id, report_shortages(tx, [shortage.shortage(fulfilment_id, tx)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/shipped",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def hand_over(
    fulfilment_id: int, tx: InTransaction, handover: HandoverIn | None = None
) -> SupplierFulfilment:
    """The parcels are with the carrier, says the supplier; the state moves with the carrier's first scan."""
    said = handover.handed_over_at if handover else None
    claim = Handover(fulfilment_id, said or tx.now)
    return _done(tx, fulfilment_id, note_handovers(tx, [claim]))


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/picked",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def pick_own(shop_id: int, fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """The goods of a standard fulfilment are off the shelf of the shop's own location."""
    outcomes = pick_fulfilments(tx, [Step(fulfilment_id, tx.now)], own_of=shop_id)
    return _done(tx, fulfilment_id, outcomes)


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/labelled",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict, Invalid),
)
def label_own(shop_id: int, fulfilment_id: int, parcel: LabelIn, tx: InTransaction) -> SupplierFulfilment:
    """One parcel of a standard fulfilment is labelled in the shop's own location."""
    return _done(tx, fulfilment_id, label_parcels(tx, [parcel.label(fulfilment_id, tx)], own_of=shop_id))


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/void_label",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict, Invalid),
)
def void_own(shop_id: int, fulfilment_id: int, void: VoidIn, tx: InTransaction) -> SupplierFulfilment:
    """A label of a standard fulfilment is void before its first scan."""
    return _done(tx, fulfilment_id, void_labels(tx, [void.void(fulfilment_id, tx)], own_of=shop_id))


def _done(tx: Tx[Policy], fulfilment_id: int, outcomes: list[Outcome]) -> SupplierFulfilment:
    """The fulfilment as it is now; the refusal, where what was said of it was refused."""
    if outcomes[0].status is Status.REFUSED:
        raise refusal_of(outcomes[0].verdict)
    return supplied_among(tx, [fulfilment_id])[0]


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
