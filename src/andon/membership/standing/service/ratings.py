"""Taking ratings, and keeping their running totals. Source: BACK-2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.standing.events import OrderRated
from andon.membership.standing.rules import HUNDREDTHS, Stars, Told, Totals, day_of, news_in
from andon.membership.standing.service.locking import lock_standing
from andon.platform.policies.rules import Policy

Status = Literal["recorded", "corrected", "known", "refused"]

WRITE = """
insert into ratings (shop_id, order_id, described, communication, shipping, rated_at, told_at)
select sh.shop_id, r.o, r.d, r.c, r.s, r.t, :now
from shops sh, json_to_recordset(cast(:rows as json))
as r(o bigint, d smallint, c smallint, s smallint, t timestamptz) where sh.shop_id = :shop
on conflict (shop_id, order_id) do update set described = excluded.described,
communication = excluded.communication, shipping = excluded.shipping, rated_at = excluded.rated_at, told_at = excluded.told_at
"""

ADD_UP = """
insert into rating_days as t (shop_id, day, ratings, described, communication, shipping)
select sh.shop_id, r.y, r.n, r.d, r.c, r.s
from shops sh, json_to_recordset(cast(:rows as json))
as r(y date, n int, d bigint, c bigint, s bigint) where sh.shop_id = :shop
on conflict (shop_id, day) do update set ratings = t.ratings + excluded.ratings,
described = t.described + excluded.described, communication = t.communication + excluded.communication,
shipping = t.shipping + excluded.shipping
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rating at `index` of a call."""

    index: int
    status: Status
    code: str | None = None


@dataclass(slots=True)
class _Book:
    """What is known while the ratings of a call are gone through: of each order the rating that stands, and what changes."""

    standing: dict[int, Told]
    before: Mapping[int, Told]
    touched: dict[int, Told] = field(default_factory=dict)


def record_ratings(tx: Tx[Policy], shop_id: int, told: Sequence[Told]) -> list[Outcome]:
    """Take ratings of a shop's orders, each with an outcome of its own; told again they change nothing.

    An order has one rating: the one that was made last; another one at the same instant is a correction. A channel rates
    the orders that it sold. Refused with `rating.order`, `rating.stars`, `rating.rated_at`. Source: BACK-2.
    """
    tx.hold(shop_id)
    lock_standing(tx, shop_id)
    orders = {row.order_id: row for row in _orders(tx, shop_id, {each.order_id for each in told})}
    before = {number: _known(row) for number, row in orders.items() if row.rated_at is not None}
    book = _Book(dict(before), before)
    outcomes = [_judged(tx, index, each, orders.get(each.order_id), book) for index, each in enumerate(told)]
    _write(tx, shop_id, book)
    return outcomes


def _judged(tx: Tx[Policy], index: int, told: Told, order: Row[Any] | None, book: _Book) -> Outcome:
    lowest, highest = tx.policy.back.rating_lowest, tx.policy.back.rating_highest
    if order is None or (tx.actor.kind == "channel" and tx.actor.id != order.channel):
        return Outcome(index, "refused", "rating.order")
    if not all(lowest * HUNDREDTHS <= each <= highest * HUNDREDTHS for each in told.stars):
        return Outcome(index, "refused", "rating.stars")
    if told.rated_at > tx.now + tx.policy.tracking.scan_ahead:  # a channel's clock, too, may run ahead
        return Outcome(index, "refused", "rating.rated_at")
    known = book.standing.get(told.order_id)
    if not news_in(known, told):
        return Outcome(index, "known")
    book.standing[told.order_id] = book.touched[told.order_id] = told
    return Outcome(index, "recorded" if known is None else "corrected")


def _orders(tx: Tx[Policy], shop_id: int, orders: set[int]) -> Sequence[Row[Any]]:
    return tx.rows(
        "select o.order_id, o.channel, r.described, r.communication, r.shipping, r.rated_at "
        "from orders o left join ratings r on r.shop_id = o.shop_id and r.order_id = o.order_id "
        "where o.shop_id = :shop and o.order_id = any(:orders)",
        shop=shop_id,
        orders=sorted(orders),
    )


def _known(row: Row[Any]) -> Told:
    return Told(row.order_id, Stars(row.described, row.communication, row.shipping), row.rated_at)


def _write(tx: Tx[Policy], shop_id: int, book: _Book) -> None:
    changed = {number: told for number, told in book.touched.items() if told != book.before.get(number)}
    if not changed:
        return
    tx.put(
        WRITE,
        shop=shop_id,
        now=tx.now,
        rows=as_json(
            dict(zip("odcst", (number, *told.stars, told.rated_at), strict=True))
            for number, told in sorted(changed.items())
        ),
    )
    changes: dict[date, Totals] = {}
    for number, told in changed.items():
        pairs = [(told, 1)] if (old := book.before.get(number)) is None else [(told, 1), (old, -1)]
        for each, by in pairs:
            day = day_of(each.rated_at, tx.policy.zone)
            changes[day] = changes.get(day, Totals()).plus(each.stars, by)
    tx.put(
        ADD_UP,
        shop=shop_id,
        rows=as_json(
            {"y": day, "n": each.ratings, "d": each.described, "c": each.communication, "s": each.shipping}
            for day, each in sorted(changes.items())
        ),
    )
    if emptied := [day for day, each in changes.items() if each.ratings < 0]:
        tx.put(
            "delete from rating_days where shop_id = :shop and day = any(:days) and ratings = 0",
            shop=shop_id,
            days=emptied,
        )
    tx.emit(
        *(
            OrderRated(
                shop_id=shop_id,
                order_id=number,
                at=told.rated_at,
                rated_at=told.rated_at,
                corrected=number in book.before,
                **told.stars._asdict(),
            )
            for number, told in sorted(changed.items())
        )
    )
