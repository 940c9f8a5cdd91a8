"""What buyers sent back, or asked to."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Sequence
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

RETURN_IDS = Sequence("return_ids", metadata=Base.metadata)


class Return(Base):
    """What a buyer asked at `requested_at` to send back of an order: `lines` are units by SKU, `reason` a Reason.

    `received_at` and `condition`, a Condition, are null until they are told. `told_by` names who told it first, as
    actors are named.
    """

    __tablename__ = "returns"
    __table_args__ = (
        Index("uq_returns_request", "shop_id", "order_id", "requested_at", unique=True),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    return_id: Mapped[Key]
    order_id: Mapped[int]
    lines: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    condition: Mapped[str | None]
    told_at: Mapped[datetime]
    told_by: Mapped[str]
