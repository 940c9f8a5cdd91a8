"""What belongs together stands together: a part has its whole's shop, a version is one that there is."""

from andon.insights.audit.rules import Check

_NUMBERED = (
    ("orders", "order_id"),
    ("fulfilments", "fulfilment_id"),
    ("parcels", "parcel_id"),
    ("pushes", "push_id"),
    ("charges", "charge_id"),
    ("transfers", "transfer_id"),
    ("stock_outs", "stock_out_id"),
    ("bindings", "binding_id"),
    ("disputes", "dispute_id"),
    ("files", "file_id"),
)
_PARTS = (
    ("order_lines", "order_id", "orders", "order_id"),
    ("recipients", "order_id", "orders", "order_id"),
    ("fulfilments", "order_id", "orders", "order_id"),
    ("fulfilment_lines", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("parcels", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("scans", "parcel_id", "parcels", "parcel_id"),
    ("pushes", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("push_tries", "push_id", "pushes", "push_id"),
    ("rejection_notes", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("shortages", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("cancellation_notes", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("remedies", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("notices", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("notices", "order_id", "orders", "order_id"),
    ("movements", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("charges", "order_id", "orders", "order_id"),
    ("charges", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("charges", "parcel_id", "parcels", "parcel_id"),
    ("stock_outs", "order_id", "orders", "order_id"),
    ("stock_outs", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("transfers", "charge_id", "charges", "charge_id"),
    ("grants", "binding_id", "bindings", "binding_id"),
    ("disputes", "order_id", "orders", "order_id"),
    ("disputes", "fulfilment_id", "fulfilments", "fulfilment_id"),
    ("dispute_decisions", "dispute_id", "disputes", "dispute_id"),
    ("dispute_answers", "dispute_id", "disputes", "dispute_id"),
    ("dispute_evidence", "dispute_id", "disputes", "dispute_id"),
    ("dispute_evidence", "file_id", "files", "file_id"),
    ("events", "order_id", "orders", "order_id"),
)
"""Each part with the whole that it names; both are the same shop's."""

_DATED = (
    "orders", "fulfilments", "charges", "stock_outs", "bindings", "suppliers", "enrolments", "events", "disputes",
    "moves",
)  # fmt: skip

_LOST = " union all ".join(
    f"select p.shop_id, '{part}' as part, p.{key} as number from {part} p "
    f"left join {whole} w on w.shop_id = p.shop_id and w.{number} = p.{key} "
    f"where p.{key} is not null and w.shop_id is null"
    for part, key, whole, number in _PARTS
)
_TWICE = " union all ".join(
    f"select '{table}' as thing, {key} as number, count(*) as shops from {table} group by {key} having count(*) > 1"
    for table, key in _NUMBERED
)
_UNDER = " union all ".join(
    f"select '{table}' as thing, policy, count(*) as rows from {table} group by policy" for table in _DATED
)

KINSHIP = (
    Check(
        "parts_have_wholes",
        {"en": "Every part belongs to a whole of its own shop", "zh-CN": "每个部分都属于本店铺的整体"},
        _LOST,
    ),
    Check(
        "numbers_once",
        {"en": "A number names one thing in all shops together", "zh-CN": "编号在所有店铺中唯一"},
        _TWICE,
    ),
    Check(
        "policies_known",
        {
            "en": "Every policy version that a row names is one that there is",
            "zh-CN": "每条记录引用的规则版本均存在",
        },
        f"""
        select u.thing, u.policy, u.rows from ({_UNDER}) u
        left join json_to_recordset(cast(cast(:policies as text) as json)) as p(version text) on p.version = u.policy
        where p.version is null
        """,
    ),
    Check(
        "orders_add_up",
        {
            "en": "An order comes to what its lines do, and is what its event says, recipient included",
            "zh-CN": "订单金额等于各行之和，且与受理事件一致（含收件人承诺值）",
        },
        """
        with summed as (
          select shop_id, order_id, count(*) as lines, cast(sum(quantity * unit_price_minor) as bigint) as goods,
                 cast(sum(freight_minor) as bigint) as freight
          from order_lines group by shop_id, order_id
        ),
        corrected as (
          select distinct on (shop_id, order_id) shop_id, order_id, cast(body as json) ->> 'recipient' as recipient
          from events where kind = 'order.ship_to_corrected' order by shop_id, order_id, event_id desc
        ),
        told as (
          select e.shop_id, e.order_id, coalesce(c.recipient, cast(body as json) ->> 'recipient') as recipient,
                 cast(cast(body as json) ->> 'lines' as bigint) as lines,
                 cast(body as json) ->> 'channel_order_no' as channel_order_no
          from events e left join corrected c on c.shop_id = e.shop_id and c.order_id = e.order_id
          where e.kind = 'order.accepted'
        )
        select o.shop_id, o.order_id, o.goods_minor, s.goods, o.freight_minor, s.freight, s.lines, t.lines as told_lines
        from orders o
        left join summed s on s.shop_id = o.shop_id and s.order_id = o.order_id
        left join told t on t.shop_id = o.shop_id and t.order_id = o.order_id
        left join recipients r on r.shop_id = o.shop_id and r.order_id = o.order_id
        where (o.goods_minor, o.freight_minor) is distinct from (s.goods, s.freight)
           or (t.order_id is not null and (s.lines, encode(r.commitment, 'hex'), o.channel_order_no)
               is distinct from (t.lines, t.recipient, t.channel_order_no))
        """,
    ),
    Check(
        "ways_fit",
        {
            "en": "A fulfilment goes by its order's policy, on a line that fits its mode",
            "zh-CN": "履约单按其订单的规则版本，并使用与发货方式相符的线路",
        },
        """
        with line as materialized (
          select distinct p.version, l.line, l.kind
          from json_to_recordset(cast(cast(:policies as text) as json)) as p(version text, lines json),
            json_to_recordset(p.lines) as l(line text, kind text)
        )
        select f.shop_id, f.order_id, f.fulfilment_id, f.mode, f.line, l.kind, f.policy, o.policy as order_policy
        from fulfilments f
        join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id
        left join line l on l.version = f.policy and l.line = f.line
        where f.policy <> o.policy
           or (f.line is not null and (l.kind is null or (f.mode = 2) <> (l.kind = 'jit')))
           or (f.line is null and f.mode = 2 and f.supplier_id is not null)
        """,
    ),
)
