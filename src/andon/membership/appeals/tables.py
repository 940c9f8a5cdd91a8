"""Appeals against how an exit goes."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Code, Key, ShopId

APPEAL_IDS = Sequence("appeal_ids", metadata=Base.metadata)


class Appeal(Base):
    """A shop's appeal by its exit's ticket; `state` is an AppealState. At most one of an exit is open.

    `text` is the shop's, `note` the operator's, `verdict` is null until it is answered. `due_at` is when the line must
    look at it: to escalate it while it is opened, to close it once it is answered. Source: EXIT-5.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        Index("uq_appeals_open", "shop_id", "exit_id", unique=True, postgresql_where=text("state < 80")),
        Index("ix_appeals_exit", "shop_id", "exit_id", "appeal_id"),
        Index("ix_appeals_number", "appeal_id"),
        Index("ix_appeals_due_at", "due_at", postgresql_where=text("due_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    appeal_id: Mapped[Key]
    exit_id: Mapped[int]
    state: Mapped[Code]
    text: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    verdict: Mapped[str | None]
    note: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    policy: Mapped[str]
