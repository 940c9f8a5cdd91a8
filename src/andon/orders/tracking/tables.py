"""Scans as they came, and those that wait for their label."""

from datetime import datetime

from sqlalchemy import Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

SCAN_IDS = Sequence("scan_ids", metadata=Base.metadata)


class Scan(Base):
    """One scan of a parcel, with the carrier's event time; the same scan told twice is one row."""

    __tablename__ = "scans"
    __table_args__ = (
        Index(
            "uq_scans_fact",
            "shop_id",
            "parcel_id",
            "occurred_at",
            "status",
            "sub_status",
            unique=True,
        ),
        {"info": {"append_only": True, "erased": ("place", "raw"), "supplier": "visible"}},
    )

    shop_id: Mapped[ShopId]
    scan_id: Mapped[Key]
    parcel_id: Mapped[int]
    status: Mapped[str]
    sub_status: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    place: Mapped[str]
    raw: Mapped[str | None]


class EarlyScan(Base):
    """A scan for a waybill that no label has named yet; adopted when one does, forgotten at `forget_at`."""

    __tablename__ = "early_scans"
    __table_args__ = (Index("ix_early_scans_forget_at", "forget_at"), {"info": {"reference": True}})

    carrier: Mapped[str] = mapped_column(primary_key=True)
    waybill: Mapped[str] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    sub_status: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    place: Mapped[str]
    raw: Mapped[str | None]
    forget_at: Mapped[datetime]
