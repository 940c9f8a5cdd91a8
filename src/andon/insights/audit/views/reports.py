"""What channels know of is what their reports say."""

from andon.insights.audit.rules import Check
from andon.orders.order.rules import Flag

REPORTS = (
    Check(
        "parcels_reported",
        {
            "en": "A parcel is reported when its report is, and not else",
            "zh-CN": "包裹的回传时间与其回传记录一致",
        },
        """
        select p.shop_id, p.fulfilment_id, p.parcel_id, p.reported_at, r.report_id, r.reported_at as told_at
        from parcels p left join (select * from reports where kind = 'shipment') r
          on r.shop_id = p.shop_id and r.parcel_id = p.parcel_id
        where p.reported_at is distinct from r.reported_at
        """,
    ),
    Check(
        "not_reported_flagged",
        {
            "en": "A fulfilment is flagged not_reported while a report of it is overdue, and not else",
            "zh-CN": "仅在回传逾期时标记未回传",
        },
        f"""
        select f.shop_id, f.fulfilment_id, f.order_id, f.flags, o.overdue
        from fulfilments f left join (
          select shop_id, fulfilment_id, count(*) as overdue from reports
          where kind = 'shipment' and reported_at is null and flag_at is null group by shop_id, fulfilment_id
        ) o on o.shop_id = f.shop_id and o.fulfilment_id = f.fulfilment_id
        where (f.flags & {Flag.NOT_REPORTED.value} <> 0) <> (o.overdue is not null)
        """,
    ),
)
