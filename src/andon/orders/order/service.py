"""How a fulfilment moves from state to state: one conditional statement a shop, with all that follows by rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeVar

import orjson
from sqlalchemy import Row

from andon.kernel.errors import Conflict
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.capacity.service import give_places_back
from andon.orders.clocks.service import count_anew
from andon.orders.order.events import CLOSED, MOVED
from andon.orders.order.rules import FLAGS_CLEARED, FULFILMENT, FulfilmentState
from andon.partners.calendars.views import minds
from andon.partners.stock.service import Take, release
from andon.partners.stock.tables import LOCAL
from andon.platform.notices.rules import Audience
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policies, Policy

_S = FulfilmentState


@dataclass(frozen=True, slots=True)
class Move:
    """One fulfilment moves at `at`, the fact's own instant."""

    shop_id: int
    fulfilment_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Close:
    """One fulfilment ends unshipped at `at`; `reason` is a code."""

    shop_id: int
    fulfilment_id: int
    at: datetime
    reason: str


_ENDS = "ended_at = coalesce(f.ended_at, l.at), due_at = null, stuck_at = null, stale_at = null, cancel_due_at = null"

_STAMPS: dict[FulfilmentState, str] = {
    _S.PUSHED: (
        "pushed_at = l.at, due_at = l.at + {answer_within}, stuck_at = l.at + {stuck_after}, stale_at = null"
    ),
    _S.ACCEPTED: "accepted_at = l.at, due_at = null",
    _S.PICKED: "picked_at = l.at, due_at = null",
    _S.LABELLED: "labelled_at = l.at, due_at = null",
    _S.SHIPPED: (
        "shipped_at = l.at, due_at = null, stuck_at = null, stale_at = l.at + {stale_after}, cancel_due_at = null"
    ),
    _S.DELIVERED: (
        "delivered_at = l.at, ended_at = coalesce(f.ended_at, l.at), due_at = l.at + {complete_after}, "
        "stuck_at = null, stale_at = null"
    ),
    _S.COMPLETED: "completed_at = l.at, " + _ENDS,
    _S.RETURNED: _ENDS,
    _S.LOST: _ENDS,
    _S.REJECTED: _ENDS + ", reason = l.reason",
    _S.CANCELLED: _ENDS + ", reason = l.reason",
}
"""What a state stamps. `{answer_within}` stands for that figure of the policy the order was placed under."""

_ONLY: dict[FulfilmentState, str] = {
    _S.PUSHED: " and f.supplier_id is not null",
    _S.PICKED: f" and (f.supplier_id is null or f.state > {_S.RESERVED.value}) and f.held_at is null",
    _S.LABELLED: f" and (f.supplier_id is null or f.state > {_S.RESERVED.value}) and f.held_at is null",
}
"""Nobody is asked about what the seller ships; a supplier's is not worked on before that has answered.

Nothing that is held is worked on.
"""


_CHARGED_AT_ONCE = frozenset((_S.SHIPPED, _S.DELIVERED, _S.REJECTED, _S.CANCELLED, _S.RETURNED, _S.LOST))
"""The states of which the line has something to work out at once: what it costs from here on, or that it costs nothing."""


_MINDED = f", {minds('f.supplier_id', 'l.at')} as minded"
"""Whether the deadlines of what was pushed are more than plain time: a look at tables that are all but empty."""


def move_fulfilments(tx: Tx[Policy], moves: Iterable[Move], target: FulfilmentState) -> list[Row[Any]]:
    """Move what may become `target` to it; answers the rows that moved: shop_id, fulfilment_id, order_id,
    supplier_id, mode, placed_at, at, and `left`, the state before.

    What is in no state that leads there, or is not there, stays and is not answered: the caller compares. Takes the
    shops' heads, then the fulfilments in order of their numbers. Deadlines go by the policy the order was placed
    under. Source: MODE-3..6.
    """
    assert target in MOVED, f"{target.word}: a fulfilment does not simply move there"
    moved = _update(tx, list(moves), target)
    event = MOVED[target]
    tx.emit(
        *(
            event(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=row.at,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
            )
            for row in moved
        )
    )
    return moved


