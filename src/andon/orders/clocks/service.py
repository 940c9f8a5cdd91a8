"""Deadlines by suppliers' clocks: counted when a push arrives, and anew where a calendar or an exemption changes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from andon.kernel.rows import as_columns
from andon.kernel.tx import Tx
from andon.orders.order.events import DeadlinesMoved, FlagLifted
from andon.orders.order.rules import Flag, FulfilmentState
from andon.partners.calendars.rules import Clock, Exempted, reasons_of
from andon.partners.calendars.service import recount_outdated
from andon.partners.calendars.views import clocks_of
from andon.platform.policies.rules import Policy

_COLUMNS = "fulfilment_id, order_id, supplier_id, policy, state, flags, pushed_at, due_at, stuck_at, due_left, stuck_left"
# The states as literals, below the one of the index of what is open.
_COUNTED = "state between 20 and 50 and state < 80 and pushed_at is not null"


def recount(tx: Tx[Policy], batch: int) -> int:
    """Count anew the deadlines of a supplier whose clock has changed, at most `batch` of one shop at a time.

    The shop's head is taken alone: who opened fulfilments by the old clock has ended, who comes next reads the new one.
    Source: MODE-3, MODE-4.
    """
    place = tx.one(
        "select supplier_id, shop_id, fulfilment_id from recounts where due_at <= :now "
        "order by due_at, supplier_id limit 1 for no key update skip locked",
        now=tx.now,
    )
    if place is None:
        return recount_outdated(tx)
    supplier_id = place.supplier_id
    shop = tx.one(
        "select min(shop_id) as shop_id from grants where supplier_id = :supplier and shop_id >= :shop",
        supplier=supplier_id,
        shop=place.shop_id,
    )
    if shop is None or shop.shop_id is None:
        tx.put("delete from recounts where supplier_id = :supplier", supplier=supplier_id)
        return 1
    tx.close_head(shop.shop_id)
    rows = tx.rows(
        f"select {_COLUMNS} from fulfilments where shop_id = :shop and supplier_id = :supplier and {_COUNTED} "
        "and fulfilment_id > :after order by fulfilment_id limit :batch for no key update",
        shop=shop.shop_id,
        supplier=supplier_id,
        after=place.fulfilment_id if shop.shop_id == place.shop_id else 0,
        batch=batch,
    )
    _count(tx, shop.shop_id, rows)
    more = len(rows) == batch
    tx.put(
        "update recounts set shop_id = :shop, fulfilment_id = :after where supplier_id = :supplier",
        supplier=supplier_id,
        shop=shop.shop_id if more else shop.shop_id + 1,
        after=rows[-1].fulfilment_id if more else 0,
    )
    return max(len(rows), 1)


def count_anew(tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int]) -> None:
    """Set the deadlines of these pushed fulfilments, which this transaction holds, by their suppliers' clocks."""
    if fulfilment_ids:
        with tx.as_platform():
            _count(
                tx,
                shop_id,
                tx.rows(
                    f"select {_COLUMNS} from fulfilments where shop_id = :shop and fulfilment_id = any(:numbers) "
                    f"and {_COUNTED} order by fulfilment_id",
                    shop=shop_id,
                    numbers=list(fulfilment_ids),
                ),
            )


class _Deadlines(NamedTuple):
    """What becomes of one fulfilment: null where nothing does, `stood_from` where it is held, flags that go."""

    fulfilment_id: int
    due_at: datetime | None
    stuck_at: datetime | None
    stood_from: datetime | None
    lifted: int


@dataclass(frozen=True, slots=True)
class _Held:
    """When an order's fulfilments stood, and since when they do."""

    stood: tuple[Exempted, ...] = ()
    since: datetime | None = None


