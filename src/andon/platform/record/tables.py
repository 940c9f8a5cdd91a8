"""Seals: what a shop's events were, chained so that no later change of any of them goes unseen."""

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId


class SealRow(Base):
    """One seal over the shop's events after the last one's, up to `last_event`; no event knows of it.

    `content` is the SHA-256 of their lines, `previous` that of the seal before it, as it was signed: `jws` says all of
    this, and is what counts.
    """

    __tablename__ = "seals"
    __table_args__ = {"info": {"append_only": True, "supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    seal_no: Mapped[Key]
    first_event: Mapped[int]
    last_event: Mapped[int]
    events: Mapped[int] = mapped_column(Integer)
    content: Mapped[str]
    previous: Mapped[str]
    sealed_at: Mapped[datetime]
    jws: Mapped[str]
