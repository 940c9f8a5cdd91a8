"""What shops are judged by: ratings add up, violations are sound, and whoever came back was fit to. Source: BACK-1..4."""

from andon.insights.audit.rules import Check

_FIGURE = """figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, "set" text, zone text, rating_at_least numeric, rating_days int, violation_days int,
                 violation_kinds json)
        )"""

STANDING = (
    Check(
        "ratings_added_up",
        {
            "en": "What a day's ratings come to is the sum of the ratings that were made on it",
            "zh-CN": "每日评分合计等于当日各笔评分之和",
        },
        f"""
        with {_FIGURE}, zone as (select zone from figure where "set" = 'jit' limit 1),
        made as (
          select r.shop_id, cast(r.rated_at at time zone z.zone as date) as day, count(*) as ratings,
                 sum(described) as described, sum(communication) as communication, sum(shipping) as shipping
          from ratings r cross join zone z group by 1, 2
        )
        select coalesce(m.shop_id, d.shop_id) as shop_id, coalesce(m.day, d.day) as day, m.ratings, d.ratings as kept
        from made m full join rating_days d on d.shop_id = m.shop_id and d.day = m.day
        where (coalesce(m.ratings, 0), coalesce(m.described, 0), coalesce(m.communication, 0), coalesce(m.shipping, 0))
          <> (coalesce(d.ratings, 0), coalesce(d.described, 0), coalesce(d.communication, 0), coalesce(d.shipping, 0))
        """,
    ),
    Check(
        "ratings_of_orders",
        {"en": "A rating is of an order of its shop", "zh-CN": "每笔评分对应本店铺的订单"},
        """
        select r.shop_id, r.order_id from ratings r
        left join orders o on o.shop_id = r.shop_id and o.order_id = r.order_id where o.order_id is null
        """,
    ),
    Check(
        "violations_sound",
        {
            "en": "A violation's state says what became of it, and a label that was void by then was none",
            "zh-CN": "违规状态与其经过一致，当时已作废的面单不计违规",
        },
        """
        select v.shop_id, v.order_id, v.fulfilment_id, 'violation:' || v.violation_id as subject, v.state, v.cause
        from violations v
        left join parcels p on p.shop_id = v.shop_id and p.parcel_id = cast(v.evidence ->> 'parcel_id' as bigint)
        where v.state not in (10, 20, 30, 80) or (v.state in (20, 30)) > (v.appealed_at is not null)
           or (v.state in (30, 80)) <> (v.decided_at is not null)
           or (v.due_at is not null and v.state <> 20) or (v.state = 10 and v.appealed_at is not null)
           or (v.kind = 'false_shipment' and v.cause <> 'operator'
               and (v.fault <> 'supplier' or v.supplier_id is null or p.voided_at <= v.recorded_at))
        """,
    ),
    Check(
        "stock_outs_recorded",
        {
            "en": "Every stock-out of the seller's that was looked at is one violation of it",
            "zh-CN": "每个已处理的卖家缺货记录对应一条违规",
        },
        """
        select o.shop_id, o.order_id, o.fulfilment_id, 'stock_out:' || o.stock_out_id as subject, o.judge_at, v.times
        from stock_outs o left join (
          select shop_id, cast(evidence ->> 'stock_out_id' as bigint) as stock_out_id, count(*) as times
          from violations where cause in ('order_refused', 'order_cancelled') group by 1, 2
        ) v on v.shop_id = o.shop_id and v.stock_out_id = o.stock_out_id
        where coalesce(v.times, 0) <> case when o.judge_at is null then 1 else 0 end
        """,
    ),
    Check(
        "came_back_by_right",
        {
            "en": "Whoever joined again had the rating, no violation that counted, and suppliers reviewed anew",
            "zh-CN": "重新开通的店铺当时评分达标、无有效违规且供应商均已通过复审",
        },
        f"""
        with {_FIGURE}, joined as (
          select e.shop_id, e.number, e.joined_at, b.ended_at as left_at, f.rating_at_least, f.violation_kinds,
                 e.joined_at - f.rating_days * interval '1 day' as rated_since,
                 e.joined_at - f.violation_days * interval '1 day' as violated_since,
                 (select min(v.event_id) from events v where v.shop_id = e.shop_id and v.order_id is null
                  and v.subject = 'enrolment:' || e.number and v.kind = 'enrolment.on') as event_id
          from enrolments e join figure f on f.version = e.policy
          left join enrolments b on b.shop_id = e.shop_id and b.number = e.number - 1
          where e.number > 1
        ), told as (
          select distinct on (j.shop_id, j.number, v.order_id) j.shop_id, j.number, cast(v.body as json) as body
          from joined j join events v on v.shop_id = j.shop_id and v.kind = 'order.rated' and v.event_id < j.event_id
          order by j.shop_id, j.number, v.order_id, cast(cast(v.body as json) ->> 'rated_at' as timestamptz) desc,
                   v.event_id desc
        ), mean as (
          select j.shop_id, j.number, count(*) as ratings,
                 sum(cast(t.body ->> 'described' as bigint) + cast(t.body ->> 'communication' as bigint)
                     + cast(t.body ->> 'shipping' as bigint)) as total
          from joined j join told t on t.shop_id = j.shop_id and t.number = j.number
            and cast(t.body ->> 'rated_at' as timestamptz) > j.rated_since
            and cast(t.body ->> 'rated_at' as timestamptz) <= j.joined_at
          group by j.shop_id, j.number
        )
        select j.shop_id, 'enrolment:' || j.number as subject, 'rating' as what, cast(null as bigint) as supplier_id
        from joined j left join mean m on m.shop_id = j.shop_id and m.number = j.number
        where m.total is null or m.total < j.rating_at_least * 300 * m.ratings
        union all
        select j.shop_id, 'enrolment:' || j.number, 'violation', null
        from joined j join violations v on v.shop_id = j.shop_id and v.fault = 'shop' and v.at > j.violated_since
          and v.recorded_at < j.joined_at and (v.state < 80 or v.decided_at > j.joined_at)
          and v.kind in (select json_array_elements_text(j.violation_kinds))
        union all
        select j.shop_id, 'enrolment:' || j.number, 'supplier not reviewed', b.supplier_id
        from joined j join bindings b on b.shop_id = j.shop_id and b.accepted_at < j.joined_at
          and (b.ended_at is null or b.ended_at > j.joined_at) and b.accepted_at >= j.left_at
        where not exists (select from reviews r where r.shop_id = b.shop_id and r.supplier_id = b.supplier_id
          and r.state = 80 and r.opened_at >= j.left_at and r.decided_at <= j.joined_at)
        """,
    ),
)
