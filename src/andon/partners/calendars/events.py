"""What happens to calendars and exemptions: the platform's own events."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CalendarSet(Event):
    """A supplier works by this calendar from now on, also for what it has already."""

    kind: ClassVar[str] = "calendar.set"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int
    zone: str
    public_holidays: str | None


@dataclass(frozen=True, kw_only=True)
class CalendarRemoved(Event):
    """A supplier works round the clock from now on."""

    kind: ClassVar[str] = "calendar.removed"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierPlaced(Event):
    """An operator says where a supplier's warehouse is: a country, or a part of one (ISO 3166-2)."""

    kind: ClassVar[str] = "supplier.placed"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int
    place: str | None


@dataclass(frozen=True, kw_only=True)
class ExemptionDeclared(Event):
    """The clocks of these suppliers, and of those in the region, stand in that time."""

    kind: ClassVar[str] = "exemption.declared"
    about: ClassVar[str] = "exemption_id"

    exemption_id: int
    reason: str
    region: str | None
    suppliers: list[int]
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ExemptionEnded(Event):
    """An exempted time ends at `until` already; where that is its start, it never was one."""

    kind: ClassVar[str] = "exemption.ended"
    about: ClassVar[str] = "exemption_id"

    exemption_id: int
    until: datetime
