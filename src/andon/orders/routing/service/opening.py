"""Opening fulfilments: units are reserved, and each supplier has its part or gets it pushed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from andon.kernel.tx import Numbers, Tx, as_array
from andon.orders.order.events import FulfilmentPushed, FulfilmentReserved
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.order.tables import FULFILMENT_IDS
from andon.orders.push.rules import PUSHED
from andon.orders.push.service import put_pushes, tell_suppliers
from andon.orders.push.tables import PUSH_IDS
from andon.orders.routing.rules import Part, PassedOver
from andon.partners.stock.service import StockKey, promise
from andon.platform.policies.rules import Policy


class Opening(NamedTuple):
    """A part of an order that becomes a fulfilment at `at`; deadlines go by the order's policy."""

    order_id: int
    part: Part
    policy: Policy
    placed_at: datetime
    at: datetime
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """Numbers for new fulfilments, and for the pushes of those whose suppliers are called."""

    fulfilments: Numbers
    pushes: Numbers


def fresh_numbers(tx: Tx[Policy], ahead: int) -> Fresh:
    """Numbers for so many fulfilments, and more where it comes to more."""
    return Fresh(tx.numbers(FULFILMENT_IDS.name, ahead), tx.numbers(PUSH_IDS.name, ahead))


def promise_parts(tx: Tx[Policy], shop_id: int, parts: Iterable[Part]) -> Callable[[], None]:
    """Promise the units of parts that were decided while their stock rows were held, so that every unit is there.

    Call the answer before the transaction ends. Source: STOCK-1.
    """
    units: Counter[StockKey] = Counter()
    for part in parts:
        for _, place in part.assigned:
            units[StockKey(shop_id, place.location, place.item, place.owner)] += place.units
    return promise(tx, units)


def open_fulfilments(
    tx: Tx[Policy], shop_id: int, openings: Sequence[Opening], called: Collection[int], fresh: Fresh
) -> list[int]:
    """Open fulfilments of parts whose units were promised in this transaction; answers their numbers.

    A supplier that is not `called` has its part at once: it pulls. For one that is a push is queued. The caller holds
    the shop's head. Source: MODE-2.
    """
    numbers = fresh.fulfilments.take(len(openings))
    opened = list(zip(numbers, openings, strict=True))
    if not opened:
        return []
    put_fulfilments(tx, shop_id, [_row(number, opening, called) for number, opening in opened])
    put_lines(tx, shop_id, _lines(opened))
    tx.emit(*(event for number, opening in opened for event in _events(shop_id, number, opening, called)))
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


def _row(number: int, opening: Opening, called: Collection[int]) -> dict[str, Any]:
    part, at, mode = opening.part, opening.at, opening.policy.mode
    row: dict[str, Any] = {
        "f": number,
        "o": opening.order_id,
        "s": part.supplier_id,
        "m": part.mode.value,
        "st": FulfilmentState.RESERVED.value,
        "l": part.line,
        "r": opening.replaces,
        "p": opening.policy.version,
        "pl": opening.placed_at,
        "at": at,
    }
    if part.mode is Mode.STANDARD:
        return row
    if part.supplier_id in called:
        return row | {"due": at + mode.unpushed_after}
    return row | {
        "st": FulfilmentState.PUSHED.value,
        "pu": at,
        "due": at + mode.answer_within,
        "stuck": at + mode.stuck_after,
    }


def put_fulfilments(tx: Tx[Policy], shop_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Write new fulfilments in one statement; `rows` by the short names of the columns, what is missing is null."""
    tx.put(
        "insert into fulfilments (shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, line, "
        "replaces, policy, placed_at, reserved_at, pushed_at, due_at, stuck_at) "
        "select sh.shop_id, n.f, n.o, n.s, n.m, n.st, coalesce(n.fl, 0), n.l, n.r, n.p, n.pl, n.at, n.pu, n.due, n.stuck "
        "from shops sh, unnest(cast(:f as bigint[]), cast(:o as bigint[]), cast(:s as bigint[]), "
        "cast(:m as smallint[]), cast(:st as smallint[]), cast(:fl as integer[]), cast(:l as text[]), "
        "cast(:r as bigint[]), cast(:p as text[]), cast(:pl as timestamptz[]), cast(:at as timestamptz[]), cast(:pu as timestamptz[]), "
        "cast(:due as timestamptz[]), cast(:stuck as timestamptz[])) "
        "as n(f, o, s, m, st, fl, l, r, p, pl, at, pu, due, stuck) where sh.shop_id = :shop",
        shop=shop_id,
        **_columns(rows, "f", "o", "s", "m", "st", "fl", "l", "r", "p", "pl", "at", "pu", "due", "stuck"),
    )


def put_lines(tx: Tx[Policy], shop_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Write the lines of new fulfilments in one statement."""
    tx.put(
        "insert into fulfilment_lines (shop_id, fulfilment_id, line_no, sku, quantity, location, item, owner, units) "
        "select sh.shop_id, n.f, n.n, n.sku, n.q, n.loc, n.item, n.own, n.u "
        "from shops sh, unnest(cast(:f as bigint[]), cast(:n as integer[]), cast(:sku as text[]), "
        "cast(:q as integer[]), cast(:loc as bigint[]), cast(:item as text[]), cast(:own as bigint[]), "
        "cast(:u as bigint[])) as n(f, n, sku, q, loc, item, own, u) where sh.shop_id = :shop",
        shop=shop_id,
        **_columns(rows, "f", "n", "sku", "q", "loc", "item", "own", "u"),
    )


def _columns(rows: Sequence[dict[str, Any]], *names: str) -> dict[str, str]:
    return {name: as_array([row.get(name) for row in rows]) for name in names}


def _lines(opened: Iterable[tuple[int, Opening]]) -> list[dict[str, Any]]:
    return [
        {
            "f": number,
            "n": assigned.want.line_no,
            "sku": assigned.want.sku,
            "q": assigned.want.quantity,
            "loc": assigned.place.location,
            "item": assigned.place.item,
            "own": assigned.place.owner,
            "u": assigned.place.units,
        }
        for number, opening in opened
        for assigned in opening.part.assigned
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
    )
    if part.supplier_id is not None and part.supplier_id not in called:
        yield FulfilmentPushed(
            shop_id=shop_id,
            order_id=opening.order_id,
            at=opening.at,
            fulfilment_id=number,
            supplier_id=part.supplier_id,
        )


def told(passed_over: Iterable[PassedOver]) -> list[dict[str, Any]] | None:
    """Who was passed over, as an event says it; None if nobody was."""
    return [
        {"line": each.line_no, "supplier": each.supplier_id, "reason": each.reason} for each in passed_over
    ] or None
