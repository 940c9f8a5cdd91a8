"""Moves of shops off JIT."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId

MOVE_IDS = Sequence("move_ids", metadata=Base.metadata)


class Move(Base):
    """A shop's move off JIT; `state` is a MoveState, below 80 the one that runs. At most one of a shop runs.

    `exit_id` is the exit that it is part of, null for one alone. From `started_at` to `until` the smart line goes first;
    `chosen` is what was asked for, `products` how many it began with. `due_at` is when the line ends it. `days` is how its products' new
    orders went, day by day, as counted when it ended: null while it runs. Source: MOVE-1.
    """

    __tablename__ = "moves"
    __table_args__ = (
        Index("uq_moves_running", "shop_id", unique=True, postgresql_where=text("state < 80")),
        Index("ix_moves_due_at", "due_at", postgresql_where=text("due_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    move_id: Mapped[Key]
    exit_id: Mapped[int | None]
    state: Mapped[Code]
    started_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    chosen: Mapped[dict[str, Any]]
    products: Mapped[int] = mapped_column(Integer)
    days: Mapped[list[Any] | None]
    policy: Mapped[str]
