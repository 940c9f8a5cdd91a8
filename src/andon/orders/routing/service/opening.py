"""Opening fulfilments: units are reserved, and each supplier has its part or gets it pushed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from andon.kernel.rows import as_columns
from andon.kernel.tx import Numbers, Tx
from andon.orders.capacity.service import take_places
from andon.orders.order.events import (
    DeadlinesMoved,
    FulfilmentFlagged,
    FulfilmentPushed,
    FulfilmentReserved,
)
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.tables import FULFILMENT_IDS
from andon.orders.push.rules import PUSHED
from andon.orders.push.service import put_pushes, tell_suppliers
from andon.orders.push.tables import PUSH_IDS
from andon.orders.routing.rules import PAPERS_MISSING, Part, PassedOver
from andon.partners.calendars.rules import Clock, reasons_of
from andon.partners.stock.service import StockKey, promise
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


class Opening(NamedTuple):
    """A part of an order that becomes a fulfilment at `at`; deadlines go by the order's policy."""

    order_id: int
    part: Part
    policy: Policy
    placed_at: datetime
    at: datetime
    replaces: int | None = None
    ship_by: datetime | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Fresh:
    """Numbers for new fulfilments, and for the pushes of those whose suppliers are called."""

    fulfilments: Numbers
    pushes: Numbers


def fresh_numbers(tx: Tx[Policy], ahead: int) -> Fresh:
    """Numbers for so many fulfilments, and more where it comes to more."""
    return Fresh(tx.numbers(FULFILMENT_IDS.name, ahead), tx.numbers(PUSH_IDS.name, ahead))


def promise_parts(
    tx: Tx[Policy], shop_id: int, parts: Iterable[Part], daily: Collection[int]
) -> Callable[[], None]:
    """Promise the units of parts that were decided while their stock rows were held, so that every unit is there.

    A part takes a place of the day of each supplier in `daily`, which has a capacity. Call the answer before the
    transaction ends. Source: STOCK-1.
    """
    units: dict[tuple[int, str, int], int] = defaultdict(int)
    places: dict[int, int] = defaultdict(int)
    for part in parts:
        for _, place in part.assigned:
            units[place[:3]] += place.units
        if part.supplier_id is not None and part.supplier_id in daily:
            places[part.supplier_id] += 1
    take_places(tx, places)
    return promise(tx, {StockKey(shop_id, *row): taken for row, taken in units.items()})


RUNNING: Mapping[int, Clock] = MappingProxyType({})


def open_fulfilments(
    tx: Tx[Policy],
    shop_id: int,
    openings: Sequence[Opening],
    called: Collection[int],
    fresh: Fresh,
    clocks: Mapping[int, Clock] = RUNNING,
) -> list[int]:
    """Open fulfilments of parts whose units were promised in this transaction; answers their numbers.

    A supplier that is not `called` has its part at once: it pulls, and its deadlines run by its clock, if it has one.
    For one that is a push is queued. The caller holds the shop's head. Source: MODE-2.
    """
    numbers = fresh.fulfilments.take(len(openings))
    opened = list(zip(numbers, openings, strict=True))
    if not opened:
        return []
    rows = [_row(number, opening, called, clocks) for number, opening in opened]
    put_fulfilments(tx, shop_id, rows)
    put_lines(tx, shop_id, _lines(opened))
    tx.emit(*(event for number, opening in opened for event in _events(shop_id, number, opening, called)))
    tx.emit(*_stopped(shop_id, opened, rows, clocks))
    tell_lacking(
        tx,
        shop_id,
        (
            Lacking(opening.order_id, number, opening.part.supplier_id, opening.at)
            for number, opening in opened
            if opening.part.lacks
        ),
    )
    waiting = [
        (shop_id, number, opening.part.supplier_id)
        for number, opening in opened
        if opening.part.supplier_id is not None and opening.part.supplier_id in called
    ]
    if waiting:
        put_pushes(tx, waiting, PUSHED, fresh.pushes.take(len(waiting)))
    suppliers = {opening.part.supplier_id for _, opening in opened if opening.part.supplier_id is not None}
    tell_suppliers(tx, suppliers - set(called))
    return numbers


class NewFulfilment(NamedTuple):
    """A row of fulfilments as it is made."""

    fulfilment_id: int
    order_id: int
    mode: int
    state: int
    policy: str
    placed_at: datetime
    reserved_at: datetime
    supplier_id: int | None = None
    flags: int = 0
    line: str | None = None
    replaces: int | None = None
    pushed_at: datetime | None = None
    due_at: datetime | None = None
    stuck_at: datetime | None = None
    ship_by: datetime | None = None


class NewLine(NamedTuple):
    """A row of fulfilment_lines."""

    fulfilment_id: int
    line_no: int
    sku: str
    quantity: int
    location: int
    item: str
    owner: int
    units: int


class Lacking(NamedTuple):
    """A fulfilment that lacks a paper since `at`."""

    order_id: int
    fulfilment_id: int
    supplier_id: int | None
    at: datetime


def _row(
    number: int, opening: Opening, called: Collection[int], clocks: Mapping[int, Clock]
) -> NewFulfilment:
    part, at, policy = opening.part, opening.at, opening.policy
    state, pushed_at, due_at, stuck_at = FulfilmentState.RESERVED, None, None, None
    if part.supplier_id in called:
        due_at = at + policy.mode.unpushed_after
    elif part.supplier_id is not None:
        state, pushed_at = FulfilmentState.PUSHED, at
        due_at, stuck_at = at + policy.mode.answer_within, at + policy.mode.stuck_after
        if clock := clocks.get(part.supplier_id):
            due_at, stuck_at = (
                clock.due(at, each) for each in (policy.mode.answer_within, policy.mode.stuck_after)
            )
    return NewFulfilment(
        number, opening.order_id, part.mode.value, state.value, policy.version, opening.placed_at, at,
        part.supplier_id, opening.flags | (Flag.PAPERS_MISSING if part.lacks else 0), part.line, opening.replaces, pushed_at, due_at, stuck_at, opening.ship_by,
    )  # fmt: skip


