"""Shops that leave: at most one exit of each runs, its intake is closed, and out means out. Source: EXIT-1..6."""

from andon.insights.audit.rules import Check

EXITS = (
    Check(
        "leaving_by_an_exit",
        {
            "en": "A membership is being left if and only if an exit of it runs, and then intake is closed",
            "zh-CN": "JIT开通处于退出中当且仅当有进行中的退出，且此时JIT受理已关闭",
        },
        """
        select coalesce(x.shop_id, e.shop_id) as shop_id,
               'exit:' || x.exit_id as subject, x.state, e.number, e.state as enrolment, s.jit_intake_open
        from (select * from exits where state < 80) x
        full join (select * from enrolments where state = 30) e on e.shop_id = x.shop_id and e.number = x.enrolment
        left join shops s on s.shop_id = coalesce(x.shop_id, e.shop_id)
        where x.exit_id is null or e.number is null or s.jit_intake_open
        """,
    ),
    Check(
        "out_is_out",
        {
            "en": "A shop whose newest membership was ended by an exit is offered no JIT, and has no product or line of it",
            "zh-CN": "已退出的店铺不再提供JIT，且没有JIT商品或线路",
        },
        """
        select s.shop_id, 'exit:' || x.exit_id as subject, s.jit_offered, s.jit_intake_open, p.products
        from (select distinct on (shop_id) shop_id, number, state from enrolments order by shop_id, number desc) e
        join exits x on x.shop_id = e.shop_id and x.enrolment = e.number and x.state in (40, 80)
        join shops s on s.shop_id = e.shop_id
        left join (select shop_id, count(*) as products from products where mode = 2 group by shop_id) p
          on p.shop_id = e.shop_id
        where s.jit_offered or s.jit_intake_open or coalesce(p.products, 0) > 0
        """,
    ),
    Check(
        "nothing_outlives_an_exit",
        {
            "en": "When an exit was done no JIT order of its membership was open, no fee unsettled, no grant live",
            "zh-CN": "退出完成时没有未完结的JIT订单、未结清的服务费或有效授权",
        },
        """
        with done as (select shop_id, exit_id, ended_at from exits where state = 80)
        select d.shop_id, 'exit:' || d.exit_id as subject, f.fulfilment_id, f.order_id, 'open order' as what
        from done d join fulfilments f on f.shop_id = d.shop_id and f.mode = 2 and f.reserved_at < d.ended_at
          and f.state < 80
        union all
        select d.shop_id, 'exit:' || d.exit_id, c.fulfilment_id, c.order_id, 'unsettled fee'
        from done d join charges c on c.shop_id = d.shop_id and c.accrued_at < d.ended_at
          and (c.state < 80 or c.settled_at > d.ended_at)
          and not exists (select from events e where e.shop_id = c.shop_id and e.order_id = c.order_id
            and e.kind = 'charge.held' and e.subject = 'charge:' || c.charge_id and e.recorded_at <= d.ended_at)
        union all
        select d.shop_id, 'exit:' || d.exit_id, null, null, 'live grant of supplier ' || g.supplier_id
        from done d join grants g on g.shop_id = d.shop_id and g.since < d.ended_at
          and (g.ended_at is null or g.ended_at > d.ended_at)
        """,
    ),
    Check(
        "exits_verified",
        {
            "en": "An exit is done with every check of its last verification passed, and no sooner than its switch struck",
            "zh-CN": "退出完成时最近一次核验的各项均已通过，且不早于总开关关闭时间",
        },
        """
        select x.shop_id, 'exit:' || x.exit_id as subject, x.off_at, x.ended_at, k.checks, k.failed
        from exits x
        left join lateral (select count(*) as checks, count(*) filter (where not passed) as failed
                           from exit_checks c where c.shop_id = x.shop_id and c.exit_id = x.exit_id
                             and c.at = x.ended_at) k on true
        where x.state = 80 and (k.checks = 0 or k.failed > 0 or x.ended_at < x.off_at or x.ticket is null)
        """,
    ),
    Check(
        "tickets_told",
        {
            "en": "A ticket is that which was told, with the instant at which the switch strikes",
            "zh-CN": "工单号及停用时间与事件记录一致",
        },
        """
        with told as (
          select shop_id, cast(substr(subject, 6) as bigint) as exit_id, cast(body as json) as body
          from events where kind = 'exit.switch_thrown'
        )
        select coalesce(x.shop_id, t.shop_id) as shop_id, 'exit:' || coalesce(x.exit_id, t.exit_id) as subject,
               x.ticket, x.off_at, t.body ->> 'ticket' as told
        from (select * from exits where thrown_at is not null) x
        full join told t on t.shop_id = x.shop_id and t.exit_id = x.exit_id
        where x.ticket is distinct from t.body ->> 'ticket'
           or x.off_at is distinct from cast(t.body ->> 'off_at' as timestamptz)
        """,
    ),
)
