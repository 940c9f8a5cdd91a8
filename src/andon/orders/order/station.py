"""What falls due of fulfilments by time alone: completion, and the flags that call a person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.line import Claim, Station
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.handovers.views import sides_of
from andon.orders.order.events import FulfilmentCompleted, FulfilmentFlagged
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments, tell_of
from andon.orders.push.rules import CANCEL_REQUESTED, LATE_ANSWER
from andon.orders.push.service import queue_pushes
from andon.orders.routing.service import reroute
from andon.platform.policies.rules import Policy
from andon.platform.policies.views import policies_for

_COLUMNS = ("order_id", "supplier_id")
_COUNTED = "coalesce(supplier_id, 0) not in (select supplier_id from recounts)"
"""Nobody is late by a clock that has changed: what is about to be counted anew waits for that."""

COMPLETE_CLAIM = Claim(
    "fulfilments", "fulfilment_id", "state = 80 and due_at is not null", "due_at", _COLUMNS
)
UNPUSHED_CLAIM = Claim(
    "fulfilments", "fulfilment_id", "state = 10 and due_at is not null", "due_at", _COLUMNS
)
ANSWER_CLAIM = Claim(
    "fulfilments", "fulfilment_id", f"state = 20 and due_at is not null and {_COUNTED}", "due_at", _COLUMNS
)
CANCEL_CLAIM = Claim("fulfilments", "fulfilment_id", "cancel_due_at is not null", "cancel_due_at", _COLUMNS)
STUCK_CLAIM = Claim(
    "fulfilments", "fulfilment_id", f"stuck_at is not null and {_COUNTED}", "stuck_at", _COLUMNS
)
STALE_CLAIM = Claim("fulfilments", "fulfilment_id", "stale_at is not null", "stale_at", _COLUMNS)

SILENCE = "silence"
"""The reason of a rejection that nobody spoke: the supplier let MODE-3 run out."""


def complete_delivered(tx: Tx[Policy], batch: int) -> int:
    """Complete what was delivered so long ago that the buyer need not confirm it. Source: MODE-6."""
    rows = COMPLETE_CLAIM.take(tx, batch)
    _update(
        tx,
        rows,
        f"state = {FulfilmentState.COMPLETED.value}, completed_at = :now, due_at = null",
        now=tx.now,
    )
    tx.emit(*(FulfilmentCompleted(**_about(row)) for row in rows))
    return len(rows)


def flag_unpushed(tx: Tx[Policy], batch: int) -> int:
    """Flag what its supplier's endpoint has not taken in time, and tell seller and operator. Source: MODE-2."""
    rows = _flag(tx, UNPUSHED_CLAIM.take(tx, batch), Flag.UNPUSHED, "due_at")
    tell_of(tx, "fulfilment.unpushed", rows, "seller", "operator")
    return len(rows)


def flag_late_answers(tx: Tx[Policy], batch: int) -> int:
    """Flag what its supplier has not answered in time, and tell all three; reroute where the shop set that.

    Source: MODE-3.
    """
    if rerouted := _reroute_silent(tx, batch):
        return rerouted
    rows = _flag(tx, ANSWER_CLAIM.take(tx, batch), Flag.LATE_ANSWER, "due_at")
    tell_of(tx, "fulfilment.late_answer", rows, "seller", "supplier", "operator")
    _push(tx, rows, LATE_ANSWER)
    return len(rows)


def flag_unanswered_cancellations(tx: Tx[Policy], batch: int) -> int:
    """Flag what its supplier was asked to cancel and has not answered in time, and tell all three. Source: MODE-3."""
    rows = _flag(tx, CANCEL_CLAIM.take(tx, batch), Flag.LATE_ANSWER, "cancel_due_at")
    tell_of(tx, "cancellation.unanswered", rows, "seller", "supplier", "operator")
    _push(tx, rows, LATE_ANSWER)
    return len(rows)


def flag_stuck(tx: Tx[Policy], batch: int) -> int:
    """Flag what no carrier has collected in time; tell the seller, who has remedies, on whose side the evidence lies.

    Source: MODE-4.
    """
    rows = _flag(tx, STUCK_CLAIM.take(tx, batch), Flag.STUCK, "stuck_at")
    sides = sides_of(tx, rows)
    for side in sorted(set(sides.values())):
        own = [row for row in rows if sides[row.fulfilment_id] is side]
        tell_of(tx, "fulfilment.stuck", own, "seller", evidence=side.value)
    return len(rows)


