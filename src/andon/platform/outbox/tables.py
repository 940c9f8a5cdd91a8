"""Contacts: who is written to; and the outbox: what was, or will be, written to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId

CONTACT_IDS = Sequence("contact_ids", metadata=Base.metadata)
MESSAGE_IDS = Sequence("message_ids", metadata=Base.metadata)


class ContactRow(Base):
    """Somebody of an audience; a supplier's and the operator's are PLATFORM's.

    `address` is what everybody of the audience may see; a robot's address and secret are `sealed`. `digest_due_at` is
    the business instant of the next digest. `free_at`, machine time, is when a robot may be spoken to again.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("(audience = 'supplier') = (supplier_id is not null)", name="supplier_is_named"),
        Index("ix_contacts_digest", "digest_due_at", postgresql_where=text("digest_due_at is not null")),
    )

    shop_id: Mapped[ShopId]
    contact_id: Mapped[Key]
    audience: Mapped[str]
    supplier_id: Mapped[int | None]
    robot: Mapped[str | None]
    address: Mapped[str]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})
    role: Mapped[str]
    kinds: Mapped[list[Any] | None] = mapped_column(JSONB)
    locale: Mapped[str]
    zone: Mapped[str]
    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
    digest_at: Mapped[str | None]
    digest_due_at: Mapped[datetime | None]
    free_at: Mapped[datetime | None]


class MessageRow(Base):
    """One message to one contact; `state` is a MessageState. It holds no words: they are made from kind and facts.

    `due_at` is the business instant of the next try, null once there is none; `leased_until` is machine time.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(audience = 'supplier') = (supplier_id is not null)", name="supplier_is_named"),
        Index("ix_outbox_due_at", "due_at", postgresql_where=text("due_at is not null")),
        Index("ix_outbox_message", "message_id"),
    )

    shop_id: Mapped[ShopId]
    message_id: Mapped[Key]
    contact_id: Mapped[int]
    audience: Mapped[str]
    supplier_id: Mapped[int | None]
    notice_id: Mapped[int | None]
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(info={"sealed": "sealed"})
    at: Mapped[datetime]
    first_at: Mapped[datetime]
    address: Mapped[str]
    locale: Mapped[str]
    zone: Mapped[str]
    state: Mapped[Code]
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer)
    done_at: Mapped[datetime | None]
    said: Mapped[str | None]
