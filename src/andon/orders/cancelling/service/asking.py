"""The wish to cancel: done at once where nobody has accepted, else asked of the supplier, once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.cancelling.rules import (
    AT_ONCE,
    BUYER,
    FORCED,
    IN_HAND,
    UNACCEPTED,
    Step,
    is_sellers_stock_out,
    step_for,
)
from andon.orders.order.events import CancellationRequested
from andon.orders.order.rules import FULFILMENT, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments, lock_stock, tell_of
from andon.orders.push.rules import CANCEL_REQUESTED, WITHDRAWN
from andon.orders.push.service import queue_pushes
from andon.orders.stockouts.service import record_cancelled
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Wish:
    """That an order be cancelled, told at `at`; `reason` is a code, `by` at whose wish, `note` for people alone.

    `force` is an operator's decision in the place of suppliers whose answer is overdue.
    """

    shop_id: int
    order_id: int
    at: datetime
    reason: str
    by: str = BUYER
    note: str | None = None
    force: bool = False


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


def _cancel(tx: Tx[Policy], shop_id: int, wishes: dict[int, Wish], beyond: int = 0) -> list[Cancellation]:
    """Cancel or ask for what these orders consist of, of fulfilments with numbers `beyond` that one."""
    parts = _parts(tx, shop_id, wishes, beyond)
    steps = {part.fulfilment_id: _step(part, wishes[part.order_id]) for part in parts}
    due = [part for part in parts if steps[part.fulfilment_id] is Step.CANCEL]
    lock_stock(tx, shop_id, [part.fulfilment_id for part in due])
    own = [part for part in due if part.supplier_id is None]
    unaccepted = [part for part in due if part.supplier_id is not None and part.state in UNACCEPTED]
    forced = [part for part in due if part.supplier_id is not None and part.state in IN_HAND]
    closed = end_at_once(tx, shop_id, _wished(unaccepted, wishes), sources=UNACCEPTED)
    closed += end_at_once(tx, shop_id, _wished(own, wishes))
    decided = end_at_once(tx, shop_id, _wished(forced, wishes), sources=IN_HAND, answer=FORCED)
    gone = {row.fulfilment_id for row in closed + decided}
    # Whoever accepted in the meantime is asked.
    asked = _ask(
        tx,
        shop_id,
        [
            (part, wishes[part.order_id])
            for part in parts
            if part.fulfilment_id not in gone
            and steps[part.fulfilment_id] in (Step.CANCEL, Step.ASK)
            and part.supplier_id is not None
        ],
    )
    _tell_suppliers(tx, [row for row in closed if row.left == FulfilmentState.PUSHED] + asked, decided)
    known = gone | {row.fulfilment_id for row in asked}
    given = _cancellations(shop_id, wishes, parts, steps, gone, known - gone)
    missed = {
        part.order_id
        for part in parts
        if part.fulfilment_id not in known and steps[part.fulfilment_id] in (Step.CANCEL, Step.ASK)
    }
    if missed:
        # Its supplier gave it up meanwhile: the wish is for what stands in its place.
        newest = max(part.fulfilment_id for part in parts)
        again = _cancel(tx, shop_id, {order_id: wishes[order_id] for order_id in missed}, newest)
        later = {each.order_id: each for each in again}
        for each in given:
            if (more := later.get(each.order_id)) is not None:
                each.cancelled.extend(more.cancelled)
                each.asked.extend(more.asked)
                each.unchanged.extend(more.unchanged)
                each.too_late.extend(more.too_late)
    return given


def _wished(parts: Iterable[Row[Any]], wishes: Mapping[int, Wish]) -> dict[int, Wish]:
    return {part.fulfilment_id: wishes[part.order_id] for part in parts}


def _tell_suppliers(tx: Tx[Policy], asked: Sequence[Row[Any]], decided: Sequence[Row[Any]]) -> None:
    for kind, rows in ((CANCEL_REQUESTED, asked), (WITHDRAWN, decided)):
        if rows:
            queue_pushes(tx, [(row.shop_id, row.fulfilment_id, row.supplier_id) for row in rows], kind)
    tell_of(tx, "cancellation.forced", decided, "seller", "supplier")


def end_at_once(
    tx: Tx[Policy],
    shop_id: int,
    wishes: Mapping[int, Wish],
    *,
    sources: Iterable[FulfilmentState] = FULFILMENT.sources(FulfilmentState.CANCELLED),
    answer: str = AT_ONCE,
) -> list[Row[Any]]:
    """Cancel fulfilments of a shop by their numbers, without asking anybody, and note at whose wish and why.

    Answers the rows of those that stood in one of `sources`, as `close_fulfilments` does.
    """
    closed = close_fulfilments(
        tx,
        [Close(shop_id, number, wish.at, wish.reason) for number, wish in wishes.items()],
        FulfilmentState.CANCELLED,
        sources=sources,
    )
    if closed:
        tx.put(
            "update fulfilments f set cancel_requested_at = coalesce(f.cancel_requested_at, n.at), "
            "cancel_by = coalesce(f.cancel_by, n.by), cancel_reason = coalesce(f.cancel_reason, n.reason), "
            "cancel_answered_at = n.at, cancel_answer = :answer "
            "from json_to_recordset(cast(cast(:rows as text) as json)) "
            "as n(f bigint, at timestamptz, reason text, by text) "
            "where f.shop_id = :shop and f.fulfilment_id = n.f and f.fulfilment_id = any(:numbers)",
            shop=shop_id,
            numbers=[row.fulfilment_id for row in closed],
            answer=answer,
            rows=_rows((row.fulfilment_id, wishes[row.fulfilment_id]) for row in closed),
        )
        _keep_notes(tx, [(row, wishes[row.fulfilment_id]) for row in closed])
        record_cancelled(
            tx,
            [
                row
                for row in closed
                if is_sellers_stock_out(
                    row.mode, row.flagged, tx.actor.kind, supplied=row.supplier_id is not None
                )
            ],
        )
    return closed


def _rows(wished: Iterable[tuple[int, Wish]]) -> str:
    return as_json(
        {"f": number, "at": wish.at, "reason": wish.reason, "by": wish.by} for number, wish in wished
    )


def _keep_notes(tx: Tx[Policy], noted: Sequence[tuple[Row[Any], Wish]]) -> None:
    """Keep what was written, the first time that a fulfilment was to be cancelled."""
    rows = [
        {
            "s": wish.shop_id,
            "f": row.fulfilment_id,
            "u": row.supplier_id,
            "n": wish.note,
            "t": wish.at,
        }
        for row, wish in noted
        if wish.note
    ]
    if rows:
        tx.put(
            "insert into cancellation_notes (shop_id, fulfilment_id, supplier_id, note, at) "
            "select r.s, r.f, r.u, r.n, r.t from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, f bigint, u bigint, n text, t timestamptz) on conflict do nothing",
            rows=as_json(rows),
        )


def _parts(tx: Tx[Policy], shop_id: int, order_ids: Iterable[int], beyond: int) -> Sequence[Row[Any]]:
    return tx.rows(
        "select o.order_id, f.fulfilment_id, f.state, f.supplier_id, f.policy, "
        "f.cancel_requested_at is not null as asked, f.cancel_requested_at is not null "
        "and f.cancel_answered_at is null and coalesce(f.cancel_due_at <= :now, true) as overdue from orders o "
        "join fulfilments f on f.shop_id = o.shop_id and f.order_id = o.order_id "
        "where o.shop_id = :shop and o.order_id = any(:orders) and f.fulfilment_id > :beyond order by f.fulfilment_id",
        shop=shop_id,
        beyond=beyond,
        orders=list(order_ids),
        now=tx.now,
    )


def _step(part: Row[Any], wish: Wish) -> Step:
    forced = wish.force and part.overdue
    supplied = part.supplier_id is not None
    return step_for(FulfilmentState(part.state), supplied=supplied, asked=part.asked, forced=forced)


def _ask(tx: Tx[Policy], shop_id: int, wanted: Sequence[tuple[Row[Any], Wish]]) -> list[Row[Any]]:
    """Ask for these fulfilments, where they are in somebody's hands and were not asked for before."""
    if not wanted:
        return []
    hands = ",".join(str(state.value) for state in IN_HAND)
    asked = tx.rows(
        "with w as materialized (select f.fulfilment_id, n.at, n.reason, n.by, n.due "
        "from json_to_recordset(cast(cast(:rows as text) as json)) "
        "as n(f bigint, at timestamptz, reason text, by text, due timestamptz) "
        "join fulfilments f on f.shop_id = :shop and f.fulfilment_id = n.f and f.fulfilment_id = any(:numbers) "
        "order by f.fulfilment_id for no key update of f) "
        "update fulfilments f set cancel_requested_at = w.at, cancel_reason = w.reason, cancel_by = w.by, "
        "cancel_due_at = w.due from w "
        "where f.shop_id = :shop and f.fulfilment_id = w.fulfilment_id and f.fulfilment_id = any(:numbers) "
        f"and f.state = any('{{{hands}}}') and f.cancel_requested_at is null "
        "returning f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id, w.at, w.reason, w.by",
        shop=shop_id,
        numbers=[part.fulfilment_id for part, _ in wanted],
        rows=as_json(
            {
                "f": part.fulfilment_id,
                "at": wish.at,
                "reason": wish.reason,
                "by": wish.by,
                "due": wish.at + tx.policies.named(part.policy).mode.cancel_answer_within,
            }
            for part, wish in wanted
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
                by=row.by,
            )
            for row in sorted(asked, key=lambda row: int(row.fulfilment_id))
        )
    )
    wished = {part.fulfilment_id: wish for part, wish in wanted}
    _keep_notes(tx, [(row, wished[row.fulfilment_id]) for row in asked])
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
