"""The nightly audits: those that were, and the next one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class Audit(Base):
    """One night's audit, known by the instant it was due at; the next one stands here with `at` null.

    `at` is the business instant at which it was recorded. While `leased_until`, machine time, is ahead, one worker is
    at it. `findings` are the checks that did not hold, each with its sample, as `andon check --json` tells them.
    """

    __tablename__ = "audits"
    __table_args__ = {"info": {"reference": True}}

    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    leased_until: Mapped[datetime | None]
    at: Mapped[datetime | None]
    took_ms: Mapped[int | None] = mapped_column(Integer)
    checks: Mapped[int | None] = mapped_column(Integer)
    ok: Mapped[bool | None]
    findings: Mapped[list[Any] | None]
