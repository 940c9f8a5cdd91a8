"""Goods go by a line that takes them, and a supplier's day counts what it was given. Source: MODE-2."""

from andon.insights.audit.rules import Check

GOODS = (
    Check(
        "lines_take_goods",
        {
            "en": "No fulfilment goes by a line that refuses its goods",
            "zh-CN": "履约单所走线路均可承运其商品",
        },
        """
        with policy as (
          select * from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, set text, in_force_from timestamptz, refuses jsonb)
        )
        select f.shop_id, f.order_id, f.fulfilment_id, f.line, l.sku, m.mark
        from order_lines n
        join fulfilments f on f.shop_id = n.shop_id and f.order_id = n.order_id and f.line is not null
        join fulfilment_lines l
          on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id and l.line_no = n.line_no
        join policy own on own.version = f.policy
        cross join lateral (select p.refuses from policy p where p.set = own.set and p.in_force_from <= f.reserved_at
                            order by p.in_force_from desc limit 1) p
        cross join lateral (values ('battery_' || (n.goods ->> 'battery')),
                                   (case when n.goods ->> 'liquid' = 'true' then 'liquid' end),
                                   (case when n.goods ->> 'magnetic' = 'true' then 'magnetic' end)) as m(mark)
        where n.goods is not null and p.refuses -> f.line ? m.mark
        """,
    ),
    Check(
        "capacity_counted",
        {
            "en": "A supplier's day counts the fulfilments it was given, but for those cancelled before acceptance",
            "zh-CN": "供应商当日已接数与所派履约单一致（接单前取消的除外）",
        },
        """
        with zone as (
          select p.zone from json_to_recordset(cast(cast(:policies as text) as json)) as p(set text, zone text)
          where p.set = 'jit' limit 1
        )
        select 0 as shop_id, 'supplier:' || d.supplier_id as subject, d.day, d.taken, coalesce(g.given, 0) as given
        from zone cross join capacity_days d
        join capacities c on c.supplier_id = d.supplier_id and d.day > (c.since at time zone zone.zone)::date
        left join (select f.supplier_id, (f.reserved_at at time zone zone.zone)::date as day, count(*) as given
                   from fulfilments f cross join zone
                   where f.supplier_id in (select supplier_id from capacities)
                     and (f.state <> 91 or f.accepted_at is not null) group by 1, 2) g
          on g.supplier_id = d.supplier_id and g.day = d.day
        where d.taken <> coalesce(g.given, 0)
        """,
    ),
)
