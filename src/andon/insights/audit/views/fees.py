"""Every fee is worked out anew from the policy's figures, by a small model of the audit's own. Source: FEE-1..4."""

from andon.insights.audit.rules import Check

_FIGURE = """figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, zone text, currency text, handling bigint, settle_after_days int, waived_when json,
                 tiers json, lines json)
        )"""

BY_DISPUTE = """exists (
            select from events e where e.shop_id = c.shop_id and e.order_id = c.order_id and e.kind = 'charge.waived'
              and e.subject = 'charge:' || c.charge_id and cast(e.body as json) ->> 'cause' = 'dispute')"""
"""Whether a charge was waived by the decision of a dispute, whatever became of its parcel."""

OUTSIDE = "c.kind in (4, 5) and c.journal_id is null and c.due_at is null"
"""Whether a charge is one that no money moves for: goods that are settled outside, and a penalty of nothing."""

FORGIVEN = """forgiven as (
          select distinct shop_id, cast(evidence ->> 'stock_out_id' as bigint) as stock_out_id from violations
          where kind = 'stock_out' and state = 80 and evidence ? 'stock_out_id')"""
"""The stock-outs whose violation counts no more: nothing is owed for them."""

_ASKED = """exists (
            select from events e where e.shop_id = c.shop_id and e.order_id is null and e.kind = 'settlement.early'
              and e.subject = 'journal:' || c.journal_id)"""

