"""Channels that are connected, and what they are told."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING, Base, Key, ShopId

REPORT_IDS = Sequence("report_ids", metadata=Base.metadata, cache=1)


class Channel(Base):
    """A channel that is told: by its endpoint, where `url` is set and `enabled`, and else when it asks for its feed.

    One that never did either has no row, and nothing waits for it. Its reports are numbered while its row is locked, so
    that the order of their numbers is that in which they are committed. `next_at` is the business instant of the next
    report to its endpoint, `leased_until` machine time: while it is ahead, one worker has this endpoint. `stock_due_at`
    is when it is looked next what its shops have left to sell. Secrets are sealed; two sign while one rotates.
    """

    __tablename__ = "channels"
    __table_args__ = (
        Index("ix_channels_next_at", "next_at", postgresql_where=text("next_at is not null")),
        Index("ix_channels_stock_due_at", "stock_due_at"),
        {"info": {"reference": True}},
    )

    channel: Mapped[str] = mapped_column(primary_key=True)
    connected_at: Mapped[datetime]
    url: Mapped[str | None]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})
    old_secret_until: Mapped[datetime | None]
    enabled: Mapped[bool]
    set_at: Mapped[datetime | None]
    acked_up_to: Mapped[int]
    next_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    stock_due_at: Mapped[datetime]


class Outlet(Base):
    """That a shop sells on a channel: the only way from a channel to the shops whose reports it may see."""

    __tablename__ = "outlets"
    __table_args__ = {"info": {"reference": True}}

    channel: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Report(Base):
    """What a channel is told: that a parcel shipped, or how many of a SKU are left. Never anything of the buyer.

    `facts` are what it says, fixed when it was made. Of a SKU's stock only the newest is kept. `due_at` is its next try
    at an endpoint, null once it was reported: `reported_by` is push or pull. `flag_at` is when somebody is told if it
    was not by then. `status` and `tried_at` are of the last try, null where nothing answered.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index(
            "ix_reports_waiting",
            "channel",
            "due_at",
            "report_id",
            postgresql_where=text("due_at is not null"),
        ),
        Index("ix_reports_feed", "channel", "report_id"),
        Index("ix_reports_flag_at", "flag_at", postgresql_where=text("flag_at is not null")),
        Index(
            "ix_reports_fulfilment", "shop_id", "fulfilment_id", postgresql_where=text("kind = 'shipment'")
        ),
        Index(
            "uq_reports_parcel",
            "shop_id",
            "parcel_id",
            unique=True,
            postgresql_where=text("kind = 'shipment'"),
        ),
        Index(
            "uq_reports_stock",
            "shop_id",
            "channel",
            "sku",
            unique=True,
            postgresql_where=text("kind = 'stock'"),
        ),
        {"info": {"supplier": "hidden"}, "postgresql_with": MOVING},
    )

    shop_id: Mapped[ShopId]
    report_id: Mapped[Key]
    channel: Mapped[str]
    kind: Mapped[str]
    order_id: Mapped[int | None]
    fulfilment_id: Mapped[int | None]
    parcel_id: Mapped[int | None]
    sku: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    flag_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer)
    status: Mapped[int | None] = mapped_column(Integer)
    tried_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    reported_by: Mapped[str | None]
