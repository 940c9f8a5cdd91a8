"""Issuing statements: once a month is over its lines are fixed, and never change again.

A line belongs to the month of the newest line before it, so that each month is one range of transfers. What is booked
late for a month that was issued stands on the next one.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

import orjson

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.statements.events import StatementIssued
from andon.money.statements.rules import Month, check_begun, closing_of, days_of_period, statement_number
from andon.money.statements.views import (
    Scope,
    draft_scope,
    issued_scope,
    last_transfer,
    newest_issued,
    newest_seal,
    period_scope,
)
from andon.partners.shops.views import shop_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

UNISSUED = """
select cast(month as int) as month, currency, max(transfer_id) as last, cast(sum(minor) as bigint) as minor
from (select t.transfer_id, t.currency, case when t.credit = 'shop_funds' then t.amount_minor else -t.amount_minor end as minor,
             greatest(:first, max(extract(year from t.at at time zone :zone) * 100
                                  + extract(month from t.at at time zone :zone)) over (order by t.transfer_id)) as month
      from transfers t
      where t.shop_id = :shop and t.transfer_id > :after and 'shop_funds' in (t.debit, t.credit)) t
where month <= :through group by month, currency order by month, currency
"""
"""What each month that is not issued yet moved, and its last transfer."""

WAITING = """
select b.shop_id from (select distinct shop_id from balances where account = 'shop_funds') b
left join lateral (select month, last_transfer from statements where shop_id = b.shop_id order by month desc limit 1) s on true
cross join lateral (
  select t.at from transfers t
  where t.shop_id = b.shop_id and t.transfer_id > coalesce(s.last_transfer, 0) and 'shop_funds' in (t.debit, t.credit)
  order by t.transfer_id limit 1) t
where coalesce(s.month, 0) < :through and t.at < :over order by b.shop_id limit :batch
"""
"""Shops whose first line that is on no statement is of a month that is over and has none."""

ISSUE = """
insert into statements (shop_id, month, after_transfer, last_transfer, opening, closing, seal, policy, issued_at)
select :shop, r.m, r.a, r.l, r.o, r.c, cast(:seal as jsonb), :policy, :now
from json_to_recordset(cast(cast(:rows as text) as json)) as r(m bigint, a bigint, l bigint, o jsonb, c jsonb)
"""


def fix_lines(tx: Tx[Policy], shop_id: int, month: Month | None = None) -> int:
    """The number of the shop's last transfer: no other line comes up to it. What that `month` needs is issued.

    The shop's head is closed for it, unless the month is issued already; sums are made after the end, when its writers
    go on. NotFound `statement.not_found` for a month that has not begun, or before the shop's time.
    """
    zone = tx.policy.zone
    created_at = shop_of(tx, shop_id).created_at
    if month is not None:
        check_begun(month, created_at, tx.now, zone)
        if issued := issued_scope(tx, shop_id, month):
            return issued.last
    tx.close_head(shop_id)
    if month is not None:
        this = Month.at(tx.now, zone)
        issue_months(tx, shop_id, this)
        if month != this and issued_scope(tx, shop_id, month) is None:
            _issue_empty(tx, shop_id, month)
    return last_transfer(tx, shop_id)


def statement_of(tx: Tx[Policy], shop_id: int, month: Month, last: int) -> Scope:
    """The shop's statement of a month: as it was issued, or a draft of one that is not over. `last` is by `fix_lines`."""
    return issued_scope(tx, shop_id, month) or draft_scope(tx, shop_id, month, last)


def period_of(tx: Tx[Policy], shop_id: int, since: date | None, until: date | None, last: int) -> Scope:
    """What moved the shop's funds from one day to before another, up to `last`, by `fix_lines`; nothing of it is kept.

    Without days it is this month so far. Invalid `statement.period` where it ends before it begins.
    """
    begin, end = days_of_period(since, until, tx.now, tx.policy.zone)
    return period_scope(tx, shop_id, begin, end, last)


def issue_due(tx: Tx[Policy], batch: int) -> int:
    """Issue the statements of up to `batch` shops for all months that are over; answers how many shops it looked at."""
    this = Month.at(tx.now, tx.policy.zone)
    waiting = tx.rows(WAITING, through=this.before.number, over=this.begins_at(tx.policy.zone), batch=batch)
    for row in waiting:
        tx.close_head(row.shop_id)
        issue_months(tx, row.shop_id, this)
    return len(waiting)


def issue_months(tx: Tx[Policy], shop_id: int, this: Month) -> None:
    """Issue the statement of each month before `this` that has lines and none yet. The shop's head is closed."""
    newest = newest_issued(tx, shop_id)
    moved = tx.rows(
        UNISSUED,
        shop=shop_id,
        zone=tx.policy.zone,
        after=newest.last if newest else 0,
        first=newest.month.following.number if newest and newest.month else 0,
        through=this.before.number,
    )
    after, opening = (newest.last, newest.closing) if newest else (0, {})
    months: list[dict[str, Any]] = []
    for number, rows in groupby(moved, key=lambda row: int(row.month)):
        found = list(rows)
        closing = closing_of(opening, ((row.currency, row.minor) for row in found))
        last = max(row.last for row in found)
        months.append({"m": number, "a": after, "l": last, "o": opening, "c": closing})
        after, opening = last, closing
    _issue(tx, shop_id, months)


def _issue_empty(tx: Tx[Policy], shop_id: int, month: Month) -> None:
    """Issue the statement of a month in which nothing moved."""
    before = newest_issued(tx, shop_id, month)
    last, balances = (before.last, before.closing) if before else (0, {})
    _issue(tx, shop_id, [{"m": month.number, "a": last, "l": last, "o": balances, "c": balances}])


def _issue(tx: Tx[Policy], shop_id: int, months: Sequence[dict[str, Any]]) -> None:
    if not months:
        return
    seal = newest_seal(tx, shop_id)
    tx.put(
        ISSUE,
        shop=shop_id,
        seal=seal and orjson.dumps(seal).decode(),
        policy=tx.policy.version,
        now=tx.now,
        rows=as_json(months),
    )
    numbers = {each["m"]: statement_number(shop_id, Month.numbered(each["m"])) for each in months}
    tx.emit(
        *(
            StatementIssued(
                shop_id=shop_id, statement_id=each["m"], number=numbers[each["m"]], last_transfer=each["l"]
            )
            for each in months
        )
    )
    said = ({"month": str(Month.numbered(month)), "statement": number} for month, number in numbers.items())
    tell(tx, [Notice(shop_id, "seller", "statement.issued", facts=facts) for facts in said])
