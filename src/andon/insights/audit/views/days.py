"""What insights read: told anew from events, with bits of its own."""

from andon.insights.audit.rules import Check

_ZONE = "(select zone from json_to_recordset(cast(cast(:policies as text) as json)) as p(zone text) limit 1)"

DAYS = (
    Check(
        "shop_days_by_tallies",
        {
            "en": "What a shop reads of its suppliers' days is what their fulfilments add up to",
            "zh-CN": "店铺读取的供应商日计数等于其各履约单之和",
        },
        """
        select coalesce(d.shop_id, t.shop_id) as shop_id, coalesce(d.supplier_id, t.supplier_id) as supplier_id,
               coalesce(d.day, t.day) as day, coalesce(d.facts, t.facts) as facts, d.fulfilments as kept,
               t.fulfilments as found
        from (select * from shop_supplier_days where fulfilments <> 0) d
        full join (select shop_id, supplier_id, day, facts, count(*) as fulfilments from tallies group by 1, 2, 3, 4) t
          on t.shop_id = d.shop_id and t.supplier_id = d.supplier_id and t.day = d.day and t.facts = d.facts
        where d.fulfilments is distinct from t.fulfilments
        """,
    ),
    Check(
        "days_by_orders",
        {
            "en": "What insights read of a day is what its orders add up to",
            "zh-CN": "经营分析读取的日计数等于当日各订单之和",
        },
        f"""
        with found as (
          select c.shop_id, v.figure, cast(v.at at time zone {_ZONE} as date) as day, c.way,
                 cast(ceil(t.took / 3600) as int) as hours, sum(v.n) as orders, sum(t.took) as seconds
          from counted_orders c
          cross join lateral (values
            (1, c.placed_at, null, 1),
            (2, c.shipped_at, c.placed_at, 1),
            (3, case when c.shipped_at is not null then c.delivered_at end, c.shipped_at, 1),
            (4, c.delivered_at, c.placed_at, 1),
            (5, case when c.marks & 2 <> 0 then c.delivered_at end, null, 1),
            (6, case when c.marks & 1 <> 0 then c.shipped_at end, null, 1),
            (11, c.placed_at, null, 1),
            (11, coalesce(c.shipped_at, c.delivered_at, c.closed_at), null, -1),
            (12, c.shipped_at, null, 1),
            (12, case when c.shipped_at is not null then coalesce(c.delivered_at, c.closed_at) end, null, -1),
            (13, c.delivered_at, null, 1),
            (13, case when c.delivered_at is not null then c.closed_at end, null, -1),
            (10 + c.outcome, c.closed_at, null, 1)) as v(figure, at, since, n)
          cross join lateral (select greatest(coalesce(floor(extract(epoch from v.at - v.since)), 0), 0) as took) t
          where v.at is not null group by 1, 2, 3, 4, 5
        )
        select coalesce(d.shop_id, f.shop_id) as shop_id, coalesce(d.figure, f.figure) as figure,
               coalesce(d.day, f.day) as day, coalesce(d.way, f.way) as way, coalesce(d.hours, f.hours) as hours,
               d.orders as kept, f.orders as found, d.seconds as kept_seconds, f.seconds as found_seconds
        from (select * from order_days where orders <> 0 or seconds <> 0) d
        full join (select * from found where orders <> 0 or seconds <> 0) f
          on f.shop_id = d.shop_id and f.figure = d.figure and f.day = d.day and f.way = d.way and f.hours = d.hours
        where d.orders is distinct from f.orders or d.seconds is distinct from f.seconds
        """,
    ),
    Check(
        "orders_counted_by_events",
        {
            "en": "What an order counts for is what the events tell of it, as far as they are counted",
            "zh-CN": "每个订单的计数与已计入的事件一致",
        },
        """
        with reach as (
          select r.shop_id, s.last_event from day_reaches r join seals s on s.shop_id = r.shop_id and s.seal_no = r.seal_no
        ), later as (
          select distinct e.shop_id, e.order_id from events e join reach r on r.shop_id = e.shop_id
          where e.event_id > r.last_event and e.order_id is not null
        ), told as (
          select e.shop_id, e.order_id, e.subject, e.at, e.kind, cast(e.body as jsonb) as body
          from events e join reach r on r.shop_id = e.shop_id
          where e.event_id <= r.last_event and e.order_id is not null and e.kind in ('return.requested',
            'fulfilment.reserved', 'fulfilment.waiting', 'fulfilment.shipped', 'fulfilment.delivered',
            'fulfilment.completed', 'fulfilment.returned', 'fulfilment.lost', 'fulfilment.rejected',
            'fulfilment.cancelled', 'fulfilment.retimed', 'fulfilment.flagged')
        ), parts as (
          select shop_id, order_id, subject,
                 max(case body ->> 'mode' when 'jit' then 2 when 'standard' then 1 end) as mode,
                 bool_or(kind = 'fulfilment.rejected') as rejected, bool_or(kind = 'fulfilment.cancelled') as cancelled,
                 coalesce(min(case kind when 'fulfilment.completed' then 4 when 'fulfilment.cancelled' then 5
                                        when 'fulfilment.returned' then 6 when 'fulfilment.lost' then 7 end), 0) as outcome,
                 least(min(at) filter (where kind = 'fulfilment.shipped'),
                       min(cast(body ->> 'shipped_at' as timestamptz)) filter (where kind = 'fulfilment.retimed')) as shipped_at,
                 bool_or(kind = 'fulfilment.delivered') as delivered,
                 least(min(at) filter (where kind in ('fulfilment.delivered', 'fulfilment.cancelled',
                                                      'fulfilment.returned', 'fulfilment.lost')),
                       min(cast(body ->> 'ended_at' as timestamptz)) filter (where kind = 'fulfilment.retimed')) as ended_at,
                 min(at) filter (where kind = 'fulfilment.completed') as completed_at
          from told where subject like 'fulfilment:%' group by 1, 2, 3
        ), live as (
          select p.*, min(nullif(outcome, 0)) over whole as least, bool_or(not cancelled) over whole as goes_on
          from parts p where not rejected window whole as (partition by shop_id, order_id)
        ), summed as (
          select shop_id, order_id, cast(bit_or(mode) as smallint) as way,
                 case when count(*) = count(shipped_at) then max(shipped_at) end as shipped_at,
                 case when count(*) = count(ended_at) then max(ended_at) filter (where delivered) end as delivered_at,
                 case when bool_and(outcome > 0) then max(coalesce(completed_at, ended_at)) end as closed_at,
                 case when bool_and(outcome > 0) then min(least) end as outcome
          from live where not cancelled or not goes_on group by 1, 2
        ), others as (
          select shop_id, order_id, bool_or(kind = 'fulfilment.flagged' and body ->> 'flag' = 'stale') as stale,
                 min(cast(body ->> 'requested_at' as timestamptz)) filter (where kind = 'return.requested') as asked_at
          from told group by 1, 2
        ), found as (
          select s.*, w.placed_at, case when o.stale then 1 else 0 end
                 | case when o.asked_at <= s.delivered_at + interval '7 days' then 2 else 0 end as marks
          from summed s join orders w on w.shop_id = s.shop_id and w.order_id = s.order_id
          left join others o on o.shop_id = s.shop_id and o.order_id = s.order_id
        )
        select coalesce(c.shop_id, f.shop_id) as shop_id, coalesce(c.order_id, f.order_id) as order_id,
               c.way, c.shipped_at, c.delivered_at, c.closed_at, c.outcome, c.marks, f.way as found_way,
               f.shipped_at as found_shipped_at, f.delivered_at as found_delivered_at, f.closed_at as found_closed_at,
               f.outcome as found_outcome, f.marks as found_marks
        from counted_orders c full join found f on f.shop_id = c.shop_id and f.order_id = c.order_id
        where (c.way, c.placed_at, c.shipped_at, c.delivered_at, c.closed_at, c.outcome, c.marks)
              is distinct from (f.way, f.placed_at, f.shipped_at, f.delivered_at, f.closed_at, f.outcome, f.marks)
          and not exists (select from later l where l.shop_id = coalesce(c.shop_id, f.shop_id)
                          and l.order_id = coalesce(c.order_id, f.order_id))
        """,
    ),
)
