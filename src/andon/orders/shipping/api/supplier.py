"""A supplier's side over HTTP: what there is to do, and what is said of it."""

import time
from typing import Annotated, Literal

from fastapi import Query

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.ears import SUPPLIER_CHANNEL
from andon.kernel.http.pages import Page, PageAsked, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.api.shapes import (
    HandoverIn,
    LabelIn,
    RejectionIn,
    ShortageIn,
    VoidIn,
    done,
    supplier_of,
)
from andon.orders.shipping.service import (
    Answer,
    Handover,
    Step,
    answer_fulfilments,
    label_parcels,
    note_handovers,
    pick_fulfilments,
    report_shortages,
    void_labels,
)
from andon.orders.shipping.views import SupplierFulfilment, list_supplied, supplied
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["fulfilments"])

LONGEST_WAIT_SECONDS = 60

Word = Literal[
    "waiting", "reserved", "pushed", "accepted", "picked", "labelled", "shipped", "delivered", "completed",
    "rejected", "cancelled", "returned", "lost",
]  # fmt: skip


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
    waybill: Annotated[str | None, Query(max_length=64, description="Those of that parcel")] = None,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Whole seconds to wait while there are none")
    ] = 0,
) -> Page[SupplierFulfilment]:
    """The caller's fulfilments, oldest first; with `wait`, as soon as there is one."""
    deadline = time.monotonic() + wait

    def look(tx: Tx[Policy]) -> tuple[str, Page[SupplierFulfilment]]:
        return str(tx.actor.id), _page(tx, query, state, shop, waybill)

    supplier, page = await caller.look(look)
    if page.items or not wait:
        return page
    with caller.listening(SUPPLIER_CHANNEL, supplier) as ear:
        while True:
            _, page = await caller.look(look)
            rest = deadline - time.monotonic()
            if page.items or rest <= 0 or not await ear.heard(rest):
                return page


def _page(
    tx: Tx[Policy], query: PageAsked, state: Word | None, shop: int | None, waybill: str | None
) -> Page[SupplierFulfilment]:
    rows = list_supplied(
        tx,
        supplier_of(tx),
        state=FulfilmentState[state.upper()] if state else None,
        shop_id=shop,
        waybill=waybill,
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
    return supplied(tx, supplier_of(tx), fulfilment_id)


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/accept",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def accept(fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """Accept a fulfilment; accepting it again changes nothing. MODE-3."""
    return done(tx, fulfilment_id, answer_fulfilments(tx, [Answer(fulfilment_id, tx.now, accept=True)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/reject",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def reject(fulfilment_id: int, rejection: RejectionIn, tx: InTransaction) -> SupplierFulfilment:
    """Reject a whole fulfilment; another supplier gets it, or it waits for the seller. MODE-3."""
    answer = Answer(fulfilment_id, tx.now, accept=False, code=rejection.code, note=rejection.note)
    return done(tx, fulfilment_id, answer_fulfilments(tx, [answer]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/picked",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def pick(fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """The goods are off the shelf."""
    return done(tx, fulfilment_id, pick_fulfilments(tx, [Step(fulfilment_id, tx.now)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/labelled",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def label(fulfilment_id: int, parcel: LabelIn, tx: InTransaction) -> SupplierFulfilment:
    """One parcel is labelled; further calls add further parcels."""
    return done(tx, fulfilment_id, label_parcels(tx, [parcel.label(fulfilment_id, tx)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/void_label",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def void_label(fulfilment_id: int, void: VoidIn, tx: InTransaction) -> SupplierFulfilment:
    """A label is void before its first scan; its number counts for nothing from here on. Again changes nothing."""
    return done(tx, fulfilment_id, void_labels(tx, [void.void(fulfilment_id, tx)]))


@router.post(
    "/supplier/fulfilments/{fulfilment_id}/cannot_fulfil",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict, Invalid),
)
def report_shortage(fulfilment_id: int, shortage: ShortageIn, tx: InTransaction) -> SupplierFulfilment:
    """What was accepted cannot be fulfilled after all; another supplier gets it, or it waits for the seller. MODE-3."""
    return done(tx, fulfilment_id, report_shortages(tx, [shortage.shortage(fulfilment_id, tx)]))


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
    return done(tx, fulfilment_id, note_handovers(tx, [claim]))
