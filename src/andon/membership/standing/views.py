"""How a shop stands: its rating of late, the violations that count, and when each would pass by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from andon.kernel.tx import Tx
from andon.membership.standing.rules import HUNDREDTHS, Totals, ViolationState, day_of, reaches
from andon.membership.standing.rules.ratings import AXES
from andon.membership.standing.tables import Rating, Violation
from andon.platform.policies.rules import Policy

MOST_NAMED = 20
"""Up to so many violations are named; all are counted."""

ADDED_UP = """
select coalesce(sum(n), 0) as ratings, coalesce(sum(d), 0) as described, coalesce(sum(c), 0) as communication,
coalesce(sum(s), 0) as shipping from (
  select ratings as n, described as d, communication as c, shipping as s from rating_days
  where shop_id = :shop and day >= :first and day < :end
  union all
  select 1, described, communication, shipping from ratings
  where shop_id = :shop and rated_at > :since and rated_at <= :until and (rated_at < :whole or rated_at >= :rest)
) x
"""
"""The whole days of a window by their totals, and what lies before and after them one by one."""

WITHOUT_THE_OLD = """
with told as (
  select rated_at, count(*) as n, sum(described + communication + shipping) as total from ratings
  where shop_id = :shop and rated_at > :since and rated_at <= :until group by rated_at
), later as (
  select rated_at, sum(n) over younger as n, sum(total) over younger as total from told
  window younger as (order by rated_at desc rows between unbounded preceding and 1 preceding)
)
select min(rated_at) as oldest from later where total >= cast(:wanted as numeric) * n
"""
"""The earliest rating whose going, with all before it, leaves a mean that suffices; with the last one there is none left."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A shop's ratings in the window that ends now, whether their mean suffices, and when it first will by itself.

    `passes_at` is None where it suffices, and where it never will without further ratings.
    """

    totals: Totals
    since: datetime
    until: datetime
    met: bool
    passes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Violated:
    """The violations of a shop that count: how many, the newest of them, and when the last one is old enough."""

    count: int
    newest: Sequence[Row[Any]]
    passes_at: datetime | None


def rated(tx: Tx[Policy], shop_id: int) -> Rated:
    """The shop's rating of late. A rating counts from its instant on until the window has passed since. Source: BACK-2."""
    figures = tx.policy.back
    since = tx.now - figures.rating_window
    totals = totals_of(tx, shop_id, since, tx.now)
    met = reaches(totals, figures.rating_at_least)
    passes_at = None
    if not met and totals.ratings:
        found = tx.one(
            WITHOUT_THE_OLD,
            shop=shop_id,
            since=since,
            until=tx.now,
            wanted=str(figures.rating_at_least * AXES * HUNDREDTHS),
        )
        passes_at = found.oldest + figures.rating_window if found and found.oldest else None
    return Rated(totals, since, tx.now, met, passes_at)


def totals_of(tx: Tx[Policy], shop_id: int, since: datetime, until: datetime) -> Totals:
    """The ratings after `since` up to `until`, both to the instant: whole days by their totals, the rest one by one."""
    zone = ZoneInfo(tx.policy.zone)
    first, end = day_of(since, tx.policy.zone) + timedelta(days=1), day_of(until, tx.policy.zone)
    whole = _midnight(first, zone)
    [row] = tx.rows(
        ADDED_UP,
        shop=shop_id,
        first=first,
        end=end,
        since=since,
        until=until,
        whole=whole,
        rest=max(whole, _midnight(end, zone)),
    )
    return Totals(int(row.ratings), int(row.described), int(row.communication), int(row.shipping))


def violated(tx: Tx[Policy], shop_id: int) -> Violated:
    """The shop's own violations that count against it. One counts until the window has passed since. Source: BACK-3."""
    figures = tx.policy.back
    rows = tx.rows(
        "select violation_id, kind, cause, order_id, at, count(*) over () as alike from violations "
        "where shop_id = :shop and kind = any(:kinds) and state < 80 and fault = 'shop' and at > :since "
        "order by at desc, violation_id desc limit :most",
        shop=shop_id,
        kinds=sorted(figures.violation_kinds),
        since=tx.now - figures.violation_window,
        most=MOST_NAMED,
    )
    if not rows:
        return Violated(0, (), None)
    return Violated(rows[0].alike, rows, rows[0].at + figures.violation_window)


def list_ratings(
    tx: Tx[Policy], shop_id: int, *, before: tuple[str, int] | None = None, limit: int
) -> Sequence[Rating]:
    """The shop's ratings, the last made first, from the one before `before` (its instant and order)."""
    query = select(Rating).where(Rating.shop_id == shop_id)
    if before is not None:
        at = datetime.fromisoformat(before[0])
        query = query.where(
            (Rating.rated_at < at) | ((Rating.rated_at == at) & (Rating.order_id < before[1]))
        )
    return tx.session.scalars(
        query.order_by(Rating.rated_at.desc(), Rating.order_id.desc()).limit(limit)
    ).all()


def list_violations(
    tx: Tx[Policy],
    *,
    shop_id: int | None = None,
    state: ViolationState | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[Violation]:
    """Violations of the shops that are seen here, or of one of them, the newest first, from the one before `before`."""
    query = select(Violation)
    if shop_id is not None:
        query = query.where(Violation.shop_id == shop_id)
    if state is not None:
        query = query.where(Violation.state == state.value)
    if before is not None:
        query = query.where(Violation.violation_id < before)
    return tx.session.scalars(query.order_by(Violation.violation_id.desc()).limit(limit)).all()


def violations_of_supplier(
    tx: Tx[Policy], supplier_id: int, since: datetime, until: datetime
) -> Mapping[str, int]:
    """How many violations through that supplier's fault count, by kind, from `since` until before `until`; for its scorecard."""
    return {
        row.kind: row.counted
        for row in tx.rows(
            "select kind, count(*) as counted from violations where supplier_id = :supplier and fault = 'supplier' "
            "and state < 80 and at >= :since and at < :until group by kind",
            supplier=supplier_id,
            since=since,
            until=until,
        )
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
