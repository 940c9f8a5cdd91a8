"""Cancelling in flight: at once where nobody has accepted, else asked of the supplier, who answers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Row

from andon.kernel.tx import Tx, as_json
from andon.orders.cancelling.rules import IN_HAND, UNACCEPTED, Step, late_answer, step_for
from andon.orders.order.events import CancellationAnswered, CancellationRequested
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.order.service import Close, close_fulfilments, lock_stock
from andon.orders.push.rules import CANCEL_REQUESTED
from andon.orders.push.service import queue_pushes
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Wish:
    """That an order be cancelled, told at `at`; `reason` is a code."""

    shop_id: int
    order_id: int
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of a wish: the order's fulfilments by what was done to each."""

    shop_id: int
    order_id: int
    found: bool = True
    cancelled: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    too_late: list[int] = field(default_factory=list)


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


def cancel_orders(tx: Tx[Policy], wishes: Sequence[Wish]) -> list[Cancellation]:
    """Cancel what nobody has accepted yet, ask for what somebody has; an answer for each wish, in order.

    Units come back at once where it is cancelled. A supplier that has it already, or is asked, is told of it where it
    has an endpoint. What was shipped stays; repeating a wish changes nothing.
    """
    tx.hold({wish.shop_id for wish in wishes})
    given: dict[tuple[int, int], Cancellation] = {}
    for shop_id, group in groupby(
        sorted(wishes, key=lambda wish: wish.shop_id), key=lambda wish: wish.shop_id
    ):
        given |= {
            (shop_id, each.order_id): each
            for each in _cancel(tx, shop_id, {wish.order_id: wish for wish in group})
        }
    return [given[wish.shop_id, wish.order_id] for wish in wishes]


def _cancel(tx: Tx[Policy], shop_id: int, wishes: dict[int, Wish]) -> list[Cancellation]:
    parts = _parts(tx, shop_id, wishes)
    steps = {part.fulfilment_id: _step(part) for part in parts}
    closes = [
        Close(shop_id, part.fulfilment_id, wishes[part.order_id].at, wishes[part.order_id].reason)
        for part in parts
        if steps[part.fulfilment_id] is Step.CANCEL
    ]
    standard = {part.fulfilment_id for part in parts if part.mode == Mode.STANDARD}
    closed = close_fulfilments(
        tx,
        [close for close in closes if close.fulfilment_id not in standard],
        FulfilmentState.CANCELLED,
        sources=UNACCEPTED,
    )
    closed += close_fulfilments(
        tx, [close for close in closes if close.fulfilment_id in standard], FulfilmentState.CANCELLED
    )
    gone = {row.fulfilment_id for row in closed}
    # Whoever accepted in the meantime is asked.
    asked = _ask(
        tx,
        shop_id,
        [
            (part, wishes[part.order_id])
            for part in parts
            if part.fulfilment_id not in gone
            and steps[part.fulfilment_id] in (Step.CANCEL, Step.ASK)
            and part.mode == Mode.JIT
        ],
    )
    told = [row for row in closed if row.left == FulfilmentState.PUSHED] + asked
    if told:
        queue_pushes(tx, [(shop_id, row.fulfilment_id, row.supplier_id) for row in told], CANCEL_REQUESTED)
    return _cancellations(shop_id, wishes, parts, steps, gone, {row.fulfilment_id for row in asked})


def _parts(tx: Tx[Policy], shop_id: int, order_ids: Iterable[int]) -> Sequence[Row[Any]]:
    return tx.rows(
        "select o.order_id, f.fulfilment_id, f.state, f.mode, f.supplier_id, "
        "f.cancel_requested_at is not null as asked from orders o "
        "join fulfilments f on f.shop_id = o.shop_id and f.order_id = o.order_id "
        "where o.shop_id = :shop and o.order_id = any(:orders) order by f.fulfilment_id",
        shop=shop_id,
        orders=list(order_ids),
    )


def _step(part: Row[Any]) -> Step:
    return step_for(FulfilmentState(part.state), Mode(part.mode), asked=part.asked)


def _ask(tx: Tx[Policy], shop_id: int, wanted: Sequence[tuple[Row[Any], Wish]]) -> list[Row[Any]]:
    """Ask for these fulfilments, where they are in somebody's hands and were not asked for before."""
    if not wanted:
        return []
    hands = ",".join(str(state.value) for state in IN_HAND)
    asked = tx.rows(
        "with w as materialized (select f.fulfilment_id, n.at, n.reason "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as n(f bigint, at timestamptz, reason text) "
        "join fulfilments f on f.shop_id = :shop and f.fulfilment_id = n.f and f.fulfilment_id = any(:numbers) "
        "order by f.fulfilment_id for no key update of f) "
        "update fulfilments f set cancel_requested_at = w.at, cancel_reason = w.reason from w "
        "where f.shop_id = :shop and f.fulfilment_id = w.fulfilment_id and f.fulfilment_id = any(:numbers) "
        f"and f.state = any('{{{hands}}}') and f.cancel_requested_at is null "
        "returning f.fulfilment_id, f.order_id, f.supplier_id, w.at, w.reason",
        shop=shop_id,
        numbers=[part.fulfilment_id for part, _ in wanted],
        rows=as_json(
            {"f": part.fulfilment_id, "at": wish.at, "reason": wish.reason} for part, wish in wanted
        ),
    )
    tx.emit(
        *(
            CancellationRequested(
                shop_id=shop_id,
                order_id=row.order_id,
                at=row.at,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                reason=row.reason,
            )
            for row in sorted(asked, key=lambda row: int(row.fulfilment_id))
        )
    )
    return list(asked)


def _cancellations(
    shop_id: int,
    wishes: dict[int, Wish],
    parts: Sequence[Row[Any]],
    steps: dict[int, Step],
    gone: set[int],
    asked: set[int],
) -> list[Cancellation]:
    found = {part.order_id for part in parts}
    given = {order_id: Cancellation(shop_id, order_id, order_id in found) for order_id in wishes}
    for part in parts:
        number, one = part.fulfilment_id, given[part.order_id]
        if number in gone:
            one.cancelled.append(number)
        elif number in asked:
            one.asked.append(number)
        elif steps[number] is Step.NOTHING:
            one.unchanged.append(number)
        else:
            one.too_late.append(number)
    return list(given.values())


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
                answer="accepted" if first[place].accepted else "refused",
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
    return _outcomes(tx, answers, taken.keys())


def _take_answers(tx: Tx[Policy], shop_id: int, answers: Sequence[CancellationAnswer]) -> Sequence[Row[Any]]:
    """Note these answers where one is waited for; the fulfilments that had waited."""
    hands = ",".join(str(state.value) for state in IN_HAND)
    return tx.rows(
        "with w as materialized (select f.fulfilment_id, n.at "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as n(f bigint, at timestamptz) "
        "join fulfilments f on f.shop_id = :shop and f.fulfilment_id = n.f and f.fulfilment_id = any(:numbers) "
        "order by f.fulfilment_id for no key update of f) "
        "update fulfilments f set cancel_answered_at = w.at from w "
        "where f.shop_id = :shop and f.fulfilment_id = w.fulfilment_id and f.fulfilment_id = any(:numbers) "
        f"and f.state = any('{{{hands}}}') and f.cancel_requested_at is not null "
        "and f.cancel_answered_at is null "
        "returning f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id, f.cancel_reason",
        shop=shop_id,
        numbers=[answer.fulfilment_id for answer in answers],
        rows=as_json({"f": answer.fulfilment_id, "at": answer.at} for answer in answers),
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
