"""Statements agree with the ledger and follow one another; enquiries are numbered without a gap. Source: FEE-5."""

from andon.insights.audit.rules import Check

_ZONE = "(select zone from json_to_recordset(cast(cast(:policies as text) as json)) as p(zone text) limit 1)"
_OVER = f"date_trunc('month', (n.due_at - interval '1 second') at time zone {_ZONE})"
"""Where the month begins that was not over when the station last looked; `n` is its turn."""

STATEMENTS = (
    Check(
        "statements_agree",
        {
            "en": "What a statement's lines come to is the difference of its balances",
            "zh-CN": "账单明细之和等于期末与期初余额之差",
        },
        """
        select shop_id, 'statement:' || month as subject, currency, said.minor as said, counted.minor as counted
        from (select s.shop_id, s.month, x.currency, x.minor from statements s cross join lateral (
                select coalesce(c.key, o.key) as currency,
                       coalesce(cast(c.value as bigint), 0) - coalesce(cast(o.value as bigint), 0) as minor
                from jsonb_each_text(s.closing) c full join jsonb_each_text(s.opening) o on o.key = c.key) x) said
        full join (select s.shop_id, s.month, t.currency,
                          cast(sum(case when t.credit = 'shop_funds' then t.amount_minor else -t.amount_minor end) as bigint) as minor
                   from statements s
                   join transfers t on t.shop_id = s.shop_id and t.transfer_id > s.after_transfer
                     and t.transfer_id <= s.last_transfer and 'shop_funds' in (t.debit, t.credit)
                   group by s.shop_id, s.month, t.currency) counted using (shop_id, month, currency)
        where coalesce(said.minor, 0) <> coalesce(counted.minor, 0)
        """,
    ),
    Check(
        "statements_follow",
        {
            "en": "Each statement begins where the one before it ended",
            "zh-CN": "每份账单均从上一份账单的期末接续",
        },
        """
        select shop_id, 'statement:' || month as subject, after_transfer, last_transfer, before, opening, balances
        from (select shop_id, month, after_transfer, last_transfer, opening,
                     lag(last_transfer, 1, cast(0 as bigint)) over w as before,
                     lag(closing, 1, cast('{}' as jsonb)) over w as balances
              from statements window w as (partition by shop_id order by month)) s
        where after_transfer <> before or opening <> balances or last_transfer < after_transfer
        """,
    ),
    Check(
        "statements_issued",
        {
            "en": "Every month that is over has its statement, if the funds moved",
            "zh-CN": "已结束且有资金变动的月份均已出账",
        },
        f"""
        select b.shop_id, t.transfer_id, t.at, s.month
        from (select distinct shop_id from balances where account = 'shop_funds') b
        join turns n on n.name = 'statements'
        left join lateral (select month, last_transfer from statements where shop_id = b.shop_id
                           order by month desc limit 1) s on true
        cross join lateral (
          select transfer_id, at from transfers
          where shop_id = b.shop_id and transfer_id > coalesce(s.last_transfer, 0) and 'shop_funds' in (debit, credit)
          order by transfer_id limit 1) t
        where t.at < {_OVER} at time zone {_ZONE}
          and coalesce(s.month, 0) < cast(to_char({_OVER} - interval '1 day', 'YYYYMM') as int)
        """,
    ),
    Check(
        "enquiries_numbered",
        {
            "en": "Every enquiry has its number, and no year has a gap",
            "zh-CN": "每张查询工单均有编号，年内编号连续",
        },
        f"""
        select e.shop_id, e.order_id, e.charge_id, coalesce(e.number, n.number) as number from enquiries e
        full join enquiry_numbers n on n.number = e.number and n.shop_id = e.shop_id and n.enquiry_id = e.enquiry_id
          and n.carrier = e.carrier
        where e.number is null or n.number is null
        union all
        select null, null, null, cast(coalesce(y.year, c.year) as text) from enquiry_years y
        full join (select cast(extract(year from asked_at at time zone {_ZONE}) as int) as year, count(*) as asked
                   from enquiries group by 1) c on c.year = y.year
        where y.serial is distinct from c.asked
        """,
    ),
    Check(
        "answers_scanned",
        {
            "en": "What a carrier answers to have happened at an instant is a scan of the parcel",
            "zh-CN": "承运商答复的物流事实均有对应扫描记录",
        },
        """
        select e.shop_id, e.order_id, e.charge_id, e.number, e.answer, e.occurred_at from enquiries e
        left join scans s on s.shop_id = e.shop_id and s.parcel_id = e.parcel_id and s.status = e.answer
          and s.occurred_at = e.occurred_at
        where e.occurred_at is not null and e.answer <> 'unknown' and s.scan_id is null
        """,
    ),
)
