"""Calendars and exemptions over HTTP: a supplier says when it works, an operator what stops clocks."""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Row

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict, coded
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.partners.calendars.rules import LONGEST_NOTE, MOST_DAYS, Reason, own_days
from andon.partners.calendars.service import (
    Draft,
    declare_exemption,
    end_exemption,
    place_supplier,
    remove_calendar,
    set_calendar,
)
from andon.partners.calendars.tables import WorkingCalendar
from andon.partners.calendars.views import calendar_row, known_until, list_exemptions
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["calendars"])

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Clock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["17:00"])]


class HoursIn(Strict):
    """A working day's hours on the wall clock; what comes at `cut_off` or later counts from the next opening."""

    opens: Clock
    cut_off: Clock


class WeekIn(Strict):
    """The hours of each working day; a day that is not named is a day off."""

    monday: HoursIn | None = None
    tuesday: HoursIn | None = None
    wednesday: HoursIn | None = None
    thursday: HoursIn | None = None
    friday: HoursIn | None = None
    saturday: HoursIn | None = None
    sunday: HoursIn | None = None


class DayIn(Strict):
    """A day that differs from the week: worked in these hours, or off where they are null."""

    on: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-02-14"])]
    hours: HoursIn | None


class CalendarIn(Strict):
    """When a supplier works. `public_holidays` is a country whose days off, and days worked instead, it keeps."""

    zone: Annotated[str, Field(max_length=64, examples=["Asia/Shanghai"])]
    week: WeekIn
    days: Annotated[list[DayIn], Field(max_length=MOST_DAYS)] = []
    public_holidays: Literal["CN"] | None = None


class HoursOut(Out):
    """A working day's hours."""

    opens: str
    cut_off: str


class DayOut(Out):
    """A day that differs from the week; off where `hours` is null."""

    on: str
    hours: HoursOut | None


class CalendarOut(Out):
    """When a supplier works.

    `holidays_known_until` is the last day of which the country has published its public holidays; after it the week counts.
    """

    supplier_id: int
    zone: str
    week: dict[str, HoursOut]
    days: list[DayOut]
    public_holidays: str | None
    holidays_known_until: str | None
    set_at: Instant


class PlaceIn(Strict):
    """Where a supplier's warehouse is: a country, or a part of one by ISO 3166-2; null where nobody knows."""

    place: Annotated[str, Field(max_length=8, examples=["CN-ZJ"])] | None


class PlaceOut(Out):
    """Where a supplier's warehouse is."""

    supplier_id: int
    place: str | None


class ExemptionIn(Strict):
    """A time in which clocks stand, in a region (a country, or a part by ISO 3166-2), for suppliers named, or both."""

    reason: Literal["festival", "storm", "strike", "other"]
    note: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)] | None = None
    region: Annotated[str, Field(max_length=8, examples=["CN-ZJ"])] | None = None
    suppliers: Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=1000)] = []
    since: Instant
    until: Instant


class EndIn(Strict):
    """When an exempted time ends already; null is now, its start withdraws it."""

    at: Instant | None = None


class ExemptionOut(Out):
    """A time in which clocks stand. Ended early, `until` is when; withdrawn, it is `since`."""

    id: int
    reason: Annotated[str, coded(Reason)]
    note: str | None
    region: str | None
    suppliers: list[int]
    since: Instant
    until: Instant
    declared_at: Instant
    ended_at: Instant | None


@router.get(
    "/supplier/calendar", dependencies=[allow("suppliers.read", "supplier")], responses=problems(NotFound)
)
def calendar(tx: InTransaction) -> CalendarOut:
    """When the supplier works; 404 `calendar.not_found` where it works round the clock."""
    return _calendar(calendar_row(tx, _own(tx)))


@router.put(
    "/supplier/calendar", dependencies=[allow("suppliers.write", "supplier")], responses=problems(Invalid)
)
def put_calendar(body: CalendarIn, tx: InTransaction) -> CalendarOut:
    """Work by this calendar, in place of the one before; what was pushed already is counted anew. MODE-3, MODE-4."""
    return _set(tx, _own(tx), body)


