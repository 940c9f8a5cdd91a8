"""What was erased is gone."""

from andon.insights.audit.rules import Check
from andon.orders.erasure.rules import KEPT

_WAYS = {
    "order": "x.order_id = r.order_id",
    "fulfilment": "x.fulfilment_id in (select fulfilment_id from fulfilments f "
    "where f.shop_id = r.shop_id and f.order_id = r.order_id)",
    "push": "x.push_id in (select push_id from pushes p join fulfilments f using (shop_id, fulfilment_id) "
    "where f.shop_id = r.shop_id and f.order_id = r.order_id)",
    "parcel": "x.parcel_id in (select parcel_id from parcels p join fulfilments f using (shop_id, fulfilment_id) "
    "where f.shop_id = r.shop_id and f.order_id = r.order_id)",
}
_LEFT = " union all ".join(
    f"select r.shop_id, r.order_id, '{kept.table}' from erased r join {kept.table} x on x.shop_id = r.shop_id "
    f"and {_WAYS[kept.by]} and x.{kept.at} < r.erased_at where {kept.there}"
    for kept in KEPT
)

ERASURE = (
    Check(
        "buyers_erased",
        {
            "en": "Nothing is left of a buyer that was erased; a recipient that was not has its address",
            "zh-CN": "已抹除的买家信息无残留，未抹除的收件信息完整",
        },
        f"""
        with erased as (select shop_id, order_id, erased_at from recipients where erased_at is not null)
        select shop_id, order_id, 'recipients' as place from recipients
        where (erased_at is not null) <> (ship_to = '{{}}' and salt = '' and faults is null)
        union all {_LEFT}
        """,
    ),
)
