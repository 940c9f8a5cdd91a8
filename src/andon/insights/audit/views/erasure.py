"""What was erased is gone."""

from andon.insights.audit.rules import Check
from andon.orders.erasure.rules import KEPT

_WAYS = {
    "order": "erased r join {} x using (shop_id, order_id)",
    "fulfilment": "erased r join fulfilments f using (shop_id, order_id) join {} x using (shop_id, fulfilment_id)",
    "push": "erased r join fulfilments f using (shop_id, order_id) join pushes p using (shop_id, fulfilment_id) "
    "join {} x using (shop_id, push_id)",
    "parcel": "erased r join fulfilments f using (shop_id, order_id) join parcels p using (shop_id, fulfilment_id) "
    "join {} x using (shop_id, parcel_id)",
    "dispute": "closed r join {} x using (shop_id, dispute_id)",
    "evidence": "closed r join dispute_evidence e using (shop_id, dispute_id) join {} x using (shop_id, file_id)",
}
_LEFT = " union all ".join(
    f"select shop_id, r.order_id, '{kept.table}' from {_WAYS[kept.by].format(kept.table)} "
    f"where x.{kept.at} < r.erased_at and {kept.there}"
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
        with erased as (select shop_id, order_id, erased_at from recipients where erased_at is not null),
        closed as (select shop_id, order_id, dispute_id, erased_at from erased join disputes using (shop_id, order_id)
                   where closed_at < erased_at)
        select shop_id, order_id, 'recipients' as place from recipients
        where (erased_at is not null) <> (ship_to = '{{}}' and salt = '' and faults is null)
        union all {_LEFT}
        """,
    ),
)
