"""Journals balance, and nothing slips between delivery and charging. Source: EXIT-2, FEE-1..5."""

from andon.insights.audit.rules import Check
from andon.money.charges.rules import ChargeState

_TOLD = {
    ChargeState.PROVISIONAL: "accrued",
    ChargeState.DUE: "fixed",
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
        """
        select shop_id, charge_id, c.state, c.amount_minor, t.transfers, t.amount_minor as transferred
        from (select shop_id, charge_id, state, amount_minor, currency, payee, journal_id from charges
              where settled_at is not null and amount_minor > 0) c
        full join (select shop_id, charge_id, count(*) as transfers, cast(sum(amount_minor) as bigint) as amount_minor,
                          min(currency) as currency, min(credit) as credit, min(debit) as debit,
                          min(journal_id) as journal_id
                   from transfers where cause = 'charge.settled' group by shop_id, charge_id) t
          using (shop_id, charge_id)
        where c.state is null or t.transfers is distinct from 1 or c.amount_minor is distinct from t.amount_minor
          or c.currency is distinct from t.currency or c.payee is distinct from t.credit
          or t.debit is distinct from 'shop_funds' or c.journal_id is distinct from t.journal_id
        union all
        select shop_id, charge_id, state, amount_minor, null, null from charges
        where state = 80 and (settled_at is null or journal_id is null)
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
        """
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
          and c.state in (20, 30, 80)
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
        where ((case c.state {_STATE} end) | 1 | case c.state when 80 then 2 else 0 end) & ~coalesce(t.said, 0) <> 0
        """,
    ),
)
