"""Suppliers' calendars, the times exempted for them, and whose deadlines are to be counted anew."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base

EXEMPTION_IDS = Sequence("exemption_ids", metadata=Base.metadata)


class WorkingCalendar(Base):
    """When a supplier works; one without a row works round the clock.

    `week` has the hours of each working day by its number, Monday is 0; `days` those that differ, each with its hours
    or none. `known_until` is the last day of whose public holidays its deadlines knew when they were last counted.
    """

    __tablename__ = "calendars"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("suppliers.supplier_id"), primary_key=True, autoincrement=False
    )
    zone: Mapped[str]
    week: Mapped[dict[str, Any]]
    days: Mapped[list[Any]]
    public_holidays: Mapped[str | None]
    known_until: Mapped[date | None]
    set_at: Mapped[datetime]


class Exemption(Base):
    """A time in which the clocks of the suppliers in a region, or of those named, stand.

    `region` is a country's code, or one of its parts' (ISO 3166-2). Ended early, `until` is when; withdrawn, it is
    `since`.
    """

    __tablename__ = "exemptions"
    __table_args__ = (
        CheckConstraint("until >= since", name="ends_after_it_began"),
        Index("ix_exemptions_until", "until"),
        {"info": {"reference": True}},
    )

    exemption_id: Mapped[int] = mapped_column(BigInteger, EXEMPTION_IDS, primary_key=True)
    reason: Mapped[str]
    note: Mapped[str | None]
    region: Mapped[str | None]
    suppliers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    since: Mapped[datetime]
    until: Mapped[datetime]
    declared_at: Mapped[datetime]
    declared_by: Mapped[str]
    ended_at: Mapped[datetime | None]


class Recount(Base):
    """A supplier whose deadlines are to be counted anew, from the shop and behind the fulfilment that it has come to."""

    __tablename__ = "recounts"
    __table_args__ = (Index("ix_recounts_due_at", "due_at"), {"info": {"reference": True}})

    supplier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("suppliers.supplier_id"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[datetime]
    shop_id: Mapped[int] = mapped_column(server_default=text("0"))
    fulfilment_id: Mapped[int] = mapped_column(server_default=text("0"))
