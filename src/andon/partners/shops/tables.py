"""Shops: the tenants that everything belongs to."""

from datetime import datetime

from sqlalchemy import BigInteger, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base

SHOP_IDS = Sequence("shop_ids", metadata=Base.metadata)


class Shop(Base):
    """A seller's store. `jit_intake_open` is set by the enrolment: while false, new orders go the standard way."""

    __tablename__ = "shops"
    __table_args__ = {"info": {"supplier": "visible"}}

    shop_id: Mapped[int] = mapped_column(BigInteger, SHOP_IDS, primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    zone: Mapped[str]
    jit_intake_open: Mapped[bool]
    created_at: Mapped[datetime]
