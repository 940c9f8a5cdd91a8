"""Orders with all that belongs to them."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import MoneyOut
from andon.kernel.tx import Tx
from andon.orders.clocks.views import stops_between
from andon.orders.handovers.views import FulfilmentHandover, handovers_of
from andon.orders.order.rules import (
    Flag,
    FulfilmentState,
    LinePromise,
    Mode,
    flag_words,
    group_of,
    line_promise,
    ship_by_next,
)
from andon.orders.order.views.shapes import (
    AddressOut,
    CancellationOut,
    FulfilmentLineOut,
    FulfilmentOut,
    HoldOut,
    OrderOut,
    ParcelOut,
)
from andon.platform.policies.rules import Policy


def order_of(tx: Tx[Policy], shop_id: int, order_id: int) -> OrderOut:
    """One order of a shop; NotFound `order.not_found`."""
    order = shown(tx, shop_id, [_row_of(tx, shop_id, order_id)])[0]
    rows = tx.rows(
        "select fulfilment_id, supplier_id, policy, pushed_at, stuck_at, shipped_at, ended_at from fulfilments "
        "where shop_id = :shop and order_id = :order and pushed_at is not null",
        shop=shop_id,
        order=order_id,
    )
    stopped = stops_between(tx, rows)
    for part in order.fulfilments:
        part.stopped = stopped.get(part.id, [])
    return order


def order_of_fulfilment(tx: Tx[Policy], shop_id: int, fulfilment_id: int) -> OrderOut:
    """The order that a fulfilment of a shop is a part of; NotFound `fulfilment.not_found`."""
    row = tx.one(
        "select order_id from fulfilments where shop_id = :shop and fulfilment_id = :fulfilment",
        shop=shop_id,
        fulfilment=fulfilment_id,
    )
    if row is None:
        raise NotFound("fulfilment.not_found")
    return order_of(tx, shop_id, row.order_id)


def check_order(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    """Refuse with NotFound `order.not_found` an order that is not there, or not of the calling channel."""
    row = _row_of(tx, shop_id, order_id)
    if tx.actor.kind == "channel" and tx.actor.id != row.channel:
        raise NotFound("order.not_found")


def _row_of(tx: Tx[Policy], shop_id: int, order_id: int) -> Row[Any]:
    row = tx.one(
        "select * from orders where shop_id = :shop and order_id = :order", shop=shop_id, order=order_id
    )
    if row is None:
        raise NotFound("order.not_found")
    return row


def shown(tx: Tx[Policy], shop_id: int, rows: Sequence[Row[Any]]) -> list[OrderOut]:
    """These orders with all that belongs to them, in a handful of queries."""
    if not rows:
        return []
    orders = [row.order_id for row in rows]
    lines = _grouped(tx, "order_lines", "order_id", shop_id, orders, "line_no")
    places = {
        row.order_id: row
        for row in tx.rows(
            "select order_id, ship_to, faults, erased_at from recipients where shop_id = :shop and order_id = any(:orders)",
            shop=shop_id,
            orders=orders,
        )
    }
    corrected = _grouped(tx, "address_corrections", "order_id", shop_id, orders, "correction_id")
    holds = _grouped(tx, "holds", "order_id", shop_id, orders, "hold_id")
    parts = fulfilments_of(tx, shop_id, orders)
    return [
        _order(
            row,
            lines.get(row.order_id, []),
            parts.get(row.order_id, []),
            places.get(row.order_id),
            corrected.get(row.order_id, []),
            holds.get(row.order_id, []),
            tx.now,
        )
        for row in rows
    ]


def fulfilments_of(tx: Tx[Policy], shop_id: int, order_ids: Sequence[int]) -> dict[int, list[FulfilmentOut]]:
    """The fulfilments of these orders, by order, in the order they were made."""
    rows = _grouped(tx, "fulfilments", "order_id", shop_id, order_ids, "fulfilment_id")
    numbers = [row.fulfilment_id for own in rows.values() for row in own]
    lines = _grouped(tx, "fulfilment_lines", "fulfilment_id", shop_id, numbers, "line_no")
    parcels = _grouped(tx, "parcels", "fulfilment_id", shop_id, numbers, "parcel_id")
    notes = _notes(tx, shop_id, rows)
    handovers = _handovers(tx, shop_id, rows)
    policies = _policies(tx, rows)
    return {
        order_id: [
            _fulfilment(
                row,
                lines.get(row.fulfilment_id, []),
                parcels.get(row.fulfilment_id, []),
                notes.get(row.fulfilment_id),
                handovers.get(row.fulfilment_id),
                _promise(row, policies[row.policy], tx.now),
            )
            for row in own
        ]
        for order_id, own in rows.items()
    }


def _policies(tx: Tx[Policy], rows: Mapping[int, Sequence[Row[Any]]]) -> dict[str, Policy]:
    """The policies that these fulfilments were made under, by name."""
    return {name: tx.policies.named(name) for name in {row.policy for own in rows.values() for row in own}}


def _notes(tx: Tx[Policy], shop_id: int, rows: Mapping[int, Sequence[Row[Any]]]) -> dict[int, str]:
    """What was written to the cancellations among these fulfilments."""
    cancelled = [
        row.fulfilment_id for own in rows.values() for row in own if row.cancel_requested_at is not None
    ]
    if not cancelled:
        return {}
    return {
        row.fulfilment_id: row.note
        for row in tx.rows(
            "select fulfilment_id, note from cancellation_notes "
            "where shop_id = :shop and fulfilment_id = any(:numbers) and note <> ''",
            shop=shop_id,
            numbers=cancelled,
        )
    }


def _handovers(
    tx: Tx[Policy], shop_id: int, rows: Mapping[int, Sequence[Row[Any]]]
) -> dict[int, FulfilmentHandover]:
    """What hand-over notes say of those that a supplier has labelled."""
    labelled = [
        row.fulfilment_id
        for own in rows.values()
        for row in own
        if row.supplier_id is not None and row.labelled_at is not None
    ]
    return handovers_of(tx, [shop_id], labelled) if labelled else {}


def _grouped(
    tx: Tx[Policy], table: str, key: str, shop_id: int, numbers: Sequence[int], order: str
) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in tx.rows(
        f"select * from {table} where shop_id = :shop and {key} = any(:numbers) order by {order}",
        shop=shop_id,
        numbers=list(numbers),
    ):
        found.setdefault(getattr(row, key), []).append(row)
    return found


def _cancellation(row: Row[Any], note: str | None) -> CancellationOut | None:
    if row.cancel_requested_at is None:
        return None
    return CancellationOut(
        by=row.cancel_by,
        reason=row.cancel_reason,
        note=note,
        asked_at=row.cancel_requested_at,
        answered_at=row.cancel_answered_at,
        answer=row.cancel_answer,
    )


def _promise(row: Row[Any], policy: Policy, now: datetime) -> LinePromise | None:
    """The promise of its line, as the policy of the order knows it."""
    line = policy.lines.get(row.line or "")
    if line is None:
        return None
    return line_promise(line.promise_days, row.shipped_at, row.delivered_at, row.ended_at, now)


def _fulfilment(
    row: Row[Any],
    lines: Sequence[Row[Any]],
    parcels: Sequence[Row[Any]],
    note: str | None,
    handover: FulfilmentHandover | None,
    promise: LinePromise | None,
) -> FulfilmentOut:
    return FulfilmentOut.model_validate(
        row._asdict()
        | {
            "id": row.fulfilment_id,
            "mode": Mode(row.mode).word,
            "state": FulfilmentState(row.state).word,
            "flags": flag_words(row.flags),
            "answer_due_at": row.due_at if row.state == FulfilmentState.PUSHED else None,
            "stuck_due_at": row.stuck_at,
            "cancellation": _cancellation(row, note),
            "lines": [FulfilmentLineOut.model_validate(line) for line in lines],
            "parcels": [
                ParcelOut.model_validate(parcel._asdict() | {"id": parcel.parcel_id}) for parcel in parcels
            ],
            "handover": handover,
            "promise": promise,
        }
    )


def _address(place: Row[Any] | None, corrections: Sequence[Row[Any]]) -> AddressOut:
    last = corrections[-1] if corrections else None
    return AddressOut(
        faults=place.faults.split() if place and place.faults else [],
        corrections=len(corrections),
        corrected_at=last.at if last else None,
        fault=last.fault if last else None,
        note=last.note if last else None,
    )


def _order(
    row: Row[Any],
    lines: Sequence[Row[Any]],
    parts: list[FulfilmentOut],
    place: Row[Any] | None,
    corrections: Sequence[Row[Any]],
    holds: Sequence[Row[Any]],
    now: datetime,
) -> OrderOut:
    def money(minor: int) -> MoneyOut:
        return MoneyOut.from_minor(minor, row.currency)

    limits = [row.ship_by, *(line.ship_by for line in lines)]
    ship_by = ship_by_next([(FulfilmentState[part.state.upper()], part.ship_by) for part in parts])
    flags = {flag for part in parts for flag in part.flags}
    return OrderOut.model_validate(
        row._asdict()
        | {
            "id": row.order_id,
            "goods": money(row.goods_minor),
            "freight": money(row.freight_minor),
            "group": group_of([FulfilmentState[part.state.upper()] for part in parts]).word,
            "ship_by": ship_by or min((at for at in limits if at is not None), default=None),
            "time_left_seconds": math.floor((ship_by - now).total_seconds()) if ship_by else None,
            "flags": [word for word in flag_words(sum(Flag)) if word in flags],
            "ship_to": (place.ship_to or None) if place else None,
            "erased_at": place.erased_at if place else None,
            "address": _address(place, corrections),
            "hold": HoldOut.model_validate(holds[-1]._asdict()) if holds else None,
            "lines": [
                line._asdict()
                | {"unit_price": money(line.unit_price_minor), "freight": money(line.freight_minor)}
                for line in lines
            ],
            "fulfilments": parts,
        }
    )
