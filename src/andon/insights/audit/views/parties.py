"""Who works with whom: a grant for each active binding, an allotment for each mapping. Source: EXIT-3, STOCK-3."""

from andon.insights.audit.rules import Check

PARTIES = (
    Check(
        "grants_by_bindings",
        {
            "en": "Every active binding has its one live grant, and every live grant its binding",
            "zh-CN": "每个生效的绑定恰有一个有效授权，反之亦然",
        },
        """
        select coalesce(b.shop_id, g.shop_id) as shop_id, coalesce(b.binding_id, g.binding_id) as binding_id,
               'binding:' || coalesce(b.binding_id, g.binding_id) as subject, b.supplier_id, b.state, g.grants
        from (select * from bindings where state in (20, 30)) b
        full join (select shop_id, binding_id, supplier_id, count(*) as grants from grants where ended_at is null
                   group by shop_id, binding_id, supplier_id) g
          on g.shop_id = b.shop_id and g.binding_id = b.binding_id and g.supplier_id = b.supplier_id
        where b.binding_id is null or g.grants is distinct from 1
        """,
    ),
    Check(
        "offers_reach_suppliers",
        {"en": "Every binding was offered to its supplier", "zh-CN": "每个绑定都已向供应商发出邀请"},
        """
        select coalesce(b.shop_id, i.shop_id) as shop_id, coalesce(b.binding_id, i.binding_id) as binding_id,
               'binding:' || coalesce(b.binding_id, i.binding_id) as subject, b.supplier_id, i.supplier_id as invited
        from bindings b full join invitations i on i.shop_id = b.shop_id and i.binding_id = b.binding_id
        where b.supplier_id is distinct from i.supplier_id
        """,
    ),
    Check(
        "mappings_allotted",
        {
            "en": "Every mapping under a grant has its allotment, and a pool of several shops is evened out in turn",
            "zh-CN": "授权下的每条映射都有分配额度，多店铺共享的库存按时重新分配",
        },
        """
        with mapped as (
          select distinct m.shop_id, m.supplier_id, m.item from mappings m
          join grants g on g.shop_id = m.shop_id and g.supplier_id = m.supplier_id and g.ended_at is null
        )
        select m.shop_id, m.supplier_id, m.item, 'no allotment' as why from mapped m
        left join stock s on s.shop_id = m.shop_id and s.location = m.supplier_id and s.item = m.item and s.owner = 1
        where s.item is null
        union all
        select null, m.supplier_id, m.item, 'not evened out' from mapped m
        left join pools p on p.supplier_id = m.supplier_id and p.item = m.item
        where p.even_at is null group by m.supplier_id, m.item having count(*) > 1
        """,
    ),
    Check(
        "intake_by_enrolment",
        {"en": "JIT intake is open only to a shop that is in JIT", "zh-CN": "仅已开通JIT的店铺开放JIT受理"},
        """
        select s.shop_id, 'shop:' || s.shop_id as subject, s.jit_intake_open, e.state, e.joins, e.newest
        from shops s
        left join (select shop_id, count(*) as joins, max(number) as newest, min(state) as state,
                          count(*) filter (where state < 80) as memberships
                   from enrolments group by shop_id) e on e.shop_id = s.shop_id
        where (s.jit_intake_open and e.state is distinct from 20) or e.memberships > 1 or e.joins <> e.newest
        """,
    ),
    Check(
        "heads_stand",
        {"en": "Every shop has its head row", "zh-CN": "每个店铺都有其锁行"},
        """
        select s.shop_id, 'shop:' || s.shop_id as subject
        from shops s left join heads h on h.shop_id = s.shop_id where h.shop_id is null
        """,
    ),
)