def flag_stale(tx: Tx[Policy], batch: int) -> int:
    """Flag what its carrier has not told of for long, and tell the seller. Source: MODE-5."""
    rows = _flag(tx, STALE_CLAIM.take(tx, batch), Flag.STALE, "stale_at")
    tell_of(tx, "fulfilment.stale", rows, "seller")
    return len(rows)


COMPLETE = Station("complete", due=COMPLETE_CLAIM.earliest_sql, step=complete_delivered, batch=1000)
UNPUSHED = Station("unpushed", due=UNPUSHED_CLAIM.earliest_sql, step=flag_unpushed, batch=1000)
ANSWER = Station("answer", due=ANSWER_CLAIM.earliest_sql, step=flag_late_answers, batch=1000)
CANCEL = Station("cancel", due=CANCEL_CLAIM.earliest_sql, step=flag_unanswered_cancellations, batch=1000)
STUCK = Station("stuck", due=STUCK_CLAIM.earliest_sql, step=flag_stuck, batch=1000)
STALE = Station("stale", due=STALE_CLAIM.earliest_sql, step=flag_stale, batch=1000)


def _flag(tx: Tx[Policy], rows: Sequence[Row[Any]], flag: Flag, due: str) -> Sequence[Row[Any]]:
    """Set a flag on claimed rows, once: what made them due goes. The same rows."""
    _update(tx, rows, f"flags = f.flags | {flag.value}, {due} = null")
    word = (flag.name or "").lower()
    tx.emit(*(FulfilmentFlagged(**_about(row), flag=word) for row in rows))
    return rows


def _push(tx: Tx[Policy], rows: Sequence[Row[Any]], kind: str) -> None:
    if rows:
        queue_pushes(tx, [(row.shop_id, row.fulfilment_id, row.supplier_id) for row in rows], kind)


def _update(tx: Tx[Policy], rows: Sequence[Row[Any]], changes: str, **params: Any) -> None:
    if rows:
        tx.put(
            f"update fulfilments f set {changes} "
            "from json_to_recordset(cast(cast(:rows as text) as json)) as n(s bigint, f bigint) "
            "where f.shop_id = n.s and f.fulfilment_id = n.f and f.shop_id = any(:shops) "
            "and f.fulfilment_id = any(:numbers)",
            rows=as_json({"s": row.shop_id, "f": row.fulfilment_id} for row in rows),
            shops=sorted({row.shop_id for row in rows}),
            numbers=[row.fulfilment_id for row in rows],
            **params,
        )


def _about(row: Row[Any]) -> dict[str, Any]:
    return {
        "shop_id": row.shop_id,
        "order_id": row.order_id,
        "fulfilment_id": row.fulfilment_id,
        "supplier_id": row.supplier_id,
    }


def _reroute_silent(tx: Tx[Policy], batch: int) -> int:
    """Reroute the late ones of shops that want it; how many there were.

    They are not claimed: closing takes stock before fulfilments. Of two workers one finds them closed already.
    """
    late = tx.rows(
        f"select shop_id, fulfilment_id, order_id, supplier_id from fulfilments where {ANSWER_CLAIM.where} "
        "and due_at <= :now order by due_at limit :batch",
        now=tx.now,
        batch=batch,
    )
    policies = policies_for(tx, {row.shop_id for row in late}) if late else {}
    silent = [row for row in late if policies[row.shop_id].mode.reroute_on_silence]
    if not silent:
        return 0
    closed = close_fulfilments(
        tx,
        [Close(row.shop_id, row.fulfilment_id, tx.now, SILENCE) for row in silent],
        FulfilmentState.REJECTED,
        sources=(FulfilmentState.PUSHED,),
    )
    tx.emit(*(FulfilmentFlagged(**_about(row), flag="late_answer") for row in closed))
    tell_of(tx, "fulfilment.late_answer", closed, "seller", "supplier", "operator", reroute=True)
    reroute(tx, closed)
    _push(tx, closed, CANCEL_REQUESTED)
    return len(silent)
