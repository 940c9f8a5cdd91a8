"""A shop's own location over HTTP, and what a shop does about its fulfilments in bulk."""

from typing import Annotated

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.bulk import REHEARSABLE
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.kernel.many import one_by_one
from andon.orders.remedies.rules import Action
from andon.orders.remedies.service import remedy_fulfilment
from andon.orders.shipping.api.bulk import done_in_order
from andon.orders.shipping.api.shapes import (
    ActOut,
    ActsOut,
    BulkRemedy,
    LabelIn,
    OwnAct,
    OwnActs,
    VoidIn,
    done,
)
from andon.orders.shipping.rules import Status
from andon.orders.shipping.service import Step, label_parcels, pick_fulfilments, void_labels
from andon.orders.shipping.views import SupplierFulfilment
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["fulfilments"])


@router.post(
    "/shops/{shop_id}/fulfilments/bulk",
    dependencies=[allow("fulfilments.write", "shop"), REHEARSABLE],
    responses=problems(Invalid),
)
def act_in_bulk(
    shop_id: int, acts: Annotated[OwnActs, Sheet("shop_fulfilments", OwnAct)], tx: InTransaction
) -> ActsOut:
    """Up to 1,000 acts with an answer each: on standard fulfilments in the order of the way, then remedies. MODE-4."""
    tx.hold(shop_id)
    results = done_in_order(tx, acts, own_of=shop_id)
    remedies = {place: act for place, act in enumerate(acts) if isinstance(act, BulkRemedy)}
    told = one_by_one(
        tx,
        list(remedies.values()),
        lambda act: remedy_fulfilment(tx, shop_id, act.id, Action(act.action)),
        lambda act: act.id,
    )
    for (place, act), no in zip(remedies.items(), told, strict=True):
        status = Status.REFUSED if no else Status.DONE
        results[place] = ActOut(index=place, id=act.id, status=status, code=no.code if no else None)
    return ActsOut(results=[results[place] for place in range(len(acts))])


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/picked",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def pick_own(shop_id: int, fulfilment_id: int, tx: InTransaction) -> SupplierFulfilment:
    """The goods of a standard fulfilment are off the shelf of the shop's own location."""
    outcomes = pick_fulfilments(tx, [Step(fulfilment_id, tx.now)], own_of=shop_id)
    return done(tx, fulfilment_id, outcomes)


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/labelled",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict, Invalid),
)
def label_own(shop_id: int, fulfilment_id: int, parcel: LabelIn, tx: InTransaction) -> SupplierFulfilment:
    """One parcel of a standard fulfilment is labelled in the shop's own location."""
    return done(tx, fulfilment_id, label_parcels(tx, [parcel.label(fulfilment_id, tx)], own_of=shop_id))


@router.post(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/void_label",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound, Conflict, Invalid),
)
def void_own(shop_id: int, fulfilment_id: int, void: VoidIn, tx: InTransaction) -> SupplierFulfilment:
    """A label of a standard fulfilment is void before its first scan."""
    return done(tx, fulfilment_id, void_labels(tx, [void.void(fulfilment_id, tx)], own_of=shop_id))
