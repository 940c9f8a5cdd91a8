"""Pushes that wait for a supplier's endpoint, and every try that was made."""

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING, Base, Key, ShopId

PUSH_IDS = Sequence("push_ids", metadata=Base.metadata)
TRY_IDS = Sequence("try_ids", metadata=Base.metadata)


class Push(Base):
    """A message to a supplier's endpoint about a fulfilment; its id on the wire is the same on every try.

    `kind` is one of the room's KINDS. `due_at` is null once it was delivered, or is not needed any more. `tries` counts
    those that its schedule counts: one that failed because its endpoint is broken keeps its place, and is not counted.
    """

    __tablename__ = "pushes"
    __table_args__ = (
        Index(
            "ix_pushes_waiting",
            "supplier_id",
            "due_at",
            "push_id",
            postgresql_where=text("due_at is not null"),
        ),
        Index(
            "ix_pushes_in_order",
            "supplier_id",
            "push_id",
            postgresql_where=text("due_at is not null"),
        ),
        Index("ix_pushes_supplier", "supplier_id", "push_id"),
        Index("ix_pushes_fulfilment", "shop_id", "fulfilment_id"),
        {"postgresql_with": MOVING},
    )

    shop_id: Mapped[ShopId]
    push_id: Mapped[Key]
    supplier_id: Mapped[int]
    fulfilment_id: Mapped[int]
    kind: Mapped[str]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer)
    delivered_at: Mapped[datetime | None]


class PushTry(Base):
    """One try of a push: status (null when nothing answered), latency in milliseconds, the head of the answer.

    It is evidence: `sent_at` is the machine instant at which it was sent to `url` (without its query), `body_sha256`
    tells what. It is kept until `forget_at`, business time.
    """

    __tablename__ = "push_tries"
    __table_args__ = (
        Index("ix_push_tries_push", "shop_id", "push_id"),
        Index("ix_push_tries_forget_at", "forget_at"),
        {"info": {"append_only": True, "erased": ("excerpt",), "forgotten": True}},
    )

    shop_id: Mapped[ShopId]
    try_id: Mapped[Key]
    push_id: Mapped[int]
    supplier_id: Mapped[int]
    at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    latency_ms: Mapped[int] = mapped_column(Integer)
    excerpt: Mapped[str]
    url: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    body_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    forget_at: Mapped[datetime | None]
