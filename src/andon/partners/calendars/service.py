"""Setting calendars, and exempting times. Whoever is touched has its deadlines counted anew by a station."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.countries import countries
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.events import PLATFORM, Event
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.calendars.events import (
    CalendarRemoved,
    CalendarSet,
    ExemptionDeclared,
    ExemptionEnded,
    SupplierPlaced,
)
from andon.partners.calendars.holidays import PUBLIC_HOLIDAYS
from andon.partners.calendars.rules import Reason, calendar_of, check_time
from andon.partners.calendars.tables import EXEMPTION_IDS, WorkingCalendar
from andon.partners.calendars.views import calendar_row, exemption_of, known_until
from andon.partners.suppliers.tables import Supplier
from andon.partners.suppliers.views import supplier_of
from andon.platform.policies.rules import Policy

RECOUNT = "recount"
"""The station that counts deadlines anew."""

Hours = tuple[str, str]
_PLACE = re.compile(r"([A-Z]{2})(-[A-Z0-9]{1,3})?")


def set_calendar(
    tx: Tx[Policy],
    supplier_id: int,
    zone: str,
    week: Mapping[int, Hours],
    days: Mapping[date, Hours | None],
    public_holidays: str | None,
) -> WorkingCalendar:
    """Let a supplier work by this calendar, in place of the one it had; what it has already is counted anew.

    `days` differ from the week: hours, or None for a day off. Refuses what cannot be with Invalid (`calendar.week`,
    `calendar.hours`, `calendar.zone`). Source: MODE-3, MODE-4.
    """
    supplier_of(tx, supplier_id)
    calendar_of(zone, week, days.items())
    _tell(
        tx, CalendarSet(shop_id=PLATFORM, supplier_id=supplier_id, zone=zone, public_holidays=public_holidays)
    )
    tx.put(
        "insert into calendars (supplier_id, zone, week, days, public_holidays, known_until, set_at) values "
        "(:supplier, :zone, cast(:week as jsonb), cast(:days as jsonb), :country, :known, :now) "
        "on conflict (supplier_id) do update set zone = excluded.zone, week = excluded.week, days = excluded.days, "
        "public_holidays = excluded.public_holidays, known_until = excluded.known_until, set_at = excluded.set_at",
        supplier=supplier_id,
        zone=zone,
        week=as_json([{str(number): hours for number, hours in week.items()}])[1:-1],
        days=as_json([day, hours] for day, hours in sorted(days.items())),
        country=public_holidays,
        known=known_until(public_holidays),
        now=tx.now,
    )
    _recount(tx, "s.supplier_id = :supplier", supplier=supplier_id)
    return calendar_row(tx, supplier_id)


def remove_calendar(tx: Tx[Policy], supplier_id: int) -> None:
    """Let a supplier work round the clock; NotFound `calendar.not_found` if it does."""
    _tell(tx, CalendarRemoved(shop_id=PLATFORM, supplier_id=supplier_id))
    if not tx.run("delete from calendars where supplier_id = :supplier", supplier=supplier_id):
        raise NotFound("calendar.not_found")
    _recount(tx, "s.supplier_id = :supplier", supplier=supplier_id)


def place_supplier(tx: Tx[Policy], supplier_id: int, place: str | None) -> Supplier:
    """Say where a supplier's warehouse is, which decides what exemptions of regions stop its clocks.

    Refuses with Invalid `supplier.place` what is no place, with NotFound `supplier.not_found`.
    """
    check_place(place, "supplier.place")
    supplier = supplier_of(tx, supplier_id)
    _tell(tx, SupplierPlaced(shop_id=PLATFORM, supplier_id=supplier_id, place=place))
    tx.put(
        "update suppliers set place = :place where supplier_id = :supplier", place=place, supplier=supplier_id
    )
    _recount(tx, "s.supplier_id = :supplier", supplier=supplier_id)
    tx.session.refresh(supplier)
    return supplier


@dataclass(frozen=True, slots=True)
class Draft:
    """A time to be exempted, for the suppliers in `region` and for those named."""

    reason: Reason
    since: datetime
    until: datetime
    region: str | None = None
    suppliers: Sequence[int] = ()
    note: str | None = None


def declare_exemption(tx: Tx[Policy], draft: Draft) -> Row[Any]:
    """Let no clock of these suppliers run in that time, also where it is over: what was flagged by it is lifted.

    Refuses with Invalid `exemption.time` and `exemption.scope`. Source: MODE-3, MODE-4.
    """
    check_time(draft.since, draft.until, tx.now)
    _check_scope(tx, draft)
    suppliers = sorted(set(draft.suppliers))
    [number] = tx.take_ids(EXEMPTION_IDS.name, 1)
    _tell(
        tx,
        ExemptionDeclared(
            shop_id=PLATFORM,
            exemption_id=number,
            reason=draft.reason.value,
            region=draft.region,
            suppliers=suppliers,
            since=draft.since,
            until=draft.until,
        ),
    )
    tx.put(
        "insert into exemptions (exemption_id, reason, note, region, suppliers, since, until, declared_at, declared_by) "
        "values (:number, :reason, :note, :region, cast(:suppliers as bigint[]), :since, :until, :now, :actor)",
        number=number,
        reason=draft.reason.value,
        note=draft.note,
        region=draft.region,
        suppliers=suppliers,
        since=draft.since,
        until=draft.until,
        now=tx.now,
        actor=str(tx.actor),
    )
    _recount_touched(tx, number)
    return exemption_of(tx, number)


def end_exemption(tx: Tx[Policy], exemption_id: int, at: datetime | None = None) -> Row[Any]:
    """Let an exempted time end at `at` (None: now) already; at its start or before, it is withdrawn.

    One that has ended by then stays as it is. NotFound `exemption.not_found`. Source: MODE-3, MODE-4.
    """
    tx.hold(PLATFORM)
    found = tx.one(
        "select since, until from exemptions where exemption_id = :exemption for no key update",
        exemption=exemption_id,
    )
    if found is None:
        raise NotFound("exemption.not_found")
    until = max(found.since, at or tx.now)
    if until < found.until:
        _recount_touched(tx, exemption_id)
        tx.put(
            "update exemptions set until = :until, ended_at = :now where exemption_id = :exemption",
            until=until,
            now=tx.now,
            exemption=exemption_id,
        )
        _tell(tx, ExemptionEnded(shop_id=PLATFORM, exemption_id=exemption_id, until=until))
    return exemption_of(tx, exemption_id)


def check_place(place: str | None, code: str) -> None:
    """Refuse with Invalid what is neither a country's code nor a part's."""
    if place is not None:
        found = _PLACE.fullmatch(place)
        if found is None or found[1] not in countries():
            raise Invalid(code, place[:20])


def _check_scope(tx: Tx[Policy], draft: Draft) -> None:
    check_place(draft.region, "exemption.scope")
    wanted = set(draft.suppliers)
    if not wanted and draft.region is None:
        raise Invalid("exemption.scope", "name a region or suppliers")
    found = tx.rows(
        "select supplier_id from suppliers where supplier_id = any(:wanted)", wanted=sorted(wanted)
    )
    if missing := wanted - {row.supplier_id for row in found}:
        raise Invalid("exemption.scope", f"no supplier {min(missing)}")


def recount_outdated(tx: Tx[Policy]) -> int:
    """Have those counted anew that were counted while less of their country's public holidays was known."""
    outdated = 0
    for country, public in PUBLIC_HOLIDAYS.items():
        rows = tx.rows(
            "update calendars set known_until = :until where public_holidays = :country and known_until < :until "
            "returning supplier_id",
            until=public.until,
            country=country,
        )
        if rows:
            _recount(tx, "s.supplier_id = any(:suppliers)", suppliers=[row.supplier_id for row in rows])
        outdated += len(rows)
    return outdated


def _recount_touched(tx: Tx[Policy], exemption_id: int) -> None:
    _recount(
        tx,
        "exists (select from exemptions x where x.exemption_id = :exemption "
        "and (s.supplier_id = any(x.suppliers) or x.region in (s.place, split_part(s.place, '-', 1))))",
        exemption=exemption_id,
    )


def _recount(tx: Tx[Policy], which: str, **params: Any) -> None:
    """Have the deadlines of these suppliers counted anew, from their first shop on."""
    tx.put(
        f"insert into recounts (supplier_id, due_at) select s.supplier_id, :now from suppliers s where {which} "
        "order by s.supplier_id on conflict (supplier_id) do update set due_at = excluded.due_at, shop_id = 0, "
        "fulfilment_id = 0",
        now=tx.now,
        **params,
    )
    tx.wake(RECOUNT)


def _tell(tx: Tx[Policy], event: Event) -> None:
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(event)
