"""What was converted, corrected, asked for goods and charged of stock-outs, worked out anew. Source: FEE-3, FEE-4, STOCK-2."""

from andon.insights.audit.rules import Check
from andon.insights.audit.views.fees import FORGIVEN, OUTSIDE

_PLACES = """places as materialized (
          select code, case when code in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI',
                                          'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
                            when code in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3 else 2 end as digits
          from (select base_currency as code from charges where base_currency is not null
                union select currency from charges where base_currency is not null) c
        )"""
"""How many decimal places the minor unit of a currency has."""

TARIFFS = (
    Check(
        "conversions_exact",
        {
            "en": "A converted charge is its base at a rate that was known for its day, half-even",
            "zh-CN": "换算费用等于原币金额乘以当日有效汇率，四舍六入五成双",
        },
        f"""
        with {_PLACES},
        exact as (
          select c.*, cast(c.base_minor as numeric) * c.rate * power(cast(10 as numeric), q.digits) / power(cast(10 as numeric), b.digits) as x
          from charges c join places b on b.code = c.base_currency join places q on q.code = c.currency
        )
        select c.shop_id, c.order_id, c.charge_id, c.base_minor, c.base_currency, c.rate, c.amount_minor, c.currency
        from exact c join shops s on s.shop_id = c.shop_id
        where c.currency <> s.currency or c.currency = c.base_currency
           or c.amount_minor <> floor(c.x) + case when c.x - floor(c.x) > 0.5 then 1
                                                  when c.x - floor(c.x) = 0.5 then mod(floor(c.x), 2) else 0 end
           or not exists (select from rates k where k.base = c.base_currency and k.quote = c.currency and k.rate = c.rate
                          and k.valid_on <= cast(c.accrued_at at time zone 'UTC' as date) + 1)
        union all
        select shop_id, order_id, charge_id, base_minor, base_currency, rate, amount_minor, currency from charges
        where (base_minor is null) <> (rate is null) or (base_minor is null) <> (base_currency is null)
           or (base_minor is not null and rate_wanted_on is not null)
        """,
    ),
    Check(
        "unconverted_in_line",
        {
            "en": "A charge that is in another currency than its shop's waits for a rate, and that is looked for",
            "zh-CN": "非店铺币种的费用均在等待汇率，且汇率缺失已登记",
        },
        """
        select c.shop_id, c.order_id, c.charge_id, c.currency, s.currency as settles_in, c.rate_wanted_on, m.due_at
        from charges c join shops s on s.shop_id = c.shop_id
        left join missing_rates m on m.base = c.currency and m.quote = s.currency and m.wanted_on = c.rate_wanted_on
        where (c.state in (10, 20, 30) and c.currency <> s.currency and m.due_at is null)
           or (c.rate_wanted_on is not null and (c.state not in (10, 20, 30) or c.currency = s.currency))
        """,
    ),
    Check(
        "rounds_at_one_rate",
        {
            "en": "What is charged anew is converted as it was converted first",
            "zh-CN": "更正后的费用沿用首次换算的汇率",
        },
        """
        select shop_id, min(order_id) as order_id, max(charge_id) as charge_id, kind, subject as about,
               array_agg(rate order by round) as rates
        from charges where rate is not null group by shop_id, kind, subject having count(distinct rate) > 1
        """,
    ),
    Check(
        "rounding_booked",
        {
            "en": "Payees of converted charges are owed their sums converted once, and rounding has the difference",
            "zh-CN": "收款方按合计金额一次换算，尾差计入尾差账户",
        },
        f"""
        with {_PLACES},
        sums as (
          select t.shop_id, t.credit as payee, t.currency, sum(t.amount_minor) as paid,
                 sum(t.base_minor) * t.rate * power(cast(10 as numeric), q.digits) / power(cast(10 as numeric), b.digits) as x
          from transfers t join places b on b.code = t.base_currency join places q on q.code = t.currency
          where t.cause = 'charge.settled' and t.rate is not null
          group by t.shop_id, t.journal_id, t.credit, t.currency, t.base_currency, t.rate, q.digits, b.digits
        ),
        left_over as (
          select shop_id, payee, currency,
                 sum(paid - floor(x) - case when x - floor(x) > 0.5 then 1
                                            when x - floor(x) = 0.5 then mod(floor(x), 2) else 0 end) as minor
          from sums group by shop_id, payee, currency
        ),
        booked as (
          select shop_id, case when credit = 'rounding' then debit else credit end as payee, currency,
                 sum(case when credit = 'rounding' then amount_minor else -amount_minor end) as minor
          from transfers where cause = 'charge.rounded' group by 1, 2, 3
        )
        select shop_id, payee as subject, currency, l.minor as left_over, b.minor as booked
        from left_over l full join booked b using (shop_id, payee, currency)
        where coalesce(l.minor, 0) <> coalesce(b.minor, 0)
        """,
    ),
    Check(
        "returned_once",
        {
            "en": "What was reversed after it was settled came back by one opposite transfer, and nothing else did",
            "zh-CN": "结算后冲销的费用恰有一笔反向转账",
        },
        """
        select shop_id, charge_id, c.state, c.amount_minor, t.transfers, t.minor
        from (select shop_id, charge_id, state, amount_minor, currency, payee, base_minor, base_currency, rate from charges
              where state = 82 and journal_id is not null and amount_minor > 0) c
        full join (select shop_id, charge_id, count(*) as transfers, sum(amount_minor) as minor, min(currency) as currency,
                          min(debit) as debit, min(credit) as credit, min(base_minor) as base_minor,
                          min(base_currency) as base_currency, min(rate) as rate
                   from transfers where cause = 'charge.reversed' group by shop_id, charge_id) t
          using (shop_id, charge_id)
        where t.transfers is distinct from 1
           or (c.amount_minor, c.currency, c.payee) is distinct from (t.minor, t.currency, t.debit)
           or (t.rate is not null and (c.base_minor, c.base_currency, c.rate) is distinct from (t.base_minor, t.base_currency, t.rate))
           or t.credit is distinct from 'shop_funds'
        """,
    ),
    Check(
        "goods_priced",
        {
            "en": "Goods are charged by the prices in force when the order was placed, outside or of the funds as the policy says",
            "zh-CN": "货款按下单时有效的供货价计算，并按规则线下或从资金账户结算",
        },
        f"""
        with figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json)) as p(version text, goods_settled text)
        ),
        asked as (
          select f.shop_id, f.fulfilment_id, f.order_id, f.policy, f.supplier_id, sum(t.price_minor * l.quantity) as minor
          from fulfilments f
          join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id
          join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id
          join lateral (select price_minor, set_at from supply_prices k
                        where k.shop_id = f.shop_id and k.sku = l.sku and k.supplier_id = f.supplier_id
                          and k.holds_from <= o.placed_at order by k.holds_from desc limit 1) t on t.price_minor is not null
          where f.mode = 2 and f.shipped_at is not null and f.charged_at is not null
          group by f.shop_id, f.fulfilment_id, f.order_id, f.policy, f.supplier_id
          -- What was said of a price later, of a time before, changes nothing that is charged.
          having bool_and(t.set_at <= f.accrued_at)
        )
        select a.shop_id, a.order_id, a.fulfilment_id, c.charge_id, a.minor, c.amount_minor, p.goods_settled
        from asked a join figure p on p.version = a.policy
        left join charges c on c.shop_id = a.shop_id and c.kind = 4 and c.subject = a.fulfilment_id and c.state <> 82
        where c.amount_minor is distinct from a.minor or c.payee is distinct from 'payable:supplier:' || a.supplier_id
           or (c.state in (20, 30, 80) and (p.goods_settled = 'outside') <> ({OUTSIDE}))
        """,
    ),
    Check(
        "stock_outs_penalised",
        {
            "en": "Every stock-out of the seller's is told and has its one penalty, by the policy or the shop's own value",
            "zh-CN": "每次卖家缺货均有记录事件与一笔处罚费用",
        },
        f"""
        with {FORGIVEN},
        figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, penalty bigint, penalty_currency text)
        ),
        own as (select distinct shop_id from policy_overrides where key = 'stock_out_penalty'),
        told as (select shop_id, count(*) as times, cast(substr(subject, 11) as bigint) as stock_out_id
                 from events where kind = 'stock_out.recorded' group by shop_id, subject)
        select coalesce(o.shop_id, t.shop_id) as shop_id, 'stock_out:' || stock_out_id as subject, o.charge_at, c.charge_id, t.times
        from stock_outs o
        full join told t using (shop_id, stock_out_id)
        left join charges c on c.shop_id = o.shop_id and c.kind = 5 and c.subject = o.stock_out_id
        left join figure p on p.version = o.policy
        where ((o.shop_id, o.stock_out_id) in (select shop_id, stock_out_id from forgiven) and c.state in (20, 30, 80) and c.amount_minor > 0)
           or t.times is distinct from 1 or o.shop_id is null or (o.charge_at is null) <> (c.charge_id is not null)
           or c.payee <> 'penalties'
           or (not exists (select from own w where w.shop_id = o.shop_id)
               and (coalesce(c.base_minor, c.amount_minor), coalesce(c.base_currency, c.currency))
                   <> (p.penalty, p.penalty_currency))
        """,
    ),
)
