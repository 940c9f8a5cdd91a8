"""Hand-over notes: what stands on them is the supplier's own, and a closed one has decided every parcel."""

from andon.insights.audit.rules import Check

HANDOVERS = (
    Check(
        "handovers_sound",
        {
            "en": "A note lists its supplier's parcels of its carrier, and a signed one says of each whether it went",
            "zh-CN": "交接单只列本供应商、本承运商的包裹，签收后逐件注明是否交出",
        },
        """
        select h.shop_id, h.fulfilment_id, h.parcel_id, n.number, n.signed_at, h.signed_at as parcel_signed_at, h.missing
        from handover_parcels h
        left join handover_notes n on n.note_id = h.note_id
        left join parcels p on p.shop_id = h.shop_id and p.parcel_id = h.parcel_id
        left join fulfilments f on f.shop_id = h.shop_id and f.fulfilment_id = h.fulfilment_id
        where (p.carrier, p.waybill, p.fulfilment_id) is distinct from (n.carrier, h.waybill, h.fulfilment_id)
           or (h.supplier_id, f.supplier_id) is distinct from (n.supplier_id, n.supplier_id)
           or h.signed_at is distinct from case when not h.missing then n.signed_at end
           or (n.signed_at is null and h.missing)
           or (n.signed_at is null) <> (n.sha256 is null)
        """,
    ),
)
