"""Hand-over notes: the supplier's head, and each shop's parcels on it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, Integer, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

HANDOVER_IDS = Sequence("handover_ids", metadata=Base.metadata)


class HandoverDay(Base):
    """How many notes a supplier has made on a day of its own."""

    __tablename__ = "handover_days"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    notes: Mapped[int] = mapped_column(Integer)


class HandoverNote(Base):
    """A note of one collection, over parcels of several shops: no shop's, so it says nothing of any order.

    `shops` are those whose parcels stand on it. The driver's signature (`signed_at`) closes it: `sha256` is of its
    content from then on. `counted` is what the carrier says that it collected.
    """

    __tablename__ = "handover_notes"
    __table_args__ = (
        Index("uq_handover_notes_number", "supplier_id", "number", unique=True),
        Index("ix_handover_notes_carrier", "carrier", "note_id"),
        {"info": {"reference": True}},
    )

    note_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    supplier_id: Mapped[int]
    number: Mapped[str]
    carrier: Mapped[str]
    shops: Mapped[list[Any]]
    parcels: Mapped[int] = mapped_column(Integer)
    weight_g: Mapped[int]
    made_at: Mapped[datetime]
    collect_from: Mapped[datetime | None]
    collect_until: Mapped[datetime | None]
    scanned_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    sha256: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    collected: Mapped[bool | None]
    counted: Mapped[int | None] = mapped_column(Integer)


class HandoverSignature(Base):
    """Who signed a note for the carrier or the warehouse; a person's name stands here alone, and in no event."""

    __tablename__ = "handover_signatures"
    __table_args__ = {"info": {"reference": True, "append_only": True}}

    note_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    signed_by: Mapped[str]
    signature: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class HandoverParcel(Base):
    """A shop's parcel on a note. One that was `missing` when the driver signed may stand on another note."""

    __tablename__ = "handover_parcels"
    __table_args__ = (
        Index(
            "uq_handover_parcels_once",
            "shop_id",
            "parcel_id",
            unique=True,
            postgresql_where=text("not missing"),
        ),
        Index("ix_handover_parcels_fulfilment", "shop_id", "fulfilment_id"),
    )

    shop_id: Mapped[ShopId]
    note_id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fulfilment_id: Mapped[int]
    supplier_id: Mapped[int]
    waybill: Mapped[str]
    weight_g: Mapped[int] = mapped_column(Integer)
    listed_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    missing: Mapped[bool]
