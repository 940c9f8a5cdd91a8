"""Deliveries of events: each is its subscriber's own, and waits until it is over."""

from andon.insights.audit.rules import Check
from andon.platform.subscriptions.rules import DeliveryState

DELIVERIES = (
    Check(
        "deliveries_sound",
        {
            "en": "An event is delivered to its own shop or to the supplier that it names, and is due until it is over",
            "zh-CN": "事件只投递给所属店铺或相关供应商，未完成前保持待投递",
        },
        f"""
        select d.shop_id, d.delivery_id, d.webhook_id, d.kind, d.state, d.due_at, w.party, w.party_id, d.supplier_id
        from deliveries d
        left join webhooks w on w.webhook_id = d.webhook_id
        left join events e on e.shop_id = d.shop_id and e.event_id = d.event_id
        where (w.party = 'shop' and (d.shop_id <> w.party_id or d.supplier_id is not null))
           or (w.party = 'supplier' and d.supplier_id is distinct from w.party_id)
           or (d.state = {DeliveryState.WAITING.value}) <> (d.due_at is not null)
           or (d.state = {DeliveryState.DELIVERED.value} and d.delivered_at is null)
           or (d.event_id is not null and e.kind is distinct from d.kind)
        """,
    ),
)
