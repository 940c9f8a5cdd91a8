"""Orders as their shop sees them: each with its lines, its fulfilments and their parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, JsonObject, MoneyOut, Out
from andon.kernel.tx import Tx
from andon.orders.order.rules import OPEN_BELOW, Flag, FulfilmentState, Group, Mode, flag_words, group_of
from andon.platform.policies.rules import Policy


class FulfilmentLineOut(Out):
    """What of an order's line this fulfilment is for, and the units that were reserved for it."""

    line_no: int
    sku: str
    quantity: int
    location: int
    item: str
    units: int


class ParcelOut(Out):
    """A parcel; grams and millimetres as its label says, `status` as its carrier tells."""

    id: int
    carrier: str
    waybill: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    labelled_at: Instant
    status: str
    collected_at: Instant | None
    last_scan_at: Instant | None
    delivered_at: Instant | None


class CancellationOut(Out):
    """That a fulfilment was to be cancelled: at whose wish, why, and how that was answered, null while it is open.

    `answer` is accepted or refused by its supplier, at_once where nobody had to be asked, or forced by whoever may
    decide. `note` is what was written for people.
    """

    by: str | None
    reason: str | None
    note: str | None
    asked_at: Instant
    answered_at: Instant | None
    answer: str | None


class FulfilmentOut(Out):
    """One party's part of an order; `supplier_id` is null for the seller's own, or while it waits for one."""

    id: int
    shop_id: int
    order_id: int
    supplier_id: int | None
    mode: str
    state: str
    flags: list[str]
    line: str | None
    replaces: int | None
    reason: str | None
    reserved_at: Instant
    pushed_at: Instant | None
    accepted_at: Instant | None
    picked_at: Instant | None
    labelled_at: Instant | None
    handed_over_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    completed_at: Instant | None
    ended_at: Instant | None
    cancel_requested_at: Instant | None
    cancel_answered_at: Instant | None
    cancellation: CancellationOut | None
    lines: list[FulfilmentLineOut]
    parcels: list[ParcelOut]


class OrderLineOut(Out):
    """One line of what the buyer bought."""

    line_no: int
    sku: str
    quantity: int
    unit_price: MoneyOut
    freight: MoneyOut
    ship_by: Instant | None


class OrderOut(Out):
    """What a buyer bought, and what became of it. `flags` are those of any of its fulfilments."""

    id: int
    shop_id: int
    channel: str
    channel_order_no: str
    placed_at: Instant
    received_at: Instant
    ship_by: Instant | None
    paid_at: Instant | None
    source_status: str | None
    goods: MoneyOut
    freight: MoneyOut
    policy: str
    group: str
    flags: list[str]
    ship_to: JsonObject | None
    lines: list[OrderLineOut]
    fulfilments: list[FulfilmentOut]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders of a shop are listed; None asks for nothing. `placed_until` is exclusive."""

    group: Group | None = None
    flag: Flag | None = None
    supplier_id: int | None = None
    channel_order_no: str | None = None
    placed_from: datetime | None = None
    placed_until: datetime | None = None


def list_orders(
    tx: Tx[Policy],
    shop_id: int,
    wanted: OrderFilter,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> list[OrderOut]:
    """A shop's orders, the latest placed first, from the one after `after` (placed_at, order_id)."""
    params: dict[str, Any] = {"shop": shop_id, "limit": limit}
    # What is wanted of the order itself; where a list goes by fulfilments, by the order's instant as they have it.
    at = "o" if wanted.group is None and wanted.flag is None else "g"
    conditions = [f"{at}.shop_id = :shop"]
    if after is not None:
        conditions.append(f"({at}.placed_at, {at}.order_id) < (:after_at, :after_id)")
        params |= {"after_at": after[0], "after_id": after[1]}
    for value, name, condition in (
        (wanted.placed_from, "since", f"{at}.placed_at >= :since"),
        (wanted.placed_until, "until", f"{at}.placed_at < :until"),
        (wanted.channel_order_no, "number", "o.channel_order_no = :number"),
        (wanted.supplier_id, "supplier", _some("f.supplier_id = :supplier")),
    ):
        if value is not None:
            conditions.append(condition)
            params[name] = value
    source = "orders o where " + " and ".join(conditions)
    if at == "g":
        source = _by_fulfilments(wanted, conditions)
    rows = tx.rows(
        f"select o.* from {source} order by o.placed_at desc, o.order_id desc limit :limit", **params
    )
    return _shown(tx, shop_id, rows)


def _by_fulfilments(wanted: OrderFilter, conditions: Sequence[str]) -> str:
    """The orders that a group or a flag is asked for, found by their fulfilments' own indexes, the latest first.

    So a page takes as long in a shop of a million orders, of which three are asked for, as in a small one.
    """
    if wanted.group is None:
        assert wanted.flag is not None, "a list by fulfilments is of a group or a flag"
        ways = [f"g.flags <> 0 and g.flags & {wanted.flag.value} <> 0"]
    else:
        ways = _ways_into(wanted.group)
        if wanted.flag is not None:
            conditions = [*conditions, _some(f"f.flags & {wanted.flag.value} <> 0")]
    found = " union all ".join(
        "(select distinct g.placed_at, g.order_id from fulfilments g "
        "join orders o on o.shop_id = g.shop_id and o.order_id = g.order_id "
        f"where {way} and {' and '.join(conditions)} order by g.placed_at desc, g.order_id desc limit :limit)"
        for way in ways
    )
    return (
        f"(select distinct placed_at, order_id from ({found}) w order by placed_at desc, order_id desc limit :limit) p "
        "join orders o on o.shop_id = :shop and o.order_id = p.order_id"
    )