def _stopped(
    shop_id: int,
    opened: Sequence[tuple[int, Opening]],
    rows: Sequence[NewFulfilment],
    clocks: Mapping[int, Clock],
) -> Iterator[DeadlinesMoved]:
    """What is due later than by plain time, because its supplier's clock stands meanwhile."""
    for (number, opening), row in zip(opened, rows, strict=True):
        clock = clocks.get(row.supplier_id or 0)
        if clock and row.stuck_at and row.stuck_at != opening.at + opening.policy.mode.stuck_after:
            yield DeadlinesMoved(
                shop_id=shop_id,
                order_id=opening.order_id,
                at=opening.at,
                fulfilment_id=number,
                supplier_id=row.supplier_id,
                answer_due_at=row.due_at,
                stuck_due_at=row.stuck_at,
                reasons=reasons_of(clock, opening.at, row.stuck_at),
            )


def put_fulfilments(tx: Tx[Policy], shop_id: int, rows: Sequence[NewFulfilment]) -> None:
    """Write new fulfilments in one statement. One that takes another's place is to ship by the same instant."""
    columns = ", ".join(NewFulfilment._fields)
    kept = ", ".join(f"n.{name}" for name in NewFulfilment._fields[:-1])
    tx.put(
        f"insert into fulfilments (shop_id, {columns}) select sh.shop_id, {kept}, coalesce(n.ship_by, (select r.ship_by "
        "from fulfilments r where r.shop_id = sh.shop_id and r.fulfilment_id = n.replaces)) "
        "from shops sh, unnest(cast(:fulfilment_id as bigint[]), cast(:order_id as bigint[]), "
        "cast(:mode as smallint[]), cast(:state as smallint[]), cast(:policy as text[]), "
        "cast(:placed_at as timestamptz[]), cast(:reserved_at as timestamptz[]), cast(:supplier_id as bigint[]), "
        "cast(:flags as integer[]), cast(:line as text[]), cast(:replaces as bigint[]), "
        "cast(:pushed_at as timestamptz[]), cast(:due_at as timestamptz[]), cast(:stuck_at as timestamptz[]), "
        f"cast(:ship_by as timestamptz[])) as n({columns}) "
        "where sh.shop_id = :shop",
        shop=shop_id,
        **as_columns(NewFulfilment._fields, rows),
    )


def put_lines(tx: Tx[Policy], shop_id: int, rows: Sequence[NewLine]) -> None:
    """Write the lines of new fulfilments in one statement."""
    tx.put(
        "insert into fulfilment_lines (shop_id, fulfilment_id, line_no, sku, quantity, location, item, owner, units) "
        "select sh.shop_id, n.* from shops sh, unnest(cast(:fulfilment_id as bigint[]), cast(:line_no as integer[]), "
        "cast(:sku as text[]), cast(:quantity as integer[]), cast(:location as bigint[]), cast(:item as text[]), "
        "cast(:owner as bigint[]), cast(:units as bigint[])) n where sh.shop_id = :shop",
        shop=shop_id,
        **as_columns(NewLine._fields, rows),
    )


def _lines(opened: Iterable[tuple[int, Opening]]) -> list[NewLine]:
    return [
        NewLine(
            number,
            want.line_no,
            want.sku,
            want.quantity,
            place.location,
            place.item,
            place.owner,
            place.units,
        )
        for number, opening in opened
        for want, place in opening.part.assigned
    ]


def _events(
    shop_id: int, number: int, opening: Opening, called: Collection[int]
) -> Iterator[FulfilmentReserved | FulfilmentPushed]:
    part = opening.part
    yield FulfilmentReserved(
        shop_id=shop_id,
        order_id=opening.order_id,
        at=opening.at,
        fulfilment_id=number,
        supplier_id=part.supplier_id,
        mode=part.mode.word,
        line=part.line,
        replaces=opening.replaces,
        passed_over=told(part.passed_over),
        over_capacity=part.beyond or None,
    )
    if part.supplier_id is not None and part.supplier_id not in called:
        yield FulfilmentPushed(
            shop_id=shop_id,
            order_id=opening.order_id,
            at=opening.at,
            fulfilment_id=number,
            supplier_id=part.supplier_id,
        )


def tell_lacking(tx: Tx[Policy], shop_id: int, lacking: Iterable[Lacking]) -> None:
    """Tell the seller of fulfilments, flagged for it, whose line needs a paper of their goods that nobody has said."""
    flagged = list(lacking)
    if not flagged:
        return
    tx.emit(
        *(
            FulfilmentFlagged(
                shop_id=shop_id,
                order_id=each.order_id,
                at=each.at,
                fulfilment_id=each.fulfilment_id,
                supplier_id=each.supplier_id,
                flag=PAPERS_MISSING,
            )
            for each in flagged
        )
    )
    tell(
        tx,
        [
            Notice(shop_id, "seller", "fulfilment.papers_missing", each.order_id, each.fulfilment_id)
            for each in flagged
        ],
    )


def told(passed_over: Iterable[PassedOver]) -> list[dict[str, Any]] | None:
    """Who was passed over, a supplier or a line of the plan, as an event says it; None if nobody was."""
    return [
        {"line": each.line_no, "reason": each.reason}
        | ({"supplier": each.supplier_id} if each.by is None else {"by": each.by})
        for each in passed_over
    ] or None
