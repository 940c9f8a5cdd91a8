"""A shop that leaves by force is frozen until what was open has cleared; its appeals are looked after. Source: EXIT-5, EXIT-7."""

from andon.insights.audit.rules import Check

FREEZES = (
    Check(
        "exposure_frozen",
        {
            "en": "While anything is open that was when an exit was forced, a freeze stands; one that was lifted left nothing open",
            "zh-CN": "强制退出时的未结事项清结前冻结有效，解冻时无遗留",
        },
        # What came after - a fee put right late, another membership's orders - is none of it, nor what was held already.
        """
        with forced as (
          select x.shop_id, x.exit_id, x.state, h.hold_id, h.lifted_at, coalesce(h.lifted_at, x.forced_at) as at
          from exits x left join funds_holds h on h.shop_id = x.shop_id and h.exit_id = x.exit_id
          where x.forced_at is not null
        )
        select z.shop_id, z.exit_id, 'exit:' || z.exit_id as subject, z.hold_id, o.order_id, null as charge_id
        from forced z
        join fulfilments f on f.shop_id = z.shop_id and f.mode = 2 and f.state < 80
        join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id and o.received_at < z.at
        where z.state <> 81 and (z.hold_id is null or z.lifted_at is not null)
        union all
        select z.shop_id, z.exit_id, 'exit:' || z.exit_id, z.hold_id, c.order_id, c.charge_id
        from forced z join charges c on c.shop_id = z.shop_id and c.state < 80 and c.accrued_at < z.at
        where z.state <> 81 and (z.hold_id is null or z.lifted_at is not null)
          and not exists (select from events e where e.shop_id = c.shop_id and e.order_id = c.order_id
            and e.kind = 'charge.held' and e.subject = 'charge:' || c.charge_id and e.recorded_at <= z.at)
        union all
        select z.shop_id, z.exit_id, 'exit:' || z.exit_id, z.hold_id, d.order_id, null
        from forced z join disputes d on d.shop_id = z.shop_id and d.state < 80 and d.beneficiary = 'buyer'
          and d.opened_at < z.at
        where z.state <> 81 and (z.hold_id is null or z.lifted_at is not null)
        union all
        select h.shop_id, h.exit_id, 'exit:' || h.exit_id, h.hold_id, null, null
        from funds_holds h left join exits x on x.shop_id = h.shop_id and x.exit_id = h.exit_id
        where x.forced_at is null or (x.state = 81 and h.lifted_at is null)
        """,
    ),
    Check(
        "freeze_obeyed",
        {
            "en": "While the whole account was frozen nothing was withdrawn from it",
            "zh-CN": "全额冻结期间未发生提现",
        },
        """
        with figure as materialized (
          select version, "freeze" from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, "freeze" text)
        )
        select e.shop_id, e.subject, h.hold_id, o.value
        from events e join funds_holds h on h.shop_id = e.shop_id and e.recorded_at > h.set_at
          and (h.lifted_at is null or e.recorded_at < h.lifted_at)
        left join figure p on p.version = e.policy
        left join lateral (select nullif(v.value, 'null') as value from policy_overrides v
                           where v.shop_id = e.shop_id and v.key = 'freeze' and v.in_force_from <= e.recorded_at
                           order by v.in_force_from desc, v.override_id desc limit 1) o on true
        where e.kind = 'funds.withdrawn' and coalesce(o.value, cast(to_json(p."freeze") as text)) is distinct from '"exposure"'
        """,
    ),
    Check(
        "appeals_sound",
        {
            "en": "Every appeal stands in the line until it is escalated or closed, and has the stamps of its state",
            "zh-CN": "每个申诉在升级或结案前均在队列中，且各状态时间完整",
        },
        """
        with figure as materialized (
          select version, appeal_within * interval '1 second' as within
          from json_to_recordset(cast(cast(:policies as text) as json)) as p(version text, appeal_within float8)
        )
        select a.shop_id, a.appeal_id, 'exit:' || a.exit_id as subject, a.state, a.due_at
        from appeals a left join figure p on p.version = a.policy
        left join exits x on x.shop_id = a.shop_id and x.exit_id = a.exit_id and x.ticket is not null
        where x.exit_id is null
           or (a.state >= 20) <> (a.verdict is not null and a.note is not null and a.answered_at is not null)
           or (a.state = 80) <> (a.closed_at is not null)
           or a.due_at is distinct from case
                when a.state = 10 and a.escalated_at is null then a.opened_at + p.within
                when a.state = 20 then a.answered_at + p.within end
        """,
    ),
)
