"""Suppliers' own notices, a row for each shop."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

DEPARTURE_IDS = Sequence("departure_ids", metadata=Base.metadata)


class Departure(Base):
    """A supplier leaves a shop at `leaves_at`, as it announced; `signed_name` and `signed_by` are who did for it.

    `alternatives` are the supplier's own proposals, by its item. `begun_at` is when the letter was drawn up, `left_at`
    when the binding had ended. `due_at` is the next instant at which the line looks at it, null once it is over.
    """

    __tablename__ = "departures"
    __table_args__ = (
        Index(
            "uq_departures_running",
            "shop_id",
            "supplier_id",
            unique=True,
            postgresql_where=text("due_at is not null"),
        ),
        Index("ix_departures_due_at", "due_at", postgresql_where=text("due_at is not null")),
        Index("ix_departures_supplier", "supplier_id", "departure_id"),
    )

    shop_id: Mapped[ShopId]
    departure_id: Mapped[Key]
    supplier_id: Mapped[int]
    announced_at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    signed_name: Mapped[str]
    signed_by: Mapped[str]
    alternatives: Mapped[list[Any]] = mapped_column()
    withdrawn_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
