"""A supplier's answer to the wish to cancel, and what becomes of one that does not come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.cancelling.rules import ACCEPTED, IN_HAND, REFUSED, late_answer
from andon.orders.order.events import CancellationAnswered
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments, lock_stock, tell_of
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class CancellationAnswer:
    """A supplier's answer to a cancellation, given at `at`."""

    shop_id: int
    fulfilment_id: int
    at: datetime
    accepted: bool


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What became of the answer at `index`; a refusal has its code."""

    index: int
    status: Literal["done", "already", "refused"]
    code: str | None = None


def answer_cancellations(tx: Tx[Policy], answers: Sequence[CancellationAnswer]) -> list[AnswerOutcome]:
    """Take suppliers' answers: accepted, and the units come back; refused, and it goes on. Repeats change nothing.

    Only what was asked for and has not left can be answered; else the outcome is a refusal with
    `cancellation.not_requested`, `cancellation.answered`, `order.already_shipped` or `fulfilment.not_found`.
    """
    tx.hold({answer.shop_id for answer in answers})
    first = {(answer.shop_id, answer.fulfilment_id): answer for answer in reversed(answers)}
    taken: dict[tuple[int, int], Row[Any]] = {}
    for shop_id in sorted({answer.shop_id for answer in answers}):
        own = [answer for answer in first.values() if answer.shop_id == shop_id]
        lock_stock(tx, shop_id, [answer.fulfilment_id for answer in own if answer.accepted])
        taken |= {(shop_id, row.fulfilment_id): row for row in _take_answers(tx, shop_id, own)}
    tx.emit(
        *(
            CancellationAnswered(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=first[place].at,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                answer=ACCEPTED if first[place].accepted else REFUSED,
            )
            for place, row in taken.items()
        )
    )
    close_fulfilments(
        tx,
        [
            Close(*place, first[place].at, row.cancel_reason)
            for place, row in taken.items()
            if first[place].accepted
        ],
        FulfilmentState.CANCELLED,
    )
    refused = [row for place, row in taken.items() if not first[place].accepted]
    tell_of(tx, "cancellation.refused", refused, "seller")
    return _outcomes(tx, answers, taken.keys())


def _take_answers(tx: Tx[Policy], shop_id: int, answers: Sequence[CancellationAnswer]) -> Sequence[Row[Any]]:
    """Note these answers where one is waited for; the fulfilments that had waited."""
    hands = ",".join(str(state.value) for state in IN_HAND)
    return tx.rows(
        "with w as materialized (select f.fulfilment_id, n.at, n.answer "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as n(f bigint, at timestamptz, answer text) "
        "join fulfilments f on f.shop_id = :shop and f.fulfilment_id = n.f and f.fulfilment_id = any(:numbers) "
        "order by f.fulfilment_id for no key update of f) "
        "update fulfilments f set cancel_answered_at = w.at, cancel_answer = w.answer, cancel_due_at = null, "
        f"flags = f.flags & {~Flag.LATE_ANSWER.value} from w "
        "where f.shop_id = :shop and f.fulfilment_id = w.fulfilment_id and f.fulfilment_id = any(:numbers) "
        f"and f.state = any('{{{hands}}}') and f.cancel_requested_at is not null "
        "and f.cancel_answered_at is null "
        "returning f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id, f.cancel_reason",
        shop=shop_id,
        numbers=[answer.fulfilment_id for answer in answers],
        rows=as_json(
            {
                "f": answer.fulfilment_id,
                "at": answer.at,
                "answer": ACCEPTED if answer.accepted else REFUSED,
            }
            for answer in answers
        ),
    )


def _outcomes(
    tx: Tx[Policy], answers: Sequence[CancellationAnswer], taken: Collection[tuple[int, int]]
) -> list[AnswerOutcome]:
    """The outcome of each answer, once those that were waited for are taken."""
    standing = {
        (row.shop_id, row.fulfilment_id): row
        for shop_id in sorted({answer.shop_id for answer in answers})
        for row in tx.rows(
            "select shop_id, fulfilment_id, state, cancel_requested_at is not null as asked, "
            "cancel_answered_at is not null as answered "
            "from fulfilments where shop_id = :shop and fulfilment_id = any(:numbers)",
            shop=shop_id,
            numbers=[answer.fulfilment_id for answer in answers if answer.shop_id == shop_id],
        )
    }
    outcomes = []
    told: set[tuple[int, int]] = set()
    for index, answer in enumerate(answers):
        place = (answer.shop_id, answer.fulfilment_id)
        row = standing.get(place)
        if place in taken and place not in told:
            outcomes.append(AnswerOutcome(index, "done"))
        elif row is None:
            outcomes.append(AnswerOutcome(index, "refused", "fulfilment.not_found"))
        else:
            code = late_answer(
                FulfilmentState(row.state), asked=row.asked, answered=row.answered, accepted=answer.accepted
            )
            outcomes.append(AnswerOutcome(index, "refused" if code else "already", code))
        told.add(place)
    return outcomes
