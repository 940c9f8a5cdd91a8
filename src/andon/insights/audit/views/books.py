"""Journals balance, and nothing slips between delivery and charging. Source: EXIT-2, FEE-1..5."""

from andon.insights.audit.rules import Check
from andon.insights.audit.views.fees import BY_DISPUTE, OUTSIDE
from andon.money.charges.rules import ChargeState

_TOLD = {
    ChargeState.PROVISIONAL: "accrued",
    ChargeState.DUE: "fixed",
    ChargeState.DISPUTED: "disputed",
    ChargeState.SETTLED: "settled",
    ChargeState.WAIVED: "waived",
    ChargeState.REVERSED: "reversed",
}
_BITS = ", ".join(f"('charge.{word}', {1 << at})" for at, word in enumerate(_TOLD.values()))
_STATE = " ".join(f"when {state.value} then {1 << at}" for at, state in enumerate(_TOLD)) + " else 0"

BOOKS = (
    Check(
        "books_balance",
        {"en": "Every balance is the sum of its transfers", "zh-CN": "每个账户余额都等于其转账之和"},
        """
        select shop_id, account, currency, b.debited_minor, b.credited_minor, t.debited, t.credited
        from balances b
        full join (select shop_id, account, currency, cast(sum(debited) as bigint) as debited,
                          cast(sum(credited) as bigint) as credited
                   from (select shop_id, debit as account, currency, amount_minor as debited, 0 as credited
                         from transfers
                         union all select shop_id, credit, currency, 0, amount_minor from transfers) s
                   group by shop_id, account, currency) t
          using (shop_id, account, currency)
        where coalesce(b.debited_minor, 0) <> coalesce(t.debited, 0)
           or coalesce(b.credited_minor, 0) <> coalesce(t.credited, 0)
        """,
    ),
    Check(
        "funds_not_overdrawn",
        {
            "en": "Neither settlements nor withdrawals took more than the funds held",
            "zh-CN": "结算与提现从未超出资金账户余额",
        },
        """
        select shop_id, currency, debited_minor, credited_minor from balances
        where account = 'shop_funds' and debited_minor > credited_minor
        """,
    ),
    Check(
        "settled_once",
        {
            "en": "Every settled charge has its one transfer, and every such transfer its charge",
            "zh-CN": "每笔已结算费用恰有一笔对应转账",
        },
        f"""
        select shop_id, charge_id, c.state, c.amount_minor, t.transfers, t.amount_minor as transferred
        from (select shop_id, charge_id, state, amount_minor, currency, payee, journal_id from charges c
              where settled_at is not null and amount_minor > 0 and not ({OUTSIDE})) c
        full join (select shop_id, charge_id, count(*) as transfers, cast(sum(amount_minor) as bigint) as amount_minor,
                          min(currency) as currency, min(credit) as credit, min(debit) as debit,
                          min(journal_id) as journal_id
                   from transfers where cause = 'charge.settled' group by shop_id, charge_id) t
          using (shop_id, charge_id)
        where c.state is null or t.transfers is distinct from 1 or c.amount_minor is distinct from t.amount_minor
          or c.currency is distinct from t.currency or c.payee is distinct from t.credit
          or t.debit is distinct from 'shop_funds' or c.journal_id is distinct from t.journal_id
        union all
        select shop_id, charge_id, state, amount_minor, null, null from charges c
        where state = 80 and (settled_at is null or (journal_id is null and not ({OUTSIDE})))
        """,
    ),
    Check(
        "charged_once",
        {"en": "Nothing is charged twice", "zh-CN": "没有重复计费"},
        """
        select shop_id, kind, subject, count(*) as charges, array_agg(charge_id order by charge_id) as charge_ids
        from charges where state not in (81, 82) group by shop_id, kind, subject having count(*) > 1
        """,
    ),
    Check(
        "ended_in_line",
        {
            "en": "Every fulfilment that has ended is charged, or stands in the line to be",
            "zh-CN": "每张已完结的履约单均已计费或在计费队列中",
        },
        """
        select shop_id, fulfilment_id, order_id, state, shipped_at, ended_at, charged_at from fulfilments
        where (state >= 80 and ended_at is null and charged_at is null)
           or (state >= 60 and state < 90 and shipped_at is null)
           or (state < 80 and charged_at is not null)
        """,
    ),
    Check(
        "delivered_charged",
        {
            "en": "A delivered JIT fulfilment that was charged has all its fees",
            "zh-CN": "已签收并计费的JIT履约单费用齐全",
        },
        f"""
        with delivered as (
          select shop_id, fulfilment_id, order_id from fulfilments
          where mode = 2 and state in (80, 81) and charged_at is not null
        ),
        owed as (
          select shop_id, fulfilment_id, 1 as kind, order_id as subject from delivered
          union all select shop_id, fulfilment_id, 2, fulfilment_id from delivered
          union all select d.shop_id, d.fulfilment_id, 3, p.parcel_id from delivered d
            join parcels p on p.shop_id = d.shop_id and p.fulfilment_id = d.fulfilment_id and p.voided_at is null
        )
        select o.shop_id, o.fulfilment_id, o.kind, o.subject
        from owed o
        left join charges c on c.shop_id = o.shop_id and c.kind = o.kind and c.subject = o.subject
          and (c.state in (20, 30, 80) or (c.state = 81 and {BY_DISPUTE}))
        where c.charge_id is null
        """,
    ),
    Check(
        "nothing_left_provisional",
        {
            "en": "No charge stays provisional once all that could fix it has ended",
            "zh-CN": "相关履约单均已完结后没有费用停留在暂计状态",
        },
        """
        select c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id
        from charges c
        left join fulfilments f on f.shop_id = c.shop_id and f.order_id = c.order_id and f.mode = 2
          and f.charged_at is null and (c.kind = 1 or f.fulfilment_id = c.fulfilment_id)
        where c.state = 10 and f.fulfilment_id is null
        """,
    ),
    Check(
        "due_in_line",
        {
            "en": "Due charges that the funds cover stand in the line to be settled",
            "zh-CN": "余额足够的到期费用均在结算队列中",
        },
        """
        select o.shop_id, o.charge_id, o.due_at, g.settle_at
        from (select distinct on (shop_id, currency) shop_id, currency, charge_id, due_at, amount_minor from charges
              where state = 20 order by shop_id, currency, due_at, charge_id) o
        join balances b on b.shop_id = o.shop_id and b.currency = o.currency and b.account = 'shop_funds'
        left join fundings g on g.shop_id = o.shop_id
        where b.credited_minor - b.debited_minor >= o.amount_minor
          and (g.settle_at is null or g.settle_at > o.due_at)
        """,
    ),
    Check(
        "charges_told",
        {"en": "Every state of a charge is backed by its event", "zh-CN": "费用的每个状态都有对应事件"},
        # Whatever became of it, it was accrued; what was settled had been fixed.
        f"""
        with told as (
          select e.shop_id, cast(substr(e.subject, 8) as bigint) as charge_id, bit_or(w.bit) as said
          from events e join (values {_BITS}) as w(kind, bit) on w.kind = e.kind group by 1, 2
        )
        select c.shop_id, c.order_id, c.charge_id, c.state, t.said as told
        from charges c left join told t on t.shop_id = c.shop_id and t.charge_id = c.charge_id
        where ((case c.state {_STATE} end) | 1 | case when c.state = 80 and not ({OUTSIDE}) then 2 else 0 end) & ~coalesce(t.said, 0) <> 0
        """,
    ),
    Check(
        "journals_told",
        {
            "en": "Every journal says what its event was sealed with",
            "zh-CN": "每笔凭证都与其存证事件一致",
        },
        # From the first journal on of which a shop's record tells.
        """
        with told as (
          select shop_id, cast(substr(subject, 9) as bigint) as journal_id, cast(body as json) ->> 'content' as content
          from events where kind = 'journal.posted'
        ),
        since as (select shop_id, min(journal_id) as first from told group by shop_id),
        stands as (
          select t.shop_id, t.journal_id, encode(sha256(convert_to(string_agg(
              t.transfer_id || '|' || extract(epoch from t.at) || '|' || t.debit || '|' || t.credit || '|' || t.amount_minor
              || '|' || t.currency || '|' || t.cause || '|' || coalesce(cast(t.charge_id as text), '0') || '|'
              || coalesce(t.base_minor || ' ' || t.base_currency || ' ' || t.rate, ''),
              E'\\n' order by t.transfer_id), 'UTF8')), 'hex') as content
          from transfers t join since s on s.shop_id = t.shop_id and t.journal_id >= s.first
          group by t.shop_id, t.journal_id
        )
        select shop_id, 'journal:' || journal_id as subject, s.content, t.content as sealed
        from stands s full join told t using (shop_id, journal_id)
        where s.content is distinct from t.content
        """,
    ),
    Check(
        "holds_stand",
        {
            "en": "What is held is what the secured disputed charges come to, each by its own transfers",
            "zh-CN": "冻结金额等于已担保争议费用之和，且逐笔对应",
        },
        """
        select shop_id, charge_id, c.amount_minor, t.minor as held, null as account
        from (select shop_id, charge_id, amount_minor from charges
              where state = 30 and secured_at is not null and amount_minor > 0) c
        full join (select shop_id, charge_id, sum(case when credit = 'shop_holds' then amount_minor else -amount_minor end)
                            as minor
                   from transfers where 'shop_holds' in (debit, credit) group by shop_id, charge_id) t
          using (shop_id, charge_id)
        where coalesce(c.amount_minor, 0) <> coalesce(t.minor, 0)
        union all
        select shop_id, charge_id, amount_minor, null, 'secured and not disputed' from charges
        where state <> 30 and secured_at is not null
        union all
        select shop_id, null, credited_minor - debited_minor, null, account from balances
        where account in ('shop_holds', 'dispute_compensation') and debited_minor > credited_minor
        """,
    ),
    Check(
        "holds_in_line",
        {
            "en": "A disputed charge that the funds cover is held, or its shop stands in the line",
            "zh-CN": "资金足够的争议费用均已冻结或在处理队列中",
        },
        """
        select o.shop_id, o.charge_id, o.amount_minor
        from (select distinct on (shop_id, currency) shop_id, currency, charge_id, amount_minor from charges
              where state = 30 and secured_at is null order by shop_id, currency, charge_id) o
        join balances b on b.shop_id = o.shop_id and b.currency = o.currency and b.account = 'shop_funds'
        left join fundings g on g.shop_id = o.shop_id
        left join lateral (select sum(amount_minor) as due from charges c
                           where c.shop_id = o.shop_id and c.currency = o.currency and c.state = 20) d on true
        where b.credited_minor - b.debited_minor - coalesce(d.due, 0) >= o.amount_minor and g.settle_at is null
        """,
    ),
    Check(
        "payees_known",
        {
            "en": "Every supplier and carrier that is owed something finds the shops that owe it",
            "zh-CN": "每个供应商与承运商都可查到欠款店铺",
        },
        """
        select shop_id, account from (select distinct shop_id, account from balances where account like 'payable:%') b
        full join payees p using (shop_id, account) where b.account is null or p.account is null
        """,
    ),
    Check(
        "payouts_posted",
        {
            "en": "Every payout is what the books of its shops say together, and nothing else is paid out",
            "zh-CN": "每笔付款均与各店铺账簿一致",
        },
        """
        select t.shop_id, 'journal:' || coalesce(p.journal_id, t.journal_id) as subject, p.amount_minor, t.minor
        from payouts p
        full join (select min(shop_id) as shop_id, journal_id, debit, currency, sum(amount_minor) as minor,
                          bool_and(credit = 'external') as outside
                   from transfers where cause = 'payable.paid_out' group by journal_id, debit, currency) t
          on t.journal_id = p.journal_id and t.debit = p.account and t.currency = p.currency
        where p.amount_minor is distinct from t.minor or t.outside is distinct from true
        """,
    ),
    Check(
        "subsidies_once",
        {"en": "Every subsidy was paid once, for its order", "zh-CN": "每笔补贴按订单仅发放一次"},
        """
        select shop_id, s.order_id, s.journal_id, s.amount_minor, t.minor
        from subsidies s
        full join (select shop_id, journal_id, sum(amount_minor) as minor from transfers where cause = 'subsidy.paid'
                   group by shop_id, journal_id) t
          using (shop_id, journal_id)
        where s.amount_minor is distinct from t.minor
        """,
    ),
)
