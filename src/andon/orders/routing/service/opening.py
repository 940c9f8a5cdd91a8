"""Opening fulfilments: units are reserved, and each supplier has its part or gets it pushed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from andon.kernel.tx import Tx, as_json
from andon.orders.order.events import FulfilmentPushed, FulfilmentReserved
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.push.rules import PUSHED
from andon.orders.push.service import queue_pushes, tell_suppliers
from andon.orders.push.views import endpoint_suppliers
from andon.orders.routing.rules import Part, PassedOver
from andon.partners.stock.service import Take, reserve
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Opening:
    """A part of an order that becomes the fulfilment of that number at `at`; deadlines go by the order's policy."""

    fulfilment_id: int
    order_id: int
    part: Part
    policy: Policy
    at: datetime
    replaces: int | None = None


def open_fulfilments(tx: Tx[Policy], shop_id: int, openings: Sequence[Opening]) -> None:
    """Reserve what these fulfilments promise and open them.

    A supplier without an endpoint has its part at once: it pulls. For one with an endpoint a push is queued. The
    caller holds the shop's head, and the stock rows from before it decided: so every unit is there.
    Source: MODE-2, STOCK-1.
    """
    takes = [
        Take(
            shop_id,
            assigned.place.location,
            assigned.place.item,
            assigned.place.owner,
            assigned.place.units,
            opening.fulfilment_id,
        )
        for opening in openings
        for assigned in opening.part.assigned
    ]
    if not takes:
        return
    lost = reserve(tx, takes)
    assert not lost, "what was decided under the lock of its stock row is there"
    suppliers = {each.part.supplier_id for each in openings if each.part.supplier_id is not None}
    called = endpoint_suppliers(tx, sorted(suppliers)) if suppliers else set()
    put_fulfilments(tx, shop_id, [_row(opening, called) for opening in openings])
    put_lines(tx, shop_id, _lines(openings))
    tx.emit(*(event for opening in openings for event in _events(shop_id, opening, called)))
    waiting = [
        (shop_id, each.fulfilment_id, each.part.supplier_id)
        for each in openings
        if each.part.supplier_id is not None and each.part.supplier_id in called
    ]
    if waiting:
        queue_pushes(tx, waiting, PUSHED)
    tell_suppliers(tx, suppliers - called)


def _row(opening: Opening, called: set[int]) -> dict[str, Any]:
    part, at, mode = opening.part, opening.at, opening.policy.mode
    row: dict[str, Any] = {
        "f": opening.fulfilment_id,
        "o": opening.order_id,
        "s": part.supplier_id,
        "m": part.mode.value,
        "st": FulfilmentState.RESERVED.value,
        "l": part.line,
        "r": opening.replaces,
        "p": opening.policy.version,
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
    """Write new fulfilments in one statement."""
    written = tx.run(
        "insert into fulfilments (shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, line, "
        "replaces, policy, reserved_at, pushed_at, due_at, stuck_at) "
        "select sh.shop_id, n.f, n.o, n.s, n.m, n.st, coalesce(n.fl, 0), n.l, n.r, n.p, n.at, n.pu, n.due, n.stuck "
        "from shops sh, json_to_recordset(cast(cast(:rows as text) as json)) as n(f bigint, o bigint, s bigint, "
        "m smallint, st smallint, fl integer, l text, r bigint, p text, at timestamptz, pu timestamptz, "
        "due timestamptz, stuck timestamptz) where sh.shop_id = :shop",
        shop=shop_id,
        rows=as_json(rows),
    )
    assert written == len(rows), "every fulfilment is written"


def put_lines(tx: Tx[Policy], shop_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Write the lines of new fulfilments in one statement."""
    written = tx.run(
        "insert into fulfilment_lines (shop_id, fulfilment_id, line_no, sku, quantity, location, item, owner, units) "
        "select sh.shop_id, n.f, n.n, n.sku, n.q, n.loc, n.item, n.own, n.u "
        "from shops sh, json_to_recordset(cast(cast(:rows as text) as json)) as n(f bigint, n integer, sku text, "
        "q integer, loc bigint, item text, own bigint, u bigint) where sh.shop_id = :shop",
        shop=shop_id,
        rows=as_json(rows),
    )
    assert written == len(rows), "every line is written"


def _lines(openings: Iterable[Opening]) -> list[dict[str, Any]]:
    return [
        {
            "f": opening.fulfilment_id,
            "n": assigned.want.line_no,
            "sku": assigned.want.sku,
            "q": assigned.want.quantity,
            "loc": assigned.place.location,
            "item": assigned.place.item,
            "own": assigned.place.owner,
            "u": assigned.place.units,
        }
        for opening in openings
        for assigned in opening.part.assigned
    ]


def _events(
    shop_id: int, opening: Opening, called: set[int]
) -> Iterator[FulfilmentReserved | FulfilmentPushed]:
    part = opening.part
    yield FulfilmentReserved(
        shop_id=shop_id,
        order_id=opening.order_id,
        at=opening.at,
        fulfilment_id=opening.fulfilment_id,
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
            fulfilment_id=opening.fulfilment_id,
            supplier_id=part.supplier_id,
        )


def told(passed_over: Iterable[PassedOver]) -> list[dict[str, Any]] | None:
    """Who was passed over, as an event says it; None if nobody was."""
    return [
        {"line": each.line_no, "supplier": each.supplier_id, "reason": each.reason} for each in passed_over
    ] or None
