"""Shops that move: what left JIT stays out, what goes first goes first, and the first order is subsidised. Source: MOVE-1, MOVE-2."""

from andon.insights.audit.rules import Check

_SMART = """
  line as materialized (
    select distinct p.version, l.line
    from json_to_recordset(cast(cast(:policies as text) as json)) as p(version text, lines json),
      json_to_recordset(p.lines) as l(line text, kind text) where l.kind = 'smart'
  ),
  figure as materialized (
    select version, subsidised_orders, subsidy, horizon from json_to_recordset(cast(cast(:policies as text) as json))
      as p(version text, subsidised_orders int, subsidy bigint, horizon float8)
  )"""

MOVES = (
    Check(
        "moves_in_time",
        {
            "en": "A move runs for its policy's horizon, waits in the line for its end, and the smart line goes first so long",
            "zh-CN": "双轨过渡按规则期限进行并排队到期，其间智选物流优先",
        },
        f"""
        with {_SMART}
        select m.shop_id, 'move:' || m.move_id as subject, m.state, m.until, m.due_at, s.smart_until
        from moves m join shops s on s.shop_id = m.shop_id left join figure p on p.version = m.policy
        where m.until is distinct from m.started_at + make_interval(secs => p.horizon)
           or (m.state < 80) <> (m.due_at is not null) or (m.state < 80) <> (m.ended_at is null)
           or m.due_at <> m.until or (m.state = 80 and m.ended_at < m.until)
           or (m.state < 80 and s.smart_until is distinct from m.until)
        """,
    ),
    Check(
        "moves_counted_by_orders",
        {
            "en": "A move that has ended counted each of its days once, and no more than was ordered while it ran",
            "zh-CN": "已结束的双轨过渡按日计数，不超过期间的订单",
        },
        """
        with counted as (
          select m.shop_id, m.move_id, m.started_at, m.ended_at, m.days,
            (select coalesce(sum(cast(d.day ->> 0 as bigint) + cast(d.day ->> 1 as bigint)), 0)
             from jsonb_array_elements(m.days) d (day)) as parts
          from moves m where m.days is not null
        )
        select c.shop_id, 'move:' || c.move_id as subject, c.parts, o.parts as ordered
        from counted c cross join lateral (
          select count(*) as parts from orders p
          join fulfilments f on f.shop_id = p.shop_id and f.order_id = p.order_id and f.replaces is null
          where p.shop_id = c.shop_id and p.placed_at >= c.started_at and p.placed_at <= c.ended_at) o
        where c.ended_at is null or c.parts > o.parts
           or jsonb_array_length(c.days) > ceil(extract(epoch from c.ended_at - c.started_at) / 86400) + 1
        """,
    ),
    Check(
        "tracks_have_moves",
        {
            "en": "Every product on a track moves with its shop, or keeps what was chosen for want of stock",
            "zh-CN": "每个过渡商品都属于进行中的双轨过渡，或仍按卖家的选择处理",
        },
        """
        select t.shop_id, 'product:' || t.sku as subject, t.move_id, t.choice, m.state
        from tracks t
        left join moves m on m.shop_id = t.shop_id and m.move_id = t.move_id
        left join products p on p.shop_id = t.shop_id and p.sku = t.sku
        where m.move_id is null or p.sku is null or m.state = 81
           or (m.state = 80 and (t.closes_at is not null
                                 or (t.choice = 'supplier_ships' or (t.choice = 'unlist' and t.stocked_at is null)) is not true))
           or (t.choice = 'unlist' and t.stocked_at is null and p.delisted_at is null)
           or (m.exit_id is not null and (t.closes_at is not null or t.choice = 'stock_up'))
           or (m.exit_id is null and m.state < 80 and t.closes_at is null)
        """,
    ),
    Check(
        "what_moved_stays_out",
        {
            "en": "No new order of a product that has left JIT at once was given to a supplier just in time",
            "zh-CN": "已立即退出JIT的商品不再有新的JIT履约单",
        },
        # Events of one shop are numbered in order around the start of a move, which held its head alone.
        """
        with begun as (
          select shop_id, cast(substr(subject, 6) as bigint) as move_id, event_id from events where kind = 'move.started'
        ),
        out as (
          select t.shop_id, t.sku, b.event_id from tracks t
          join moves m on m.shop_id = t.shop_id and m.move_id = t.move_id and m.state < 80
          join begun b on b.shop_id = t.shop_id and b.move_id = t.move_id
          where m.exit_id is not null or t.closes_at = t.since
        )
        select o.shop_id, f.order_id, f.fulfilment_id, o.sku
        from out o
        join fulfilment_lines l on l.shop_id = o.shop_id and l.sku = o.sku
        join fulfilments f on f.shop_id = l.shop_id and f.fulfilment_id = l.fulfilment_id and f.mode = 2
          and f.replaces is null
        join events e on e.shop_id = f.shop_id and e.kind = 'fulfilment.reserved'
          and e.subject = 'fulfilment:' || f.fulfilment_id
        where e.event_id > o.event_id
        """,
    ),
    Check(
        "first_orders_subsidised",
        {
            "en": "A shop has the subsidy for its first orders by the smart line, each delivered, and for no other",
            "zh-CN": "店铺仅就首批经智选物流签收的订单获得补贴",
        },
        f"""
        with {_SMART},
        smart as (
          select distinct on (f.shop_id, f.order_id) f.shop_id, f.order_id, p.subsidised_orders, p.subsidy
          from fulfilments f join line l on l.version = f.policy and l.line = f.line
          join figure p on p.version = f.policy
          where f.state in (80, 81) and f.charged_at is not null order by f.shop_id, f.order_id
        ),
        earned as (
          select shop_id, max(subsidised_orders) as most, count(*) as orders from smart group by shop_id
        ),
        had as (select shop_id, count(*) as orders from subsidies group by shop_id)
        select s.shop_id, s.order_id, s.amount_minor, k.subsidy, cast(null as bigint) as had, cast(null as bigint) as earned
        from subsidies s left join smart k on k.shop_id = s.shop_id and k.order_id = s.order_id
        where k.order_id is null or k.subsidy <> s.amount_minor
        union all
        select coalesce(e.shop_id, h.shop_id), null, null, null, h.orders, e.orders
        from earned e full join had h on h.shop_id = e.shop_id
        where coalesce(h.orders, 0) <> least(e.orders, e.most)
        """,
    ),
)
