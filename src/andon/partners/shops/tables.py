"""Shops: the tenants that everything belongs to."""

from datetime import datetime

from sqlalchemy import BigInteger, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base

SHOP_IDS = Sequence("shop_ids", metadata=Base.metadata)


class Shop(Base):
    """A seller's store. These facts are membership's to set: while `jit_intake_open` is false, new orders go the standard

    way; while `jit_offered` is false, no product's mode can be set to JIT, nor a JIT line put into the plan. Until
    `smart_until` standard orders take the smart line before the plan's own lines.
    """

    __tablename__ = "shops"
    __table_args__ = {"info": {"supplier": "visible"}}

    shop_id: Mapped[int] = mapped_column(BigInteger, SHOP_IDS, primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    zone: Mapped[str]
    jit_intake_open: Mapped[bool]
    jit_offered: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime]
    smart_until: Mapped[datetime | None]