def order_of(tx: Tx[Policy], shop_id: int, order_id: int) -> OrderOut:
    """One order of a shop; NotFound `order.not_found`."""
    return _shown(tx, shop_id, [_row_of(tx, shop_id, order_id)])[0]


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


@dataclass(frozen=True, slots=True)
class OpenJit:
    """The open JIT fulfilments of a shop with one supplier, or, with None, those that wait for one."""

    supplier_id: int | None
    fulfilments: int
    oldest: Sequence[int]


def open_jit_of(tx: Tx[Policy], shop_id: int, name: int = 100) -> list[OpenJit]:
    """What stands open of a shop's JIT orders, by supplier, up to `name` of each by number. Source: EXIT-1."""
    return [
        OpenJit(row.supplier_id, row.fulfilments, row.oldest[:name])
        for row in tx.rows(
            "select supplier_id, count(*) as fulfilments, array_agg(fulfilment_id order by fulfilment_id) as oldest "
            f"from fulfilments where shop_id = :shop and state < {OPEN_BELOW} and mode = {Mode.JIT.value} "
            "group by supplier_id order by supplier_id nulls last",
            shop=shop_id,
        )
    ]


_PARTS = "(select from fulfilments f where f.shop_id = o.shop_id and f.order_id = o.order_id and {})"


def _some(condition: str) -> str:
    """That some fulfilment of the order is so."""
    return f"exists {_PARTS.format(condition)}"


def _ways_into(group: Group) -> list[str]:
    """What a fulfilment may be, each by itself, whose order is in the group, as `group_of` says.

    States stand as literals, one a way, for their index.
    """
    if group is Group.AWAITING:
        before = [state.value for state in FulfilmentState if state < FulfilmentState.SHIPPED]
        return [f"g.state = {state}" for state in before] + [f"g.state = 90 and not {_some('f.state <> 90')}"]
    state = {
        Group.IN_TRANSIT: FulfilmentState.SHIPPED,
        Group.DELIVERED: FulfilmentState.DELIVERED,
        Group.COMPLETED: FulfilmentState.COMPLETED,
        Group.CANCELLED: FulfilmentState.CANCELLED,
        Group.RETURNED: FulfilmentState.RETURNED,
        Group.LOST: FulfilmentState.LOST,
    }[group].value
    return [f"g.state = {state} and not {_some(f'f.state < {state} and f.state <> 90')}"]


def _shown(tx: Tx[Policy], shop_id: int, rows: Sequence[Row[Any]]) -> list[OrderOut]:
    """These orders with all that belongs to them, in a handful of queries."""
    if not rows:
        return []
    orders = [row.order_id for row in rows]
    lines = _grouped(tx, "order_lines", "order_id", shop_id, orders, "line_no")
    addresses = {
        row.order_id: row.ship_to
        for row in tx.rows(
            "select order_id, ship_to from recipients where shop_id = :shop and order_id = any(:orders)",
            shop=shop_id,
            orders=orders,
        )
    }
    parts = fulfilments_of(tx, shop_id, orders)
    return [
        _order(row, lines.get(row.order_id, []), parts.get(row.order_id, []), addresses.get(row.order_id))
        for row in rows
    ]


def fulfilments_of(tx: Tx[Policy], shop_id: int, order_ids: Sequence[int]) -> dict[int, list[FulfilmentOut]]:
    """The fulfilments of these orders, by order, in the order they were made."""
    rows = _grouped(tx, "fulfilments", "order_id", shop_id, order_ids, "fulfilment_id")
    numbers = [row.fulfilment_id for own in rows.values() for row in own]
    lines = _grouped(tx, "fulfilment_lines", "fulfilment_id", shop_id, numbers, "line_no")
    parcels = _grouped(tx, "parcels", "fulfilment_id", shop_id, numbers, "parcel_id")
    notes = _notes(tx, shop_id, rows)
    return {
        order_id: [
            _fulfilment(
                row,
                lines.get(row.fulfilment_id, []),
                parcels.get(row.fulfilment_id, []),
                notes.get(row.fulfilment_id),
            )
            for row in own
        ]
        for order_id, own in rows.items()
    }


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
            "where shop_id = :shop and fulfilment_id = any(:numbers)",
            shop=shop_id,
            numbers=cancelled,
        )
    }


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


def _fulfilment(
    row: Row[Any], lines: Sequence[Row[Any]], parcels: Sequence[Row[Any]], note: str | None
) -> FulfilmentOut:
    return FulfilmentOut.model_validate(
        row._asdict()
        | {
            "id": row.fulfilment_id,
            "mode": Mode(row.mode).word,
            "state": FulfilmentState(row.state).word,
            "flags": flag_words(row.flags),
            "cancellation": _cancellation(row, note),
            "lines": [FulfilmentLineOut.model_validate(line) for line in lines],
            "parcels": [
                ParcelOut.model_validate(parcel._asdict() | {"id": parcel.parcel_id}) for parcel in parcels
            ],
        }
    )


def _order(
    row: Row[Any], lines: Sequence[Row[Any]], parts: list[FulfilmentOut], ship_to: JsonObject | None
) -> OrderOut:
    def money(minor: int) -> MoneyOut:
        return MoneyOut.from_minor(minor, row.currency)

    flags = {flag for part in parts for flag in part.flags}
    return OrderOut.model_validate(
        row._asdict()
        | {
            "id": row.order_id,
            "goods": money(row.goods_minor),
            "freight": money(row.freight_minor),
            "group": group_of([FulfilmentState[part.state.upper()] for part in parts]).word,
            "flags": [word for word in flag_words(sum(Flag)) if word in flags],
            "ship_to": ship_to,
            "lines": [
                line._asdict()
                | {"unit_price": money(line.unit_price_minor), "freight": money(line.freight_minor)}
                for line in lines
            ],
            "fulfilments": parts,
        }
    )
