"""What a parcel gives away when it is looked at again: a label that was no shipment. Source: BACK-3.

A label is its supplier's act, and so is what is wrong with it. One that was voided in time was taken back, and says
nothing of anybody.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from andon.membership.standing.rules.numbers import validity
from andon.membership.standing.rules.violations import Cause, Draft

LOOKED_AT_FOR = timedelta(days=90)
"""For so long after its label a parcel that has not come to its end is looked at."""

_COUNTRY = re.compile(r"(?:.*[\s,;(/-])?([A-Z]{2})\)?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A JIT parcel as it stands, whose label was not voided.

    `scan_due_at` is when its first scan is due, by its supplier's clock; `awaited` says that one is still to come.
    `places` are where its delivery was scanned; `reused` names the carriers on whose earlier labels its number stands, too.
    """

    shop_id: int
    order_id: int
    fulfilment_id: int
    parcel_id: int
    supplier_id: int
    carrier: str
    waybill: str
    labelled_at: datetime
    scan_due_at: datetime
    awaited: bool
    country: str
    places: Collection[str] = ()
    reused: Collection[str] = ()


def country_of(place: str, countries: Collection[str]) -> str | None:
    """The country that a place ends with, as in `Madrid, ES`; None where it names none that is known."""
    found = _COUNTRY.fullmatch(place)
    return found[1] if found and found[1] in countries else None


def draft_of(parcel: Parcel, now: datetime, countries: Collection[str]) -> Draft | None:
    """The false shipment that a parcel is, if it is one; the plainest cause of several. `countries` are those that are known."""
    found = _cause_of(parcel, now, countries)
    if found is None:
        return None
    cause, evidence = found
    said = {"carrier": parcel.carrier, "waybill": parcel.waybill, "parcel_id": parcel.parcel_id}
    return Draft(
        parcel.shop_id,
        "false_shipment",
        "supplier",
        cause,
        now,
        order_id=parcel.order_id,
        fulfilment_id=parcel.fulfilment_id,
        supplier_id=parcel.supplier_id,
        evidence={**said, "labelled_at": parcel.labelled_at.isoformat(), **evidence},
    )


def _cause_of(
    parcel: Parcel, now: datetime, countries: Collection[str]
) -> tuple[Cause, Mapping[str, Any]] | None:
    if validity(parcel.carrier, parcel.waybill) == "invalid":
        return "invalid_number", {}
    if parcel.reused:
        return "reused_number", {"carriers": sorted(parcel.reused)}
    named = {country_of(place, countries) for place in parcel.places} - {None}
    if named and parcel.country not in named:
        return "other_country", {"country": parcel.country, "delivered_in": sorted(filter(None, named))}
    if parcel.awaited and parcel.scan_due_at <= now:
        return "no_first_scan", {"scan_due_at": parcel.scan_due_at.isoformat()}
    return None


@dataclass(frozen=True, slots=True)
class Addresses:
    """How many orders a shop had in a window, and the wrong addresses among them that were its own doing."""

    orders: int
    wrong: int

    def too_many(self, share: Decimal, least: int) -> bool:
        """Whether so many were wrong that it is a violation: more than that share, and at least that many."""
        return self.wrong >= least and self.wrong > share * self.orders


def midnight_after(instant: datetime, zone: str) -> datetime:
    """The first midnight of the zone after that instant."""
    there = ZoneInfo(zone)
    return datetime.combine(instant.astimezone(there).date() + timedelta(days=1), time(), there)


def next_look(labelled_at: datetime, due_at: datetime, zone: str) -> datetime | None:
    """When a parcel is looked at that is to be at `due_at`: with all others of that day; None once it is too old."""
    midnight = midnight_after(due_at, zone)
    return midnight if midnight <= labelled_at + LOOKED_AT_FOR else None
