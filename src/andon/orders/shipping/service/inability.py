"""What was accepted and cannot be fulfilled after all: the shelf was short. Source: MODE-3."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.orders.cancelling.service import CancellationAnswer, answer_cancellations
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments, lock_stock, tell_of
from andon.orders.routing.service import reroute
from andon.orders.shipping.events import FulfilmentGivenUp
from andon.orders.shipping.rules import (
    DONE,
    UNFINISHED,
    Rejection,
    Status,
    Verdict,
    inability_verdict,
    refused,
)
from andon.orders.shipping.service.missing import correct_stock, items_of, keep_notes
from andon.orders.shipping.service.standing import Outcome, Turn, barred, outcomes_of, standings
from andon.partners.stock.rules import Owner
from andon.partners.stock.service import PoolKey, lock_units
from andon.platform.policies.rules import Policy

_S = FulfilmentState


@dataclass(frozen=True, slots=True)
class Inability:
    """A supplier's word, given at `at`, that it cannot fulfil what it accepted; `code` is a Rejection.

    `note` is for people: it is kept beside the fulfilment, in no event.
    """

    fulfilment_id: int
    at: datetime
    code: str
    note: str | None = None

    def __post_init__(self) -> None:
        assert Rejection(self.code), self.code


def give_up_fulfilments(tx: Tx[Policy], inabilities: Sequence[Inability]) -> list[Outcome]:
    """Take suppliers' words that they cannot fulfil after all, each with an outcome of its own; again changes nothing.

    Possible from the acceptance until the hand-over. Its units come back, stock is corrected where it was short, and a
    successor is found in the same transaction; the seller is told. One that somebody wishes to cancel is cancelled
    instead: nobody wants a successor. A label stays: its late scan moves nothing.
    """
    return outcomes_of(inabilities, lambda turn: _give_up(tx, turn))


def _give_up(tx: Tx[Policy], turn: Turn[Inability]) -> dict[int, Verdict]:
    known = standings(tx, [each.fulfilment_id for _, each in turn])
    tx.hold({row.shop_id for row in known.values()})
    verdicts = {index: _judge(tx, known.get(each.fulfilment_id), each) for index, each in turn}
    due = [(each, known[each.fulfilment_id]) for index, each in turn if verdicts[index] is DONE]
    if not due:
        return verdicts
    with tx.as_platform():
        ended = _end(tx, due)
    keep_notes(tx, [(each, row) for each, row in due if row.fulfilment_id in ended and each.note])
    late = [(i, each) for i, each in turn if verdicts[i] is DONE and each.fulfilment_id not in ended]
    if late:
        # It was collected or cancelled in between; how it stands now counts.
        known = standings(tx, [each.fulfilment_id for _, each in late])
        for index, each in late:
            verdict = _judge(tx, known.get(each.fulfilment_id), each)
            verdicts[index] = refused("fulfilment.state") if verdict.status is Status.DONE else verdict
    return verdicts


def _judge(tx: Tx[Policy], row: Row[Any] | None, each: Inability) -> Verdict:
    if (verdict := barred(tx, row, None)) is not None:
        return verdict
    assert row is not None
    accepted = row.accepted_at is not None
    return inability_verdict(_S(row.state), accepted, row.reason, each.code, row.handed_over_at)


def _end(tx: Tx[Policy], due: Sequence[tuple[Inability, Row[Any]]]) -> set[int]:
    """End these, each as it stands under its lock; the numbers of those that ended."""
    said = {row.fulfilment_id: each for each, row in due}
    emptied = items_of(tx, [row for each, row in due if each.code == Rejection.OUT_OF_STOCK])
    pools = {PoolKey(key.location, key.item) for key in emptied if key.owner == Owner.SUPPLIER}
    lock_units(tx, (), pools)
    held = _lock(tx, [row for _, row in due])
    unwanted = [row for row in held if row.cancel_requested_at and not row.cancel_answered_at]
    wanted = [row for row in held if row not in unwanted]
    tx.emit(
        *(
            FulfilmentGivenUp(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=said[row.fulfilment_id].at,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                reason=said[row.fulfilment_id].code,
                stood=_S(row.state).word,
            )
            for row in held
        )
    )
    answer_cancellations(
        tx,
        [
            CancellationAnswer(row.shop_id, row.fulfilment_id, said[row.fulfilment_id].at, accepted=True)
            for row in unwanted
        ],
    )
    closed = close_fulfilments(
        tx,
        [
            Close(
                row.shop_id,
                row.fulfilment_id,
                said[row.fulfilment_id].at,
                said[row.fulfilment_id].code,
            )
            for row in wanted
        ],
        _S.REJECTED,
        sources=UNFINISHED,
    )
    ended = {row.fulfilment_id for row in held}
    correct_stock(tx, {key: line for key, line in emptied.items() if line.fulfilment_id in ended}, pools)
    reroute(tx, closed)
    for row in held:
        tell_of(tx, FulfilmentGivenUp.kind, [row], "seller", reason=said[row.fulfilment_id].code)
    return ended


def _lock(tx: Tx[Policy], rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """These fulfilments as they stand now, and until the end: those of them that may still be given up."""
    shops = sorted({row.shop_id for row in rows})
    held: list[Row[Any]] = []
    for shop_id in shops:
        numbers = [row.fulfilment_id for row in rows if row.shop_id == shop_id]
        lock_stock(tx, shop_id, numbers, and_others=True)
        held += tx.rows(
            "select shop_id, fulfilment_id, order_id, supplier_id, state, cancel_requested_at, cancel_answered_at "
            "from fulfilments where shop_id = :shop and fulfilment_id = any(:numbers) "
            f"and state in ({', '.join(str(state.value) for state in UNFINISHED)}) and handed_over_at is null "
            "order by fulfilment_id for no key update",
            shop=shop_id,
            numbers=numbers,
        )
    return held
