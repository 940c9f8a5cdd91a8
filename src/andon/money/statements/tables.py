"""Statements as they were issued."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId


class Statement(Base):
    """The statement of one month, once that is over: which transfers stand on it, for good.

    `month` is its number, 202611 for November 2026. Its lines are the transfers of the shop's funds whose numbers lie above
    `after_transfer` and up to `last_transfer`. `opening` and `closing` are the balances by currency, in minor units;
    `seal` is the newest seal of the shop's record when it was issued, null where there was none.
    """

    __tablename__ = "statements"
    __table_args__ = {"info": {"append_only": True, "supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    month: Mapped[Key]
    after_transfer: Mapped[int]
    last_transfer: Mapped[int]
    opening: Mapped[dict[str, Any]]
    closing: Mapped[dict[str, Any]]
    seal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    policy: Mapped[str]
    issued_at: Mapped[datetime]
