"""Remedies as they were chosen."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Key, ShopId

REMEDY_IDS = Sequence("remedy_ids", metadata=Base.metadata)


class RemedyRow(Base):
    """What was done about a fulfilment, by whom; each is done once, but for reminders."""

    __tablename__ = "remedies"
    __table_args__ = (
        Index("ix_remedies_fulfilment", "shop_id", "fulfilment_id", "action"),
        Index(
            "uq_remedies_once",
            "shop_id",
            "fulfilment_id",
            "action",
            unique=True,
            postgresql_where=text("action <> 'remind'"),
        ),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    remedy_id: Mapped[Key]
    fulfilment_id: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
