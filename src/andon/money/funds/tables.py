"""Freezes of shops' funds accounts."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Key, ShopId

HOLD_IDS = Sequence("funds_hold_ids", metadata=Base.metadata)


class FundsHold(Base):
    """A freeze of a shop's funds account, set where its exit `exit_id` was forced, until `lifted_at`.

    What it holds is not kept: the shop's policy says whether that is the whole account or the exposure, and what is open
    says how much that is. Source: EXIT-7.
    """

    __tablename__ = "funds_holds"
    __table_args__ = (
        Index("uq_funds_holds_exit", "shop_id", "exit_id", unique=True),
        Index("ix_funds_holds_standing", "shop_id", postgresql_where=text("lifted_at is null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    hold_id: Mapped[Key]
    exit_id: Mapped[int]
    set_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
