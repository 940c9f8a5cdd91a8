"""Every order is fulfilled once, by somebody, and every state has its event. Source: MODE-2, EXIT-1."""

from andon.insights.audit.rules import Check
from andon.orders.order.rules import FulfilmentState

STAMPED = ("pushed", "accepted", "picked", "labelled", "shipped", "delivered", "completed")
"""States whose instant stands on the row also after it has moved on."""

_BITS = ", ".join(f"('fulfilment.{state.word}', {1 << at})" for at, state in enumerate(FulfilmentState))
_STATE = " ".join(f"when {state.value} then {1 << at}" for at, state in enumerate(FulfilmentState))
_STAMPED = " | ".join(
    f"case when f.{state.word}_at is null then 0 else {1 << at} end"
    for at, state in enumerate(FulfilmentState)
    if state.word in STAMPED
)

FULFILMENTS = (
    Check(
        "orders_covered",
        {
            "en": "Every line of an order is covered once by the fulfilments that stand for it",
            "zh-CN": "订单的每一行都恰好由有效履约单覆盖一次",
        },
        """
        select shop_id, order_id, line_no, l.quantity, c.quantity as covered
        from order_lines l
        full join (select f.shop_id, f.order_id, n.line_no, cast(sum(n.quantity) as bigint) as quantity
                   from fulfilments f
                   join fulfilment_lines n on n.shop_id = f.shop_id and n.fulfilment_id = f.fulfilment_id
                   left join (select distinct shop_id, replaces from fulfilments where replaces is not null) r
                     on r.shop_id = f.shop_id and r.replaces = f.fulfilment_id
                   where r.replaces is null and f.state <> 90
                   group by f.shop_id, f.order_id, n.line_no) c
          using (shop_id, order_id, line_no)
        where coalesce(l.quantity, 0) <> coalesce(c.quantity, 0)
        """,
    ),
    Check(
        "fulfilments_owned",
        {
            "en": "Every open fulfilment has an owner: a supplier with a grant, or the seller",
            "zh-CN": "每张未完结的履约单都有负责方：持有授权的供应商或卖家",
        },
        """
        select f.shop_id, f.fulfilment_id, f.order_id, f.supplier_id, f.mode, f.state
        from fulfilments f
        left join suppliers p on p.supplier_id = f.supplier_id
        left join grants g on g.shop_id = f.shop_id and g.supplier_id = f.supplier_id and g.ended_at is null
        where f.state < 80 and case when f.supplier_id is null then f.mode = 2 and f.state <> 5
                                    else g.grant_id is null or p.supplier_id is null end
        """,
    ),
    Check(
        "one_live_push",
        {
            "en": "A fulfilment has one live push while its supplier does not have it yet and it is not held, and never two",
            "zh-CN": "尚未送达供应商且未暂缓的履约单恰有一条有效推送，且绝不重复",
        },
        """
        select f.shop_id, f.fulfilment_id, f.supplier_id, f.state, coalesce(p.live, 0) as live
        from fulfilments f
        left join (select shop_id, fulfilment_id, count(*) as live from pushes
                   where kind = 'fulfilment.pushed' and due_at is not null group by shop_id, fulfilment_id) p
          on p.shop_id = f.shop_id and p.fulfilment_id = f.fulfilment_id
        where coalesce(p.live, 0) > 1 or (f.state = 10 and f.supplier_id is not null and (p.live is null) = (f.held_at is null))
        """,
    ),
    Check(
        "states_told",
        {
            "en": "Every state that a fulfilment is in, or was stamped with, is backed by its event",
            "zh-CN": "履约单的每个状态都有对应事件",
        },
        f"""
        with told as (
          select e.shop_id, cast(substr(e.subject, 12) as bigint) as fulfilment_id, bit_or(w.bit) as said
          from events e join (values {_BITS}) as w(kind, bit) on w.kind = e.kind group by 1, 2
        )
        select f.shop_id, f.order_id, f.fulfilment_id, f.state, t.said as told
        from fulfilments f left join told t on t.shop_id = f.shop_id and t.fulfilment_id = f.fulfilment_id
        where ((case f.state {_STATE} end) | {_STAMPED}) & ~coalesce(t.said, 0) <> 0
        """,
    ),
    Check(
        "orders_told",
        {"en": "Every order is backed by its event", "zh-CN": "每笔订单都有受理事件"},
        """
        select o.shop_id, o.order_id from orders o
        left join events e on e.shop_id = o.shop_id and e.order_id = o.order_id and e.kind = 'order.accepted'
        where e.event_id is null
        """,
    ),
)
