"""Exits of single products."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Code, Key, ShopId

PRODUCT_EXIT_IDS = Sequence("product_exit_ids", metadata=Base.metadata)


class ProductExit(Base):
    """A product's leaving JIT by itself; `state` is a ProductExitState, below 80 the one that runs.

    `missing` is the act that it still waits for, null once it has ended. Source: PART-1.
    """

    __tablename__ = "product_exits"
    __table_args__ = (
        Index("uq_product_exits_open", "shop_id", "sku", unique=True, postgresql_where=text("state < 80")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    product_exit_id: Mapped[Key]
    sku: Mapped[str]
    state: Mapped[Code]
    missing: Mapped[str | None]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    policy: Mapped[str]
