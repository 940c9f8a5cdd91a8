"""What needs someone today, read from the rows themselves: nothing is kept, so nothing is ever out of date."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, Out, coded
from andon.kernel.tx import Tx
from andon.orders.order.rules import Flag
from andon.orders.today.rules import CALLS, ROLES, SOON, URGENCIES, Desk, Urgency, kinds_for
from andon.platform.calling.rules import BreakerState
from andon.platform.policies.rules import Policy

KindWord = Annotated[str, coded(ROLES)]


class TaskOut(Out):
    """One thing that needs someone; `call` does it, or shows what there is to decide. `due_at` is null where none is known any more."""

    kind: KindWord
    urgency: Urgency
    shop_id: int | None
    order_id: int | None
    fulfilment_id: int | None
    supplier_id: int | None
    since: Instant
    due_at: Instant | None
    call: str


class CountOut(Out):
    """How many of a kind there are, by how urgent they are."""

    kind: KindWord
    overdue: int
    due_soon: int
    later: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: after the item of this key."""

    rank: int
    at: datetime
    kind: str
    shop_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Today:
    """A page of a desk's list, the key of each, and the counts of all of it."""

    tasks: Sequence[tuple[TaskOut, Place]]
    counts: Sequence[CountOut]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind is found among fulfilments, with literals for the partial indexes; `late` is what flags say of it."""

    where: str
    since: str
    due: str = "null::timestamptz"
    late: str = "false"


def _flagged(flag: Flag, more: str = "f.state < 80") -> str:
    return f"f.flags <> 0 and f.flags & {flag.value} <> 0 and {more}"


_FOUND: dict[str, tuple[_Kind, ...]] = {
    "unanswered": (
        _Kind("f.state = 20 and f.due_at is not null and f.due_at <= :soon", "f.pushed_at", "f.due_at"),
        _Kind(_flagged(Flag.LATE_ANSWER, "f.state = 20 and f.due_at is null"), "f.pushed_at", late="true"),
    ),
    "unpushed": (_Kind(_flagged(Flag.UNPUSHED), "f.reserved_at", late="true"),),
    "waiting": (_Kind(f"f.state = 5 and f.flags & {Flag.SHORT.value} = 0", "f.reserved_at"),),
    "short": (_Kind(_flagged(Flag.SHORT), "f.reserved_at"),),
    "uncollected": (
        _Kind(
            "f.stuck_at is not null and f.stuck_at <= :soon and f.state between 30 and 50",
            "f.accepted_at",
            "f.stuck_at",
        ),
        _Kind(
            _flagged(Flag.STUCK, "f.state between 30 and 50 and f.stuck_at is null"),
            "f.accepted_at",
            late="true",
        ),
    ),
    "stale": (_Kind(_flagged(Flag.STALE), "f.shipped_at", late="true"),),
    "cancellation": (
        _Kind("f.cancel_due_at is not null and f.state < 80", "f.cancel_requested_at", "f.cancel_due_at"),
        _Kind(
            _flagged(
                Flag.LATE_ANSWER,
                "f.state < 80 and f.cancel_requested_at is not null and f.cancel_answered_at is null "
                "and f.cancel_due_at is null",
            ),
            "f.cancel_requested_at",
            late="true",
        ),
    ),
    "address_problem": (_Kind(_flagged(Flag.ADDRESS_PROBLEM), "f.reserved_at"),),
    "held": (_Kind(_flagged(Flag.HELD), "f.reserved_at"),),
    "not_reported": (_Kind(_flagged(Flag.NOT_REPORTED, "true"), "f.reserved_at"),),
    "no_measure": (_Kind(_flagged(Flag.NO_MEASURE, "true"), "f.reserved_at"),),
    "papers_missing": (_Kind(_flagged(Flag.PAPERS_MISSING), "f.reserved_at"),),
}

_ENDPOINT = (
    "select 'endpoint' as kind, {platform}::bigint as shop_id, null::bigint as order_id, "
    "null::bigint as fulfilment_id, e.supplier_id, e.supplier_id as number, coalesce(e.counted_from, e.set_at) as since, "
    "null::timestamptz as due_at, true as late from endpoints e "
    f"where e.enabled and e.breaker <> {BreakerState.CLOSED.value}"
    "{own}"
)
_UNCOUNTED = (
    "select 'uncounted' as kind, c.shop_id, null::bigint as order_id, null::bigint as fulfilment_id, "
    "null::bigint as supplier_id, c.calibration_id as number, c.released_at as since, c.due_at, "
    "c.delisted_at is not null as late from calibrations c where c.counted_at is null"
)
"""Released stock that waits for its count (PART-3)."""
_HALF_LEFT = (
    "select 'half_left' as kind, e.shop_id, null::bigint as order_id, null::bigint as fulfilment_id, "
    "null::bigint as supplier_id, e.product_exit_id as number, e.opened_at as since, null::timestamptz as due_at, "
    "false as late from product_exits e where e.state < 80"
)
"""Products that have left JIT by half (PART-1)."""
_AUDIT = (
    f"select 'audit', {PLATFORM}::bigint, null::bigint, null::bigint, null::bigint, 0::bigint, a.at, "
    "null::timestamptz, true from (select at, ok from audits where at is not null order by due_at desc limit 1) a "
    "where not a.ok"
)
_OTHERS = {"audit": _AUDIT, "uncounted": _UNCOUNTED, "half_left": _HALF_LEFT}


def today_of(tx: Tx[Policy], desk: Desk, *, after: Place | None = None, limit: int) -> Today:
    """A page of what needs someone at a desk: what is overdue first, then what is due within 24 hours, then the rest."""
    kinds = kinds_for(desk)
    if not kinds:
        return Today((), ())
    items = _items(desk, kinds)
    params: dict[str, Any] = {"now": tx.now, "soon": tx.now + SOON}
    if desk.shop_id is not None:
        params["shop"] = desk.shop_id
    if desk.supplier_id is not None:
        params["supplier"] = desk.supplier_id
    beyond, key = "", {}
    if after is not None:
        beyond = "where (rank, at, kind, shop_id, number) > (:rank, :at, :kind, :in_shop, :number) "
        key = {
            "rank": after.rank, "at": after.at, "kind": after.kind, "in_shop": after.shop_id, "number": after.number,
        }  # fmt: skip
    with tx.reaching({PLATFORM}) if desk.audience == "operator" else nullcontext():
        asked = tx.ask(
            f"select * from ({items}) ranked {beyond}order by rank, at, kind, shop_id, number limit :limit",
            limit=limit,
            **params,
            **key,
        )
        counted = tx.rows(
            "select kind, count(*) filter (where rank = 0) as overdue, count(*) filter (where rank = 1) as due_soon, "
            f"count(*) filter (where rank = 2) as later from ({items}) ranked group by kind order by kind",
            **params,
        )
        rows = asked()
    return Today(
        [(_task(desk, row), Place(row.rank, row.at, row.kind, row.shop_id, row.number)) for row in rows],
        [CountOut.model_validate(row) for row in counted],
    )


def _items(desk: Desk, kinds: Sequence[str]) -> str:
    """The items of these kinds, each with its rank and the instant that it is sorted by."""
    parts = []
    for kind in kinds:
        if kind == "endpoint":
            own = "" if desk.supplier_id is None else " and e.supplier_id = :supplier"
            parts.append(_ENDPOINT.format(platform=PLATFORM, own=own))
        elif kind in _OTHERS:
            parts.append(_OTHERS[kind] + _of_one_shop(desk, kind))
        else:
            parts += [_of_fulfilments(desk, kind, way) for way in _FOUND[kind]]
    return (
        "select i.*, case when i.late or i.due_at <= :now then 0 when i.due_at <= :soon then 1 else 2 end as rank, "
        f"coalesce(i.due_at, i.since) as at from ({' union all '.join(parts)}) i"
    )


def _of_one_shop(desk: Desk, kind: str) -> str:
    """What keeps other things of shops to the one that is asked for; else the walls tell which there are."""
    return "" if desk.shop_id is None or kind == "audit" else " and shop_id = :shop"


def _of_fulfilments(desk: Desk, kind: str, way: _Kind) -> str:
    where = way.where
    if kind == "unanswered" and desk.audience == "supplier":
        where = where.replace(" and f.due_at <= :soon", "")  # all that it may answer
    if desk.shop_id is not None:
        where += " and f.shop_id = :shop"
    if desk.supplier_id is not None:
        where += " and f.supplier_id = :supplier"
    return (
        f"select '{kind}' as kind, f.shop_id, f.order_id, f.fulfilment_id, f.supplier_id, f.fulfilment_id as number, "
        f"coalesce({way.since}, f.reserved_at) as since, {way.due} as due_at, {way.late} as late "
        f"from fulfilments f where {where}"
    )


def _task(desk: Desk, row: Any) -> TaskOut:
    ids = {
        "shop_id": row.shop_id or None,
        "order_id": row.order_id,
        "fulfilment_id": row.fulfilment_id,
        "supplier_id": row.supplier_id,
    }
    return TaskOut(
        kind=row.kind,
        urgency=URGENCIES[row.rank],
        since=row.since,
        due_at=row.due_at,
        call=CALLS[desk.audience][row.kind].format(**ids),
        **ids,
    )
