"""What suppliers' clocks run by, and what was declared."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.partners.calendars.holidays import PUBLIC_HOLIDAYS, PublicHolidays
from andon.partners.calendars.rules import Calendar, Clock, Exempted, calendar_of
from andon.partners.calendars.tables import WorkingCalendar
from andon.platform.policies.rules import Policy

_NONE = PublicHolidays(frozenset(), frozenset(), date.min)
_TOUCHES = "(s.supplier_id = any(x.suppliers) or x.region in (s.place, split_part(s.place, '-', 1)))"


OUTDATED = " union all ".join(
    f"select min(set_at) from calendars where public_holidays = '{country}' and known_until < '{public.until}'"
    for country, public in PUBLIC_HOLIDAYS.items()
)
"""SQL: since when a calendar waits that was counted before a later year of its country's holidays was known."""


def minds(supplier: str, since: str) -> str:
    """SQL: whether the clock of that supplier is more than plain time for what starts at `since`.

    Both are expressions; whoever is answered yes asks `clocks_of`.
    """
    return (
        f"(exists (select from calendars c where c.supplier_id = {supplier}) or exists (select from exemptions x "
        f"join suppliers s on s.supplier_id = {supplier} where x.until > {since} and {_TOUCHES}))"
    )


def clocks_of(tx: Tx[Any], supplier_ids: Collection[int], since: datetime) -> dict[int, Clock]:
    """The clocks of those of these suppliers that do not run all the time, as far as they matter from `since` on."""
    wanted = sorted(set(supplier_ids))
    calendars = {
        row.supplier_id: drawn(row)
        for row in tx.rows("select * from calendars where supplier_id = any(:suppliers)", suppliers=wanted)
    }
    exempted: dict[int, list[Exempted]] = {}
    for row in tx.rows(
        "select s.supplier_id, x.since, x.until, x.reason from exemptions x join suppliers s "
        f"on s.supplier_id = any(:suppliers) and {_TOUCHES} where x.until > :since and x.until > x.since "
        "order by x.since, x.exemption_id",
        suppliers=wanted,
        since=since,
    ):
        exempted.setdefault(row.supplier_id, []).append(Exempted(row.since, row.until, row.reason))
    return {
        number: Clock(calendars.get(number), tuple(exempted.get(number, ())))
        for number in wanted
        if number in calendars or number in exempted
    }


def drawn(row: Any) -> Calendar:
    """The calendar that a row stands for."""
    return _drawn(row.zone, orjson.dumps(row.week), orjson.dumps(row.days), row.public_holidays)


@lru_cache(maxsize=1024)
def _drawn(zone: str, week: bytes, days: bytes, country: str | None) -> Calendar:
    public = PUBLIC_HOLIDAYS[country] if country else _NONE
    return calendar_of(
        zone,
        {int(number): (hours[0], hours[1]) for number, hours in orjson.loads(week).items()},
        [
            (date.fromisoformat(day), (hours[0], hours[1]) if hours else None)
            for day, hours in orjson.loads(days)
        ],
        public.off,
        public.worked,
    )


def known_until(country: str | None) -> date | None:
    """The last day of which that country's public holidays are known."""
    return PUBLIC_HOLIDAYS[country].until if country else None


def calendar_row(tx: Tx[Policy], supplier_id: int) -> WorkingCalendar:
    """The calendar that a supplier has set; NotFound `calendar.not_found`."""
    found = tx.session.get(WorkingCalendar, supplier_id, populate_existing=True)
    if found is None:
        raise NotFound("calendar.not_found")
    return found


def list_exemptions(tx: Tx[Policy], *, before: int | None = None, limit: int) -> Sequence[Row[Any]]:
    """Exemptions, the last declared first, from the one before `before`."""
    return tx.rows(
        "select * from exemptions where cast(:before as bigint) is null or exemption_id < :before "
        "order by exemption_id desc limit :limit",
        before=before,
        limit=limit,
    )


def exemption_of(tx: Tx[Policy], exemption_id: int) -> Row[Any]:
    """The exemption of that number; NotFound `exemption.not_found`."""
    found = tx.one("select * from exemptions where exemption_id = :exemption", exemption=exemption_id)
    if found is None:
        raise NotFound("exemption.not_found")
    return found
