"""Counts of a shop's orders by the day, and what each order counts for in them."""

from datetime import date, datetime

from sqlalchemy import Date, Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId


class CountedOrder(Base):
    """What an order counts for now, as a Seen: what is taken back when it counts for something else."""

    __tablename__ = "counted_orders"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    order_id: Mapped[Key]
    way: Mapped[Code]
    placed_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Code | None]
    marks: Mapped[Code]


class DayReach(Base):
    """Up to which seal a shop's record has been counted into days."""

    __tablename__ = "day_reaches"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    seal_no: Mapped[int]


class OrderDay(Base):
    """How many orders of a way have a Figure on a day, which took so many hours; the figures of groups may be negative.

    `seconds` is what their times add up to. It is the sum of counted orders, and all that insights read.
    """

    __tablename__ = "order_days"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    figure: Mapped[Code] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    way: Mapped[Code] = mapped_column(primary_key=True, autoincrement=False)
    hours: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    orders: Mapped[int]
    seconds: Mapped[int]
