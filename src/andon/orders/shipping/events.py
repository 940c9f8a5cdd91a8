"""What a supplier says of its parcels."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ParcelLabelled(Event):
    """A parcel has its waybill. Weight in grams, lengths in millimetres, as the label says."""

    kind: ClassVar[str] = "parcel.labelled"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    parcel_id: int
    carrier: str
    waybill: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, kw_only=True)
class HandoverClaimed(Event):
    """The supplier says that it gave the parcels to the carrier; the carrier's first scan decides."""

    kind: ClassVar[str] = "fulfilment.handed_over"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    handed_over_at: datetime


@dataclass(frozen=True, kw_only=True)
class LabelVoided(Event):
    """A parcel's label is void before its first scan; `reason` is a code. Its number counts for nothing from here on."""

    kind: ClassVar[str] = "label.voided"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    parcel_id: int
    carrier: str
    waybill: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CannotFulfil(Event):
    """Its supplier accepted it and found that it cannot fulfil it; `reason` is a code, `lines` those that it is about."""

    kind: ClassVar[str] = "fulfilment.cannot_fulfil"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    supplier_id: int
    reason: str
    lines: list[int]
