"""What disputes award stays within its bounds, is posted once, and was shown where it had to be. Source: DISP-1..7."""

from andon.insights.audit.rules import Check

_DECIDED = """
  select d.shop_id, d.dispute_id, d.order_id, 'dispute:' || d.dispute_id as subject, d.state, d.policy, d.currency,
         d.claim_minor, d.beneficiary, d.paid_journal_id, d.round as rounds, k.round, k.outcome, k.payer, k.clause,
         k.awarded_minor, k.journal_id, k.reversed_by, k.decided_at,
         case k.payer when 'supplier' then 'payable:supplier:' || d.supplier_id
                      when 'carrier' then 'payable:carrier:' || d.carrier
                      when 'seller' then 'payable:seller' end as account
  from disputes d join dispute_decisions k on k.shop_id = d.shop_id and k.dispute_id = d.dispute_id
"""
_DIGITS = """
case when s.currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
                         'XAF', 'XOF', 'XPF') then 1
     when s.currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000 else 100 end
"""

DISPUTES = (
    Check(
        "awards_within_bounds",
        {
            "en": "No claim is awarded more than it says, and no order's disputes more than it is worth, or delays their limit",
            "zh-CN": "赔付不超过索赔金额，单笔订单赔付合计不超过订单金额，延误赔付不超过上限",
        },
        # The limit in the order's currency is worked out at the rate that held when each was decided.
        f"""
        with figure as materialized (
          select version, zone, delay_limit, delay_currency from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, zone text, delay_limit numeric, delay_currency text)
        ),
        decided as materialized ({_DECIDED}),
        standing as materialized (select * from decided where reversed_by is null)
        select shop_id, order_id, subject, awarded_minor, claim_minor as bound from decided
        where awarded_minor > claim_minor or awarded_minor < 0
        union all
        select s.shop_id, s.order_id, 'order:' || s.order_id, cast(sum(s.awarded_minor) as bigint),
               o.goods_minor + o.freight_minor
        from standing s join orders o on o.shop_id = s.shop_id and o.order_id = s.order_id
        group by s.shop_id, s.order_id, o.goods_minor, o.freight_minor
        having sum(s.awarded_minor) > o.goods_minor + o.freight_minor
        union all
        select s.shop_id, s.order_id, 'order:' || s.order_id, cast(sum(s.awarded_minor) as bigint),
               cast(max(round(p.delay_limit * r.rate * {_DIGITS})) as bigint)
        from standing s
        join orders o on o.shop_id = s.shop_id and o.order_id = s.order_id
        join figure p on p.version = o.policy
        left join lateral (
          select rate from (
            select k.valid_on, k.round, k.rate from rates k
            where k.base = p.delay_currency and k.quote = s.currency and k.set_at <= s.decided_at
              and k.valid_on <= cast(o.placed_at at time zone p.zone as date)
            union all select date '2000-01-01', 0, 1 where s.currency = p.delay_currency) known
          order by valid_on desc, round desc limit 1) r on true
        where s.clause = 'DISP-3'
        group by s.shop_id, s.order_id
        having bool_or(r.rate is null) or sum(s.awarded_minor) > max(round(p.delay_limit * r.rate * {_DIGITS}))
        """,
    ),
    Check(
        "awards_posted_once",
        {
            "en": "Each decision that awards something has one journal from whoever pays; the last one alone is in force, and paid",
            "zh-CN": "每次裁定的赔付恰有一笔分录，仅最后一次有效并据以赔付",
        },
        f"""
        with decided as materialized ({_DECIDED}),
        moved as materialized (
          select shop_id, journal_id, cause, count(*) as transfers, min(debit) as debit, min(credit) as credit,
                 cast(sum(amount_minor) as bigint) as minor, min(currency) as currency
          from transfers where cause in ('dispute.decided', 'dispute.reversed', 'dispute.paid', 'dispute.owed')
          group by shop_id, journal_id, cause
        ),
        due as (
          select shop_id, order_id, subject, journal_id, 'dispute.decided' as cause, account as debit,
                 'dispute_compensation' as credit, awarded_minor as minor, currency
          from decided where awarded_minor > 0
          union all
          select shop_id, order_id, subject, reversed_by, 'dispute.reversed', 'dispute_compensation', account,
                 awarded_minor, currency
          from decided where reversed_by is not null
          union all
          select shop_id, order_id, subject, paid_journal_id, 'dispute.paid', 'dispute_compensation',
                 case beneficiary when 'shop' then 'shop_funds' else 'external' end, awarded_minor, currency
          from decided where state = 80 and round = rounds
          union all
          select shop_id, order_id, subject, paid_journal_id, 'dispute.owed', 'suspense', 'payable:seller',
                 awarded_minor, currency
          from decided where state = 80 and round = rounds and payer = 'seller'
        )
        select coalesce(d.shop_id, m.shop_id) as shop_id, d.order_id, d.subject, d.journal_id, d.cause, m.journal_id as found
        from due d full join moved m on m.shop_id = d.shop_id and m.journal_id = d.journal_id and m.cause = d.cause
        where d.shop_id is null or m.shop_id is null or m.transfers <> 1 or m.debit is distinct from d.debit
           or m.credit is distinct from d.credit or m.minor <> d.minor or m.currency <> d.currency
        union all
        select shop_id, order_id, subject, journal_id, 'in force', reversed_by from decided
        where awarded_minor > 0 and (reversed_by is null) <> (round = rounds and state <> 81)
        """,
    ),
    Check(
        "disputes_sound",
        {
            "en": "Every dispute goes by its order's policy, has the stamps of its state, and names who is to pay",
            "zh-CN": "纠纷均适用下单时的规则，各状态时间完整，责任方均已列明",
        },
        """
        with figure as materialized (
          select version, handled_within * interval '1 second' as within
          from json_to_recordset(cast(cast(:policies as text) as json)) as p(version text, handled_within float8)
        )
        select d.shop_id, d.order_id, 'dispute:' || d.dispute_id as subject, d.state, d.payer, d.due_at
        from disputes d
        left join orders o on o.shop_id = d.shop_id and o.order_id = d.order_id
        left join figure p on p.version = d.policy
        left join dispute_decisions k on k.shop_id = d.shop_id and k.dispute_id = d.dispute_id and k.round = d.round
        where o.policy is distinct from d.policy
           or (d.state >= 80) <> (d.closed_at is not null) or (d.round = 0) <> (k.round is null)
           or (d.state = 20) and d.handle_by is null or d.state in (30, 80, 82) and k.round is null
           or (d.state = 80) <> (d.paid_journal_id is not null)
           or d.outcome is distinct from k.outcome or d.payer is distinct from k.payer
           or d.awarded_minor is distinct from k.awarded_minor
           or (k.awarded_minor > 0) <> (k.payer is not null)
           or (k.payer = 'supplier' and d.supplier_id is null) or (k.payer = 'carrier' and d.carrier is null)
           or (d.state = 20 and d.breaches = 0 and d.due_at is distinct from d.handle_by)
           or (d.state = 30 and d.due_at is distinct from k.decided_at + p.within)
           or (d.state >= 80 and d.due_at is not null)
           or d.round > 2 or (d.round = 2 and d.appealed_at is null)
        union all
        select d.shop_id, d.order_id, 'dispute:' || d.dispute_id, d.state, d.payer, null
        from disputes d
        cross join lateral (values ('supplier', cast(d.supplier_id as text)), ('carrier', d.carrier)) as named(party, number)
        left join dispute_parties n on n.party = named.party and n.party_id = named.number
          and n.dispute_id = d.dispute_id and n.shop_id = d.shop_id
        where named.number is not null and n.dispute_id is null
        """,
    ),
    Check(
        "seller_pays_for_shown_faults",
        {
            "en": "A seller pays only where evidence of a fault of its own was given",
            "zh-CN": "仅在卖家过错有凭证时由卖家承担",
        },
        """
        select d.shop_id, d.order_id, 'dispute:' || d.dispute_id as subject, k.round
        from dispute_decisions k join disputes d on d.shop_id = k.shop_id and d.dispute_id = k.dispute_id
        where k.payer = 'seller' and not exists (
          select from dispute_evidence e where e.shop_id = k.shop_id and e.dispute_id = k.dispute_id
            and e.given_at <= k.decided_at
            and ((e.shows = 'wrong_listing' and e.kind = 'listing') or (e.shows = 'uncounted_stock' and e.kind = 'count')))
        """,
    ),
    Check(
        "files_intact",
        {
            "en": "Every file that was handed in is as it came, or erased",
            "zh-CN": "提交的文件均未改动，或已抹除",
        },
        """
        select shop_id, file_id, sha256 from files
        where body <> '' and (encode(sha256(body), 'hex') <> sha256 or octet_length(body) <> size)
        """,
    ),
)
