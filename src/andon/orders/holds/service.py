"""Holding an order and letting it go: its pushes wait, its labels are refused, and its clocks stand meanwhile."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Tx
from andon.orders.clocks.service import count_anew
from andon.orders.holds.events import OrderHeld, OrderReleased
from andon.orders.holds.rules import HOLDABLE_BELOW, Reason
from andon.orders.holds.tables import HOLD_IDS
from andon.orders.order.events import FulfilmentFlagged
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.push.rules import HELD, PUSHED, RELEASED
from andon.orders.push.service import call_at_once, queue_pushes
from andon.partners.calendars.views import minds
from andon.platform.policies.rules import Policy

_S = FulfilmentState

_STOPPED = (
    f"flags = f.flags | {Flag.HELD.value}, held_at = :now, due_left = f.due_at - %s, due_at = null, "
    "stuck_left = f.stuck_at - %s, stuck_at = null"
)
_FROM_NOW = _STOPPED.replace("%s", "cast(:now as timestamptz)")
_FROM_ITS_START = _STOPPED.replace("%s", "f.reserved_at")
_GOING = (
    f"flags = f.flags & ~{Flag.HELD.value}, held_at = null, due_at = :now + f.due_left, due_left = null, "
    "stuck_at = :now + f.stuck_left, stuck_left = null"
)
_ROWS = "returning f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id, f.state"


def hold_order(tx: Tx[Policy], shop_id: int, order_id: int, reason: Reason, note: str | None = None) -> None:
    """Hold what of an order no carrier has; again changes nothing.

    What was not pushed yet is not pushed, suppliers that know of it hear of it, and MODE-3 and MODE-4 stand. Refuses
    with NotFound `order.not_found` and Conflict `order.not_holdable`. Source: MODE-3, MODE-4.
    """
    tx.hold({shop_id})
    parts = _locked(tx, shop_id, order_id)
    open_parts = [row for row in parts if row.state < HOLDABLE_BELOW]
    if not open_parts:
        raise Conflict("order.not_holdable", "it was shipped, or has ended")
    due = [row.fulfilment_id for row in open_parts if row.held_at is None]
    if not due:
        return
    rows = tx.rows(
        f"update fulfilments f set {_FROM_NOW} where f.shop_id = :shop and f.fulfilment_id = any(:numbers) {_ROWS}",
        shop=shop_id,
        numbers=due,
        now=tx.now,
    )
    tx.put(
        "insert into holds (shop_id, hold_id, order_id, reason, note, actor, at) "
        f"values (:shop, nextval('{HOLD_IDS.name}'), :order, :reason, :note, :actor, :now) on conflict do nothing",
        shop=shop_id,
        order=order_id,
        reason=reason.value,
        note=note,
        actor=str(tx.actor),
        now=tx.now,
    )
    tx.emit(OrderHeld(shop_id=shop_id, order_id=order_id, reason=reason.value, fulfilments=sorted(due)))
    _tell_flagged(tx, rows)
    _park(tx, shop_id, due)
    _tell_suppliers(tx, rows, HELD)


def release_order(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    """Let a held order go on from where it stood; one that is not held stays as it is. NotFound `order.not_found`."""
    tx.hold({shop_id})
    held = [row.fulfilment_id for row in _locked(tx, shop_id, order_id) if row.held_at is not None]
    released = tx.run(
        "update holds set released_at = :now, released_by = :actor "
        "where shop_id = :shop and order_id = :order and released_at is null",
        shop=shop_id,
        order=order_id,
        now=tx.now,
        actor=str(tx.actor),
    )
    if not held and not released:
        return
    rows = tx.rows(
        f"update fulfilments f set {_GOING} where f.shop_id = :shop and f.fulfilment_id = any(:numbers) {_ROWS}, "
        f"{minds('f.supplier_id', 'f.pushed_at')} as minded",
        shop=shop_id,
        numbers=held,
        now=tx.now,
    )
    # A hold is one more time in which the clock stood: it may lie over days off.
    count_anew(tx, shop_id, [row.fulfilment_id for row in rows if row.minded])
    tx.emit(OrderReleased(shop_id=shop_id, order_id=order_id, fulfilments=sorted(held)))
    waiting = tx.rows(
        f"update pushes set due_at = :now where shop_id = :shop and fulfilment_id = any(:numbers) "
        f"and kind = '{PUSHED}' and due_at is null and delivered_at is null returning supplier_id",
        shop=shop_id,
        numbers=[row.fulfilment_id for row in rows if row.state == _S.RESERVED],
        now=tx.now,
    )
    if waiting:
        call_at_once(tx, {row.supplier_id for row in waiting})
    _tell_suppliers(tx, rows, RELEASED)


def keep_held(tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int]) -> None:
    """Hold those of these new fulfilments whose order is held: a successor stands as what it replaces stood."""
    if not fulfilment_ids:
        return
    with tx.as_platform():
        rows = tx.rows(
            f"update fulfilments f set {_FROM_ITS_START} from holds h where f.shop_id = :shop "
            "and f.fulfilment_id = any(:numbers) and h.shop_id = f.shop_id and h.order_id = f.order_id "
            f"and h.released_at is null {_ROWS}",
            shop=shop_id,
            numbers=list(fulfilment_ids),
            now=tx.now,
        )
        _tell_flagged(tx, rows)
        _park(tx, shop_id, [row.fulfilment_id for row in rows])


def keep_address_flags(tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int]) -> None:
    """Flag those of these new fulfilments whose order's address failed its check, as what they replace was."""
    if not fulfilment_ids:
        return
    rows = tx.rows(
        f"update fulfilments f set flags = f.flags | {Flag.ADDRESS_PROBLEM.value} from recipients r "
        "where f.shop_id = :shop and f.fulfilment_id = any(:numbers) and r.shop_id = f.shop_id "
        f"and r.order_id = f.order_id and r.faults is not null {_ROWS}",
        shop=shop_id,
        numbers=list(fulfilment_ids),
    )
    _tell_flagged(tx, rows, "address_problem")


def _locked(tx: Tx[Policy], shop_id: int, order_id: int) -> Sequence[Row[Any]]:
    parts = tx.rows(
        "select fulfilment_id, state, held_at from fulfilments "
        "where shop_id = :shop and order_id = :order order by fulfilment_id for no key update",
        shop=shop_id,
        order=order_id,
    )
    if not parts:
        raise NotFound("order.not_found")
    return parts


def _tell_flagged(tx: Tx[Policy], rows: Sequence[Row[Any]], flag: str = "held") -> None:
    tx.emit(
        *(
            FulfilmentFlagged(
                shop_id=row.shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                flag=flag,
            )
            for row in sorted(rows, key=lambda row: int(row.fulfilment_id))
        )
    )


def _park(tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int]) -> None:
    """Let no push go out that would be the first that its supplier hears of it."""
    if fulfilment_ids:
        tx.put(
            "update pushes set due_at = null where shop_id = :shop and fulfilment_id = any(:numbers) "
            f"and kind = '{PUSHED}' and delivered_at is null and due_at is not null",
            shop=shop_id,
            numbers=list(fulfilment_ids),
        )


def _tell_suppliers(tx: Tx[Policy], rows: Sequence[Row[Any]], kind: str) -> None:
    known = [
        (row.shop_id, row.fulfilment_id, row.supplier_id)
        for row in sorted(rows, key=lambda row: int(row.fulfilment_id))
        if row.supplier_id is not None and row.state >= _S.PUSHED
    ]
    if known:
        queue_pushes(tx, known, kind)
