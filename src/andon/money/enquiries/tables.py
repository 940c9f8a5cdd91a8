"""Enquiries with a carrier, and how they are numbered."""

from datetime import datetime

from sqlalchemy import Index, Integer, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId

ENQUIRY_IDS = Sequence("enquiry_ids", metadata=Base.metadata)


class Enquiry(Base):
    """A shop's question to the carrier of a parcel, asked from a charge; `state` is an EnquiryState.

    At most one of a charge is open. `text` is the seller's, `note` and `proof` are the carrier's: all three may tell of
    a buyer. `occurred_at` is the carrier's own instant of what it answers. Source: FEE-5.
    """

    __tablename__ = "enquiries"
    __table_args__ = (
        Index("uq_enquiries_open", "shop_id", "charge_id", unique=True, postgresql_where=text("state < 80")),
        Index("ix_enquiries_charge", "shop_id", "charge_id", "enquiry_id"),
        Index("ix_enquiries_order", "shop_id", "order_id"),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    enquiry_id: Mapped[Key]
    number: Mapped[str]
    state: Mapped[Code]
    charge_id: Mapped[int]
    order_id: Mapped[int]
    fulfilment_id: Mapped[int]
    parcel_id: Mapped[int]
    carrier: Mapped[str]
    waybill: Mapped[str]
    text: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    answer: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    note: Mapped[str | None]
    proof: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    policy: Mapped[str]


class EnquiryNumber(Base):
    """The only way from a carrier's enquiry to a shop: whose it is, by its number."""

    __tablename__ = "enquiry_numbers"
    __table_args__ = (
        Index("ix_enquiry_numbers_carrier", "carrier", "enquiry_id"),
        {"info": {"reference": True, "append_only": True}},
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    shop_id: Mapped[int]
    enquiry_id: Mapped[int]


class EnquiryYear(Base):
    """The last serial that was given in a year of the platform's zone.

    Who takes the next one has this row until it commits, so that none is left out and none is given twice.
    """

    __tablename__ = "enquiry_years"
    __table_args__ = {"info": {"reference": True}}

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    serial: Mapped[int]
