"""What a supplier says of many fulfilments in one call."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from andon.kernel.errors import Invalid
from andon.kernel.http.bulk import REHEARSABLE
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.kernel.tx import Tx
from andon.orders.cancelling.service import CancellationAnswer, answer_cancellations
from andon.orders.shipping.api.shapes import (
    Act,
    ActOut,
    Acts,
    ActsOut,
    BulkAccept,
    BulkCancellation,
    BulkHandover,
    BulkLabel,
    BulkPick,
    BulkReject,
    BulkShortage,
    BulkVoid,
)
from andon.orders.shipping.rules import Status
from andon.orders.shipping.service import (
    Answer,
    Handover,
    Outcome,
    Step,
    answer_fulfilments,
    label_parcels,
    note_handovers,
    pick_fulfilments,
    report_shortages,
    standings,
    void_labels,
)
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["fulfilments"])


@router.post(
    "/supplier/fulfilments/bulk",
    dependencies=[allow("fulfilments.write", "supplier"), REHEARSABLE],
    responses=problems(Invalid),
)
def act_in_bulk(acts: Annotated[Acts, Sheet("supplier_fulfilments", Act)], tx: InTransaction) -> ActsOut:
    """Up to 1,000 acts, with an answer each; those of one fulfilment are done in the order of the way."""
    results = done_in_order(tx, acts)
    return ActsOut(results=[results[place] for place in range(len(acts))])


def done_in_order(tx: Tx[Policy], acts: Sequence[Any], *, own_of: int | None = None) -> dict[int, ActOut]:
    """Do these acts, kind by kind in the order of the way; the answer to each by its place.

    `own_of` is the shop that speaks for its own location, as in the use cases.
    """
    results: dict[int, ActOut] = {}
    for kinds, said, do in _stages(own_of):
        chosen = {place: said(act, tx) for place, act in enumerate(acts) if isinstance(act, kinds)}
        for place, outcome in zip(chosen, do(tx, list(chosen.values())) if chosen else [], strict=True):
            results[place] = ActOut(
                index=place, id=acts[place].id, status=outcome.status, code=outcome.code, state=outcome.state
            )
    return results


Stage = tuple[
    tuple[type, ...], Callable[[Any, Tx[Policy]], Any], Callable[[Tx[Policy], list[Any]], list[Outcome]]
]


def _stages(own_of: int | None) -> Sequence[Stage]:
    """The acts by kind: what each says to which use case."""
    return (
        ((BulkAccept, BulkReject), _answer, answer_fulfilments),
        ((BulkCancellation,), lambda act, _: act, _answer_cancellations),
        ((BulkPick,), lambda act, tx: Step(act.id, tx.now), partial(pick_fulfilments, own_of=own_of)),
        ((BulkVoid,), lambda act, tx: act.void(act.id, tx), partial(void_labels, own_of=own_of)),
        ((BulkLabel,), lambda act, tx: act.label(act.id, tx), partial(label_parcels, own_of=own_of)),
        ((BulkHandover,), lambda act, tx: Handover(act.id, act.handed_over_at or tx.now), note_handovers),
        ((BulkShortage,), lambda act, tx: act.shortage(act.id, tx), report_shortages),
    )


def _answer(act: BulkAccept | BulkReject, tx: Tx[Policy]) -> Answer:
    if isinstance(act, BulkAccept):
        return Answer(act.id, tx.now, accept=True)
    return Answer(act.id, tx.now, accept=False, code=act.code, note=act.note)


def _answer_cancellations(tx: Tx[Policy], acts: Sequence[BulkCancellation]) -> list[Outcome]:
    """Take a supplier's answers to cancellations; of what is not its own nothing is known."""
    known = {
        number: row.shop_id
        for number, row in standings(tx, [act.id for act in acts]).items()
        if row.supplier_id == tx.actor.id
    }
    own = [place for place, act in enumerate(acts) if act.id in known]
    told = answer_cancellations(
        tx,
        [
            CancellationAnswer(known[acts[at].id], acts[at].id, tx.now, acts[at].answer == "accepted")
            for at in own
        ],
    )
    outcomes: Mapping[int, Outcome] = {
        place: Outcome(place, Status(each.status), each.code) for place, each in zip(own, told, strict=True)
    }
    unknown = "fulfilment.not_found"
    return [outcomes.get(at) or Outcome(at, Status.REFUSED, unknown) for at in range(len(acts))]
