"""Who may fulfil, and what scorecards count: told anew from events, with bits of its own. Source: QUAL-1, QUAL-2."""

from andon.insights.audit.rules import Check

SCORES = (
    Check(
        "bound_are_qualified",
        {
            "en": "Nobody is bound to a supplier that has not passed its review, or has retired",
            "zh-CN": "未通过资质审核或已退场的供应商不与任何店铺绑定",
        },
        """
        select b.shop_id, b.binding_id, 'binding:' || b.binding_id as subject, b.supplier_id, s.state
        from bindings b left join suppliers s on s.supplier_id = b.supplier_id
        where b.state in (20, 30) and coalesce(s.state not in (30, 40), true)
        """,
    ),
    Check(
        "reviews_end_once",
        {
            "en": "A review that has ended says when, by whom and on what scorecard; one that is late was escalated",
            "zh-CN": "已结束的资质复审均有时间、决定人与评分卡；逾期的均已升级",
        },
        """
        select v.shop_id, v.review_id, 'review:' || v.review_id as subject, v.supplier_id, v.state
        from reviews v
        where (v.state = 10) <> (v.decided_at is null) or (v.decided_at is null) <> (v.scorecard is null)
           or (v.decided_at is null) <> (v.decided_by is null) or v.escalated_at < v.due_at
        """,
    ),
    Check(
        "days_by_tallies",
        {
            "en": "What a scorecard reads of a day is what its fulfilments add up to",
            "zh-CN": "评分卡读取的日计数等于当日各履约单之和",
        },
        """
        select coalesce(d.supplier_id, t.supplier_id) as supplier_id, coalesce(d.day, t.day) as day,
               coalesce(d.facts, t.facts) as facts, d.fulfilments as kept, t.fulfilments as found
        from (select * from supplier_days where fulfilments <> 0) d
        full join (select supplier_id, day, facts, count(*) as fulfilments from tallies group by 1, 2, 3) t
          on t.supplier_id = d.supplier_id and t.day = d.day and t.facts = d.facts
        where d.fulfilments is distinct from t.fulfilments
        """,
    ),
    Check(
        "tallies_by_events",
        {
            "en": "What a fulfilment counts for is what the events tell of it, as far as they are counted",
            "zh-CN": "每个履约单的计分事实与已计入的事件一致",
        },
        """
        with reach as (
          select r.shop_id, s.last_event from tally_reaches r
          join seals s on s.shop_id = r.shop_id and s.seal_no = r.seal_no
        ), later as (
          select distinct e.shop_id, e.order_id from events e join reach r on r.shop_id = e.shop_id
          where e.event_id > r.last_event and e.order_id is not null
        ), told as (
          select e.shop_id, cast(split_part(e.subject, ':', 2) as bigint) as fulfilment_id, e.event_id, e.at, e.kind,
                 cast(e.body as jsonb) as body
          from events e join reach r on r.shop_id = e.shop_id
          where e.event_id <= r.last_event and e.subject like 'fulfilment:%'
        ), seen as (
          select shop_id, fulfilment_id,
                 min(at) filter (where kind = 'fulfilment.pushed') as pushed_at,
                 min(at) filter (where kind = 'fulfilment.accepted') as accepted_at,
                 bool_or(kind = 'fulfilment.shipped') as shipped,
                 min(body ->> 'reason') filter (where kind = 'fulfilment.rejected') as reason
          from told group by 1, 2
        ), flags as (
          select t.shop_id, t.fulfilment_id, t.body ->> 'flag' as flag,
                 (array_agg(t.kind order by t.event_id desc))[1] = 'fulfilment.flagged' as stands
          from told t join seen s on s.shop_id = t.shop_id and s.fulfilment_id = t.fulfilment_id
          where t.kind in ('fulfilment.flagged', 'fulfilment.flag_lifted')
            and (t.body ->> 'flag' = 'stuck' or s.accepted_at is null or t.at <= s.accepted_at)
          group by 1, 2, 3
        ), found as (
          select f.shop_id, f.order_id, f.fulfilment_id, f.supplier_id,
                 case when s.accepted_at is not null then 5 else 0 end
                 | case when s.reason in ('out_of_stock', 'damaged', 'invalid_address', 'unserviceable_destination',
                                          'item_unknown', 'other') then 1 else 0 end
                 | case when s.reason in ('out_of_stock', 'damaged', 'unserviceable_destination', 'item_unknown',
                                          'other') then 8 else 0 end
                 | case when s.shipped then 16 else 0 end
                 | case when exists (select from flags g where g.shop_id = f.shop_id and g.stands
                     and g.fulfilment_id = f.fulfilment_id and g.flag = 'late_answer') then 2 else 0 end
                 | case when exists (select from flags g where g.shop_id = f.shop_id and g.stands
                     and g.fulfilment_id = f.fulfilment_id and g.flag = 'stuck') then 32 else 0 end
                 | case when exists (select from disputes d where d.shop_id = f.shop_id and d.order_id = f.order_id
                     and d.supplier_id = f.supplier_id and (d.fulfilment_id is null or d.fulfilment_id = f.fulfilment_id)
                     and d.state <> 81 and (d.outcome is null or d.payer = 'supplier')) then 64 else 0 end as facts
          from seen s join fulfilments f on f.shop_id = s.shop_id and f.fulfilment_id = s.fulfilment_id
          where f.mode = 2 and f.supplier_id is not null
            and (s.pushed_at is not null or s.reason in ('out_of_stock', 'damaged', 'invalid_address',
                                                         'unserviceable_destination', 'item_unknown', 'other'))
        )
        select coalesce(t.shop_id, f.shop_id) as shop_id, coalesce(t.order_id, f.order_id) as order_id,
               coalesce(t.fulfilment_id, f.fulfilment_id) as fulfilment_id, t.facts as kept, f.facts as found
        from tallies t full join found f on f.shop_id = t.shop_id and f.fulfilment_id = t.fulfilment_id
        where (t.facts is distinct from f.facts or t.supplier_id is distinct from f.supplier_id)
          and not exists (select from later l where l.shop_id = coalesce(t.shop_id, f.shop_id)
                          and l.order_id = coalesce(t.order_id, f.order_id))
        """,
    ),
)