@router.delete(
    "/supplier/calendar",
    status_code=204,
    dependencies=[allow("suppliers.write", "supplier")],
    responses=problems(NotFound),
)
def delete_calendar(tx: InTransaction) -> None:
    """Work round the clock; what was pushed already is counted anew. MODE-3, MODE-4."""
    remove_calendar(tx, _own(tx))


@router.get(
    "/suppliers/{supplier_id}/calendar",
    dependencies=[allow("suppliers.read", "operator")],
    responses=problems(NotFound),
)
def calendar_of_supplier(supplier_id: int, tx: InTransaction) -> CalendarOut:
    """When a supplier works; 404 `calendar.not_found` where it works round the clock."""
    return _calendar(calendar_row(tx, supplier_id))


@router.put(
    "/suppliers/{supplier_id}/calendar",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound, Invalid),
)
def put_calendar_of_supplier(supplier_id: int, body: CalendarIn, tx: InTransaction) -> CalendarOut:
    """Set a supplier's calendar for it. MODE-3, MODE-4."""
    return _set(tx, supplier_id, body)


@router.put(
    "/suppliers/{supplier_id}/place",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound, Invalid),
)
def put_place(supplier_id: int, body: PlaceIn, tx: InTransaction) -> PlaceOut:
    """Say where a supplier's warehouse is: exemptions of that region stop its clocks. MODE-3, MODE-4."""
    return PlaceOut(supplier_id=supplier_id, place=place_supplier(tx, supplier_id, body.place).place)


@router.post(
    "/exemptions",
    status_code=201,
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(Invalid),
)
def declare(body: ExemptionIn, tx: InTransaction) -> ExemptionOut:
    """Exempt a time, also one that is over: flags that it would have held off are lifted. MODE-3, MODE-4."""
    return _exemption(declare_exemption(tx, Draft(**body.model_dump() | {"reason": Reason(body.reason)})))


@router.get("/exemptions", dependencies=[allow("suppliers.read", "operator", "supplier", "shop")])
def exemptions(query: PageQuery, tx: InTransaction) -> Page[ExemptionOut]:
    """Exemptions, the last declared first."""
    rows = list_exemptions(tx, before=query.after[0] if query.after else None, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.exemption_id], shape=_exemption)


@router.post(
    "/exemptions/{exemption_id}/end",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound),
)
def end(exemption_id: int, tx: InTransaction, body: EndIn | None = None) -> ExemptionOut:
    """End an exempted time early, or withdraw it; one that has ended by then stays as it is. MODE-3, MODE-4."""
    return _exemption(end_exemption(tx, exemption_id, body.at if body else None))


def _own(tx: InTransaction) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _set(tx: InTransaction, supplier_id: int, body: CalendarIn) -> CalendarOut:
    week = {
        number: (hours.opens, hours.cut_off)
        for number, name in enumerate(WEEKDAYS)
        if (hours := getattr(body.week, name)) is not None
    }
    dates = own_days((day.on for day in body.days), tx.now.date())
    days = {
        on: (day.hours.opens, day.hours.cut_off) if day.hours else None
        for on, day in zip(dates, body.days, strict=True)
    }
    return _calendar(set_calendar(tx, supplier_id, body.zone, week, days, body.public_holidays))


def _hours(said: list[str]) -> HoursOut:
    return HoursOut(opens=said[0], cut_off=said[1])


def _calendar(row: WorkingCalendar) -> CalendarOut:
    known = known_until(row.public_holidays)
    return CalendarOut(
        supplier_id=row.supplier_id,
        zone=row.zone,
        week={WEEKDAYS[int(number)]: _hours(said) for number, said in sorted(row.week.items())},
        days=[DayOut(on=on, hours=_hours(said) if said else None) for on, said in row.days],
        public_holidays=row.public_holidays,
        holidays_known_until=known.isoformat() if known else None,
        set_at=row.set_at,
    )


def _exemption(row: Row[Any]) -> ExemptionOut:
    return ExemptionOut.model_validate(row._asdict() | {"id": row.exemption_id})