def close_fulfilments(
    tx: Tx[Policy],
    closes: Iterable[Close],
    target: FulfilmentState,
    *,
    sources: Iterable[FulfilmentState] | None = None,
) -> list[Row[Any]]:
    """End what may be rejected or cancelled, and give its units back; answers rows as `move_fulfilments` does.

    With `sources`, only what stands in one of those states. Takes the stock rows before the fulfilments; for a rejection also those of everybody who might take its
    place, so that a reroute in the same transaction finds them held.
    """
    wanted = list(closes)
    tx.hold({close.shop_id for close in wanted})
    for shop_id, own in _by_shop(wanted).items():
        lock_stock(tx, shop_id, [close.fulfilment_id for close in own], and_others=target is _S.REJECTED)
    closed = _update(tx, wanted, target, sources)
    event = CLOSED[target]
    tx.emit(
        *(
            event(
                shop_id=row.shop_id,
                order_id=row.order_id,
                at=row.at,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                reason=row.reason,
            )
            for row in closed
        )
    )
    release(tx, _takes(tx, closed))
    if target is _S.CANCELLED:
        # Nobody has worked on these, so that their suppliers have a place of the day for others.
        give_places_back(
            tx, [(row.shop_id, row.fulfilment_id) for row in closed if row.left in (_S.RESERVED, _S.PUSHED)]
        )
    return closed


def confirm_order(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    """Complete what of an order was delivered, because the buyer says so; again changes nothing.

    Refuses with Conflict `order.not_delivered` while nothing of it was. Source: MODE-6.
    """
    tx.hold({shop_id})
    states = tx.rows(
        "select fulfilment_id, state from fulfilments where shop_id = :shop and order_id = :order",
        shop=shop_id,
        order=order_id,
    )
    if not any(row.state in (_S.DELIVERED, _S.COMPLETED) for row in states):
        raise Conflict("order.not_delivered")
    delivered = [Move(shop_id, row.fulfilment_id, tx.now) for row in states if row.state == _S.DELIVERED]
    move_fulfilments(tx, delivered, _S.COMPLETED)


class _Moving(Protocol):
    @property
    def shop_id(self) -> int: ...
    @property
    def fulfilment_id(self) -> int: ...
    @property
    def at(self) -> datetime: ...


M = TypeVar("M", bound=_Moving)


def _by_shop(moves: Iterable[M]) -> dict[int, list[M]]:
    """The moves by shop, lowest first, each fulfilment once."""
    shops: dict[int, dict[int, M]] = {}
    for move in moves:
        shops.setdefault(move.shop_id, {}).setdefault(move.fulfilment_id, move)
    return {shop_id: list(shops[shop_id].values()) for shop_id in sorted(shops)}


def _update(
    tx: Tx[Policy],
    moves: Sequence[Move] | Sequence[Close],
    target: FulfilmentState,
    only: Iterable[FulfilmentState] | None = None,
) -> list[Row[Any]]:
    tx.hold({move.shop_id for move in moves})
    assert isinstance(tx.policies, Policies), "deadlines go by the versions that orders were placed under"
    figures = _figures(tx.policies)
    stamps = _STAMPS[target].format(
        **{name: f"make_interval(secs => (cast(:{name} as json) ->> f.policy)::float8)" for name in figures}
    )
    used = {name: figures[name] for name in figures if f":{name}" in stamps}
    allowed = FULFILMENT.sources(target)
    sources = ",".join(str(state.value) for state in allowed if only is None or state in only)
    moved: list[Row[Any]] = []
    for shop_id, own in _by_shop(moves).items():
        moved += tx.rows(
            "with l as materialized (select f.fulfilment_id, f.state as left, f.flags as flagged, m.at, m.reason "
            "from json_to_recordset(cast(:moves as json)) as m(f bigint, at timestamptz, reason text) "
            "join fulfilments f on f.shop_id = :shop and f.fulfilment_id = m.f "
            "and f.fulfilment_id = any(:numbers) order by f.fulfilment_id for no key update of f) "
            f"update fulfilments f set state = {target.value}, flags = f.flags & :kept, {stamps} from l "
            "where f.shop_id = :shop and f.fulfilment_id = l.fulfilment_id and f.fulfilment_id = any(:numbers) "
            f"and f.state = any('{{{sources}}}')"
            f"{_ONLY.get(target, '')} "
            "returning f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id, f.mode, f.placed_at, l.at, l.left, l.flagged, f.reason, f.held_at"
            f"{_MINDED if target is _S.PUSHED else ''}",
            shop=shop_id,
            moves=as_json(
                {"f": move.fulfilment_id, "at": move.at, "reason": getattr(move, "reason", None)}
                for move in own
            ),
            numbers=[move.fulfilment_id for move in own],
            kept=~int(FLAGS_CLEARED.get(target, 0)),
            **used,
        )
    if held := [row for row in moved if row.held_at is not None]:
        _keep_stopped(tx, held, going_on=target < _S.SHIPPED)
    if target is _S.PUSHED:
        for shop_id, pushed in _by_shop([row for row in moved if row.minded]).items():
            count_anew(tx, shop_id, [row.fulfilment_id for row in pushed])
    if moved and target in _CHARGED_AT_ONCE:
        tx.wake("charge")
    return sorted(moved, key=lambda row: (row.shop_id, row.fulfilment_id))


def _keep_stopped(tx: Tx[Policy], held: Sequence[Row[Any]], *, going_on: bool) -> None:
    """Let the clocks of what is held stand also after a move; what left or ended is held no more."""
    changes = (
        "due_left = f.due_at - n.at, due_at = null, stuck_left = coalesce(f.stuck_at - n.at, f.stuck_left), "
        "stuck_at = null"
        if going_on
        else "held_at = null, due_left = null, stuck_left = null"
    )
    tx.put(
        f"update fulfilments f set {changes} from json_to_recordset(cast(cast(:rows as text) as json)) "
        "as n(s bigint, f bigint, at timestamptz) where f.shop_id = n.s and f.fulfilment_id = n.f "
        "and f.shop_id = any(:shops) and f.fulfilment_id = any(:numbers)",
        rows=as_json({"s": row.shop_id, "f": row.fulfilment_id, "at": row.at} for row in held),
        shops=sorted({row.shop_id for row in held}),
        numbers=[row.fulfilment_id for row in held],
    )


@lru_cache(maxsize=8)
def _figures(policies: Policies) -> dict[str, str]:
    """The deadlines of MODE-3..6 in seconds, each by version, as JSON."""
    waits: dict[str, dict[str, timedelta]] = {
        name: {policy.version: getattr(policy.mode, name) for policy in policies.versions}
        for name in ("unpushed_after", "answer_within", "stuck_after", "stale_after", "complete_after")
    }
    return {
        name: orjson.dumps({version: wait.total_seconds() for version, wait in by.items()}).decode()
        for name, by in waits.items()
    }


def lock_stock(
    tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int], *, and_others: bool = False
) -> None:
    """Lock the stock rows that these fulfilments hold, and those that could serve instead, in the order of all.

    Needed before the fulfilments themselves are touched in a transaction that closes some of them.
    """
    if not fulfilment_ids:
        return
    with tx.as_platform():
        tx.put(
            "with line as (select sku, location, item from fulfilment_lines "
            "where shop_id = :shop and fulfilment_id = any(:fulfilments)), "
            "place as (select location, item from line "
            + (
                "union select m.supplier_id, m.item from mappings m join line on line.sku = m.sku "
                f"where m.shop_id = :shop union select {LOCAL}, sku from line"
                if and_others
                else ""
            )
            + ") select from stock s where s.shop_id = :shop "
            "and (s.location, s.item) in (select location, item from place) "
            "order by s.location, s.item, s.owner for no key update",
            shop=shop_id,
            fulfilments=list(fulfilment_ids),
        )


