"""Setting rates, looking for those that are missing, and converting at them."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from andon.kernel.errors import Invalid, Refused
from andon.kernel.events import PLATFORM
from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.rates.events import RateSet
from andon.money.rates.rules import Conversion, RateDraft, RateKey, check_rate, converted_at
from andon.money.rates.views import rate_of, rates_on
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

CONVERT = "convert"
"""The station that converts what has waited for a rate."""
LOOK_AGAIN = timedelta(hours=1)
ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"

INSERT = f"""
insert into rates (base, quote, valid_on, round, rate, set_at, set_by)
select r.b, r.q, r.d, coalesce((select max(k.round) + 1 from rates k
                                where k.base = r.b and k.quote = r.q and k.valid_on = r.d), 0), r.r, :now, :actor
from {ROWS} as r(b text, q text, d date, r numeric)
"""

WAITED_FOR = f"""
update missing_rates m set due_at = :now
where exists (select from {ROWS} as r(b text, q text, d date)
              where r.b = m.base and r.q = m.quote and r.d <= m.wanted_on)
"""

# One that is there already is locked: whoever removes it sees what this transaction has written.
MISS = f"""
insert into missing_rates as m (base, quote, wanted_on, since, due_at)
select r.b, r.q, r.d, :now, :again from {ROWS} as r(b text, q text, d date) order by r.b, r.q, r.d
on conflict (base, quote, wanted_on) do update set due_at = least(m.due_at, excluded.due_at)
returning base, quote, wanted_on, xmax = 0 as news
"""


def set_rates(tx: Tx[Policy], drafts: Sequence[RateDraft]) -> list[Refused | bool]:
    """Set rates of days, each by itself: whether it is news, or what it is refused with.

    The same again changes nothing. Another rate of a day that has one corrects it from now on; what was converted stays
    as it was converted. What has waited for one of these is converted next.
    """
    with tx.reaching([PLATFORM]):
        tx.close_head(PLATFORM)  # one at a time: a correction is the next of its day
        answers: list[Refused | bool] = []
        known = rates_on(tx, [draft.key for draft in drafts])
        news: dict[RateKey, RateDraft] = {}
        seen: set[RateKey] = set()
        for draft in drafts:
            try:
                check_rate(draft)
                if draft.key in seen:
                    raise Invalid("rates.twice", f"{draft.base}/{draft.quote} {draft.valid_on}")
            except Refused as no:
                answers.append(no)
                continue
            seen.add(draft.key)
            if is_news := known.get(draft.key) != draft.rate:
                news[draft.key] = draft
            answers.append(is_news)
        _record(tx, news.values(), known)
    return answers


def _record(tx: Tx[Policy], news: Collection[RateDraft], known: dict[RateKey, Decimal]) -> None:
    if not news:
        return
    rows = as_json({"b": each.base, "q": each.quote, "d": each.valid_on, "r": each.rate} for each in news)
    tx.put(INSERT, rows=rows, now=tx.now, actor=str(tx.actor))
    tx.put(WAITED_FOR, rows=rows, now=tx.now)
    tx.emit(
        *(
            RateSet(
                shop_id=PLATFORM,
                base=each.base,
                quote=each.quote,
                valid_on=each.valid_on,
                rate=each.rate,
                instead=known.get(each.key),
            )
            for each in news
        )
    )
    tx.wake(CONVERT)


def converted(tx: Tx[Policy], money: Money, currency: str, on: date) -> Conversion:
    """An amount in another currency, at the newest rate of that day or before; in its own at 1.

    Half-even to the minor unit. Refuses with Invalid `rates.unknown` where no such rate is known.
    """
    if money.currency == currency:
        return Conversion(money, Decimal(1), money)
    rate = rate_of(tx, RateKey(money.currency, currency, on))
    if rate is None:
        raise Invalid("rates.unknown", f"{money.currency} in {currency} on {on}")
    return converted_at(money, currency, rate)


def miss_rates(tx: Tx[Policy], missing: Collection[RateKey]) -> None:
    """Note that charges wait for these rates; the operator is told of each once.

    Call it before what waits is written: who finds the rate looks for that once this transaction has ended.
    """
    if not missing:
        return
    rows = as_json({"b": each.base, "q": each.quote, "d": each.valid_on} for each in sorted(missing))
    found = tx.rows(MISS, rows=rows, now=tx.now, again=tx.now + LOOK_AGAIN)
    tell(
        tx,
        [
            Notice(
                shop_id=PLATFORM,
                audience="operator",
                kind="rates.missing",
                facts={"base": row.base, "quote": row.quote, "on": row.wanted_on.isoformat()},
            )
            for row in found
            if row.news
        ],
    )
