"""The whole story of one order, from its events, and what is due next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row

from andon.insights.story.rules import AHEAD, Ahead, Moment, both, told
from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState, group_of

DUE = """
select f.fulfilment_id, 'fulfilment' as what, d.station, d.at from fulfilments f
cross join lateral (values
  (case f.state when 10 then 'unpushed' when 20 then 'answer' when 80 then 'complete' end, f.due_at),
  ('cancel', f.cancel_due_at), ('stuck', f.stuck_at), ('stale', f.stale_at)) as d(station, at)
where f.shop_id = :shop and f.order_id = :order and d.at is not null and d.station is not null
union all
select p.fulfilment_id, 'fulfilment', 'push', p.due_at from pushes p
join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id
where f.shop_id = :shop and f.order_id = :order and p.due_at is not null
union all
select c.charge_id, 'charge', 'settle', c.due_at from charges c
where c.shop_id = :shop and c.order_id = :order and c.state = 20
union all
select d.dispute_id, 'dispute', 'dispute', d.due_at from disputes d
where d.shop_id = :shop and d.order_id = :order and d.due_at is not null
order by 4, 3, 1
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An order by which a word may have been meant."""

    shop_id: int
    order_id: int
    channel: str
    channel_order_no: str


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to an order, in the order in which it happened, and what is due next."""

    order: Found
    shop: str
    zone: str
    group: str
    moments: Sequence[Moment]
    ahead: Sequence[Ahead]


def story_of_order(tx: Tx[Any], shop_id: int, order_id: int) -> Story:
    """The story of one order; NotFound `order.not_found` if there is none that may be seen here."""
    row = tx.one(
        "select o.channel, o.channel_order_no, s.name, s.zone from orders o join shops s on s.shop_id = o.shop_id "
        "where o.shop_id = :shop and o.order_id = :order",
        shop=shop_id,
        order=order_id,
    )
    if row is None:
        raise NotFound("order.not_found")
    states = tx.rows(
        "select state from fulfilments where shop_id = :shop and order_id = :order",
        shop=shop_id,
        order=order_id,
    )
    events = tx.rows(
        "select kind, subject, at, recorded_at, actor, policy, body from events "
        "where shop_id = :shop and order_id = :order order by at, event_id",
        shop=shop_id,
        order=order_id,
    )
    names = supplier_names(tx)
    return Story(
        order=Found(shop_id, order_id, row.channel, row.channel_order_no),
        shop=row.name,
        zone=row.zone,
        group=group_of([FulfilmentState(each.state) for each in states]).word,
        moments=[moment_of(event, names, row.zone) for event in events],
        ahead=[
            Ahead(due.at, due.station, f"{due.what}:{due.fulfilment_id}", both(AHEAD[due.station]))
            for due in tx.rows(DUE, shop=shop_id, order=order_id)
        ],
    )


def refusals_of(tx: Tx[Any], channel_order_no: str) -> list[tuple[int, str, Moment]]:
    """Every time an order of that number was refused: the shop, its zone, and what was said."""
    names = supplier_names(tx)
    return [
        (row.shop_id, row.zone, moment_of(row, names, row.zone))
        for row in tx.rows(
            "select s.shop_id, s.zone, e.kind, e.subject, e.at, e.recorded_at, e.actor, e.policy, e.body "
            "from shops s join events e on e.shop_id = s.shop_id and e.kind = 'order.refused' "
            "and e.order_id is null and e.subject = :subject order by e.at, e.event_id",
            subject=f"channel_order_no:{channel_order_no}",
        )
    ]


def find_orders(tx: Tx[Any], word: str) -> list[Found]:
    """The orders of any shop that may be seen here with that number, ours or the channel's."""
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 19 else None
    return [
        Found(row.shop_id, row.order_id, row.channel, row.channel_order_no)
        for row in tx.rows(
            "select o.shop_id, o.order_id, o.channel, o.channel_order_no from shops s join orders o "
            "on o.shop_id = s.shop_id and o.order_id = :number "
            "union select o.shop_id, o.order_id, o.channel, o.channel_order_no from shops s join orders o "
            "on o.shop_id = s.shop_id and o.channel_order_no = :word order by 1, 2",
            number=number,
            word=word,
        )
    ]


def supplier_names(tx: Tx[Any]) -> Mapping[int, str]:
    """The suppliers by their numbers."""
    return {row.supplier_id: row.name for row in tx.rows("select supplier_id, name from suppliers")}


def moment_of(event: Row[Any], names: Mapping[int, str], zone: str) -> Moment:
    """An event as a moment of a story."""
    facts = orjson.loads(event.body)
    return Moment(
        at=event.at,
        recorded_at=event.recorded_at,
        kind=event.kind,
        subject=event.subject,
        who=event.actor,
        policy=event.policy,
        text=told(event.kind, facts, names, zone),
        facts=facts,
    )