def _count(tx: Tx[Policy], shop_id: int, rows: Sequence[Row[Any]]) -> None:
    """Write what differs, in one statement, and tell of it."""
    if not rows:
        return
    found = clocks_of(tx, {row.supplier_id for row in rows}, min(row.pushed_at for row in rows))
    clocks = defaultdict(Clock, found)
    holds = _holds(tx, shop_id, [row.order_id for row in rows])
    changed = [
        (row, deadlines)
        for row in rows
        if (deadlines := _deadlines(tx, row, clocks, holds.get(row.order_id, _Held()))) is not None
    ]
    if not changed:
        return
    tx.put(
        "update fulfilments f set flags = f.flags & ~r.lifted, "
        "due_at = case when r.due_at is null then f.due_at when r.stood_from is null then r.due_at end, "
        "due_left = case when r.due_at is null then f.due_left else r.due_at - r.stood_from end, "
        "stuck_at = case when r.stuck_at is null then f.stuck_at when r.stood_from is null then r.stuck_at end, "
        "stuck_left = case when r.stuck_at is null then f.stuck_left else r.stuck_at - r.stood_from end "
        "from unnest(cast(:fulfilment_id as bigint[]), cast(:due_at as timestamptz[]), "
        "cast(:stuck_at as timestamptz[]), cast(:stood_from as timestamptz[]), cast(:lifted as integer[])) "
        f"as r({', '.join(_Deadlines._fields)}) "
        "where f.shop_id = :shop and f.fulfilment_id = r.fulfilment_id",
        shop=shop_id,
        **as_columns(_Deadlines._fields, [deadlines for _, deadlines in changed]),
    )
    tx.emit(*(event for row, each in changed for event in _events(shop_id, row, each, clocks)))


def _holds(tx: Tx[Policy], shop_id: int, order_ids: Sequence[int]) -> Mapping[int, _Held]:
    found: dict[int, _Held] = {}
    for row in tx.rows(
        "select order_id, at, released_at from holds where shop_id = :shop and order_id = any(:orders) order by hold_id",
        shop=shop_id,
        orders=sorted(set(order_ids)),
    ):
        before = found.get(row.order_id, _Held())
        if row.released_at is None:
            found[row.order_id] = _Held(before.stood, row.at)
        else:
            found[row.order_id] = _Held((*before.stood, Exempted(row.at, row.released_at)), before.since)
    return found


def _deadlines(tx: Tx[Policy], row: Row[Any], clocks: Mapping[int, Clock], held: _Held) -> _Deadlines | None:
    """What its deadlines come to; None where that is what they are already.

    A flag that time has set is lifted where its new instant lies ahead; one that has gone by since stays.
    """
    mode, clock = tx.policies.named(row.policy).mode, clocks[row.supplier_id]
    stood_from = max(held.since, row.pushed_at) if held.since else None
    ahead_of = stood_from or tx.now

    def anew(duration: Any, at: datetime | None, left: Any, flag: Flag) -> tuple[datetime | None, int]:
        due = clock.due(row.pushed_at, duration, held.stood)
        if at is not None or left is not None:
            same = at == due if stood_from is None else left == due - stood_from
            return (None if same else due), 0
        if row.flags & flag and due > ahead_of:
            return due, flag.value
        return None, 0

    due_at, on_time = None, 0
    if row.state == FulfilmentState.PUSHED:
        due_at, on_time = anew(mode.answer_within, row.due_at, row.due_left, Flag.LATE_ANSWER)
    stuck_at, unstuck = anew(mode.stuck_after, row.stuck_at, row.stuck_left, Flag.STUCK)
    if due_at is None and stuck_at is None:
        return None
    return _Deadlines(row.fulfilment_id, due_at, stuck_at, stood_from, on_time | unstuck)


def _events(
    shop_id: int, row: Row[Any], deadlines: _Deadlines, clocks: Mapping[int, Clock]
) -> Iterator[DeadlinesMoved | FlagLifted]:
    about = {
        "shop_id": shop_id,
        "order_id": row.order_id,
        "fulfilment_id": row.fulfilment_id,
        "supplier_id": row.supplier_id,
    }
    end = max(at for at in (deadlines.due_at, deadlines.stuck_at) if at is not None)
    yield DeadlinesMoved(
        **about,
        answer_due_at=deadlines.due_at,
        stuck_due_at=deadlines.stuck_at,
        reasons=reasons_of(clocks[row.supplier_id], row.pushed_at, end),
    )
    for flag in (Flag.LATE_ANSWER, Flag.STUCK):
        if deadlines.lifted & flag:
            yield FlagLifted(**about, flag=(flag.name or "").lower())
