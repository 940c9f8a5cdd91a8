"""Tracks of products."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, ShopId


class Track(Base):
    """How new orders for a product go since move `move_id` began; a product that no move governs has none.

    `shares` are the percent that leave JIT, day by day; from `closes_at` on all do, null where the shop's intake is closed
    anyway. `choice` is a Choice, and `stocked_at` when units of a product were counted that had none. It stays after its
    move while its choice holds. membership.moves sets it. Source: MOVE-1.
    """

    __tablename__ = "tracks"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "sku"], ["products.shop_id", "products.sku"]),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    sku: Mapped[str] = mapped_column(primary_key=True)
    move_id: Mapped[int]
    since: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    shares: Mapped[list[Any]]
    choice: Mapped[str | None]
    stocked_at: Mapped[datetime | None]
