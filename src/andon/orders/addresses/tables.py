"""Corrections of where an order goes, as they were made."""

from datetime import datetime

from sqlalchemy import Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

CORRECTION_IDS = Sequence("correction_ids", metadata=Base.metadata)


class AddressCorrection(Base):
    """That an address was corrected: by whom, when, and through whose fault it was wrong.

    Neither address stands here: the old one is gone, the new one is the recipient's.
    """

    __tablename__ = "address_corrections"
    __table_args__ = (
        Index("ix_address_corrections_order", "shop_id", "order_id"),
        {"info": {"append_only": True, "erased": ("note",), "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    correction_id: Mapped[Key]
    order_id: Mapped[int]
    fault: Mapped[str]
    note: Mapped[str | None] = mapped_column()
    actor: Mapped[str]
    at: Mapped[datetime]
