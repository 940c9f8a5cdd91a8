"""Subscriptions, what is delivered to them, and every try that was made."""

from datetime import datetime

from sqlalchemy import ARRAY, Index, Integer, LargeBinary, Sequence, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING, Base, Code, Key, ShopId

WEBHOOK_IDS = Sequence("webhook_ids", metadata=Base.metadata)
DELIVERY_IDS = Sequence("delivery_ids", metadata=Base.metadata, cache=1)
DELIVERY_TRY_IDS = Sequence("delivery_try_ids", metadata=Base.metadata)


class Webhook(Base):
    """That a shop or a supplier hears of events at `url`; `events` are patterns. One that is not `enabled` keeps what waits.

    The rest is its place in line and its breaker, as an endpoint's. It says nothing of any shop, and is read where events of
    several are told: a reference table, whose readers ask for their own.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        Index("ix_webhooks_party", "party", "party_id"),
        Index("ix_webhooks_next_at", "next_at", postgresql_where=text("next_at is not null")),
        Index("ix_webhooks_open_until", "open_until", postgresql_where=text("open_until is not null")),
        {"info": {"reference": True}},
    )

    webhook_id: Mapped[int] = mapped_column(WEBHOOK_IDS, primary_key=True)
    party: Mapped[str]
    party_id: Mapped[int]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes] = mapped_column(LargeBinary, info={"sealed": True})
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})
    old_secret_until: Mapped[datetime | None]
    enabled: Mapped[bool]
    created_at: Mapped[datetime]
    ordered: Mapped[bool]
    next_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    breaker: Mapped[Code] = mapped_column(server_default=text("0"))
    counted_from: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    failed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    open_until: Mapped[datetime | None]
    trips: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    share: Mapped[int | None] = mapped_column(Integer)


class Delivery(Base):
    """One event for one subscription; its id on the wire is the same on every try. `state` is a DeliveryState.

    Its words are made from the event, which never changes; without one it is a ping. `supplier_id` is set for a supplier's.
    `due_at` is null once it is over. It is kept until `forget_at`.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_waiting",
            "webhook_id",
            "due_at",
            "delivery_id",
            postgresql_where=text("due_at is not null"),
        ),
        Index(
            "ix_deliveries_in_order",
            "webhook_id",
            "delivery_id",
            postgresql_where=text("due_at is not null"),
        ),
        Index("ix_deliveries_webhook", "webhook_id", "delivery_id"),
        Index("ix_deliveries_forget_at", "forget_at"),
        {"postgresql_with": MOVING},
    )

    shop_id: Mapped[ShopId]
    delivery_id: Mapped[Key]
    webhook_id: Mapped[int]
    supplier_id: Mapped[int | None]
    event_id: Mapped[int | None]
    kind: Mapped[str]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[Code]
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer)
    delivered_at: Mapped[datetime | None]
    forget_at: Mapped[datetime]


class DeliveryTry(Base):
    """One try: status (null when nothing answered), latency in milliseconds, the head of the answer; what was sent where."""

    __tablename__ = "delivery_tries"
    __table_args__ = (
        Index("ix_delivery_tries_delivery", "shop_id", "delivery_id"),
        {"info": {"append_only": True, "forgotten": True}},
    )

    shop_id: Mapped[ShopId]
    try_id: Mapped[Key]
    delivery_id: Mapped[int]
    supplier_id: Mapped[int | None]
    at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    latency_ms: Mapped[int] = mapped_column(Integer)
    excerpt: Mapped[str]
    url: Mapped[str]
    sent_at: Mapped[datetime | None]
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary)
