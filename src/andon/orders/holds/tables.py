"""Orders that are held, and were."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

HOLD_IDS = Sequence("hold_ids", metadata=Base.metadata)


class Hold(Base):
    """That an order is not to go on: why, since when, and who let it go again. An order has one open hold at most."""

    __tablename__ = "holds"
    __table_args__ = (
        Index(
            "uq_holds_open",
            "shop_id",
            "order_id",
            unique=True,
            postgresql_where=text("released_at is null"),
        ),
        Index("ix_holds_order", "shop_id", "order_id"),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    hold_id: Mapped[Key]
    order_id: Mapped[int]
    reason: Mapped[str]
    note: Mapped[str | None] = mapped_column()
    actor: Mapped[str]
    at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
