"""How the new orders of a move's products go, day by day: what was planned, and what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from andon.kernel.tx import Tx
from andon.membership.moves.rules import MoveDraft, ProductDraft, planned_shares
from andon.membership.moves.tables import Move
from andon.orders.order.rules import Mode
from andon.partners.tracks.rules import DAY, Choice
from andon.platform.policies.rules import Policy

ORDERS_A_DAY = 10_000
"""Of a busier day the first so many are counted."""

_WENT = f"""
select d.day, count(*) filter (where f.mode = {Mode.JIT.value}) as jit,
  count(*) filter (where f.mode <> {Mode.JIT.value}) as left_
from generate_series(0, cast(:last as int)) as d(day)
cross join lateral (
  select o.shop_id, o.order_id from orders o where o.shop_id = :shop
    and o.placed_at >= :since + make_interval(days => d.day) and o.placed_at < :since + make_interval(days => d.day + 1)
    and o.placed_at <= :now
  order by o.placed_at limit {ORDERS_A_DAY}) o
join fulfilments f on f.shop_id = o.shop_id and f.order_id = o.order_id and f.replaces is null
where exists (select from fulfilment_lines l join tracks t on t.shop_id = l.shop_id and t.sku = l.sku and t.move_id = :move
  where l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id)
group by d.day
"""


@dataclass(frozen=True, slots=True)
class MoveDay:
    """One of a move's days, of 24 hours from `since` on: the percent that is to leave JIT, and how many parts of new orders went which way."""

    day: int
    since: datetime
    planned: int
    jit: int
    left: int


def days_of(tx: Tx[Policy], move: Move) -> list[MoveDay]:
    """The days of a move, with what was counted at its end, else what has come until now. Source: MOVE-1."""
    went = went_by_day(tx, move) if move.ended_at is None else move.days or []
    planned = planned_shares(
        _draft(move.chosen), move.products, move.started_at, move.until, in_exit=move.exit_id is not None
    )
    return [
        MoveDay(day + 1, move.started_at + day * DAY, share, *(went[day] if day < len(went) else (0, 0)))
        for day, share in enumerate(planned)
    ]


def went_by_day(tx: Tx[Policy], move: Move) -> list[list[int]]:
    """For each day that has begun, how many parts of the orders placed on it are just in time, and how many are not.

    Of products that are on the move's tracks; parts that were given to another later count as they first were.
    """
    last = min((tx.now - move.started_at) // DAY, (move.until - move.started_at) // DAY - 1)
    counted = {
        row.day: [row.jit, row.left_]
        for row in tx.rows(
            _WENT, shop=move.shop_id, move=move.move_id, since=move.started_at, now=tx.now, last=last
        )
    }
    return [counted.get(day, [0, 0]) for day in range(last + 1)]


def _draft(chosen: Mapping[str, Any]) -> MoveDraft:
    products: Sequence[Mapping[str, Any]] = chosen["products"]
    return MoveDraft(
        chosen["ramp"],
        [
            ProductDraft(each["sku"], each["choice"] and Choice(each["choice"]), each["ramp"])
            for each in products
        ],
    )
