"""Letters: each ends one binding and its grant, what it closed was tried, and what is kept is what was signed. Source: EXIT-3."""

from andon.insights.audit.rules import Check

LETTERS = (
    Check(
        "letters_end_bindings",
        {
            "en": "A binding that is ending has its unsigned letter, and a signed letter its ended binding and grant",
            "zh-CN": "解除中的绑定有且仅有一份待签解约函；已签解约函对应已解除的绑定及失效的授权",
        },
        """
        select b.shop_id, b.binding_id, 'binding:' || b.binding_id as subject, b.state, l.letter_id, l.signed_at
        from bindings b
        left join letters l on l.shop_id = b.shop_id and l.letter_id = b.letter_id and l.binding_id = b.binding_id
        where (b.state = 30 and (l.letter_id is null or l.signed_at is not null or l.withdrawn_at is not null))
           or (b.state = 80 and b.accepted_at is not null and l.signed_at is distinct from b.ended_at)
        union all
        select l.shop_id, l.binding_id, 'binding:' || l.binding_id, b.state, l.letter_id, l.signed_at
        from letters l
        left join bindings b on b.shop_id = l.shop_id and b.binding_id = l.binding_id
        left join grants g on g.shop_id = l.shop_id and g.binding_id = l.binding_id
        where l.supplier_id is distinct from b.supplier_id
           or (l.signed_at is not null and (l.withdrawn_at is not null or b.state is distinct from 80
               or b.letter_id is distinct from l.letter_id or g.ended_at is distinct from l.signed_at))
        """,
    ),
    Check(
        "mappings_under_grants",
        {
            "en": "A product is mapped only to a supplier that is bound to its shop",
            "zh-CN": "商品映射只指向与店铺绑定的供应商",
        },
        """
        select m.shop_id, m.sku, m.supplier_id, 'product:' || m.sku as subject from mappings m
        left join bindings b on b.shop_id = m.shop_id and b.supplier_id = m.supplier_id and b.state in (20, 30)
        where b.binding_id is null
        """,
    ),
    Check(
        "letters_proven_by_tries",
        {
            "en": "A proven letter was tried, and the last time nothing opened",
            "zh-CN": "已验证的解约函均经逐项尝试，且最近一次全部被拒",
        },
        """
        with last as (
          select shop_id, letter_id, at, count(*) as tries, count(*) filter (where not refused) as still_open,
                 row_number() over (partition by shop_id, letter_id order by at desc) as place
          from revocation_tries group by shop_id, letter_id, at
        )
        select l.shop_id, l.letter_id, 'letter:' || l.letter_id as subject, t.tries, t.still_open from letters l
        left join last t on t.shop_id = l.shop_id and t.letter_id = l.letter_id and t.place = 1
        where l.proven_at is not null and (t.at is distinct from l.proven_at or t.still_open > 0)
        """,
    ),
    Check(
        "documents_as_signed",
        {"en": "Every kept document has the hash it was kept with", "zh-CN": "留存文件与其哈希一致"},
        """
        select shop_id, document_id, 'document:' || document_id as subject, kind, number from documents
        where encode(sha256(body), 'hex') <> sha256
        """,
    ),
)
