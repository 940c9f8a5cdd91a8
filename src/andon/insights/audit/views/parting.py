"""What leaves by itself: units that came back are held until counted, and a product is out by both acts. Source: PART-1..3."""

from andon.insights.audit.rules import Check

PARTING = (
    Check(
        "held_until_counted",
        {
            "en": "Just what was released, is held by its note and was not counted is held",
            "zh-CN": "冻结数恰为已释放而尚未校准的数量",
        },
        """
        select shop_id, location, item, owner, s.held, c.held as uncounted
        from (select shop_id, location, item, owner, held from stock where held <> 0) s
        full join (select shop_id, 0::bigint as location, sku as item, 2::bigint as owner,
                          cast(sum(held) as bigint) as held
                   from calibrations where counted_at is null and held <> 0 group by shop_id, sku) c
          using (shop_id, location, item, owner)
        where coalesce(s.held, 0) <> coalesce(c.held, 0)
        """,
    ),
    Check(
        "transfers_conserve",
        {
            "en": "What left a supplier's warehouse under a transfer note is what came to the seller's, and no more",
            "zh-CN": "调拨单调出的货品与调入卖家仓的数量一致",
        },
        """
        with noted as (
          select shop_id, supplier_id as location, item, released_at as at, -sum(item_units) as units, 0 as held
          from calibrations group by 1, 2, 3, 4
          union all
          select shop_id, 0, sku, released_at, sum(item_units / a_sale), sum(held) from calibrations group by 1, 2, 3, 4
        ),
        moved as (
          select shop_id, location, item, at, sum(on_hand_change) as units, sum(held_change) as held
          from movements where kind = 8 group by 1, 2, 3, 4
        )
        select shop_id, location, item, at, n.units as noted, m.units as moved
        from noted n full join moved m using (shop_id, location, item, at)
        where n.units is distinct from m.units or n.held is distinct from m.held
        """,
    ),
    Check(
        "uncounted_off_sale",
        {
            "en": "A product whose released stock was not counted in time is off sale until it is",
            "zh-CN": "逾期未校准的商品在完成校准前均已下架",
        },
        """
        select c.shop_id, 'product:' || c.sku as subject, c.calibration_id, c.delisted_at
        from calibrations c left join products p on p.shop_id = c.shop_id and p.sku = c.sku
        where c.counted_at is null and c.delisted_at is not null and p.delisted_at is null
        """,
    ),
    Check(
        "product_exits_sound",
        {
            "en": "A product exit is open while one of its two acts is missing, and done when both were done",
            "zh-CN": "单品退出在缺少一步时为进行中，两步完成后方为完成",
        },
        """
        with product as (
          select p.shop_id, p.sku, p.mode = 2 as jit, m.sku is not null as mapped
          from products p
          left join (select distinct shop_id, sku from mappings) m on m.shop_id = p.shop_id and m.sku = p.sku
        ),
        again as (
          select shop_id, subject, max(recorded_at) as at from events
          where order_id is null and kind in ('product.mode_set', 'product.mapped') group by shop_id, subject
        )
        select e.shop_id, 'product:' || e.sku as subject, e.product_exit_id, e.state, p.jit, p.mapped
        from product_exits e
        left join product p on p.shop_id = e.shop_id and p.sku = e.sku
        left join again a on a.shop_id = e.shop_id and a.subject = 'product:' || e.sku
        where p.sku is null
           or (e.state < 80 and (p.jit = p.mapped
               or e.missing is distinct from case when p.jit then 'untick_mode' else 'remove_mapping' end))
           or (e.state = 80 and (p.jit or p.mapped) and coalesce(a.at < e.ended_at, true))
           or (e.state < 80) <> (e.ended_at is null)
        """,
    ),
)
