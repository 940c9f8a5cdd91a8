"""Picked, and handed over: what is said of a fulfilment on its way through the warehouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.shipping.events import HandoverClaimed
from andon.orders.shipping.rules import (
    ALREADY,
    DONE,
    Status,
    Verdict,
    handover_verdict,
    pick_verdict,
    refused,
)
from andon.orders.shipping.service.standing import (
    Outcome,
    Standings,
    Turn,
    barred,
    is_asked,
    outcomes_of,
    standings,
    unless_held,
)
from andon.platform.policies.rules import Policy

_S = FulfilmentState


@dataclass(frozen=True, slots=True)
class Step:
    """A fulfilment's goods were picked at `at`."""

    fulfilment_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """A fulfilment's parcels were given to the carrier at `at`, as its supplier says."""

    fulfilment_id: int
    at: datetime


def pick_fulfilments(tx: Tx[Policy], steps: Sequence[Step], *, own_of: int | None = None) -> list[Outcome]:
    """Note that goods are off the shelf, each with an outcome of its own.

    `own_of` is the shop that picks in its own location; without it a supplier speaks of its own fulfilments.
    """

    def pick(turn: Turn[Step]) -> dict[int, Verdict]:
        known = standings(tx, [step.fulfilment_id for _, step in turn])
        tx.hold({row.shop_id for row in known.values()})
        verdicts = {index: _judge_pick(tx, known, step, own_of) for index, step in turn}
        due = [(index, step) for index, step in turn if verdicts[index] is DONE]
        moves = [Move(known[step.fulfilment_id].shop_id, step.fulfilment_id, step.at) for _, step in due]
        moved = {row.fulfilment_id for row in move_fulfilments(tx, moves, _S.PICKED)} if moves else set()
        late = [(index, step) for index, step in due if step.fulfilment_id not in moved]
        if late:
            known = standings(tx, [step.fulfilment_id for _, step in late])
            for index, step in late:
                verdict = _judge_pick(tx, known, step, own_of)
                verdicts[index] = refused("fulfilment.state") if verdict.status is Status.DONE else verdict
        return verdicts

    return outcomes_of(steps, pick)


def _judge_pick(tx: Tx[Policy], known: Standings, step: Step, own_of: int | None) -> Verdict:
    row = known.get(step.fulfilment_id)
    if (verdict := barred(tx, row, own_of)) is not None:
        return verdict
    assert row is not None
    return unless_held(row, pick_verdict(_S(row.state), by_supplier=is_asked(row)))


def note_handovers(tx: Tx[Policy], handovers: Sequence[Handover]) -> list[Outcome]:
    """Note suppliers' claims that parcels are with the carrier: evidence, beside the carrier's first scan.

    The state does not move. Refuses, with its code, a claim from the future or from before the label.
    """

    def note(turn: Turn[Handover]) -> dict[int, Verdict]:
        known = standings(tx, [claim.fulfilment_id for _, claim in turn])
        tx.hold({row.shop_id for row in known.values()})
        verdicts = {index: _judge_handover(tx, known, claim) for index, claim in turn}
        due = {claim.fulfilment_id: index for index, claim in turn if verdicts[index] is DONE}
        rows = as_json(
            {"s": known[claim.fulfilment_id].shop_id, "f": claim.fulfilment_id, "t": claim.at}
            for index, claim in turn
            if verdicts[index] is DONE
        )
        noted = _write_handovers(tx, rows) if due else set()
        verdicts.update({index: ALREADY for number, index in due.items() if number not in noted})
        return verdicts

    return outcomes_of(handovers, note)


def _judge_handover(tx: Tx[Policy], known: Standings, claim: Handover) -> Verdict:
    row = known.get(claim.fulfilment_id)
    if (verdict := barred(tx, row, None)) is not None:
        return verdict
    assert row is not None
    verdict = unless_held(row, handover_verdict(_S(row.state), row.handed_over_at))
    if verdict is not DONE:
        return verdict
    if claim.at > tx.now + tx.policy.tracking.scan_ahead:
        return refused("handover.in_future", _S(row.state))
    return refused("handover.too_early", _S(row.state)) if claim.at < row.labelled_at else DONE


def _write_handovers(tx: Tx[Policy], rows: str) -> set[int]:
    noted = tx.rows(
        "update fulfilments f set handed_over_at = r.t from json_to_recordset(cast(:rows as json)) "
        "as r(s bigint, f bigint, t timestamptz) where f.shop_id = r.s and f.fulfilment_id = r.f "
        "and f.handed_over_at is null returning f.shop_id, f.order_id, f.fulfilment_id, f.handed_over_at",
        rows=rows,
    )
    tx.emit(
        *(
            HandoverClaimed(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=row.handed_over_at,
                fulfilment_id=row.fulfilment_id,
                handed_over_at=row.handed_over_at,
            )
            for row in noted
        )
    )
    return {row.fulfilment_id for row in noted}
