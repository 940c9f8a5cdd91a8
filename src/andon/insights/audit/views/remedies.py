"""What was cancelled or remedied was so by events, and people were told. Source: MODE-3, MODE-4."""

from andon.insights.audit.rules import Check

REMEDIES = (
    Check(
        "cancellations_sound",
        {
            "en": "A cancellation was wished before it was answered, by events where a supplier was asked, and held",
            "zh-CN": "取消先有请求后有答复，询问供应商的均有事件，已取消的均已生效",
        },
        """
        with told as (
          select shop_id, subject, bool_or(kind = 'fulfilment.cancel_requested') as asked,
                 max(cast(body as json) ->> 'answer') as answer
          from events where kind in ('fulfilment.cancel_requested', 'fulfilment.cancel_answered')
          group by shop_id, subject
        )
        select f.shop_id, f.order_id, f.fulfilment_id, f.state, f.cancel_by, f.cancel_requested_at, f.cancel_answered_at,
               f.cancel_answer, t.answer as told_answer
        from fulfilments f
        left join told t on t.shop_id = f.shop_id and t.subject = 'fulfilment:' || f.fulfilment_id
        where (f.cancel_requested_at is null) <> (f.cancel_reason is null)
           or (f.cancel_requested_at is null) <> (f.cancel_by is null)
           or (f.cancel_answered_at is null) <> (f.cancel_answer is null)
           or (f.cancel_requested_at is null and (f.cancel_answered_at is not null or t.asked))
           or (f.cancel_requested_at is not null and coalesce(f.cancel_answer, 'accepted') in ('accepted', 'refused')
               and t.asked is distinct from true)
           or (f.cancel_answer in ('accepted', 'refused') and t.answer is distinct from f.cancel_answer)
           or (t.answer is not null and coalesce(f.cancel_answer, '') not in (t.answer, 'forced'))
           or (coalesce(f.cancel_answer, 'refused') in ('accepted', 'at_once', 'forced')) <> (f.state = 91)
        """,
    ),
    Check(
        "people_told",
        {
            "en": "Of every flag of time, and of what waits, those it concerns were told",
            "zh-CN": "每个超时标记及等待中的履约单均已通知相关方",
        },
        """
        with told as (
          select distinct shop_id, fulfilment_id, audience,
                 case kind when 'cancellation.unanswered' then 'fulfilment.late_answer' else kind end as kind
          from notices where fulfilment_id is not null
        ),
        due as (
          select e.shop_id, e.order_id, cast(substr(e.subject, 12) as bigint) as fulfilment_id, e.kind, a.audience
          from (select shop_id, order_id, subject, case kind when 'fulfilment.flagged'
                         then 'fulfilment.' || (cast(body as json) ->> 'flag') else kind end as kind
                from events where kind in ('fulfilment.flagged', 'fulfilment.waiting')) e
          join (values ('fulfilment.late_answer', 'seller'), ('fulfilment.late_answer', 'supplier'),
                       ('fulfilment.late_answer', 'operator'), ('fulfilment.unpushed', 'seller'),
                       ('fulfilment.unpushed', 'operator'), ('fulfilment.stuck', 'seller'),
                       ('fulfilment.stale', 'seller'), ('fulfilment.waiting', 'seller'),
                       ('fulfilment.papers_missing', 'seller')) as a(kind, audience)
            on a.kind = e.kind
        )
        select d.shop_id, d.order_id, d.fulfilment_id, d.kind, d.audience
        from due d left join told t using (shop_id, fulfilment_id, kind, audience)
        where t.kind is null
        """,
    ),
    Check(
        "remedies_done",
        {
            "en": "Every remedy has its event and did what it says, and a supplier that lost its work was told",
            "zh-CN": "每项处置都有事件且已生效，失去工作的供应商已获通知",
        },
        """
        with told as (
          select shop_id, subject, cast(body as json) ->> 'action' as action, count(*) as times
          from events where kind = 'fulfilment.remedied' group by 1, 2, 3
        ),
        chosen as (
          select shop_id, fulfilment_id, action, count(*) as times from remedies group by 1, 2, 3
        )
        select c.shop_id, f.order_id, c.fulfilment_id, c.action, c.times, t.times as told_times, f.state
        from chosen c
        left join told t on t.shop_id = c.shop_id and t.subject = 'fulfilment:' || c.fulfilment_id
          and t.action = c.action
        left join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.fulfilment_id
        left join (select distinct shop_id, fulfilment_id from notices
                   where kind = 'fulfilment.withdrawn' and audience = 'supplier') n
          on n.shop_id = c.shop_id and n.fulfilment_id = c.fulfilment_id
        where t.times is distinct from c.times
           or f.state is distinct from case c.action when 'cancel' then 91 when 'remind' then f.state else 90 end
           or (c.action <> 'remind' and f.supplier_id is not null and f.pushed_at is not null
               and n.fulfilment_id is null)
        """,
    ),
)