FEES = (
    Check(
        "charges_figured",
        {
            "en": "Every fee is the policy's: handling flat, warehouse by volume, freight by the rate card",
            "zh-CN": "每笔费用与规则一致：处理费定额、仓内费按体积、运费按价卡",
        },
        f"""
        with {_FIGURE},
        tier as materialized (
          select version, fee, up_to_ml, lag(up_to_ml, 1, -1) over (partition by version order by up_to_ml) as above_ml
          from figure, json_to_recordset(tiers) as t(up_to_ml bigint, fee bigint)
        ),
        card as materialized (
          select version, line, country, first_g, first, step_g, step, divisor, surcharges
          from figure, json_to_recordset(lines) as l(line text, country text, first_g bigint, first bigint,
            step_g bigint, step bigint, divisor bigint, surcharges json)
        ),
        box as (
          select shop_id, parcel_id, fulfilment_id, carrier, cast(coalesce(reported_weight_g, weight_g) as bigint) as weight_g,
                 cast(coalesce(reported_length_mm, length_mm) as bigint) * coalesce(reported_width_mm, width_mm)
                   * coalesce(reported_height_mm, height_mm) as mm3
          from parcels where voided_at is null
        ),
        volume as (
          select shop_id, fulfilment_id, (cast(sum(mm3) as bigint) + 999) / 1000 as ml from box
          group by shop_id, fulfilment_id
        ),
        -- What was waived stays as it was, and what was measured since is charged anew at its time.
        fixed as (
          select c.*, coalesce(c.base_minor, c.amount_minor) as figure_minor,
                 coalesce(c.base_currency, c.currency) as figure_currency
          from charges c left join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.fulfilment_id
          where (c.kind = 1 or f.recharge_at is null)
            and (c.state in (20, 30, 80) or (c.state = 81 and not exists (
              select from parcels m where m.shop_id = c.shop_id and m.fulfilment_id = c.fulfilment_id
                and m.reported_weight_g is not null)))
        ),
        worked_out as (
          select c.shop_id, c.charge_id, p.handling as amount, p.currency, 'platform_revenue' as payee
          from fixed c join figure p on p.version = c.policy where c.kind = 1 and c.subject = c.order_id
          union all
          select c.shop_id, c.charge_id, t.fee, p.currency, 'platform_revenue'
          from fixed c join figure p on p.version = c.policy
          join volume v on v.shop_id = c.shop_id and v.fulfilment_id = c.subject
          join tier t on t.version = c.policy and v.ml > t.above_ml and v.ml <= coalesce(t.up_to_ml, v.ml)
          where c.kind = 2 and c.subject = c.fulfilment_id
          union all
          select c.shop_id, c.charge_id, w.freight + coalesce(s.minor, 0), p.currency, 'payable:carrier:' || b.carrier
          from fixed c join figure p on p.version = c.policy
          join box b on b.shop_id = c.shop_id and b.parcel_id = c.subject and b.fulfilment_id = c.fulfilment_id
          join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.fulfilment_id
          join recipients r on r.shop_id = c.shop_id and r.order_id = c.order_id
          join card d on d.version = c.policy and d.line = f.line and d.country = r.country
          cross join lateral (select d.first + d.step * (
            (greatest(greatest(b.weight_g, (b.mm3 + d.divisor - 1) / d.divisor) - d.first_g, 0) + d.step_g - 1)
            / d.step_g) as freight) w
          cross join lateral (
            select cast(sum(coalesce(u.fee, floor(x.exact) + case when x.exact - floor(x.exact) > 0.5
                then 1 when x.exact - floor(x.exact) = 0.5 then mod(floor(x.exact), 2) else 0 end)) as bigint) as minor
            from json_to_recordset(d.surcharges) as u(code text, fee bigint, share numeric, postcodes json)
            cross join lateral (select w.freight * u.share as exact) x
            where json_array_length(u.postcodes) = 0
               -- Where the buyer's data is erased, what was charged is all that tells where it went.
               or (r.erased_at is not null and c.basis like '% ' || u.code || '=%')
               or exists (select from json_array_elements_text(u.postcodes) as k(start)
                          where starts_with(upper(translate(r.ship_to->>'postcode', ' -', '')), k.start))
          ) s
          where c.kind = 3 and c.subject = c.parcel_id
        )
        select c.shop_id, c.order_id, c.charge_id, c.kind, c.figure_minor, w.amount, c.figure_currency, c.payee,
               w.payee as owed_to
        from fixed c left join worked_out w on w.shop_id = c.shop_id and w.charge_id = c.charge_id
        where c.kind in (1, 2, 3)
          and (c.figure_minor, c.figure_currency, c.payee) is distinct from (w.amount, w.currency, w.payee)
        """,
    ),
    Check(
        "charges_due_then",
        {
            "en": "A fee is due at midnight of the policy's day after the end that fixed it; others are due never",
            "zh-CN": "费用自确定之日起按规则天数于平台时区零点到期，其余不到期",
        },
        f"""
        with {_FIGURE}
        select c.shop_id, c.order_id, c.charge_id, c.kind, c.state, c.fixed_at, f.ended_at, c.due_at
        from charges c
        left join figure p on p.version = c.policy
        left join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.fulfilment_id
        where (c.state in (20, 30, 80) and not (c.state = 80 and {OUTSIDE}) and c.due_at is distinct from
                 (date_trunc('day', c.fixed_at at time zone p.zone) + make_interval(days => p.settle_after_days))
                 at time zone p.zone)
           or (c.state in (10, 81) and c.due_at is not null and not {BY_DISPUTE})
           or (c.state in (20, 30, 80, 81) and c.kind in (2, 3) and c.fixed_at is distinct from f.ended_at
               and not (c.state = 30 and c.fixed_at is null) and not (c.state = 81 and {BY_DISPUTE}))
           or (c.state = 10 and c.fixed_at is not null)
           or (c.state = 80 and c.settled_at < c.due_at and not {_ASKED})
        """,
    ),
    Check(
        "waived_by_end",
        {
            "en": "A fee is waived where the policy waives the fulfilment's end, and owed otherwise",
            "zh-CN": "费用仅在规则规定减免的完结状态下减免，其余均须支付",
        },
        f"""
        with {_FIGURE},
        waiving as (
          select p.version, w.word from figure p, json_array_elements_text(p.waived_when) as w(word)
        ),
        ended as (
          select f.shop_id, f.fulfilment_id, f.order_id, f.state, w.word is not null as waived
          from (select *, case state when 91 then 'cancelled' when 92 then 'returned' when 93 then 'lost' end as word
                from fulfilments where mode = 2 and state >= 80) f
          left join waiving w on w.version = f.policy and w.word = f.word
        )
        select c.shop_id, c.order_id, c.charge_id, c.kind, c.state, e.state as fulfilment_state
        from charges c
        left join ended e on e.shop_id = c.shop_id and e.fulfilment_id = c.fulfilment_id
        where c.kind in (2, 3, 4) and c.state in (20, 30, 80, 81) and e.waived is distinct from (c.state = 81)
          and not (c.state = 30 and c.fixed_at is null) and not (c.state = 81 and {BY_DISPUTE})
        union all
        select c.shop_id, c.order_id, c.charge_id, c.kind, c.state, max(e.state)
        from charges c join ended e on e.shop_id = c.shop_id and e.order_id = c.order_id and not e.waived
          and e.state in (80, 81)
        where c.kind = 1 and c.state = 81 and not {BY_DISPUTE} group by c.shop_id, c.order_id, c.charge_id, c.kind, c.state
        """,
    ),
    Check(
        "charged_for_shipping",
        {
            "en": "What JIT shipped is charged from then on, and nothing else is",
            "zh-CN": "仅JIT发货的履约单计费，且自发货起计费",
        },
        """
        select f.shop_id, f.order_id, f.fulfilment_id, f.mode, f.state, f.shipped_at, f.accrued_at, c.charges
        from fulfilments f
        left join (select shop_id, fulfilment_id, count(*) as charges, count(*) filter (where kind = 2) as warehouse
                   from charges where kind <> 5 group by shop_id, fulfilment_id) c
          on c.shop_id = f.shop_id and c.fulfilment_id = f.fulfilment_id
        where (c.charges > 0 and (f.mode <> 2 or f.shipped_at is null))
           or (f.mode = 2 and f.shipped_at is not null and f.accrued_at is not null and coalesce(c.warehouse, 0) = 0)
           or (f.charged_at is not null and f.shipped_at is not null and f.accrued_at is null)
        """,
    ),
    Check(
        "rounds_follow",
        {
            "en": "A reversed charge was charged anew, round by round, and only the last round stands",
            "zh-CN": "冲销的费用均逐轮重新计收，且仅最后一轮有效",
        },
        f"""
        with {FORGIVEN}
        select c.shop_id, min(c.order_id) as order_id, max(c.charge_id) as charge_id, c.kind, c.subject as about,
               count(*) as rounds, max(c.round) as last_round, count(*) filter (where c.state = 82) as reversed
        from charges c
        left join parcels p on c.kind = 3 and p.shop_id = c.shop_id and p.parcel_id = c.subject and p.voided_at is not null
        left join forgiven w on c.kind = 5 and w.shop_id = c.shop_id and w.stock_out_id = c.subject
        group by c.shop_id, c.kind, c.subject
        having count(*) <> max(c.round) + 1
            or (count(*) filter (where c.state = 82) <> count(*) - 1 and count(p.parcel_id) + count(w.stock_out_id) = 0)
            or (count(*) filter (where c.state in (20, 30)) > 0 and count(p.parcel_id) > 0)
        """,
    ),
    Check(
        "funds_told",
        {
            "en": "Every deposit and every withdrawal has its event, and every such event its transfer",
            "zh-CN": "每笔存入与提现都有事件与转账",
        },
        """
        select coalesce(t.shop_id, e.shop_id) as shop_id, coalesce(e.subject, t.subject) as subject, t.amount_minor, e.event_id
        from (select shop_id, 'journal:' || journal_id as subject, cause, debit, credit, amount_minor from transfers
              where cause in ('funds.deposited', 'funds.withdrawn')) t
        full join (select shop_id, subject, kind, event_id from events
                   where kind in ('funds.deposited', 'funds.withdrawn')) e
          on e.shop_id = t.shop_id and e.subject = t.subject and e.kind = t.cause
        where t.subject is null or e.subject is null
           or (t.cause, t.debit, t.credit) not in (('funds.deposited', 'external', 'shop_funds'),
                                                   ('funds.withdrawn', 'shop_funds', 'external'))
        """,
    ),
)
