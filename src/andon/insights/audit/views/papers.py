"""Goods scanned before their label: no line has more of them than it needs, and each stands at its own supplier."""

from andon.insights.audit.rules import Check

PAPERS = (
    Check(
        "goods_checks_sound",
        {
            "en": "Goods are scanned for a line of their supplier's fulfilment, and never more than it needs",
            "zh-CN": "扫描核对的商品属于本供应商履约单的行，且不超出所需数量",
        },
        """
        select c.shop_id, c.fulfilment_id, c.line_no, max(l.units) as units,
               sum(c.units) filter (where c.code is null) as checked
        from goods_checks c
        left join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.fulfilment_id
        left join fulfilment_lines l
          on l.shop_id = c.shop_id and l.fulfilment_id = c.fulfilment_id and l.line_no = c.line_no
        group by c.shop_id, c.fulfilment_id, c.line_no
        having bool_or(c.supplier_id is distinct from f.supplier_id)
            or bool_or((c.code is null) <> (c.line_no is not null))
            or sum(c.units) filter (where c.code is null) > coalesce(max(l.units), 0)
            or bool_or(c.units < 1)
        """,
    ),
)
