"""A parcel is what its scans tell, a fulfilment what its parcels show, and every push waits or was taken."""

from andon.insights.audit.rules import Check
from andon.orders.tracking.rules import STATUSES

_RANKS = ", ".join(f"('{status}', {rank})" for status, rank in STATUSES.items())

PARCELS = (
    Check(
        "waybills_name_parcels",
        {
            "en": "Every waybill with a label names one parcel, and every parcel has its waybill",
            "zh-CN": "运单与包裹一一对应",
        },
        """
        select coalesce(p.shop_id, w.shop_id) as shop_id, coalesce(p.fulfilment_id, w.fulfilment_id) as fulfilment_id,
               p.parcel_id, p.waybill, w.parcel_id as named_parcel_id, w.waybill as named_waybill
        from parcels p
        full join (select * from waybills where parcel_id is not null) w
          on w.shop_id = p.shop_id and w.parcel_id = p.parcel_id
        where (p.carrier, p.waybill, p.fulfilment_id) is distinct from (w.carrier, w.waybill, w.fulfilment_id)
        """,
    ),
    Check(
        "early_scans_wait",
        {"en": "A scan waits only while its waybill has no label", "zh-CN": "仅无面单的运单轨迹在等待"},
        """
        select w.shop_id, w.fulfilment_id, e.carrier, e.waybill, e.status, e.occurred_at
        from early_scans e left join waybills w on w.carrier = e.carrier and w.waybill = e.waybill
        where w.carrier is null or w.parcel_id is not null
        """,
    ),
    Check(
        "parcels_folded",
        {
            "en": "A parcel's status and instants are what its scans tell",
            "zh-CN": "包裹状态与时间与其轨迹一致",
        },
        f"""
        with rank as materialized (select * from (values {_RANKS}) as r(status, rank)),
        fold as (
          select s.shop_id, s.parcel_id,
            min(s.occurred_at) filter (where s.status = 'collected') as collected_at,
            min(s.occurred_at) filter (where s.status not in ('unknown', 'info_received', 'cancelled')) as first_scan_at,
            max(s.occurred_at) filter (where s.status not in ('unknown', 'info_received', 'cancelled')) as last_scan_at,
            min(s.occurred_at) filter (where s.status = 'delivered') as delivered_at,
            min(s.occurred_at) filter (where s.status = 'returned') as returned_at,
            min(s.occurred_at) filter (where s.status = 'lost') as lost_at,
            min(s.occurred_at) filter (where s.status = 'cancelled') as cancelled_at,
            max(array[cast(s.status <> 'unknown' as int), extract(epoch from s.occurred_at), r.rank]) as latest
          from scans s left join rank r on r.status = s.status group by s.shop_id, s.parcel_id
        ),
        told as (
          select f.*, case when delivered_at is not null then 'delivered' when returned_at is not null then 'returned'
                           when lost_at is not null then 'lost' when cancelled_at is not null then 'cancelled'
                           else r.status end as status,
            coalesce(delivered_at, returned_at, lost_at, cancelled_at) as ended_at
          from fold f left join rank r on r.rank = f.latest[3]
        )
        select p.shop_id, p.fulfilment_id, p.parcel_id, p.status, t.status as told, p.first_scan_at, p.last_scan_at,
               p.ended_at, t.ended_at as told_ended_at
        from parcels p left join told t on t.shop_id = p.shop_id and t.parcel_id = p.parcel_id
        where (p.status, p.collected_at, p.first_scan_at, p.last_scan_at, p.delivered_at, p.ended_at)
          is distinct from (coalesce(t.status, 'unknown'), t.collected_at, t.first_scan_at, t.last_scan_at,
                            t.delivered_at, t.ended_at)
        """,
    ),
    Check(
        "fulfilments_folded",
        {
            "en": "A fulfilment left, moves and ended when its parcels show it",
            "zh-CN": "履约单的揽收、在途与完结时间与其包裹一致",
        },
        # Once charged or completed, the instant of its end stands although an earlier one is told later.
        """
        with figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json)) as p(version text, stale_after float8)
        ),
        shown as (
          select shop_id, fulfilment_id, count(*) as parcels,
            min(first_scan_at) filter (where voided_at is null) as left_at,
            coalesce(min(last_scan_at) filter (where ended_at is null and voided_at is null),
                     max(last_scan_at) filter (where voided_at is null)) as moving_since,
            count(*) filter (where status <> 'cancelled' and voided_at is null) as counted,
            count(*) filter (where status <> 'cancelled' and ended_at is null and voided_at is null) as under_way,
            count(*) filter (where status = 'delivered' and voided_at is null) as delivered,
            max(ended_at) filter (where status = 'delivered' and voided_at is null) as delivered_at
          from parcels group by shop_id, fulfilment_id
        )
        select f.shop_id, f.order_id, f.fulfilment_id, f.state, f.shipped_at, s.left_at, f.ended_at,
               s.delivered_at as shown_delivered_at, f.stale_at, s.moving_since
        from fulfilments f
        left join shown s on s.shop_id = f.shop_id and s.fulfilment_id = f.fulfilment_id
        left join figure p on p.version = f.policy
        where (f.shipped_at is not null and s.left_at is distinct from f.shipped_at)
           or (f.state = 50 and (s.parcels is null or s.left_at is not null))
           or (f.state = 60 and s.counted > 0 and s.under_way = 0)
           or (f.state = 60 and f.stale_at <> s.moving_since + make_interval(secs => p.stale_after))
           or (f.state in (80, 81) and (s.delivered is null or s.delivered = 0))
           or (f.state = 80 and f.charged_at is null and f.delivered_at <> s.delivered_at)
        """,
    ),
    Check(
        "pushes_in_line",
        {"en": "A push that waits has its endpoint in the line", "zh-CN": "等待中的推送均有排队的推送地址"},
        """
        select p.shop_id, p.fulfilment_id, p.push_id, p.supplier_id, p.kind, p.due_at, e.next_at
        from pushes p left join endpoints e on e.supplier_id = p.supplier_id
        where p.due_at is not null and e.next_at is null
        """,
    ),
    Check(
        "pushes_tried",
        {
            "en": "Every try of a push is kept its time, and one that was delivered was taken by its endpoint",
            "zh-CN": "推送的每次尝试在保留期内均有记录，已送达的均被推送地址接收",
        },
        # What is older than the oldest try that is there may have been forgotten.
        """
        with kept as (
          select shop_id, push_id, count(*) as tries, bool_or(status between 200 and 299) as taken,
                 max(at) filter (where status between 200 and 299) as taken_at
          from push_tries group by shop_id, push_id
        )
        select p.shop_id, f.order_id, p.fulfilment_id, p.push_id, p.supplier_id, p.tries, k.tries as kept,
               p.delivered_at, k.taken_at
        from pushes p
        left join kept k on k.shop_id = p.shop_id and k.push_id = p.push_id
        left join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id
        cross join (select min(at) as oldest from push_tries) o
        where (p.created_at > o.oldest and p.tries > coalesce(k.tries, 0))
           or (p.delivered_at > o.oldest and k.taken_at is distinct from p.delivered_at)
           or (k.taken and p.delivered_at is null)
           or (p.delivered_at is not null and p.kind = 'fulfilment.pushed' and f.state = 10)
           or f.supplier_id is distinct from p.supplier_id
        """,
    ),
    Check(
        "breakers_sound",
        {
            "en": "A breaker that is open says until when, and whether an endpoint is broken is as last told",
            "zh-CN": "断开的熔断器均有截止时间，推送地址是否故障与最近事件一致",
        },
        """
        with told as (
          select subject, max(event_id) as last, max(event_id) filter (where kind = 'endpoint.broken') as broken
          from events where kind in ('endpoint.broken', 'endpoint.restored', 'endpoint.set') and shop_id = 0
          group by subject
        )
        select 0 as shop_id, t.subject, e.supplier_id, e.breaker, e.open_until, e.tries, e.failed, e.trips
        from endpoints e left join told t on t.subject = 'supplier:' || e.supplier_id
        where (e.breaker = 2 and e.open_until is null) or (e.breaker = 0 and e.open_until is not null)
           or e.failed > e.tries or e.trips < 0
           or (e.enabled and (e.breaker <> 0 and e.trips > 0) <> coalesce(t.broken = t.last, false))
        """,
    ),
)
