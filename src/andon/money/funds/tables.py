"""Freezes of shops' funds accounts."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Key, ShopId

HOLD_IDS = Sequence("funds_hold_ids", metadata=Base.metadata)


class FundsHold(Base):
    """A freeze of a shop's funds account, set where its exit `exit_id` was forced.

    `kind` is whole_account or exposure, by the policy of that instant. What it comes to is not kept: it is worked out from
    what is open. It stands until `lifted_at`. Source: EXIT-7.
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
    kind: Mapped[str]
    set_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
