"""Stock by location: a row that stands, and the ledger of movements that it must equal."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING_IN_PLACE, Base, Code, Key, ShopId

MOVEMENT_IDS = Sequence("movement_ids", metadata=Base.metadata)

LOCAL = 0
"""The location number of the seller's own warehouse; a supplier's warehouse has the supplier's number."""


class Stock(Base):
    """Units of one item at one location that one shop may sell.

    `location` is LOCAL (then `item` is the shop's SKU) or a supplier's number (then `item` is the supplier's code
    and the row is the shop's allotment). `owner` is an Owner: 1 the supplier's units, 2 the shop's (consigned, and
    all local stock). `on_hand` counts reserved units too; available is `on_hand - reserved`.
    """

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("reserved >= 0 and on_hand >= 0", name="no_negative_units"),
        Index("ix_stock_item", "location", "item", "shop_id"),
        {"info": {"supplier": "location"}, "postgresql_with": MOVING_IN_PLACE},
    )

    shop_id: Mapped[ShopId]
    location: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    on_hand: Mapped[int]
    reserved: Mapped[int]
    counted_at: Mapped[datetime | None]


class Movement(Base):
    """One change of a stock row: what it did to `on_hand` and `reserved`, why, and for which fulfilment.

    A promise names none: one call may promise a row's units to many, and what each holds stands in its lines.
    """

    __tablename__ = "movements"
    __table_args__ = (
        Index("ix_movements_item", "shop_id", "location", "item", "at"),
        {"info": {"append_only": True, "supplier": "location"}},
    )

    shop_id: Mapped[ShopId]
    movement_id: Mapped[Key]
    location: Mapped[int]
    item: Mapped[str]
    owner: Mapped[int]
    kind: Mapped[Code]
    on_hand_change: Mapped[int]
    reserved_change: Mapped[int]
    fulfilment_id: Mapped[int | None]
    at: Mapped[datetime]


class Pool(Base):
    """A supplier's own count of an item; the allotments made from it never add up to more.

    The row is there from the item's first mapping or count on; `counted_at` is null until a count came. `even_at` is
    the next instant at which its unreserved units are shared out anew by demand, null while at most one shop has
    or maps any of them.
    """

    __tablename__ = "pools"
    __table_args__ = (
        CheckConstraint("counted >= 0", name="no_negative_count"),
        Index("ix_pools_even_at", "even_at", postgresql_where=text("even_at is not null")),
        {"info": {"reference": True}},
    )

    supplier_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    counted: Mapped[int]
    counted_at: Mapped[datetime | None]
    even_at: Mapped[datetime | None]
