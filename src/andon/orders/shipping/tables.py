"""Parcels and the waybills by which a scan finds its shop."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING_IN_PLACE, Base, Key, ShopId

PARCEL_IDS = Sequence("parcel_ids", metadata=Base.metadata)


class Parcel(Base):
    """What is shipped under one waybill. Weight in grams and lengths in millimetres, as the label says.

    `status` is the word of the tracking fold over its scans; `placed_at` is its order's: no scan is older. The
    `reported_*` columns are the carrier's own measures, once it tells them. `report_at` is when its channel is to be
    told that it is on its way, null once that is made a report; `reported_at` is when the channel knew. A parcel with
    `voided_at` has no label any more: its scans are kept, and count for nothing. `vet_at` is when membership looks whether a
    JIT label was a shipment, null once there is nothing more to see.
    """

    __tablename__ = "parcels"
    __table_args__ = (
        # No foreign key to the fulfilment: its row is moved or looked at by the label that makes this one.
        Index("ix_parcels_fulfilment", "shop_id", "fulfilment_id"),
        Index("ix_parcels_report_at", "report_at", postgresql_where=text("report_at is not null")),
        Index("ix_parcels_vet_at", "vet_at", postgresql_where=text("vet_at is not null")),
        {"info": {"supplier": "visible"}, "postgresql_with": MOVING_IN_PLACE},
    )

    shop_id: Mapped[ShopId]
    parcel_id: Mapped[Key]
    fulfilment_id: Mapped[int]
    carrier: Mapped[str]
    waybill: Mapped[str]
    weight_g: Mapped[int] = mapped_column(Integer)
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    placed_at: Mapped[datetime]
    labelled_at: Mapped[datetime]
    status: Mapped[str]
    collected_at: Mapped[datetime | None]
    first_scan_at: Mapped[datetime | None]
    last_scan_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reported_weight_g: Mapped[int | None] = mapped_column(Integer)
    reported_length_mm: Mapped[int | None] = mapped_column(Integer)
    reported_width_mm: Mapped[int | None] = mapped_column(Integer)
    reported_height_mm: Mapped[int | None] = mapped_column(Integer)
    report_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    vet_at: Mapped[datetime | None]


class Waybill(Base):
    """The only way from a scan to a shop: which parcel a carrier's number names.

    It names none (all three null) while scans came and no label has: then this row is where a label and a scan
    that come at once wait for each other, so that no early scan is missed.
    """

    __tablename__ = "waybills"
    __table_args__ = (Index("ix_waybills_waybill", "waybill"), {"info": {"reference": True}})

    carrier: Mapped[str] = mapped_column(primary_key=True)
    waybill: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(BigInteger)
    fulfilment_id: Mapped[int | None]
    parcel_id: Mapped[int | None]


class RejectionNote(Base):
    """What a supplier wrote to its rejection, for people to read; free text stands in no event."""

    __tablename__ = "rejection_notes"
    __table_args__ = {"info": {"append_only": True, "erased": ("note",)}}

    shop_id: Mapped[ShopId]
    fulfilment_id: Mapped[Key]
    supplier_id: Mapped[int]
    note: Mapped[str]
    at: Mapped[datetime]


class Shortage(Base):
    """What a supplier could not fulfil after it had accepted, and why; scorecards count these.

    `note` is for people to read: it stands in no event.
    """

    __tablename__ = "shortages"
    __table_args__ = (
        Index("ix_shortages_supplier", "supplier_id", "at"),
        {"info": {"append_only": True, "erased": ("note",)}},
    )

    shop_id: Mapped[ShopId]
    fulfilment_id: Mapped[Key]
    supplier_id: Mapped[int]
    reason: Mapped[str]
    note: Mapped[str | None]
    at: Mapped[datetime]
