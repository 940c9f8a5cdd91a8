"""What suppliers take a day, and what they have had."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class Capacity(Base):
    """How many fulfilments a day a supplier takes, of all shops together; without a row as many as come.

    `since` is the instant from which the days are counted.
    """

    __tablename__ = "capacities"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("suppliers.supplier_id"), primary_key=True, autoincrement=False
    )
    daily: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]


class CapacityDay(Base):
    """How many fulfilments a supplier with a capacity was given on a day of the platform's zone.

    One that was cancelled before it was accepted has given its place back.
    """

    __tablename__ = "capacity_days"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    taken: Mapped[int] = mapped_column(Integer)
