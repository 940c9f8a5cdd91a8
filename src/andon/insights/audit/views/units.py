"""Units are conserved, and none was promised that was not there. Source: STOCK-1, STOCK-3."""

from andon.insights.audit.rules import Check

UNITS = (
    Check(
        "units_moved",
        {
            "en": "Every stock row is the sum of its movements",
            "zh-CN": "每条库存都等于其变动之和",
        },
        """
        select shop_id, location, item, owner, s.on_hand, s.reserved, s.held,
               m.on_hand as moved_on_hand, m.reserved as moved_reserved, m.held as moved_held
        from stock s
        full join (select shop_id, location, item, owner, cast(sum(on_hand_change) as bigint) as on_hand,
                          cast(sum(reserved_change) as bigint) as reserved,
                          cast(sum(held_change) as bigint) as held
                   from movements group by shop_id, location, item, owner) m
          using (shop_id, location, item, owner)
        where coalesce(s.on_hand, 0) <> coalesce(m.on_hand, 0) or coalesce(s.reserved, 0) <> coalesce(m.reserved, 0)
           or coalesce(s.held, 0) <> coalesce(m.held, 0)
        """,
    ),
    Check(
        "units_not_negative",
        {"en": "No count of units is below nothing", "zh-CN": "任何库存数量都不为负"},
        """
        select shop_id, location, item, owner, on_hand, reserved from stock
        where on_hand < 0 or reserved < 0 or held < 0 or held > on_hand
        union all
        select null, supplier_id, item, 1, counted, null from pools where counted < 0
        """,
    ),
    Check(
        "units_allotted",
        {
            "en": "The shops' allotments of an item never add up to more than its supplier counted",
            "zh-CN": "各店铺的分配额度之和不超过供应商盘点数",
        },
        """
        select s.location as supplier_id, s.item, cast(sum(s.on_hand) as bigint) as allotted, max(p.counted) as counted
        from stock s left join pools p on p.supplier_id = s.location and p.item = s.item
        where s.owner = 1 and s.location <> 0
        group by s.location, s.item
        having sum(s.on_hand) > coalesce(max(p.counted), 0)
        """,
    ),
    Check(
        "units_reserved",
        {
            "en": "What is reserved is what open, unshipped fulfilments hold",
            "zh-CN": "占用数等于未发货履约单所占用的数量",
        },
        """
        select shop_id, location, item, owner, s.reserved, h.units as held
        from (select shop_id, location, item, owner, reserved from stock where reserved <> 0) s
        full join (select l.shop_id, l.location, l.item, l.owner, cast(sum(l.units) as bigint) as units
                   from fulfilments f
                   join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id
                   where f.state < 60 and l.units <> 0
                   group by l.shop_id, l.location, l.item, l.owner) h
          using (shop_id, location, item, owner)
        where coalesce(s.reserved, 0) <> coalesce(h.units, 0)
        """,
    ),
    Check(
        "never_oversold",
        {
            "en": "No unit was promised that was not there at that moment, or was not counted yet",
            "zh-CN": "从未承诺过当时不存在或尚未校准的库存",
        },
        """
        select shop_id, location, item, owner, movement_id, fulfilment_id, on_hand, reserved, held
        from (select shop_id, location, item, owner, movement_id, fulfilment_id, kind,
                     cast(sum(on_hand_change) over row_so_far as bigint) as on_hand,
                     cast(sum(reserved_change) over row_so_far as bigint) as reserved,
                     cast(sum(held_change) over row_so_far as bigint) as held
              from movements
              window row_so_far as (partition by shop_id, location, item, owner order by movement_id)) m
        where kind = 3 and reserved > on_hand - held
        """,
    ),
    Check(
        "units_never_negative",
        {
            "en": "No movement ever took a row's units, or what was promised of them, below nothing",
            "zh-CN": "任何变动都未曾使库存或占用数为负",
        },
        """
        select shop_id, location, item, owner, movement_id, fulfilment_id, on_hand, reserved
        from (select shop_id, location, item, owner, movement_id, fulfilment_id,
                     cast(sum(on_hand_change) over row_so_far as bigint) as on_hand,
                     cast(sum(reserved_change) over row_so_far as bigint) as reserved
              from movements
              window row_so_far as (partition by shop_id, location, item, owner order by movement_id)) m
        where on_hand < 0 or reserved < 0
        """,
    ),
    Check(
        "units_given_up",
        {
            "en": "Each fulfilment released, shipped or brought back just the units that its lines held",
            "zh-CN": "每张履约单释放、出库或退回的数量恰为其各行占用的数量",
        },
        """
        with held as (
          select f.shop_id, f.fulfilment_id, l.location, l.item, l.owner,
                 case when f.state in (90, 91) then 4 else 5 end as kind, cast(sum(l.units) as bigint) as units
          from fulfilments f join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id
          where f.state >= 60 and l.units > 0
          group by f.shop_id, f.fulfilment_id, l.location, l.item, l.owner, f.state
          union all
          select f.shop_id, f.fulfilment_id, l.location, l.item, l.owner, 7, cast(sum(l.units) as bigint)
          from fulfilments f join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id
          where f.state = 92 and l.units > 0
          group by f.shop_id, f.fulfilment_id, l.location, l.item, l.owner
        ),
        moved as (
          select shop_id, fulfilment_id, location, item, owner, kind,
                 cast(sum(case kind when 7 then on_hand_change else -reserved_change end) as bigint) as units
          from movements where fulfilment_id is not null and kind in (4, 5, 7)
          group by shop_id, fulfilment_id, location, item, owner, kind
        )
        select shop_id, fulfilment_id, location, item, owner, kind, h.units as held, m.units as moved
        from held h full join moved m using (shop_id, fulfilment_id, location, item, owner, kind)
        where h.units is distinct from m.units
        """,
    ),
)