def _takes(tx: Tx[Policy], closed: Sequence[Row[Any]]) -> list[Take]:
    """The units that these fulfilments held."""
    takes: list[Take] = []
    for shop_id, own in _by_shop(closed).items():
        takes += [
            Take(shop_id, line.location, line.item, line.owner, line.units, line.fulfilment_id)
            for line in tx.rows(
                "select fulfilment_id, location, item, owner, units from fulfilment_lines "
                "where shop_id = :shop and fulfilment_id = any(:fulfilments) and units > 0",
                shop=shop_id,
                fulfilments=[row.fulfilment_id for row in own],
            )
        ]
    return takes


def tell_of(tx: Tx[Policy], kind: str, rows: Iterable[Row[Any]], *audiences: Audience, **facts: Any) -> None:
    """Tell these audiences of fulfilments (rows of shop_id, order_id, fulfilment_id, supplier_id).

    The supplier's own people hear it where there is a supplier; the others hear which one it is.
    """
    tell(
        tx,
        [
            Notice(
                row.shop_id,
                audience,
                kind,
                row.order_id,
                row.fulfilment_id,
                row.supplier_id if audience == "supplier" else None,
                facts if audience == "supplier" else {"supplier_id": row.supplier_id} | facts,
            )
            for row in rows
            for audience in audiences
            if audience != "supplier" or row.supplier_id is not None
        ],
    )
