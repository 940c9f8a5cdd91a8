"""Notices: what people are told, each of them once."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

NOTICE_IDS = Sequence("notice_ids", metadata=Base.metadata)


class NoticeRow(Base):
    """One notice to one audience; `read_at` is null until somebody of it has read it.

    It holds no words: `kind` and `facts` (ids, codes, instants) say what happened, in any language. Its shop is
    PLATFORM where it concerns none. `post_at` is when messages are to be written for it, null where there are none to
    write, or no more; `posted_at` when it was looked at for that last.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("(audience = 'supplier') = (supplier_id is not null)", name="supplier_is_named"),
        Index("ix_notices_audience", "shop_id", "audience", "notice_id"),
        Index(
            "ix_notices_supplier",
            "supplier_id",
            "notice_id",
            postgresql_where=text("supplier_id is not null"),
        ),
        Index("ix_notices_operator", "notice_id", postgresql_where=text("audience = 'operator'")),
        Index("ix_notices_post_at", "post_at", postgresql_where=text("post_at is not null")),
    )

    shop_id: Mapped[ShopId]
    notice_id: Mapped[Key]
    audience: Mapped[str]
    supplier_id: Mapped[int | None]
    kind: Mapped[str]
    order_id: Mapped[int | None]
    fulfilment_id: Mapped[int | None]
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column()
    read_at: Mapped[datetime | None]
    post_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
