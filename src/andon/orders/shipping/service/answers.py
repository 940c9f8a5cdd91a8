"""A supplier's answers: it will fulfil, or it will not and says why. Source: MODE-3."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, Move, close_fulfilments, move_fulfilments
from andon.orders.routing.service import reroute
from andon.orders.shipping.rules import DONE, Rejection, Status, Verdict, answer_verdict, refused
from andon.orders.shipping.service.corrections import correct_stock, emptied_by, lines_of, pools_of
from andon.orders.shipping.service.standing import (
    Outcome,
    Turn,
    barred,
    outcomes_of,
    standings,
)
from andon.partners.stock.service import lock_units
from andon.platform.policies.rules import Policy

_S = FulfilmentState


@dataclass(frozen=True, slots=True)
class Answer:
    """A supplier's answer to one whole fulfilment, given at `at`; `code` is a Rejection, where it rejects.

    `note` is for people: it is kept beside the fulfilment, in no event.
    """

    fulfilment_id: int
    at: datetime
    accept: bool
    code: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        assert self.accept == (self.code is None), "a rejection has a code, an acceptance none"
        assert self.code is None or Rejection(self.code), self.code


def answer_fulfilments(tx: Tx[Policy], answers: Sequence[Answer]) -> list[Outcome]:
    """Take suppliers' answers, each with an outcome of its own; the first answer counts.

    A rejection gives its units back and finds a successor in the same transaction; one for stock also empties the
    supplier's pool of what is not reserved. Source: MODE-3.
    """
    return outcomes_of(answers, lambda turn: _answer(tx, turn))


def _answer(tx: Tx[Policy], turn: Turn[Answer]) -> dict[int, Verdict]:
    known = standings(tx, [answer.fulfilment_id for _, answer in turn])
    tx.hold({row.shop_id for row in known.values()})
    verdicts = {index: _judge(tx, known.get(answer.fulfilment_id), answer) for index, answer in turn}
    due = [(index, answer) for index, answer in turn if verdicts[index] is DONE]
    accepted = _accept(tx, [(answer, known[answer.fulfilment_id]) for _, answer in due if answer.accept])
    rejected = _reject(tx, [(answer, known[answer.fulfilment_id]) for _, answer in due if not answer.accept])
    late = [(index, answer) for index, answer in due if answer.fulfilment_id not in accepted | rejected]
    if late:
        # Another answer, or a cancellation, came in between; the one that is there now counts.
        known = standings(tx, [answer.fulfilment_id for _, answer in late])
        for index, answer in late:
            verdict = _judge(tx, known.get(answer.fulfilment_id), answer)
            verdicts[index] = refused("fulfilment.state") if verdict.status is Status.DONE else verdict
    return verdicts


def _judge(tx: Tx[Policy], row: Row[Any] | None, answer: Answer) -> Verdict:
    if (verdict := barred(tx, row, None)) is not None:
        return verdict
    assert row is not None
    if row.supplier_id is None:
        return refused("fulfilment.state", _S(row.state))
    return answer_verdict(_S(row.state), row.accepted_at is not None, row.reason, answer.accept, answer.code)


def _accept(tx: Tx[Policy], due: Sequence[tuple[Answer, Row[Any]]]) -> set[int]:
    """Accept these; an answer that overtakes the record of its push proves that it was pushed."""
    moves = [Move(row.shop_id, row.fulfilment_id, answer.at) for answer, row in due]
    unpushed = [move for move, (_, row) in zip(moves, due, strict=True) if row.state == _S.RESERVED]
    if unpushed:
        move_fulfilments(tx, unpushed, _S.PUSHED)
    return {row.fulfilment_id for row in move_fulfilments(tx, moves, _S.ACCEPTED)} if moves else set()


def _reject(tx: Tx[Policy], due: Sequence[tuple[Answer, Row[Any]]]) -> set[int]:
    if not due:
        return set()
    with tx.as_platform():
        emptied = emptied_by(
            lines_of(tx, [row for answer, row in due if answer.code == Rejection.OUT_OF_STOCK])
        )
        pools = pools_of(emptied)
        lock_units(tx, (), pools)
        closed = close_fulfilments(
            tx,
            [Close(row.shop_id, row.fulfilment_id, answer.at, answer.code or "") for answer, row in due],
            _S.REJECTED,
            sources=(_S.RESERVED, _S.PUSHED),
        )
        correct_stock(tx, emptied, pools)
        reroute(tx, closed)
    done = {row.fulfilment_id for row in closed}
    _keep_notes(tx, [(answer, row) for answer, row in due if row.fulfilment_id in done and answer.note])
    return done


def _keep_notes(tx: Tx[Policy], noted: Sequence[tuple[Answer, Row[Any]]]) -> None:
    if noted:
        tx.put(
            "insert into rejection_notes (shop_id, fulfilment_id, supplier_id, note, at) "
            "select r.s, r.f, r.u, r.n, r.t from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, f bigint, u bigint, n text, t timestamptz)",
            rows=as_json(
                {
                    "s": row.shop_id,
                    "f": row.fulfilment_id,
                    "u": row.supplier_id,
                    "n": answer.note,
                    "t": answer.at,
                }
                for answer, row in noted
            ),
        )
