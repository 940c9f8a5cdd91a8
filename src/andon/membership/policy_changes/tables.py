"""Which shops a version of the policy was announced to, and who has read what it changes for them."""

from datetime import datetime

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, ShopId


class PolicyAnnouncement(Base):
    """A version that was announced to a shop, once; `changes` is how many of its changes touched the shop then."""

    __tablename__ = "policy_announcements"
    __table_args__ = (
        Index("ix_policy_announcements_version", "version", "shop_id"),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    version: Mapped[str] = mapped_column(primary_key=True)
    changes: Mapped[int] = mapped_column(Integer)
    announced_at: Mapped[datetime]


class PolicyReading(Base):
    """Somebody of a shop has read what a version changes for it; `read_by` is the actor, one row each."""

    __tablename__ = "policy_readings"
    __table_args__ = ({"info": {"append_only": True, "supplier": "hidden"}},)

    shop_id: Mapped[ShopId]
    version: Mapped[str] = mapped_column(primary_key=True)
    read_by: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    read_at: Mapped[datetime]
