"""What a carrier tells of a parcel besides its way, and what its late scans put right."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class WaybillMeasured(Event):
    """The carrier weighed and measured a parcel; grams and millimetres. Source: FEE-3."""

    kind: ClassVar[str] = "waybill.measured"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    parcel_id: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, kw_only=True)
class StrayScanned(Event):
    """A parcel was scanned whose fulfilment had ended unshipped, or whose label was void: it changes nothing."""

    kind: ClassVar[str] = "fulfilment.stray_scan"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    supplier_id: int | None
    parcel_id: int


@dataclass(frozen=True, kw_only=True)
class FulfilmentRetimed(Event):
    """A late scan showed that the fulfilment left, or ended, at another instant than was recorded first."""

    kind: ClassVar[str] = "fulfilment.retimed"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    shipped_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LabelReinstated(Event):
    """The carrier had the parcel in hand before its label was voided: the label stands."""

    kind: ClassVar[str] = "label.reinstated"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    supplier_id: int | None
    parcel_id: int
