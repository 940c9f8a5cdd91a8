"""Answers kept for 24 hours, so that a repeated command gets the first one again; and calls counted for a second."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING_IN_PLACE, Base


class IdempotentAnswer(Base):
    """One command under one Idempotency-Key: in flight until `status` is set, replayed from then on.

    Instants here are machine time.
    """

    __tablename__ = "idempotent_answers"
    __table_args__ = (Index("ix_idempotent_answers_expires_at", "expires_at"), {"info": {"reference": True}})

    party: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    leased_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[int | None]
    content_type: Mapped[str | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})


class CallCount(Base):
    """How many calls of a caller's newest second its processes have taken. `second` is machine time, from 1970 on.

    Not logged: what a crash takes along is worth a second, and no count waits for the disk.
    """

    __tablename__ = "call_counts"
    __table_args__ = {
        "prefixes": ["unlogged"],
        "info": {"reference": True},
        "postgresql_with": MOVING_IN_PLACE,
    }

    caller: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    second: Mapped[int]
    taken: Mapped[int]
